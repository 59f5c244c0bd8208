"""What a gateway tells the log is what a reader finds there."""

import stat
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from console.routing.explanation import Explanation
from console.traffic.reader import LogReader
from console.traffic.records import TableVersionRow
from console.traffic.writer import LogWriter
from tests.traffic.building import (
    DECISION,
    EXPLANATION,
    FOUND,
    NOON,
    attempt,
    body,
    ended,
    facts,
    gateway,
    request,
    request_id,
)


def begin(writer: LogWriter, number: int, **fields: object) -> None:
    writer.begin(request(number, **fields), facts(number), DECISION)


def test_a_request_is_read_back_as_it_was_told(writer: LogWriter, reader: LogReader) -> None:
    told = ended(
        1,
        client="ide",
        escalated=True,
        stream=True,
        cost_usd=0.25,
        input_tokens=9,
        prompt_preview="héllo \x1b[31m",
    )
    writer.begin(request(1), facts(), DECISION, lambda: EXPLANATION, body(prompt="héllo"))
    writer.attempt(attempt(1, 1, error_type="timeout", why_next="fallback_after_timeout"))
    writer.attempt(attempt(1, 2, kind="fallback", http_status=200))
    writer.finish(told, answer="hi")
    assert writer.flush()

    found = reader.request(request_id(1))
    assert found == msgspec.structs.replace(told, seq=1)
    assert reader.facts(request_id(1)) == facts()
    assert reader.body(request_id(1)) == body(prompt="héllo", answer="hi")
    assert [row.attempt_no for row in reader.attempts(request_id(1))] == [1, 2]
    assert reader.attempts(request_id(1))[0].why_next == "fallback_after_timeout"


def test_an_unknown_cost_stays_unknown(writer: LogWriter, reader: LogReader) -> None:
    begin(writer, 1)
    writer.finish(ended(1))
    writer.flush()

    [row] = reader.newest(1)
    assert row.cost_usd is None
    assert row.input_tokens is None


def test_a_decision_is_kept_with_its_winner_and_its_near_misses(
    writer: LogWriter, reader: LogReader
) -> None:
    writer.begin(request(1), facts(), DECISION, lambda: EXPLANATION)
    writer.flush()

    recorded = reader.decision(request_id(1))

    assert recorded is not None
    assert recorded.decision == DECISION
    assert recorded.explanation is not None
    assert recorded.explanation.sentence == EXPLANATION.sentence
    near, winner = recorded.explanation.rules
    assert (near.rule, near.near_miss) == ("long", "needs turns ≥ 9, saw 1")
    assert (winner.rule, winner.conditions) == ("code", (FOUND,))


def test_decisions_that_are_alike_are_stored_once(
    writer: LogWriter, reader: LogReader, path: Path
) -> None:
    for number in range(50):
        writer.begin(request(number), facts(number), DECISION, lambda: EXPLANATION)
    writer.flush()

    [texts] = reader._log.rows("SELECT count(*) FROM shared_texts")
    assert texts == (3,)
    assert reader.decision(request_id(49)) == reader.decision(request_id(0))


