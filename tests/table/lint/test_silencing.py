"""Comments that silence findings: on their line or above it, and only with a reason."""

import pytest

from console.table.lint.finding import Finding, finding
from console.table.lint.silencing import Silence, silenced, silences_in

ALL = frozenset({"no-price", "unused-model", "unused-route"})


def wrong_in(text: str) -> list[str]:
    silences, wrong = silences_in(text)
    assert silences == []
    return [found.message for found in wrong]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("a: 1\nm: 2  # lint: ignore[no-price] because it is ours\n", 2),
        ("a: 1\n# lint: ignore[no-price] because it is ours\n\n# more\nm: 2\n", 5),
        ("m: 2 #lint:ignore[ no-price ]  because it is ours  \r\nb: 1", 1),
    ],
)
def test_a_comment_speaks_of_its_line_or_the_next_one(text: str, about: int) -> None:
    [silence], wrong = silences_in(text)

    assert wrong == []
    assert (silence.about, silence.codes, silence.reason) == (about, ("no-price",), "it is ours")


def test_one_comment_may_name_several_codes() -> None:
    [silence], _ = silences_in("m: 2  # lint: ignore[no-price, unused-model] because it is ours")

    assert silence.codes == ("no-price", "unused-model")


@pytest.mark.parametrize(
    "text",
    [
        "a: 'see # lint: ignore[no-price] because x'",
        "a: |\n  # lint: ignore[no-price] because x\nb: 1",
        'a: "one\n  # lint: ignore[no-price] because x"',
    ],
)
def test_what_stands_within_a_text_is_no_comment(text: str) -> None:
    assert silences_in(text) == ([], [])


def test_a_comment_without_reason_or_with_a_strange_code_is_told_and_not_heeded() -> None:
    assert wrong_in("a: 1  # lint: ignore[no-price]") == ["This comment does not say why."]
    assert wrong_in("a: 1  # lint: ignore[no-price] because  ") == [
        "This comment does not say why."
    ]
    assert wrong_in("a: 1  # lint: ignore because x") == [
        "This comment does not say what to ignore."
    ]
    assert wrong_in("a: 1  # lint: ignore[no-prize] because x") == ["Lint has no code `no-prize`."]


def test_findings_on_the_line_carry_the_reason_and_others_do_not() -> None:
    told: list[Finding] = [
        finding("no-price", "models.m", "No price.", line=2),
        finding("no-price", "models.n", "No price.", line=3),
        finding("unused-model", "models.m", "Unused.", line=2),
    ]

    found = silenced(told, [Silence(2, 9, 2, ("no-price",), "it is ours")], ALL)

    assert [f.ignored for f in found] == ["it is ours", None, None]


def test_a_comment_that_silences_nothing_is_told_where_its_code_was_looked_for() -> None:
    silences = [Silence(2, 9, 2, ("no-price", "rule-not-hit"), "x")]

    [found] = silenced([], silences, ALL)

    assert (found.code, found.line, found.column) == ("ignore-unused", 2, 9)
    assert "no-price" in found.message
