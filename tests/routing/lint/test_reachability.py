"""Reachability, case by case: what is proven of a rule, by which rules, shown by which request."""

import pytest

from console.routing.lint.reachability import Reachability, Standing
from console.table.load import parse_table
from tests.bench.tables import table_text
from tests.table.builder import TableBuilder


@pytest.fixture
def table() -> TableBuilder:
    return TableBuilder()


def standings(table: TableBuilder) -> list[Standing]:
    return [found for found in Reachability(table.build()).standings() if found is not None]


def test_a_rule_after_one_that_covers_it_is_unreachable(table: TableBuilder) -> None:
    table.rule("every-draft", when={"task": "drafting"}, route="small")
    table.rule("long-drafts", when={"task": "drafting", "input_tokens": {"min": 8000}})

    [found] = standings(table)

    assert (found.rule, found.kind, found.blocking) == (
        "long-drafts",
        "unreachable",
        ("every-draft",),
    )
    assert found.differs
    assert found.loses is not None
    assert found.loses.rule == "every-draft"
    assert found.loses.facts.task == "drafting"
    assert found.loses.facts.input_tokens == 8000


def test_rules_cover_another_together_and_only_those_needed_are_told(table: TableBuilder) -> None:
    table.rule("short", when={"input_tokens": {"max": 99}})
    table.rule("unrelated", when={"input_tokens": {"max": 50}, "stream": True})
    table.rule("middle", when={"input_tokens": {"min": 100, "max": 999}})
    table.rule("long", when={"input_tokens": {"min": 1000}})
    table.rule("drafts", when={"task": "draft*"}, route="small")

    assert [(f.rule, f.kind, f.blocking) for f in standings(table)] == [
        ("unrelated", "unreachable", ("short",)),
        ("drafts", "unreachable", ("short", "middle", "long")),
    ]


def test_absence_is_a_case_of_its_own(table: TableBuilder) -> None:
    table.rule("any-client", when={"client": "*"})
    table.rule("no-batch", when={"none_of": [{"client": "batch"}], "stream": True})
    table.rule("no-client", when={"none_of": [{"client": "*"}], "stream": True}, route="small")

    assert [(f.rule, f.blocking) for f in standings(table)] == [("no-client", ("no-batch",))]


def test_globs_cover_by_what_they_match(table: TableBuilder) -> None:
    table.rule("prefix", when={"model": "gpt-*"})
    table.rule("both-ends", when={"model": "gpt-*-mini"}, route="small")

    assert [(f.rule, f.kind) for f in standings(table)] == [("both-ends", "unreachable")]


@pytest.mark.parametrize(
    ("first", "second", "is_dead"),
    [
        ({"prompt": ["refund", "money back"]}, {"prompt": ["REFUND"]}, True),
        ({"prompt": "refund"}, {"prompt": "refund request"}, True),
        ({"prompt": "refund"}, {"prompt": "refunds"}, False),
        ({"prompt": "claims"}, {"prompt": "small claims court"}, False),  # ſ is an s, not a word's
        ({"prompt": "court"}, {"prompt": "small court order"}, True),
        ({"prompt": {"matches": "a.c"}}, {"prompt": {"matches": ["a.c"]}}, True),
        ({"prompt": {"matches": "a.c"}}, {"prompt": {"matches": "abc"}}, False),
        ({"prompt": {"matches": "(?i)\\brefund\\b"}}, {"prompt": "refund"}, True),
        ({"conversation": "refund"}, {"prompt": "refund now"}, True),
        ({"prompt": "refund"}, {"conversation": "refund"}, False),
        ({"prompt": ["a", "b"]}, {"prompt": {"contains_all": ["b", "c"]}}, True),
        ({"prompt": {"contains_all": ["a", "b"]}}, {"prompt": ["a", "b"]}, False),
    ],
)
def test_texts_are_known_by_their_phrases(
    table: TableBuilder, first: object, second: object, is_dead: bool
) -> None:
    table.rule("first", when=first)
    table.rule("second", when=second, route="small")

    dead = [found.rule for found in standings(table) if found.kind == "unreachable"]

    assert dead == ["second"] * is_dead


def test_a_rule_that_contradicts_itself_has_no_request_to_show(table: TableBuilder) -> None:
    table.rule("never", when={"task": "a", "none_of": [{"task": "a*"}]})

    [found] = standings(table)

    assert (found.kind, found.blocking, found.wins, found.loses) == (
        "contradictory",
        (),
        None,
        None,
    )


