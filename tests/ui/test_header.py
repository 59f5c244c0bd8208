"""The top line: troubles first, and nothing said that is not so."""

from pathlib import Path

import pytest

from console.table.load import parse_table
from console.traffic.problem import missing
from console.traffic.reader import Rates
from console.traffic.records import GatewayRow
from console.ui.header import Ranked, fitted, gateway_parts, log_parts, table_parts
from console.ui.log_feed import LogNews
from console.ui.table_watch import TableInView

NOW = 1_795_435_200.0


def words(parts: list[Ranked]) -> str:
    return " ".join(content.plain for _, content in parts)


def gateway(silent_s: float = 1.0, **fields: object) -> GatewayRow:
    row = GatewayRow("g", 1, "h", "a", NOW - 900, NOW - silent_s, "desk", "v1", NOW - 900)
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def heard(*gateways: GatewayRow) -> LogNews:
    return LogNews(gateways=gateways, looked_at=NOW)


def test_without_a_table_the_line_says_so() -> None:
    assert words(table_parts(TableInView())) == "no table"


def test_the_errors_of_a_table_are_counted() -> None:
    view = TableInView(
        Path("x.yaml"),
        parse_table("version: 1\nname: x\ndefault: y\nroutes: {}\nbad: 1\nworse: 2\n"),
    )

    count = view.error_count
    assert count > 1
    assert words(table_parts(view)) == f"x.yaml table has {count} errors"


def test_traffic_is_told_by_the_second() -> None:
    news = LogNews(rates=Rates(12.44, 0.0, 3), looked_at=NOW)

    assert words(log_parts(True, news)) == "12.4 req/s 0 err/s 3 in flight"


def test_a_log_that_cannot_be_read_is_named_in_a_few_words() -> None:
    assert words(log_parts(True, LogNews(problem=missing(Path("x"))))) == "no log yet"
    assert words(log_parts(False, LogNews())) == "no log"


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (LogNews(), ""),
        (heard(), "no gateway"),
        (heard(gateway()), "1 gateway"),
        (heard(gateway(), gateway(9.9)), "2 gateways"),
        (heard(gateway(12.0)), "no gateway heartbeat for 12 s"),
        (heard(gateway(12.0), gateway()), "1 gateway"),
        (heard(gateway(table_version="0123456789ab")), "1 gateway serving 0123456"),
        (heard(gateway(last_problem="x")), "1 gateway gateway has a problem"),
    ],
)
def test_the_gateways_are_told_as_they_were_last_heard_of(news: LogNews, said: str) -> None:
    assert words(gateway_parts(news, "v1")) == said


def test_what_does_not_fit_is_left_out_by_rank_and_troubles_never() -> None:
    view = TableInView(Path("x.yaml"), parse_table("nope"))
    news = LogNews(rates=Rates(12.4, 3.0, 3), gateways=(gateway(40.0),), looked_at=NOW)
    groups = [table_parts(view), log_parts(True, news), gateway_parts(news, None)]

    kept = [part.plain for group in fitted(groups, 40) for part in group]

    assert any("error" in part for part in kept)
    assert "no gateway heartbeat for 40 s" in kept
    assert "3 in flight" not in kept


def test_a_name_that_is_hostile_is_harmless_in_the_line() -> None:
    view = TableInView(Path("a\x1b]52;c;x\x07.yaml"), parse_table("nope"))

    assert "\x1b" not in words(table_parts(view))
