"""The stretch of the log a list holds: bounded, followed or paused, with a cursor that stays."""

from console.traffic.records import RequestRow
from console.ui.log_feed import WINDOW
from console.ui.traffic_window import PAGE, TrafficWindow


def rows(first: int, last: int, **fields: object) -> list[RequestRow]:
    made = [RequestRow(f"r{seq}", seq, "v1", "task_default", seq=seq) for seq in range(first, last)]
    for row in made:
        for name, value in fields.items():
            setattr(row, name, value)
    return made


def following(first: int, last: int) -> TrafficWindow:
    window = TrafficWindow()
    window.restart(rows(first, last))
    return window


def seqs(window: TrafficWindow) -> tuple[int | None, int | None]:
    return window.rows[0].seq, window.rows[-1].seq


def test_a_log_that_fits_is_shown_whole_and_says_so() -> None:
    assert following(0, 23).title() == "following · all 23"


def test_a_longer_log_is_never_said_to_be_whole() -> None:
    assert following(0, WINDOW).title() == "following · 500 of >500"


def test_following_the_oldest_rows_make_room_for_new_ones() -> None:
    window = following(0, WINDOW)

    window.arrive(rows(500, 510), 10)

    assert len(window.rows) == WINDOW
    assert seqs(window) == (10, 509)
    assert window.cursor_place == WINDOW - 1


def test_the_first_row_that_leaves_takes_the_word_all_with_it() -> None:
    window = following(0, 499)
    assert window.title() == "following · all 499"

    window.arrive(rows(499, 502), 3)

    assert window.title() == "following · 500 of >500"


def test_after_a_gap_only_what_is_known_to_be_next_to_each_other_is_kept() -> None:
    window = following(0, 100)

    window.arrive(rows(5_000, 5_500), 4_900)

    assert seqs(window) == (5_000, 5_499)
    assert not window.at_start


def test_rows_told_twice_are_shown_once() -> None:
    window = following(0, 100)

    window.arrive(rows(95, 105), 10)

    assert [row.seq for row in window.rows] == list(range(105))


def test_paused_nothing_moves_and_what_comes_is_counted() -> None:
    window = following(0, 100)
    window.put_cursor(40)

    window.arrive(rows(100, 103), 3)
    window.arrive(rows(103, 600), 1_231)

    assert seqs(window) == (0, 99)
    assert window.cursor == "r40"
    assert window.arrived == 1_234
    assert window.title() == "paused · 100 of >100"


def test_the_cursor_stays_on_its_request_when_a_page_is_put_in_front() -> None:
    window = following(1_000, 1_500)
    window.put_cursor(3)

    moved = window.put_before(rows(1_000 - PAGE, 1_000))

    assert moved == PAGE
    assert window.cursor == "r1003"
    assert window.cursor_place == PAGE + 3
    assert len(window.rows) == WINDOW
    assert not window.at_end


def test_a_short_page_is_the_beginning_of_the_log() -> None:
    window = following(100, 600)
    window.pause()

    window.put_before(rows(40, 100))

    assert window.at_start


def test_going_down_again_the_front_makes_room() -> None:
    window = following(1_000, 1_500)
    window.put_cursor(0)
    window.put_before(rows(1_000 - PAGE, 1_000))

    moved = window.put_after(rows(1_300, 1_500), window.arrived)

    assert moved == PAGE
    assert seqs(window) == (1_000, 1_499)


def test_a_page_that_was_read_before_more_came_is_not_taken_for_the_end() -> None:
    window = following(0, 100)
    window.pause()
    asked = window.arrived
    window.arrive(rows(100, 101), 1)

    window.put_after([], asked)

    assert not window.at_end


def test_pages_are_asked_for_only_near_an_end_that_has_more() -> None:
    window = following(1_000, 1_500)
    assert window.wanted_near(0, 20) is None

    window.pause()

    assert window.wanted_near(0, 20) == "before"
    assert window.wanted_near(480, 500) is None
    window.arrive(rows(1_500, 1_501), 1)
    assert window.wanted_near(480, 500) == "after"


def test_following_again_keeps_what_came_while_the_newest_were_read() -> None:
    window = following(0, 100)
    window.pause()
    window.arrive(rows(100, 200), 100)
    window.resume()
    window.arrive(rows(200, 203), 3)

    window.catch_up(rows(0, 201))

    assert [row.seq for row in window.rows] == list(range(203))
    assert window.title() == "following · all 203"


def test_a_request_that_ends_changes_in_its_place() -> None:
    window = following(0, 10)
    [ended] = rows(4, 5, status="ok")

    assert window.amend([ended, *rows(77, 78)]) == [4]
    assert window.rows[4].status == "ok"


def test_the_oldest_page_pauses_on_the_first_request() -> None:
    window = following(1_000, 1_500)

    window.show_oldest(rows(1, 501))

    assert window.cursor == "r1"
    assert window.at_start
    assert not window.at_end


def test_a_cursor_is_held_within_the_window() -> None:
    window = following(0, 10)

    window.put_cursor(99)
    assert window.cursor == "r9"
    window.put_cursor(-5)
    assert window.cursor == "r0"
    TrafficWindow().put_cursor(3)


def test_a_gap_left_by_following_again_is_never_shown_as_if_there_were_none() -> None:
    window = following(0, 100)
    window.pause()
    window.arrive(rows(100, 200), 100)
    window.resume()

    window.arrive(rows(200, 203), 3)

    assert seqs(window) == (200, 202)
    assert window.title() == "following · 3 of >3"


def test_a_page_that_comes_too_late_is_not_taken() -> None:
    window = following(1_000, 1_500)

    assert window.take("before", rows(800, 1_000), 0) is None
    window.pause()
    assert window.take("newest", rows(1_000, 1_500), 0) is None
    assert seqs(window) == (1_000, 1_499)


def test_a_page_is_read_from_the_edge_of_the_window() -> None:
    window = following(1_000, 1_500)

    pages = [window.edge("before"), window.edge("after"), window.edge("newest")]

    assert pages == [1_000, 1_499, 0]
    assert TrafficWindow().edge("after") == 0
