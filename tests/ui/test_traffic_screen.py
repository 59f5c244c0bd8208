"""Traffic: it follows, it pauses, the cursor stays where it was put, and a request opens."""

import pytest
from textual.content import Content
from textual.events import MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Static

from console.ui.app import ConsoleApp
from console.ui.header import ConsoleHeader
from console.ui.log_feed import WINDOW
from console.ui.theme import THEME_CYCLE
from console.ui.widgets.explanation_view import ExplanationView
from console.ui.widgets.list_title import NewRows
from console.ui.widgets.request_detail import RequestDetail
from console.ui.widgets.traffic_list import TrafficList
from tests.ui.driving import (
    cursor_line,
    drawn,
    list_lines,
    settled,
    traffic,
    until,
    until_drawn,
)
from tests.ui.traffic_log import TrafficLog

NARROW = (80, 24)
WIDE = (160, 48)


def prompt_of(pilot: Pilot[int]) -> Content:
    shown = next(iter(traffic(pilot).query("#detail-prompt").results(Static)), None)
    content = shown.content if shown is not None else ""
    return content if isinstance(content, Content) else Content("")


def app_on(log: TrafficLog) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path)


async def test_new_requests_appear_at_the_end_while_following(log: TrafficLog) -> None:
    log.add(3)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 3")

        log.add(prompt_preview="the fourth")

        await until_drawn(pilot, "following · all 4")
        assert list_lines(pilot)[-1].endswith("the fourth")
        assert cursor_line(pilot) == 3


async def test_a_long_log_is_shown_from_its_end_and_never_whole(log: TrafficLog) -> None:
    log.add(WINDOW + 50)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · 500 of ")

        assert "question 550" in list_lines(pilot)[-1]
        assert len(traffic(pilot).window.rows) == WINDOW


async def test_a_request_in_flight_is_drawn_anew_in_its_place_when_it_ends(
    log: TrafficLog,
) -> None:
    row = log.begin()
    log.add(1)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 2")
        assert "⋯" in list_lines(pilot)[0]

        log.end(row, status="error", http_status=502)

        await until(pilot, lambda: "✗" in list_lines(pilot)[0])
        assert "✓" in list_lines(pilot)[1]


async def test_moving_up_pauses_and_the_cursor_stays_on_its_request(log: TrafficLog) -> None:
    log.add(40)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 40")
        await pilot.press("k", "k")
        line, marked = cursor_line(pilot), traffic(pilot).window.cursor
        lines = list_lines(pilot)

        log.add(12)

        await until_drawn(pilot, "+12 new")
        assert traffic(pilot).window.cursor == marked == "req-000038"
        assert cursor_line(pilot) == line
        assert list_lines(pilot) == lines
        assert "paused" in drawn(pilot)


@pytest.mark.parametrize("key", ["G", "space", "end"])
async def test_one_key_follows_again(log: TrafficLog, key: str) -> None:
    log.add(40)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 40")
        await pilot.press("k")
        log.add(3)
        await until_drawn(pilot, "+3 new")

        await pilot.press(key)

        await until_drawn(pilot, "following · all 43")
        assert "question 43" in list_lines(pilot)[-1]
        assert not pilot.app.screen.query_one(NewRows).display


async def test_a_click_on_the_sign_of_new_requests_follows_again(log: TrafficLog) -> None:
    log.add(40)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 40")
        await pilot.press("space")
        log.add(3)
        await until_drawn(pilot, "+3 new")

        await pilot.click(NewRows)

        await until_drawn(pilot, "following · all 43")


async def test_space_pauses_without_moving_the_cursor(log: TrafficLog) -> None:
    log.add(5)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 5")

        await pilot.press("space")

        await until_drawn(pilot, "paused · all 5")
        assert traffic(pilot).window.cursor == "req-000005"


async def test_going_up_reads_older_pages_to_the_first_request_and_down_to_the_last(
    log: TrafficLog,
) -> None:
    log.add(900)
    async with app_on(log).run_test(size=(80, 120), notifications=True) as pilot:
        await until_drawn(pilot, "following · 500 of ")
        window = traffic(pilot).window
        await pilot.press("k")

        for _ in range(10):
            await pilot.press("pageup")
            await until(pilot, lambda: not traffic(pilot).is_reading)
        assert window.cursor == "req-000001"
        assert window.at_start
        assert len(window.rows) == WINDOW

        for _ in range(10):
            await pilot.press("pagedown")
            await until(pilot, lambda: not traffic(pilot).is_reading)
        assert window.cursor == "req-000900"
        assert not window.following


async def test_g_goes_to_the_first_request_and_capital_g_to_the_last(log: TrafficLog) -> None:
    log.add(700)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · 500 of ")

        await pilot.press("g")
        await until(pilot, lambda: traffic(pilot).window.cursor == "req-000001")
        assert cursor_line(pilot) == 0

        await pilot.press("G")
        await until(pilot, lambda: "question 700" in list_lines(pilot)[-1])