def test_a_rule_without_which_all_goes_the_same_way_makes_no_difference(
    table: TableBuilder,
) -> None:
    table.rule("idle", when={"stream": True, "task": "translation"}, route="small")
    table.rule("drafts", when={"stream": True, "task": "drafting"}, route="small")

    [found] = standings(table)

    # drafting has a route of its own, so a rule that takes it elsewhere does something
    assert (found.rule, found.kind) == ("idle", "no-difference")
    assert found.wins is not None
    assert found.wins.facts.task == "translation"


def test_the_later_rule_that_does_the_same_is_named(table: TableBuilder) -> None:
    table.rule("one", when={"task": "a", "turns": {"min": 3}})
    table.rule("all", when={"task": "a"})

    [found] = standings(table)

    assert (found.rule, found.kind, found.blocking) == ("one", "no-difference", ("all",))


def test_a_rule_cut_short_on_its_own_terms_is_told_with_a_request_won_and_one_lost(
    table: TableBuilder,
) -> None:
    table.rule("long", when={"input_tokens": {"min": 8000}}, route="large")
    table.rule("middle", when={"input_tokens": {"min": 4000}, "task": "chat"}, route="small")
    table.rule("words", when={"prompt": "refund"}, route="large")
    table.rule("other-words", when={"prompt": "invoice", "stream": True}, route="small")

    found = {f.rule: f for f in standings(table) if f.kind == "partly-shadowed"}

    # two rules on different words always meet in some request: that is not worth a word
    assert set(found) == {"middle"}
    wins, loses = found["middle"].wins, found["middle"].loses
    assert wins is not None
    assert loses is not None
    assert (wins.rule, wins.facts.input_tokens) == ("middle", 4000)
    assert (loses.rule, loses.facts.input_tokens) == ("long", 8000)


def test_a_wider_share_of_the_same_rollout_covers_a_narrower_one(table: TableBuilder) -> None:
    half = {"percent": 50, "by": "client", "salt": "s"}
    table.rule("half", when={"rollout": half})
    table.rule("tenth", when={"rollout": {**half, "percent": 10}}, route="small")
    table.rule("other-salt", when={"rollout": {**half, "salt": "t"}}, route="small")

    found = standings(table)

    assert [(f.rule, f.kind) for f in found if f.kind == "unreachable"] == [
        ("tenth", "unreachable")
    ]


def test_a_pattern_of_which_no_sample_is_known_is_not_told(table: TableBuilder) -> None:
    table.rule("first", when={"prompt": {"matches": "x{500}"}})
    table.rule("second", when={"prompt": {"matches": "x{500}"}, "stream": True}, route="small")

    assert standings(table) == []


def test_a_disabled_rule_neither_covers_nor_is_told(table: TableBuilder) -> None:
    table.rule("off", when={"stream": True}, enabled=False)
    table.rule("on", when={"stream": True})
    table.rule("off-too", when={"stream": True}, enabled=False)

    assert standings(table) == []


def test_too_many_ways_to_meet_a_condition_are_not_decided(table: TableBuilder) -> None:
    several = [{"prompt": [f"word{i}-{j}" for j in range(9)]} for i in range(3)]
    table.rule("many", when={"all_of": several})
    table.rule("many-more", when={"all_of": several, "stream": True})

    assert standings(table) == []


@pytest.mark.parametrize("fact", ["client", "task"])
def test_globs_too_intricate_to_tell_apart_are_not_decided_and_names_beside_them_are(
    table: TableBuilder, fact: str
) -> None:
    table.rule("globs", when={fact: [f"*{a}{b}*" for a in "abcd" for b in "abcde"]})
    table.rule("again", when={fact: "*aa*"}, route="small")
    table.rule("name", when={fact: ["x", "y"]})
    table.rule("same-name", when={fact: "x", "stream": True}, route="small")

    assert [(f.rule, f.blocking) for f in standings(table)] == [("same-name", ("name",))]


def test_looking_stops_when_it_is_told_to() -> None:
    table = parse_table(table_text(50)).table
    assert table is not None
    looked: list[object] = []

    for found in Reachability(table).standings(lambda: len(looked) >= 3):
        looked.append(found)

    assert len(looked) == 3


def test_the_rule_being_edited_comes_first_and_then_those_after_it(table: TableBuilder) -> None:
    for name in "abcd":
        table.rule(name, when={"stream": True})

    told = [found.rule for found in Reachability(table.build()).standings(first="c") if found]

    assert told == ["c", "d", "a", "b"]
