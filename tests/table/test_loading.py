"""What comes of a file without an error: the table, its version, where everything stands."""

from hashlib import sha256
from pathlib import Path

import pytest

import console
from console.table.load import parse_table, read_table
from console.table.model import (
    Assumption,
    Capture,
    Escalation,
    NumberRange,
    Price,
    Rollout,
    TextMatcher,
    When,
)
from tests.table.builder import TableBuilder, rule_text, table_text

FULL = """\
version: 1
name: support-desk
description: What this table is for.
default: general
providers:
  openai:
    base_url: https://api.openai.example/v1
    api_key_env: OPENAI_API_KEY
models:
  gpt-mini:
    provider: openai
    upstream_model: gpt-5-mini
    usd_per_million: {input: 0.25, cached_input: 0.025, output: 2.00}
    context_tokens: 400000
    supports: [tools, images, json_schema]
  haiku: {provider: openai}
tasks:
  extraction:
    description: Pull named fields out of a document.
    route: small
    owner: documents-team
routes:
  general: {model: haiku}
  small:
    description: Cheap and quick.
    model: gpt-mini
    fallbacks: [haiku]
    timeout_s: 20
    first_chunk_timeout_s: 8
    retries: 0
    escalate:
      to: general
      on: [invalid_json, truncated]
      because: Small models drop closing braces.
    assumptions:
      - says: Nine of ten answers arrive within two seconds.
        metric: latency_p90_ms
        max: 2000
        window: 2h
        min_requests: 20
rules:
  - id: long-documents
    because: Only these keep recall.
    when:
      input_tokens: {min: 32000}
      tags.team: [billing, sales-*]
      stream: false
      prompt: refund
      system: {contains: [a], contains_all: [b, c], matches: '^x'}
      none_of: [{model: gpt-*}]
      rollout: {percent: 12.5, by: client}
    task: extraction
    enabled: false
capture: {text: none, max_bytes: 5}
"""


def test_a_table_holds_what_its_file_says() -> None:
    table = parse_table(FULL).table

    assert table is not None
    assert (table.name, table.default, table.capture) == (
        "support-desk",
        "general",
        Capture("none", 5),
    )
    assert table.providers["openai"].api_key_env == "OPENAI_API_KEY"
    mini = table.models["gpt-mini"]
    assert mini.usd_per_million == Price(0.25, 2.0, 0.025)
    assert (mini.context_tokens, mini.supports) == (400_000, ("tools", "images", "json_schema"))
    assert table.model_sent_upstream("gpt-mini") == "gpt-5-mini"
    assert table.tasks["extraction"].owner == "documents-team"
    small = table.routes["small"]
    assert small.targets == ("gpt-mini", "haiku")
    assert (small.timeout_s, small.first_chunk_timeout_s, small.retries) == (20.0, 8.0, 0)
    assert small.escalate == Escalation(
        "general", ("invalid_json", "truncated"), "Small models drop closing braces."
    )
    [assumption] = small.assumptions
    assert assumption == Assumption(
        "Nine of ten answers arrive within two seconds.", "latency_p90_ms", None, 2000, "2h", 20
    )


def test_a_rule_holds_what_its_condition_says() -> None:
    table = parse_table(FULL).table

    assert table is not None
    [rule] = table.rules
    assert (rule.id, rule.task, rule.route, rule.enabled) == (
        "long-documents",
        "extraction",
        None,
        False,
    )
    assert rule.when == When(
        names={"tags.team": ("billing", "sales-*")},
        numbers={"input_tokens": NumberRange(32_000, None)},
        flags={"stream": False},
        texts={
            "prompt": TextMatcher(("refund",)),
            "system": TextMatcher(("a",), ("b", "c"), ("^x",)),
        },
        none_of=(When(names={"model": ("gpt-*",)}),),
        rollout=Rollout(12.5, "client"),
    )


def test_what_a_table_leaves_out_is_unknown_or_the_default() -> None:
    table = parse_table(table_text("")).table

    assert table is not None
    mini, small = table.models["mini"], table.routes["small"]
    assert (mini.usd_per_million, mini.context_tokens, mini.supports) == (None, None, ())
    assert table.model_sent_upstream("mini") == "mini"
    assert (small.timeout_s, small.first_chunk_timeout_s, small.retries) == (60.0, None, 1)
    assert (small.fallbacks, small.escalate, small.assumptions) == ((), None, ())
    assert table.capture == Capture("prompt", 32_768)
    assert table.rules == ()


def test_the_version_of_a_table_is_the_hash_of_its_bytes() -> None:
    text = table_text("")

    assert parse_table(text).version == sha256(text.encode()).hexdigest()[:12]
    assert parse_table(text.encode()).version == parse_table(text).version
    assert parse_table(text + "#").version != parse_table(text).version
    table = parse_table(text).table
    assert table is not None
    assert table.version == parse_table(text).version


def test_a_file_with_errors_has_its_version_and_its_text_all_the_same() -> None:
    loaded = parse_table("name: [")

    assert loaded.table is None
    assert loaded.text == "name: ["
    assert loaded.version == sha256(b"name: [").hexdigest()[:12]


def test_every_part_of_a_table_has_its_place() -> None:
    places = parse_table(FULL).places

    lines = FULL.splitlines()
    for path, wanted in {
        "models.gpt-mini.usd_per_million.output": "2.00}",
        "routes.small.escalate.on[1]": "truncated]",
        "rules[0].when.input_tokens.min": "32000}",
        "rules[0].when.tags.team[1]": "sales-*]",
        "rules[0].when.none_of[0].model": "gpt-*}]",
        "rules[0].when.rollout": "{percent: 12.5, by: client}",
    }.items():
        line, column = places[path]
        assert lines[line - 1][column - 1 :] == wanted


def test_a_file_that_cannot_be_read_is_the_callers_to_tell(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "none.yaml")
    with pytest.raises(IsADirectoryError):
        read_table(tmp_path)


def test_a_thousand_rules_load() -> None:
    builder = TableBuilder()
    for number in range(1000):
        builder.rule(
            f"rule-{number}",
            when={"prompt": [f"word{number}", "thing"], "input_tokens": {"min": number}},
        )

    assert len(builder.build().rules) == 1000


@pytest.mark.parametrize(
    "path",
    [
        *sorted((Path(__file__).parents[2] / "policies").glob("*[!s].yaml")),
        Path(console.__file__).parent / "demo" / "table.yaml",
    ],
    ids=lambda path: path.name,
)
def test_the_tables_we_ship_have_no_problem(path: Path) -> None:
    loaded = read_table(path)

    assert loaded.problems == []
    assert loaded.table is not None


def test_a_pattern_of_every_kind_re2_knows_loads() -> None:
    patterns = (
        r"""['(?i)abc', '\p{Greek}+', 'a{1,1000}', '(?P<name>x)|y', '[[:alpha:]]', '^$', '\bx\b']"""
    )

    assert parse_table(rule_text(f"{{prompt: {{matches: {patterns}}}}}")).problems == []


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?<=a)b", "a{1001}", "a**", "[z-a]", r"\pX", "a{9}" * 9]
)
def test_a_pattern_re2_refuses_does_not_load(pattern: str) -> None:
    nested = "(" * 5 + pattern + "){1000}" * 5 if pattern.startswith("a{9}") else pattern

    [problem] = parse_table(rule_text(f"{{prompt: {{matches: '{nested}'}}}}")).problems

    assert problem.code == "bad-pattern"
