"""Many patterns at once find what each finds alone: in one set, in several, and without any."""

import json
from pathlib import Path

import pytest
import re2

from console.routing import text_scan
from console.routing.facts import Facts
from console.routing.router import Router
from console.routing.text_scan import PatternSet, TextScan
from console.table.load import parse_table
from console.table.patterns import options, phrase_pattern
from tests.table.builder import MARK, TableBuilder, marked, rule_text

WIDE = "need.{0,300}help"
"""A pattern so large that it is matched alone."""

PATTERNS = ["foo", "(?i)BAR", r"\bbaz\b", "^start", "end$", "", WIDE, phrase_pattern("naïve"), "é+"]
TEXTS = ["", "foo bar", "start of é", "the end", "a baz", "bazaar", "need much help", "so NAÏVE"]


def alone(patterns: list[str], text: str) -> set[int]:
    """Return the patterns found in `text` by plain RE2, one after the other."""
    return {i for i, p in enumerate(patterns) if re2.compile(p, options()).search(text)}


def together(patterns: PatternSet, text: str) -> set[int]:
    """Return the patterns found by a scan and, for those left out of it, one by one."""
    return patterns.scan(text) | {i for i in patterns.alone if patterns.found_alone(i, text)}


@pytest.mark.parametrize("text", TEXTS)
def test_a_set_finds_what_its_patterns_find_alone(text: str) -> None:
    assert together(PatternSet(PATTERNS), text) == alone(PATTERNS, text)


def test_a_large_pattern_is_left_out_of_the_set_and_found_all_the_same() -> None:
    patterns = PatternSet(PATTERNS)

    assert patterns.alone == {PATTERNS.index(WIDE)}
    assert PATTERNS.index(WIDE) not in patterns.scan("need help")
    assert patterns.found_alone(PATTERNS.index(WIDE), "need help")


@pytest.mark.parametrize("text", TEXTS)
def test_matched_alone_or_in_the_set_a_pattern_gives_the_same_answer(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_scan, "LARGE_PROGRAM", 1_000_000)
    all_in_the_set = PatternSet(PATTERNS)
    monkeypatch.setattr(text_scan, "LARGE_PROGRAM", -1)
    each_alone = PatternSet(PATTERNS)

    assert all_in_the_set.alone == frozenset()
    assert each_alone.alone == frozenset(range(len(PATTERNS)))
    assert all_in_the_set.scan(text) == together(each_alone, text) == alone(PATTERNS, text)


class Silent:
    """A set whose scan ran out of memory: it answers nothing, whatever the text."""

    def Match(self, text: str) -> None:  # noqa: N802 - RE2's name
        return None


@pytest.mark.parametrize("text", TEXTS)
def test_a_scan_that_fails_still_gives_the_right_answer(text: str) -> None:
    patterns = PatternSet(PATTERNS)
    patterns._shards = [(Silent(), members) for _, members in patterns._shards]

    assert together(patterns, text) == alone(PATTERNS, text)


def test_a_set_too_large_for_its_memory_is_split_and_finds_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = [f"(?i)\\bword{number}\\b" for number in range(300)]
    monkeypatch.setattr(text_scan, "_MEMORY_STEPS", (40_000,))

    patterns = PatternSet(words)

    assert len(patterns._shards) > 1
    members = [index for _, shard in patterns._shards for index in shard if index >= 0]
    assert sorted(members) == list(range(300))
    assert patterns.scan("Word7, word299 and word300") == {7, 299}


def test_a_pattern_too_large_for_any_set_is_matched_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_scan, "_MEMORY_STEPS", (1,))

    assert PatternSet(["foo", "bar"]).scan("a bar") == {1}


def test_ten_thousand_patterns_compile_and_match() -> None:
    patterns = PatternSet([phrase_pattern(f"phrase {number}") for number in range(10_000)])

    assert patterns.scan("nothing of note") == set()
    assert patterns.scan("Phrase 17, phrase 9999; phrase 10000 phrases 3") == {17, 9999}


def test_a_text_is_scanned_once_and_only_when_it_is_asked_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sets = {"prompt": PatternSet(["a", "b"]), "system": PatternSet(["a"])}
    scanned: list[str] = []
    plain = PatternSet.scan

    def counted(self: PatternSet, text: str) -> set[int]:
        scanned.append(text)
        return plain(self, text)

    monkeypatch.setattr(PatternSet, "scan", counted)
    scan = TextScan(sets, Facts(prompt="a", system="s"))

    assert [scan.holds("prompt", 0), scan.holds("prompt", 1)] == [True, False]
    assert scanned == ["a"]


def test_spans_count_code_points_and_stop_at_the_limit() -> None:
    patterns = PatternSet(["😀+", "é"])

    assert patterns.spans(0, "é😀😀 😀", 10) == [(1, 3), (4, 5)]
    assert patterns.spans(1, "ééé", 2) == [(0, 1), (1, 2)]


def attacks(shared_data: Path) -> list[dict[str, str | int]]:
    lines = (shared_data / "hostile" / "redos.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_pattern_that_hangs_other_engines_is_refused_at_its_line_or_decides_like_plain_re2(
    shared_data: Path,
) -> None:
    refused = 0
    for attack in attacks(shared_data):
        pattern = str(attack["regex"])
        text, line, _ = marked(rule_text(f"\n      {_when(MARK + json.dumps(pattern))}"))
        loaded = parse_table(text)
        try:
            compiled = re2.compile(pattern, options())
        except re2.error:
            refused += 1
            assert [(p.code, p.line) for p in loaded.errors] == [("bad-pattern", line)]
            continue
        assert loaded.table is not None, (pattern, loaded.problems)
        prompt = f"{attack['prefix']}{str(attack['pump']) * int(attack['n'])}{attack['suffix']}"
        decision = Router(loaded.table).decide(Facts(prompt=prompt))
        assert (decision.rule is not None) == (compiled.search(prompt) is not None), pattern
    assert 0 < refused < 333


def test_all_hostile_patterns_in_one_table_decide_like_plain_re2(shared_data: Path) -> None:
    found = attacks(shared_data)
    patterns = [str(attack["regex"]) for attack in found]
    good = [p for p in patterns if not parse_table(rule_text(_when(json.dumps(p)))).errors]
    router = TableBuilder().rule(when={"prompt": {"matches": good}}).router()
    [rule] = router.rules
    compiled = [re2.compile(pattern, options()) for pattern in good]

    for attack in found[::20]:
        prompt = f"{attack['prefix']}{str(attack['pump']) * 50}{attack['suffix']}"
        scan = TextScan(router.sets, Facts(prompt=prompt))
        [condition] = rule.conditions
        indexes = getattr(condition, "indexes", ())
        held = [scan.holds("prompt", index) for index in indexes]
        assert held == [pattern.search(prompt) is not None for pattern in compiled]


def _when(pattern: str) -> str:
    return f"{{prompt: {{matches: {pattern}}}}}"