async def test_the_keys_of_a_pager_move_the_cursor(log: TrafficLog) -> None:
    log.add(200)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 200")
        height = traffic(pilot).query_one(TrafficList).size.height
        places = []

        for key in ("up", "pageup", "ctrl+u", "ctrl+d", "pagedown", "down", "j", "k"):
            await pilot.press(key)
            places.append(traffic(pilot).window.cursor_place)

        up, half = 198 - height, height // 2
        assert places == [198, up, up - half, up, 198, 199, 199, 198]


async def test_the_wheel_pauses_and_leaves_the_cursor(log: TrafficLog) -> None:
    log.add(100)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 100")
        widget = traffic(pilot).query_one(TrafficList)
        first = widget.first_place

        await pilot._post_mouse_events([MouseScrollUp], TrafficList, (5, 5))

        await until_drawn(pilot, "paused")
        assert widget.first_place == first - 3
        assert traffic(pilot).window.cursor == "req-000100"


async def test_a_click_puts_the_cursor_and_a_double_click_opens(log: TrafficLog) -> None:
    log.add(5)
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 5")

        await pilot.click(TrafficList, offset=(4, 1))
        assert traffic(pilot).window.cursor == "req-000002"
        await pilot.click(TrafficList, offset=(4, 3), times=2)

        await until_drawn(pilot, "request req-000004")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_enter_opens_the_request_and_escape_goes_back(
    log: TrafficLog, size: tuple[int, int]
) -> None:
    log.add(5)
    async with app_on(log).run_test(size=size, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 5")
        await pilot.press("k", "enter")

        await until_drawn(pilot, "request req-000004")
        await settled(pilot)
        beside = size == WIDE
        assert traffic(pilot).query_one(TrafficList).is_on_screen is beside
        await pilot.press("escape")

        await until(pilot, lambda: traffic(pilot).query_one(TrafficList).has_focus)
        assert not traffic(pilot).query_one(RequestDetail).is_on_screen
        assert traffic(pilot).window.cursor == "req-000004"


async def test_the_detail_tells_decision_attempts_why_cost_and_prompt(log: TrafficLog) -> None:
    log.add(
        status="degraded",
        attempt_http_status=503,
        attempt_error_type="upstream_5xx",
        attempt_why_next="retry: HTTP 503 may pass",
        cost_usd=0.0125,
        cost_source="the table's price",
    )
    async with app_on(log).run_test(size=(160, 60), notifications=True) as pilot:
        await until_drawn(pilot, "following · all 1")
        await pilot.press("enter")

        await until_drawn(pilot, "request req-000001")
        await settled(pilot)
        shown = drawn(pilot)
        for words in (
            "! degraded",
            "acorn/pro",
            "503",
            "went on: retry: HTTP 503 may pass",
            "✓ matched",
            "Money needs care.",
            "1.2k in, 34 out  counted by the provider",
            "$0.0125  the table's price",
            "the one in view",
            "question 1: may I have a refund?",
        ):
            assert words in shown, words
        explanation = traffic(pilot).query_one(ExplanationView).plain_text
        assert "money" in explanation


async def test_the_words_that_decided_are_lit_in_the_prompt_of_the_detail(log: TrafficLog) -> None:
    log.add()
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await until_drawn(pilot, "following")
        await pilot.press("enter")
        await until(pilot, lambda: "refund" in prompt_of(pilot).plain)

        prompt = prompt_of(pilot)
        assert "refund" in [prompt.plain[span.start : span.end] for span in prompt.spans]


async def test_beside_the_list_the_detail_follows_the_cursor(log: TrafficLog) -> None:
    log.add(8)
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 8")
        await pilot.press("enter")
        await until_drawn(pilot, "request req-000008")

        await pilot.press("k", "k", "k")

        await until_drawn(pilot, "request req-000005")


async def test_the_detail_of_a_request_in_flight_is_told_to_its_end(log: TrafficLog) -> None:
    row = log.begin()
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 1")
        await pilot.press("enter")
        await until_drawn(pilot, "⋯ in flight")

        log.end(row)

        await until_drawn(pilot, "✓ ok")


async def test_y_copies_the_id_and_does_not_claim_more_than_it_knows(log: TrafficLog) -> None:
    log.add(2)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 2")

        await pilot.press("k", "y")

        await until_drawn(pilot, "sent to the terminal's clipboard (OSC 52)")
        assert pilot.app.clipboard == "req-000001"


async def test_p_opens_the_request_in_preview(log: TrafficLog) -> None:
    log.add(2)
    app = app_on(log)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 2")

        await pilot.press("k", "p")

        await until(pilot, lambda: app.current_mode == "preview")
        assert app.request_to_preview is not None
        facts, request_id = app.request_to_preview
        assert request_id == "req-000001"
        assert facts.prompt == "question 1: may I have a refund?"


async def test_keys_that_need_a_request_say_so_when_there_is_none(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await settled(pilot)

        await pilot.press("y")
        await until_drawn(pilot, "There is no request to copy the id of.")
        await pilot.press("p")
        await until_drawn(pilot, "There is no request here.")
        await pilot.press("enter", "k", "j", "g", "G", "pageup", "space", "escape")
        await until_drawn(pilot, "no requests yet")


async def test_any_size_at_any_moment_is_drawn(log: TrafficLog) -> None:
    log.add(60)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 60")
        await pilot.press("k", "enter")
        await until_drawn(pilot, "request req-000059")
        for size in ((20, 5), (160, 48), (1, 1), (119, 10), (120, 10), (300, 100), (2, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("k")
            log.add(1)
        await pilot.press("question_mark")
        await pilot.resize_terminal(20, 5)
        await pilot.press("escape")
        await pilot.resize_terminal(80, 24)
        await pilot.press("escape", "escape", "G")

        await until_drawn(pilot, "following · all 67")
        assert "question 67" in list_lines(pilot)[-1]


async def test_a_route_is_coloured_by_its_place_in_the_table(log: TrafficLog) -> None:
    log.add(1)
    app = app_on(log)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await settled(pilot)
        widget = traffic(pilot).query_one(TrafficList)
        wanted = app.stylesheet.parse_style("$route-1").foreground
        assert wanted is not None

        def colour() -> object:
            [cell] = [s for s in widget.render_line(0) if s.text.startswith("general")]
            return cell.style and cell.style.color

        await until(pilot, lambda: colour() == wanted.rich_color)


async def test_the_header_counts_traffic_and_errors_now(log: TrafficLog) -> None:
    log.beat()
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await until_drawn(pilot, "1 gateway")

        header = str(pilot.app.screen.query_one(ConsoleHeader).render())
        assert "route-console" in header
        assert "desk" in header
        assert log.table.version[:7] in header
        assert "0 req/s 0 err/s 0 in flight" in header


async def test_a_request_that_was_pruned_meanwhile_is_said_to_be_gone(log: TrafficLog) -> None:
    log.add(1)
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 1")
        screen = traffic(pilot)
        screen.window.rows[0].request_id = "gone"
        screen.window.restart(screen.window.rows)

        await pilot.press("enter")

        await until_drawn(pilot, "This request is no longer in the log.")


async def test_messages_with_brackets_are_shown_as_they_are(log: TrafficLog) -> None:
    app = app_on(log)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await settled(pilot)

        app.tell("bad [/nope] \x1b[31m and [type=x, v={'a[0]'}]", "error")

        await until_drawn(pilot, "bad [/nope] ␛[31m and")
        assert "[type=x" in drawn(pilot)


async def test_a_prompt_with_line_ends_is_shown_with_them_in_the_detail(log: TrafficLog) -> None:
    log.add(prompt_preview="first line\n\tsecond line")
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await until_drawn(pilot, "first line⏎⇥second")
        await pilot.press("enter")
        await until_drawn(pilot, "request req-000001")
        await settled(pilot)

        prompt = str(pilot.app.screen.query_one("#detail-prompt", Static).render())

        assert prompt == "first line\n    second line"


async def test_in_the_detail_one_key_goes_to_the_request_before_or_after(log: TrafficLog) -> None:
    log.add(5)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 5")
        await pilot.press("enter")
        await until_drawn(pilot, "request req-000005")

        await pilot.press("left_square_bracket", "left_square_bracket")
        await until_drawn(pilot, "request req-000003")
        await pilot.press("right_square_bracket")
        await until_drawn(pilot, "request req-000004")

        await pilot.press("escape")
        assert cursor_line(pilot) == 3


async def test_the_footer_offers_to_pause_or_to_follow_as_it_is(log: TrafficLog) -> None:
    log.add(5)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "space Pause")

        await pilot.press("space")
        await until_drawn(pilot, "space Follow")
        await pilot.press("space")

        await until_drawn(pilot, "space Pause")


@pytest.mark.parametrize("theme", THEME_CYCLE)
async def test_the_cursor_is_seen_in_every_theme(log: TrafficLog, theme: str) -> None:
    log.add(5)
    app = app_on(log)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 5")
        app.theme = theme
        await pilot.pause()
        await pilot.press("k", "k")

        widget = traffic(pilot).query_one(TrafficList)
        above, at_cursor = ([s.style for s in widget.render_line(y)][-1] for y in (1, 2))
        assert above is not None
        assert at_cursor is not None
        assert (above.bgcolor, above.underline) != (at_cursor.bgcolor, at_cursor.underline)
