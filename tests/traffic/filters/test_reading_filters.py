"""What people type becomes what they mean, or a sentence at the place where it does not."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.traffic.filters.moments import moment_of
from console.traffic.filters.nodes import (
    And,
    Contains,
    Flag,
    Glob,
    Names,
    Node,
    Not,
    Number,
    Or,
    Since,
    Until,
    Words,
)
from console.traffic.filters.printing import term, written
from console.traffic.filters.problem import FilterProblem
from console.traffic.filters.reading import read_filter
from tests.traffic.filters.filter_strategies import filters

NOW = 1_795_435_200.0


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("route:small", Names("route", ("small",))),
        ("route:small,large", Names("route", ("small", "large"))),
        ('route:"a b",none', Names("route", ("a b", None))),
        ('route:"none"', Names("route", ("none",))),
        ("client:web-*", Names("client", (Glob("web-*"),))),
        ('client:"web-*"', Names("client", ("web-*",))),
        ("latency>2s", Number("latency", ">", 2_000)),
        ("latency>=1.5m", Number("latency", ">=", 90_000)),
        ("cost>=$0.01", Number("cost", ">=", 0.01)),
        ("tokens>32k", Number("tokens", ">", 32_000)),
        ("http:429", Number("http", "=", 429)),
        ("since:1h", Since("1h", NOW - 3_600)),
        ("until:90s", Until("90s", NOW - 90)),
        ("escalated degraded", And((Flag("escalated"), Flag("degraded")))),
        ('"refund"', Words("refund")),
        ("contains:und", Contains("und")),
        ('contains:"a b*"', Contains("a b*")),
        ('"say \\"hi\\""', Words('say "hi"')),
        ("-stream", Not(Flag("stream"))),
        ("--stream", Not(Not(Flag("stream")))),
        ("ok or error stream", Or((Flag("ok"), And((Flag("error"), Flag("stream")))))),
        ("(ok or error) and stream", And((Or((Flag("ok"), Flag("error"))), Flag("stream")))),
        ("-(ok or error)", Not(Or((Flag("ok"), Flag("error"))))),
        ("ERROR", Flag("error")),
        ("Route:Small", Names("route", ("Small",))),
        ("status:client_cancelled", Names("status", ("client_cancelled",))),
    ],
)
def test_what_is_typed_is_what_is_meant(text: str, meant: Node) -> None:
    assert read_filter(text, NOW) == meant


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_nothing_asked_is_no_filter(text: str) -> None:
    assert read_filter(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "marked", "message", "hint"),
    [
        ("rute:small", "rute", "There is no field `rute`.", "Did you mean `route`?"),
        ("latency>fast", "fast", "`fast` is no number.", "350ms"),
        ("latency>2x", "2x", "`2x` is no number.", "350ms"),
        ("latency:1s,2s", "2s", "one number", ""),
        ("cost>2k", "2k", "`2k` is no number.", "dollars"),
        ("status:eror", "eror", "`eror`", "Did you mean `error`?"),
        ("ok refund", "refund", "`refund` is no word", '"refund"'),
        ("latency", "latency", "wants a value", "`latency>`"),
        ("route", "route", "wants a value", "`route:`"),
        ("route:", " ", "wants a value", ""),
        ("route:a,", " ", "wants a value", ""),
        ("route>5", ">", "is a name", "`route:`"),
        ("since:yesterday", "yesterday", "no moment", "2h"),
        ("since>1h", ">", "one moment", "since:2h"),
        ("(ok", "(", "not closed", ""),
        ("ok)", ")", "Nothing is open", ""),
        ("ok or", " ", "missing", ""),
        ("or ok", "or", "missing", ""),
        ("()", ")", "missing", ""),
        ("-", " ", "missing", ""),
        ('ok "open', '"open', "not closed", ""),
        ('""', '""', "no text", ""),
        ("a , b", ",", "comma", "route:small,large"),
        ("(" * 60 + "ok" + ")" * 60, "(", "nested", ""),
        ("-" * 60 + "ok", "-", "nested", ""),
    ],
)
def test_a_mistake_is_told_at_its_place(text: str, marked: str, message: str, hint: str) -> None:
    with pytest.raises(FilterProblem) as caught:
        read_filter(text, NOW)
    problem = caught.value
    assert (text + " ")[problem.start : problem.end] == marked
    assert message in problem.message
    assert hint in problem.hint
    assert problem.pointer() == " " * problem.start + "^" * len(marked)


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_problem_within_it(text: str) -> None:
    found: FilterProblem | None = None
    try:
        read_filter(text, NOW)
    except FilterProblem as problem:
        found = problem
    if found is not None:
        assert 0 <= found.start <= len(text)
        assert found.start < found.end <= len(text) + 1


@given(filters)
def test_a_filter_that_is_written_reads_as_the_same(node: Node) -> None:
    said = read_filter(written(node), NOW)
    assert said is not None
    # `12:00` is what every moment here was written as; what it names is another test's matter.
    assert written(said) == written(node)
    assert _without_moments(said) == _without_moments(node)


def _without_moments(node: Node) -> Node:
    match node:
        case And(parts):
            return And(tuple(map(_without_moments, parts)))
        case Or(parts):
            return Or(tuple(map(_without_moments, parts)))
        case Not(part):
            return Not(_without_moments(part))
        case Since(text, _):
            return Since(text, 0)
        case Until(text, _):
            return Until(text, 0)
        case _:
            return node


@given(st.text(min_size=1, max_size=20).filter(lambda name: name == name.strip()))
def test_any_name_of_the_log_can_be_asked_for(name: str) -> None:
    assert read_filter(term("client", name), NOW) == Names("client", (name,))


def test_a_clock_names_the_last_time_it_showed_that() -> None:
    now = datetime(2026, 11, 25, 14, 0).timestamp()
    assert moment_of("13:59", now) == datetime(2026, 11, 25, 13, 59).timestamp()
    assert moment_of("14:01:30", now) == datetime(2026, 11, 24, 14, 1, 30).timestamp()
    assert moment_of("2026-11-20", now) == datetime(2026, 11, 20).timestamp()
    assert moment_of("2026-11-20T08:30", now) == datetime(2026, 11, 20, 8, 30).timestamp()
    assert moment_of("1d2h", now) == now - 26 * 3_600
    for nonsense in ("", "25:00", "12", "2026-13-01", "h", "soon"):
        assert moment_of(nonsense, now) is None