def test_an_explanation_that_cannot_be_made_does_not_cost_the_request(
    writer: LogWriter, reader: LogReader, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Explanation:
        raise RuntimeError("no reasons today")

    writer.begin(request(1), facts(), DECISION, broken)
    writer.flush()

    recorded = reader.decision(request_id(1))
    assert recorded is not None
    assert recorded.explanation is None
    assert "no reasons today" in caplog.text


def test_an_explanation_is_made_on_the_writers_thread(writer: LogWriter) -> None:
    threads: list[threading.Thread] = []

    def explain() -> Explanation:
        threads.append(threading.current_thread())
        return EXPLANATION

    writer.begin(request(1), facts(), DECISION, explain)
    writer.flush()

    assert threads != [threading.current_thread()]


def test_a_preview_holds_at_most_160_code_points(writer: LogWriter, reader: LogReader) -> None:
    begin(writer, 1, prompt_preview="😀" * 500)
    writer.flush()

    assert reader.newest(1)[0].prompt_preview == "😀" * 160


def test_what_the_caller_changes_after_telling_is_not_logged(
    writer: LogWriter, reader: LogReader
) -> None:
    row = request(1)
    writer.begin(row, facts(), DECISION)
    row.status = "error"
    writer.flush()

    assert reader.newest(1)[0].status == "in_flight"


def test_a_request_ends_once(writer: LogWriter, reader: LogReader) -> None:
    begin(writer, 1)
    writer.finish(ended(1, status="ok"))
    writer.flush()
    writer.finish(ended(1, status="error"))
    writer.flush()

    assert reader.newest(1)[0].status == "ok"
    assert sum(reader.rule_hits(NOON).values()) == 1


def test_a_request_that_was_only_told_at_its_end_is_logged_all_the_same(
    writer: LogWriter, reader: LogReader
) -> None:
    writer.finish(ended(1))
    writer.flush()

    assert reader.newest(1)[0].status == "ok"
    assert reader.decision(request_id(1)) is None


def test_an_attempt_of_no_known_request_is_counted_as_lost(writer: LogWriter) -> None:
    writer.attempt(attempt(9))

    assert not writer.flush()
    assert writer.lost == 1


def test_pages_go_by_number_and_are_ascending(writer: LogWriter, reader: LogReader) -> None:
    for number in range(1, 8):
        begin(writer, number)
    writer.flush()

    def numbers(rows: list) -> list[int]:  # type: ignore[type-arg]
        return [row.seq for row in rows]

    assert numbers(reader.newest(3)) == [5, 6, 7]
    assert numbers(reader.before(5, 2)) == [3, 4]
    assert numbers(reader.after(2, 2)) == [3, 4]
    assert numbers(reader.between(2, 4)) == [2, 3, 4]
    assert (reader.first_seq(), reader.last_seq()) == (1, 7)


def test_an_empty_log_has_no_first_and_no_last(reader: LogReader) -> None:
    assert reader.first_seq() is None
    assert reader.last_seq() is None
    assert reader.newest(5) == []
    assert reader.request("nobody") is None


def test_a_gateway_has_one_row_that_its_heartbeat_renews(
    writer: LogWriter, reader: LogReader
) -> None:
    writer.heartbeat(gateway("g1"))
    writer.heartbeat(gateway("g2", heartbeat_ts=NOON + 1))
    writer.flush()
    writer.heartbeat(gateway("g1", heartbeat_ts=NOON + 9, last_problem="429 storm"))
    writer.flush()

    assert [(g.gateway_id, g.last_problem) for g in reader.gateways()] == [
        ("g1", "429 storm"),
        ("g2", None),
    ]


def test_a_table_version_keeps_when_it_was_first_served(
    writer: LogWriter, reader: LogReader
) -> None:
    writer.table_served(TableVersionRow("v1", NOON, None, None, "version: 1"))
    writer.table_served(TableVersionRow("v1", NOON + 5, "ana", "cheaper", "version: 1"))
    writer.flush()

    assert reader.table_version("v1") == TableVersionRow("v1", NOON, "ana", "cheaper", "version: 1")
    assert reader.table_version("v0") is None


def test_rates_count_requests_when_they_begin_and_errors_when_they_happen(
    writer: LogWriter, reader: LogReader
) -> None:
    now = NOON + 100
    long_ago = ended(1, status="error", ts_start=now - 50, duration_ms=45_000.0)
    for row in (
        long_ago,
        ended(2, status="error", ts_start=now - 50, duration_ms=10.0),
        ended(3, ts_start=now - 5),
        request(4, ts_start=now - 5),
        request(5, ts_start=now - 60),
        request(6, ts_start=now - 5_000),
    ):
        writer.finish(row)
    writer.flush()

    rates = reader.rates(now, window_s=10)

    assert rates.requests_per_s == pytest.approx(0.2)
    assert rates.errors_per_s == pytest.approx(0.1)
    assert rates.in_flight == 2


def test_strange_values_are_stored_as_near_as_they_can_be(
    writer: LogWriter, reader: LogReader
) -> None:
    strange = facts(1, max_output_tokens=10**30, tags={"half": "\ud83d"}, client="a\ud800b")
    writer.begin(request(1, client="nul \x00 in it"), strange, DECISION)
    assert writer.flush()

    found = reader.facts(request_id(1))
    assert found is not None
    assert found.max_output_tokens == 2**63 - 1
    assert found.tags == {"half": "\ufffd"}
    assert found.client == "a\ufffdb"
    assert reader.newest(1)[0].client == "nul \x00 in it"


def test_a_record_that_cannot_be_stored_does_not_take_its_neighbours_with_it(
    writer: LogWriter, reader: LogReader
) -> None:
    begin(writer, 1)
    writer.begin(request(2, status=object()), facts(2), DECISION)
    begin(writer, 3)

    assert not writer.flush()
    assert [row.request_id for row in reader.newest(9)] == [request_id(1), request_id(3)]
    assert writer.lost == 1


def test_a_log_is_readable_by_its_owner_alone(writer: LogWriter, path: Path) -> None:
    begin(writer, 1)
    writer.flush()

    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_gateways_of_one_log_share_its_key_and_the_key_is_not_in_the_log(
    writer: LogWriter, path: Path
) -> None:
    other = LogWriter(path)
    other.close()

    assert len(writer.hash_key) == 32
    assert other.hash_key == writer.hash_key
    assert writer.hash_key not in path.read_bytes()


def test_reading_and_writing_an_up_to_date_log_does_not_load_sqlite_utils(
    writer: LogWriter, path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from console.traffic.reader import LogReader; from console.traffic.tail import Tail;"
        "from console.traffic.writer import LogWriter;"
        "path = Path(sys.argv[1]); reader = LogReader(path); Tail(reader).poll();"
        "LogWriter(path).close();"
        "sys.exit('sqlite_utils' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0


@pytest.mark.parametrize("asked", ["nobody", "", "' OR 1 = 1 --", "\udcff", "\x00", "x" * 99_999])
def test_an_id_that_no_request_has_finds_nothing(
    writer: LogWriter, reader: LogReader, asked: str
) -> None:
    begin(writer, 1)
    writer.flush()

    assert reader.request(asked) is None
    assert reader.attempts(asked) == []
    assert reader.decision(asked) is None
