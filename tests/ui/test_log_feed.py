"""What the log brings: nothing is lost however slowly it is taken, and trouble passes by itself."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.message import Message

from console.traffic.records import RequestRow
from console.ui import log_feed
from console.ui.log_feed import WINDOW, Inbox, LogFeed, LogMoved, LogNews
from tests.ui.traffic_log import TrafficLog

DEADLINE_S = 10.0


class Audience:
    """Takes the news at every call, and can be waited for."""

    def __init__(self) -> None:
        self.feed: LogFeed | None = None
        self.news: list[LogNews] = []
        self._told = threading.Condition()

    def post_message(self, message: Message) -> bool:
        assert isinstance(message, LogMoved)
        assert self.feed is not None
        with self._told:
            self.news.append(self.feed.take())
            self._told.notify_all()
        return True

    def first(self, holds: Callable[[LogNews], object]) -> LogNews:
        """Return the first news of which something holds, waiting for it."""
        with self._told:
            assert self._told.wait_for(lambda: any(map(holds, self.news)), DEADLINE_S)
            return next(news for news in self.news if holds(news))


@pytest.fixture
def follow() -> Iterator[Callable[[Path], Audience]]:
    feeds = []

    def begin(path: Path) -> Audience:
        audience = Audience()
        audience.feed = LogFeed(path, audience)
        feeds.append(audience.feed)
        audience.feed.start()
        return audience

    yield begin
    for feed in feeds:
        feed.stop()


def rows(first: int, last: int) -> tuple[RequestRow, ...]:
    return tuple(
        RequestRow(f"r{seq}", seq, "v1", "task_default", seq=seq) for seq in range(first, last)
    )


def test_news_that_nobody_took_yet_is_put_together() -> None:
    inbox = Inbox()
    inbox.put(LogNews(restarted=True, new_rows=rows(0, 3)))
    inbox.put(LogNews(new_rows=rows(3, 5), arrived=2))
    inbox.put(LogNews(new_rows=rows(5, 6), arrived=1, looked_at=9.0))

    news = inbox.take()

    assert news.restarted
    assert news.new_rows == rows(0, 6)
    assert news.arrived == 3
    assert news.looked_at == 9.0
    assert inbox.take() == LogNews(looked_at=9.0)


def test_rows_beyond_what_a_list_can_hold_are_counted_and_not_kept() -> None:
    inbox = Inbox()
    for start in range(0, 5_000, 500):
        inbox.put(LogNews(new_rows=rows(start, start + 500), arrived=700))

    news = inbox.take()

    assert len(news.new_rows) == WINDOW
    assert news.new_rows[-1].seq == 4_999
    assert news.arrived == 7_000


def test_a_restart_voids_what_was_not_taken_yet() -> None:
    inbox = Inbox()
    inbox.put(LogNews(new_rows=rows(0, 3), arrived=3, changed_rows=rows(0, 1)))
    inbox.put(LogNews(restarted=True, new_rows=rows(50, 52)))

    news = inbox.take()

    assert news.new_rows == rows(50, 52)
    assert news.arrived == 0
    assert news.changed_rows == ()


def test_the_newest_requests_come_first_and_then_each_new_one(
    log: TrafficLog, follow: Callable[[Path], Audience]
) -> None:
    log.add(3)
    audience = follow(log.path)
    first = audience.first(lambda news: news.restarted)

    log.add(2)

    assert len(first.new_rows) == 3
    audience.first(lambda news: news.new_rows and news.new_rows[-1].seq == 5)
    assert sum(news.arrived for news in audience.news) == 2


def test_a_request_in_flight_is_told_again_when_it_ends(
    log: TrafficLog, follow: Callable[[Path], Audience]
) -> None:
    row = log.begin()
    audience = follow(log.path)
    audience.first(lambda news: news.restarted)

    log.end(row)

    [changed] = audience.first(lambda news: news.changed_rows).changed_rows
    assert changed.status == "ok"


def test_a_request_that_only_a_page_brought_is_watched_on_request(
    log: TrafficLog, follow: Callable[[Path], Audience], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_feed, "WINDOW", 1)
    old, _ = log.begin(), log.add(1)
    audience = follow(log.path)
    audience.first(lambda news: news.restarted)
    assert audience.feed is not None

    audience.feed.watch_also([1])
    log.end(old)

    [changed] = audience.first(lambda news: news.changed_rows).changed_rows
    assert changed.request_id == old.request_id


def test_a_log_that_is_missing_is_told_and_followed_once_it_is_there(
    tmp_path: Path, follow: Callable[[Path], Audience]
) -> None:
    path = tmp_path / "late.sqlite"
    audience = follow(path)
    problem = audience.first(lambda news: news.problem).problem
    assert problem is not None
    assert problem.kind == "missing"

    log = TrafficLog(path)
    log.add(2)

    audience.first(lambda news: news.problem is None and news.restarted)
    audience.first(lambda news: news.new_rows)
    log.close()


def test_a_log_that_is_put_in_the_place_of_another_starts_anew(
    log: TrafficLog, follow: Callable[[Path], Audience], tmp_path: Path
) -> None:
    log.add(5)
    audience = follow(log.path)
    audience.first(lambda news: len(news.new_rows) == 5)
    for name in ("traffic.sqlite", "traffic.sqlite-wal", "traffic.sqlite-shm"):
        (tmp_path / name).unlink()

    other = TrafficLog(log.path)
    other.add(2)
    other.close()

    audience.first(lambda news: news.restarted and len(news.new_rows) <= 2)


def test_rates_and_gateways_are_told_again_and_again(
    log: TrafficLog, follow: Callable[[Path], Audience]
) -> None:
    log.beat()
    audience = follow(log.path)

    news = audience.first(lambda news: news.gateways)

    assert news.rates is not None
    assert [row.gateway_id for row in news.gateways] == ["g1"]
