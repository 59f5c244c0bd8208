"""What overrides say of a table that lacks it, and which routes they leave without a model."""

from datetime import UTC, datetime, timedelta

from console.table.model import Model, Route, Table
from console.table.override_effects import routes_without_targets
from console.table.override_references import check_overrides, fitting
from console.table.overrides import Drain, Override, Pin, parse_overrides

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = NOON.timestamp()
LATER = NOON + timedelta(hours=1)

TABLE = Table(
    name="desk",
    default="small",
    version="1",
    providers={"openai": None, "local": None},  # type: ignore[dict-item]
    models={"mini": Model("openai"), "big": Model("openai"), "llama": Model("local")},
    routes={"small": Route("mini", fallbacks=("llama",)), "large": Route("big")},
)


def drain(identity: str = "d", **what: str) -> Override:
    return Override(identity, LATER, "x", "y", Drain(**what))


def pin(route: str, to: str) -> Override:
    return Override("p", LATER, "x", "y", pin=Pin(route, to))


def test_names_the_table_has_are_no_problem() -> None:
    overrides = [drain(provider="openai"), drain(model="llama"), pin("small", "large")]

    assert check_overrides(overrides, TABLE) == []
    assert fitting(overrides, TABLE) == tuple(overrides)


def test_names_it_does_not_have_are_errors_at_their_place_with_a_hint() -> None:
    read = parse_overrides(
        "version: 1\noverrides:\n"
        "- {id: a, drain: {model: mini}, until: 2026-11-24T00:00:00Z, because: x, by: y}\n"
        "- {id: b, drain: {model: minni}, until: 2026-11-24T00:00:00Z, because: x, by: y}\n"
        "- {id: c, pin: {route: q, to: larg}, until: 2026-11-24T00:00:00Z, because: x, by: y}\n"
    )

    problems = check_overrides(read.overrides, TABLE, read.entries)

    assert [(p.line, p.path, p.message, p.hint) for p in problems] == [
        (4, "overrides[1].drain.model", "There is no model `minni`.", "Did you mean `mini`?"),
        (5, "overrides[2].pin.route", "There is no route `q`.", "The table has: large, small."),
        (5, "overrides[2].pin.to", "There is no route `larg`.", "Did you mean `large`?"),
    ]
    assert all(problem.is_error for problem in problems)
    assert [override.id for override in fitting(read.overrides, TABLE)] == ["a"]


def test_a_route_pinned_to_itself_is_an_error() -> None:
    [problem] = check_overrides([pin("small", "small")], TABLE)

    assert problem.message == "The route `small` is pinned to itself."


def test_routes_are_without_targets_when_all_their_models_are_drained() -> None:
    assert routes_without_targets(TABLE, [drain(provider="openai")], AT) == ["large"]
    both = [drain(provider="openai"), drain(model="llama")]
    assert routes_without_targets(TABLE, both, AT) == ["small", "large"]


def test_a_pin_takes_a_route_s_requests_to_where_there_are_targets() -> None:
    overrides = [drain(provider="openai"), pin("large", "small")]

    assert routes_without_targets(TABLE, overrides, AT) == []


def test_what_ran_out_leaves_nothing_without_targets() -> None:
    assert routes_without_targets(TABLE, [drain(provider="openai")], LATER.timestamp()) == []
