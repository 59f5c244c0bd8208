"""What the log is told of overrides: made, lifted, run out, each once."""

from datetime import UTC, datetime, timedelta

from console.gateway.override_watch import OverrideWatch
from console.table.overrides import Drain, Override, Pin

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = NOON.timestamp()


def drain(identity: str = "inc-1", minutes: int = 30, because: str = "storm") -> Override:
    until = NOON + timedelta(minutes=minutes)
    return Override(identity, until, because, "bo", Drain(provider="openai"))


def told(
    watch: OverrideWatch, *overrides: Override, at: float = AT
) -> list[tuple[str, str, float]]:
    return [(row.override_id, row.change, row.ts - AT) for row in watch.look(overrides, at)]


def test_an_override_is_told_when_it_is_seen_and_when_it_is_gone() -> None:
    watch = OverrideWatch()

    assert told(watch, drain()) == [("inc-1", "made", 0)]
    assert told(watch, drain(), at=AT + 5) == []
    assert told(watch, at=AT + 9) == [("inc-1", "lifted", 9)]
    assert told(watch, at=AT + 10) == []


def test_one_that_runs_out_is_told_with_the_moment_it_did() -> None:
    watch = OverrideWatch()
    told(watch, drain())

    assert told(watch, drain(), at=AT + 1801) == [("inc-1", "expired", 1800)]
    assert told(watch, drain(), at=AT + 1802) == []
    assert told(watch, at=AT + 1803) == []


def test_one_that_is_swept_away_after_its_time_ran_out_and_was_not_lifted() -> None:
    watch = OverrideWatch()
    told(watch, drain())

    assert told(watch, at=AT + 1900) == [("inc-1", "expired", 1800)]


def test_one_that_is_changed_was_lifted_and_made() -> None:
    watch = OverrideWatch()
    told(watch, drain())

    assert told(watch, drain(minutes=60), at=AT + 1) == [
        ("inc-1", "lifted", 1),
        ("inc-1", "made", 1),
    ]


def test_one_found_when_it_had_run_out_already_is_told_once_as_that() -> None:
    watch = OverrideWatch()

    assert told(watch, drain(minutes=-10)) == [("inc-1", "expired", -600)]
    assert told(watch, drain(minutes=-10), at=AT + 1) == []


def test_a_row_says_what_who_why_and_until() -> None:
    until = NOON + timedelta(hours=1)
    pin = Override("inc-2", until, "small is down", "al", pin=Pin("small", "large"))

    [drained, pinned] = OverrideWatch().look([drain(), pin], AT)

    assert (drained.provider, drained.model, drained.route) == ("openai", None, None)
    assert (pinned.route, pinned.to_route, pinned.until_ts) == ("small", "large", until.timestamp())
    assert (pinned.because, pinned.by) == ("small is down", "al")
