"""What each matcher of the page takes and what it does not."""

from typing import Any

import pytest

from console.routing.facts import Facts
from tests.table.builder import TableBuilder


def matches(when: str, **facts: Any) -> bool:
    """Tell whether a rule with this condition takes a request of these facts."""
    if "prompt" in facts:
        facts.setdefault("conversation", facts["prompt"])
    return TableBuilder().rule(when=when).router().decide(Facts(**facts)).rule is not None


@pytest.mark.parametrize(
    ("wanted", "value", "holds"),
    [
        ("coding", "coding", True),
        ("coding", "Coding", False),
        ("coding", "encoding", False),
        ("coding", None, False),
        ("[coding, drafting]", "drafting", True),
        ("[coding, drafting]", "review", False),
        ("'code-*'", "code-review", True),
        ("'code-*'", "code-", True),
        ("'code-*'", "code", False),
        ("'*-review'", "code-review", True),
        ("'*-*-*'", "a-b", False),
        ("'*-*-*'", "a-b-c", True),
        ("'*'", "", True),
        ("'*'", "line\nbreak", True),
        ("'*'", None, False),
        ("'a.c'", "abc", False),
        ("'a.*c'", "a.bc", True),
        ("'[ab]*'", "a", False),
        ("'naïve *'", "naïve 😀", True),
        ("''", "", True),
    ],
)
def test_a_name_equals_one_of_the_names_and_a_star_is_any_run(
    wanted: str, value: str | None, holds: bool
) -> None:
    assert matches(f"{{task: {wanted}}}", task=value) is holds
    assert matches(f"{{client: {wanted}}}", client=value) is holds
    tags = {} if value is None else {"team": value}
    assert matches(f"{{tags.team: {wanted}}}", tags=tags) is holds


@pytest.mark.parametrize(
    ("wanted", "value", "holds"),
    [
        ("{min: 5}", 5, True),
        ("{min: 5}", 4, False),
        ("{max: 5}", 5, True),
        ("{max: 5}", 6, False),
        ("{min: 5, max: 5}", 5, True),
        ("{min: 4, max: 6}", 7, False),
        ("{max: 0}", 0, True),
        ("{min: 0}", None, False),
    ],
)
def test_a_number_is_within_a_range_ends_included(
    wanted: str, value: int | None, holds: bool
) -> None:
    assert matches(f"{{max_output_tokens: {wanted}}}", max_output_tokens=value) is holds
    if value is not None:
        assert matches(f"{{input_tokens: {wanted}}}", input_tokens=value) is holds
        assert matches(f"{{turns: {wanted}}}", turns=value) is holds
        assert matches(f"{{hidden_chars: {wanted}}}", hidden_chars=value) is holds


@pytest.mark.parametrize("fact", ["tools", "images", "audio", "stream"])
def test_a_flag_equals_what_is_wanted(fact: str) -> None:
    assert matches(f"{{{fact}: true}}", **{fact: True})
    assert not matches(f"{{{fact}: true}}", **{fact: False})
    assert matches(f"{{{fact}: false}}", **{fact: False})
    assert not matches(f"{{{fact}: false}}", **{fact: True})


@pytest.mark.parametrize(
    ("phrase", "text", "holds"),
    [
        ("refund", "I want a refund.", True),
        ("refund", "REFUND!", True),
        ("refund", "refunds", False),
        ("refund", "my_refund", False),
        ("refund", "re-refund-ed", True),
        ("money back", "give my money back", True),
        ("money back", "give my money  back", False),
        ("c++", "I write C++, daily", True),
        ("c++", "abc++", False),
        (".net", "use .NET now", True),
        (".net", "asp.net", True),
        ("a.b", "axb", False),
        ("straße", "STRAßE", True),
        ("straße", "strasse", False),
        ("ärger", "verärger", True),
        ("ärger", "verärgert", False),
        ("ärger", "ÄRGER", True),
        ("naïve", "so naïve", True),
        ("日本", "日本語", True),
        ("😀", "a😀b", True),
        ("aKa", "a\u212aa", True),
        ("(?i)x", "x", False),
        ("\\d", "5", False),
        (" ", "a b", True),
        ("x_", "x_y", False),
    ],
)
def test_a_phrase_is_found_literally_in_any_case_and_as_whole_words(
    phrase: str, text: str, holds: bool
) -> None:
    router = TableBuilder().rule(when={"prompt": phrase}).router()

    assert (router.decide(Facts(prompt=text)).rule is not None) is holds


