"""The overrides beside a table: what loads, what is told, and when one is live."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from console.table.overrides import (
    Drain,
    Pin,
    overrides_beside,
    parse_overrides,
    read_overrides,
)
from tests.table.builder import marked

DRAIN = """\
version: 1
overrides:
  - id: inc-4711
    drain: {provider: openai}
    until: 2026-11-23T15:30:00Z
    because: 429 storm, INC-4711
    by: oncall
"""
PIN = """\
  - id: inc-4712
    pin: {route: small, to: large}
    until: "2026-11-23T17:30:00+02:00"
    because: small is drained everywhere
    by: oncall
"""
UNTIL = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


def test_drains_and_pins_are_read_in_the_order_written() -> None:
    loaded = parse_overrides(DRAIN + PIN)

    assert loaded.problems == []
    drain, pin = loaded.overrides
    assert (drain.id, drain.because, drain.by) == ("inc-4711", "429 storm, INC-4711", "oncall")
    assert (drain.drain, drain.pin) == (Drain(provider="openai"), None)
    assert (pin.drain, pin.pin) == (None, Pin("small", "large"))


def test_a_moment_counts_with_its_time_zone_quoted_or_not() -> None:
    assert [override.until for override in parse_overrides(DRAIN + PIN).overrides] == [UNTIL] * 2


def test_an_override_is_live_until_its_moment_and_not_at_it() -> None:
    [override] = parse_overrides(DRAIN).overrides
    end = UNTIL.timestamp()

    assert override.is_live(end - 0.001)
    assert not override.is_live(end)
    assert not override.is_live(end + timedelta(days=1).total_seconds())


def test_a_drain_takes_out_its_model_or_every_model_of_its_provider() -> None:
    [provider] = parse_overrides(DRAIN).overrides
    [model] = parse_overrides(DRAIN.replace("provider: openai", "model: mini")).overrides

    assert provider.drains("mini", "openai")
    assert not provider.drains("openai", "acme")
    assert model.drains("mini", "openai")
    assert not model.drains("maxi", "mini")


def test_a_file_that_is_not_there_holds_no_override(tmp_path: Path) -> None:
    loaded = read_overrides(tmp_path / "desk.overrides.yaml")

    assert (loaded.overrides, loaded.problems) == ((), [])


def test_a_file_that_is_there_and_cannot_be_read_is_the_callers_to_tell(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        read_overrides(tmp_path)


def test_overrides_stand_beside_their_table() -> None:
    assert overrides_beside(Path("a/desk.yaml")) == Path("a/desk.overrides.yaml")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("id: inc-4711", "id: «INC", "bad-name"),
        ("until: 2026-11-23T15:30:00Z", "until: «2026-11-23T15:30:00", "no-time-zone"),
        ("until: 2026-11-23T15:30:00Z", "until: «2026-11-23", "wrong-type"),
        ("until: 2026-11-23T15:30:00Z", "until: «'soon'", "wrong-type"),
        ("until: 2026-11-23T15:30:00Z", "until: «1795447800", "wrong-type"),
        ("because: 429 storm, INC-4711", "because: «''", "no-reason"),
        ("by: oncall", "by: «' '", "no-author"),
        ("drain: {provider: openai}", "drain: «{}", "bad-value"),
        ("drain: {provider: openai}", "drain: «{provider: a, model: b}", "bad-value"),
        ("drain: {provider: openai}", "drain: {«route: a, provider: b}", "unknown-key"),
        ("    by: oncall\n", "    by: oncall\n    «who: me\n", "unknown-key"),
        ("version: 1", "version: «2", "unknown-version"),
        ("drain: {provider: openai}", "pin: «{route: small}", "missing-key"),
    ],
)
def test_an_override_with_a_problem_is_told_and_left_out(old: str, new: str, code: str) -> None:
    text, line, column = marked(DRAIN.replace(old, new))

    loaded = parse_overrides(text)

    assert loaded.overrides == ()
    assert [(p.code, p.severity, p.line, p.column) for p in loaded.problems] == [
        (code, "error", line, column)
    ]


@pytest.mark.parametrize("key", ["id", "until", "because", "by"])
def test_an_override_without_one_of_its_parts_is_told_and_left_out(key: str) -> None:
    lines = [line for line in DRAIN.splitlines() if f"{key}: " not in line]
    text = "\n".join(lines).replace("    drain", "  - drain" if key == "id" else "    drain")

    loaded = parse_overrides(text)

    assert loaded.overrides == ()
    assert [(p.code, p.path) for p in loaded.problems] == [("missing-key", f"overrides[0].{key}")]


@pytest.mark.parametrize("effect", ["", "    pin: {route: a, to: b}\n    drain: {model: m}\n"])
def test_an_override_either_drains_or_pins(effect: str) -> None:
    loaded = parse_overrides(DRAIN.replace("    drain: {provider: openai}\n", effect))

    assert loaded.overrides == ()
    assert [problem.code for problem in loaded.problems] == ["no-effect"]


def test_of_an_id_given_twice_the_first_counts() -> None:
    loaded = parse_overrides(DRAIN + PIN.replace("inc-4712", "inc-4711"))

    assert [override.pin for override in loaded.overrides] == [None]
    assert [problem.code for problem in loaded.problems] == ["duplicate-id"]


def test_the_overrides_beside_a_broken_one_are_in_force() -> None:
    loaded = parse_overrides(DRAIN.replace("id: inc-4711", "id: 5") + PIN)

    assert [override.id for override in loaded.overrides] == ["inc-4712"]


def test_a_hundred_broken_overrides_are_all_told() -> None:
    entries = ", ".join("{until: x}" for _ in range(100))

    problems = parse_overrides(f"version: 1\noverrides: [{entries}]").problems

    assert len({problem.path.partition(".")[0] for problem in problems}) == 100


def test_a_moment_at_the_edge_of_time_can_be_asked() -> None:
    edge = timezone(timedelta(hours=14))
    first = datetime(1, 1, 1, tzinfo=edge).isoformat()

    for moment in (first, "9999-12-31T23:59:59-14:00"):
        [override] = parse_overrides(DRAIN.replace("2026-11-23T15:30:00Z", moment)).overrides
        assert override.is_live(0) is (moment != first)
