"""What the log tells of a gateway beside its requests: overrides, and targets left alone."""

from pathlib import Path

from console.traffic.reader import LogReader
from console.traffic.records import OverrideChange, OverrideRow
from console.traffic.target_states import TargetState, decode_states, encode_states
from console.traffic.writer import LogWriter
from tests.traffic.building import NOON


def row(change: OverrideChange, seconds: float, identity: str = "inc-1") -> OverrideRow:
    return OverrideRow(
        NOON + seconds, change, identity, NOON + 1800, "429 storm", "bo", provider="openai"
    )


def test_changes_of_overrides_are_read_back_in_their_order_from_a_moment_on(path: Path) -> None:
    writer = LogWriter(path)
    rows = [row("made", 0), row("lifted", 60), row("made", 90, "inc-2")]
    for one in (rows[2], rows[0], rows[1]):
        writer.override_seen(one)
    writer.close()

    reader = LogReader(path)
    assert reader.overrides(0) == rows
    assert reader.overrides(NOON + 60) == rows[1:]
    reader.close()


def test_a_change_that_several_gateways_tell_is_there_once_as_first_told(path: Path) -> None:
    for seconds in (1, 2):
        writer = LogWriter(path)
        writer.override_seen(row("made", seconds))
        writer.override_seen(row("made", seconds + 10))
        writer.close()

    reader = LogReader(path)
    assert reader.overrides(0) == [row("made", 1)]
    reader.close()


def test_target_states_survive_the_way_through_the_log() -> None:
    states = [
        TargetState(
            "mini", "openai", "gpt-5-mini", "open", "error_share", "timeout", NOON, NOON + 9
        ),
        TargetState("big", "openai", "gpt-5", "half_open", "failed_probe", "timeout", NOON),
    ]

    assert decode_states(encode_states(states)) == states
    assert [state.left_s(NOON + 4) for state in states] == [5, None]
    assert states[0].left_s(NOON + 60) == 0
    assert decode_states(None) is None