@pytest.mark.parametrize(
    ("when", "text", "holds"),
    [
        ("{prompt: [a, b]}", "b", True),
        ("{prompt: {contains: [a, b]}}", "c", False),
        ("{prompt: {contains_all: [a, b]}}", "b a", True),
        ("{prompt: {contains_all: [a, b]}}", "b", False),
        ("{prompt: {matches: 'o+'}}", "foo", True),
        ("{prompt: {matches: 'O'}}", "foo", False),
        ("{prompt: {matches: '(?i)O'}}", "foo", True),
        ("{prompt: {matches: ['x', 'o$']}}", "foo", True),
        ("{prompt: {matches: '^b'}}", "a\nb", False),
        ("{prompt: {matches: '(?m)^b'}}", "a\nb", True),
        ("{prompt: {matches: 'a.b'}}", "a\nb", False),
        ("{prompt: {matches: 'a.b'}}", "aéb", True),
        ("{prompt: {matches: ''}}", "", True),
        ("{prompt: {matches: 'x*'}}", "abc", True),
        ("{prompt: {contains: [a], contains_all: [b, c], matches: 'd'}}", "a b c d", True),
        ("{prompt: {contains: [a], contains_all: [b, c], matches: 'd'}}", "a b c", False),
        ("{prompt: {contains: [a], contains_all: [b, c], matches: 'd'}}", "b c d", False),
        ("{prompt: {contains_all: [a, A]}}", "a", True),
    ],
)
def test_all_parts_of_a_text_matcher_must_hold(when: str, text: str, holds: bool) -> None:
    assert matches(when, prompt=text) is holds


def test_each_text_is_looked_at_apart() -> None:
    facts = {"prompt": "one", "system": "two", "conversation": "two\none\nthree"}

    assert matches("{prompt: one, system: two, conversation: three}", **facts)
    assert not matches("{prompt: two}", **facts)
    assert not matches("{system: one}", **facts)


YES, NO = "{stream: false}", "{stream: true}"


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (f"{{any_of: [{NO}, {YES}]}}", True),
        (f"{{any_of: [{NO}, {NO}]}}", False),
        (f"{{all_of: [{YES}, {YES}]}}", True),
        (f"{{all_of: [{YES}, {NO}]}}", False),
        (f"{{none_of: [{NO}, {NO}]}}", True),
        (f"{{none_of: [{NO}, {YES}]}}", False),
        (f"{{none_of: [{{none_of: [{{any_of: [{YES}]}}]}}]}}", True),
        (f"{{any_of: [{YES}], none_of: [{YES}]}}", False),
        ("{any_of: [{stream: false, tools: true}]}", False),
        ("{none_of: [{task: '*'}]}", True),
        ("{any_of: [{prompt: refund}, {system: '*'}]}", False),
    ],
)
def test_groups_hold_as_their_names_say(when: str, holds: bool) -> None:
    assert matches(when) is holds


UNKNOWN = "{prompt: x}"


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (UNKNOWN, "undecidable"),
        ("{prompt: x, stream: true}", "table_default"),
        ("{prompt: x, stream: false}", "undecidable"),
        (f"{{any_of: [{UNKNOWN}, {YES}]}}", "rule_match"),
        (f"{{any_of: [{UNKNOWN}, {NO}]}}", "undecidable"),
        (f"{{all_of: [{UNKNOWN}, {NO}]}}", "table_default"),
        (f"{{all_of: [{UNKNOWN}, {YES}]}}", "undecidable"),
        (f"{{none_of: [{UNKNOWN}, {YES}]}}", "table_default"),
        (f"{{none_of: [{UNKNOWN}, {NO}]}}", "undecidable"),
        (f"{{none_of: [{{all_of: [{UNKNOWN}, {NO}]}}]}}", "rule_match"),
        ("{rollout: {percent: 99, by: prompt}}", "undecidable"),
    ],
)
def test_a_fact_that_was_not_captured_makes_conditions_unknown(when: str, reason: str) -> None:
    router = TableBuilder().rule(when=when).router()

    decision = router.decide(Facts(not_captured=frozenset({"prompt"})))

    assert decision.reason == reason
    assert decision.rule == (None if reason == "table_default" else "a-rule")


def test_without_the_declared_task_nobody_knows_which_default_applies() -> None:
    decision = TableBuilder().router().decide(Facts(not_captured=frozenset({"task"})))

    assert (decision.reason, decision.rule) == ("undecidable", None)


@pytest.mark.parametrize(
    ("when", "missing"),
    [
        ("{prompt: a}", "prompt"),
        ("{tags.team: a}", "tags"),
        ("{tags.team: a}", "tags.team"),
        ("{input_tokens: {min: 1}}", "input_tokens"),
        ("{tools: true}", "tools"),
        ("{prompt: {matches: '(a{1,100}){1,9}'}}", "prompt"),
        ("{rollout: {percent: 1, by: tags.team}}", "tags"),
    ],
)
def test_any_fact_may_be_the_one_that_was_not_captured(when: str, missing: str) -> None:
    router = TableBuilder().rule(when=when).router()

    assert router.decide(Facts(not_captured=frozenset({missing}))).reason == "undecidable"
    assert router.decide(Facts(not_captured=frozenset({"audio"}))).reason == "table_default"


def test_an_unknown_rule_after_the_first_that_holds_does_not_matter() -> None:
    router = (
        TableBuilder()
        .rule("sure", when="{stream: false}")
        .rule("lost", when="{prompt: a}")
        .router()
    )

    assert router.decide(Facts(not_captured=frozenset({"prompt"}))).rule == "sure"


def test_a_disabled_rule_is_never_unknown() -> None:
    router = TableBuilder().rule(when="{prompt: a}", enabled=False).router()

    assert router.decide(Facts(not_captured=frozenset({"prompt"}))).reason == "table_default"
