"""The Preview screen: a verdict that follows the keys, on any terminal, whatever is pasted."""

import inspect
import json
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static

from console.routing.facts import Facts
from console.ui.app import ConsoleApp
from console.ui.preview_document import LINE_FIELDS, PreviewDocument, PreviewResult, decided
from console.ui.screens import preview
from console.ui.screens.preview import PreviewScreen
from console.ui.widgets.flag_box import FlagBox
from console.ui.widgets.line_view import LineView
from console.ui.widgets.prompt_area import PromptArea
from tests.ui.driving import until

TABLE = """
version: 1
name: desk
default: general
providers: {acme: {base_url: "https://acme.example/v1"}}
models:
  small: {provider: acme, usd_per_million: {input: 1000.0, output: 2000.0}, context_tokens: 100}
  wide: {provider: acme}
tasks: {triage: {route: quick}}
routes:
  general: {model: wide}
  quick: {model: small, fallbacks: [wide]}
rules:
  - id: money
    because: Money needs care.
    when: {prompt: refund}
    route: general
  - id: kind
    because: Kindness is checked.
    when: {system: kind}
    route: quick
"""
DEADLINE_S = 10.0


class PreviewApp(ConsoleApp):
    CSS_PATH = str(Path(inspect.getfile(ConsoleApp)).with_name("app.tcss"))
    DEFAULT_MODE = "preview"


@pytest.fixture
def table_path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(TABLE)
    return path


def rewrite(path: Path, text: str) -> None:
    path.write_text(text)


def screen_of(pilot: Pilot[int]) -> PreviewScreen:
    screen = pilot.app.screen
    assert isinstance(screen, PreviewScreen)
    return screen


async def settled(pilot: Pilot[int]) -> PreviewResult:
    """Return the result that is on the screen once it is that of the document as it stands."""
    screen = screen_of(pilot)
    await until(pilot, lambda: screen.result is not None and is_current(screen))
    assert screen.result is not None
    return screen.result


def is_current(screen: PreviewScreen) -> bool:
    return screen.result is not None and screen.result.document == screen.document


def shown(pilot: Pilot[int], view: str) -> str:
    return screen_of(pilot).query_one(f"#{view}", LineView).plain_text


def emitted(pilot: Pilot[int]) -> Iterator[str]:
    """Return every piece of text that the screen's widgets hand to the terminal, borders too."""
    for widget in pilot.app.screen.walk_children(Widget):
        if widget.display and widget.outer_size.area:
            for strip in widget.render_lines(widget.outer_size.region):
                yield from (segment.text for segment in strip if not segment.control)


def assert_harmless(pilot: Pilot[int]) -> None:
    forbidden = ("Cc", "Cf", "Cs", "Zl", "Zp")
    bad = [
        text for text in emitted(pilot) if any(unicodedata.category(c) in forbidden for c in text)
    ]
    assert not bad


async def test_typing_a_prompt_updates_the_verdict(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        await pilot.press(*"a refund")
        result = await settled(pilot)

        assert result.decision.rule == "money"
        assert "→ general" in shown(pilot, "verdict")
        assert "Money needs care." in shown(pilot, "verdict")
        assert "money" in shown(pilot, "why")


async def test_the_words_that_matched_are_lit_where_they_were_typed(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        await pilot.press(*"a refund now")
        await settled(pilot)

        line = screen_of(pilot).form.prompt.get_line(0)

        assert [(span.start, span.end) for span in line.spans] == [(2, 8)]
        await pilot.press("home", "x")
        assert not screen_of(pilot).form.prompt.get_line(0).spans


async def test_the_system_text_is_lit_too(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await settled(pilot)
        screen_of(pilot).load(PreviewDocument(system="be kind", prompt="hi"))
        await settled(pilot)

        assert [(s.start, s.end) for s in screen_of(pilot).form.system.get_line(0).spans] == [
            (3, 7)
        ]


async def test_a_late_decision_never_takes_the_place_of_a_newer_one(
    table_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, real, order = threading.Event(), decided, []

    def slow_first(document: PreviewDocument, *rest: object, **more: object) -> PreviewResult:
        if document.prompt == "a refund":
            release.wait(DEADLINE_S)
        order.append(document.prompt)
        return real(document, *rest, **more)  # type: ignore[arg-type]

    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        monkeypatch.setattr(preview, "decided", slow_first)
        screen = screen_of(pilot)
        screen.load(PreviewDocument(prompt="a refund"))
        await pilot.pause()
        screen.load(PreviewDocument(prompt="hello"))
        await settled(pilot)
        release.set()
        await until(pilot, lambda: "a refund" in order)
        await pilot.app.workers.wait_for_complete(list(pilot.app.workers))

        assert order == ["hello", "a refund"]
        assert screen.result is not None
        assert screen.result.document.prompt == "hello"


async def test_a_key_is_taken_while_a_decision_is_still_under_way(
    table_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, begun, real = threading.Event(), threading.Event(), decided

    def stuck(*rest: object, **more: object) -> PreviewResult:
        begun.set()
        release.wait(DEADLINE_S)
        return real(*rest, **more)  # type: ignore[arg-type]

    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        monkeypatch.setattr(preview, "decided", stuck)
        await pilot.press("a")
        await until(pilot, begun.is_set)
        await pilot.press("b", "c")
        assert screen_of(pilot).form.prompt.text == "abc"
        release.set()
        assert (await settled(pilot)).document.prompt == "abc"


async def test_escape_leaves_the_field_so_that_number_keys_switch_places(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("3")
        assert screen_of(pilot).form.prompt.text == "3"

        await pilot.press("escape", "3")
        await until(pilot, lambda: pilot.app.current_mode == "rules")


async def test_a_field_that_cannot_be_read_says_so_and_the_rest_is_decided(
    table_path: Path,
) -> None:
    async with PreviewApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await settled(pilot)
        field = screen_of(pilot).query_one("#max-output-tokens", Input)
        field.value = "lots"
        await settled(pilot)

        assert field.has_class("-wrong")
        told = screen_of(pilot).query_one("#field-problems", Static)
        assert "Most output tokens: Not a whole number" in str(told.content)
        assert "general" in shown(pilot, "verdict")
        field.value = "10"
        await settled(pilot)
        assert not field.has_class("-wrong")
        assert not told.display


async def test_targets_say_what_they_cost_and_why_they_are_skipped(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await settled(pilot)
        screen_of(pilot).load(PreviewDocument(prompt="x" * 404, task="triage"))
        await settled(pilot)
        assert "✗ small acme" in shown(pilot, "verdict")
        assert "context too small: needs 101, has 100" in shown(pilot, "verdict")
        assert "cost unknown: the table has no price" in shown(pilot, "verdict")

        document = PreviewDocument(prompt="x" * 40, task="triage", max_output_tokens="50")
        screen_of(pilot).load(document)
        await settled(pilot)
        assert "≈ $0.1100 at most, input ≈ $0.0100" in shown(pilot, "verdict")


async def test_boxes_change_the_request_and_say_without_colour_that_they_are_ticked(
    table_path: Path,
) -> None:
    async with PreviewApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await settled(pilot)
        boxes = {box.name: box for box in screen_of(pilot).query(FlagBox)}
        for name in ("tools", "json_object", "json_schema"):
            boxes[name].toggle()
            await pilot.pause()
        result = await settled(pilot)

        assert result.facts.tools
        assert result.facts.response_format == "json_schema"
        assert boxes["tools"].render().plain.startswith("[✓]")
        assert boxes["json_object"].render().plain.startswith("[ ]")


async def test_a_request_from_the_log_is_opened_whole(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        facts = Facts(task="triage", prompt="hi", conversation="earlier\nhi", turns=7)
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.preview_request(facts, "01J-abc")
        result = await settled(pilot)

        assert result.facts == facts
        assert "from 01J-abc" in str(screen_of(pilot).form.prompt.border_subtitle)
        assert "7 turns" in shown(pilot, "verdict")


async def test_a_evaluates_the_rules_after_the_winner(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        screen_of(pilot).load(PreviewDocument(prompt="a refund", system="be kind"))
        await settled(pilot)
        assert "not evaluated" in shown(pilot, "why")

        await pilot.press("escape", "a")
        await until(pilot, lambda: "shadowed" in shown(pilot, "why"))


async def test_without_a_table_the_screen_says_what_to_do() -> None:
    async with PreviewApp(None, None).run_test(notifications=True) as pilot:
        await pilot.press("h", "i")
        await pilot.pause(preview.DEBOUNCE_S * 2)

        assert "No table was given" in shown(pilot, "verdict")


async def test_a_table_with_errors_cannot_decide_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("version: 1\nname: bad\n")
    async with PreviewApp(path, None).run_test(notifications=True) as pilot:
        await until(pilot, lambda: "cannot decide" in shown(pilot, "verdict"))


async def test_on_a_narrow_terminal_prompt_and_verdict_are_seen_together_and_f_shows_the_facts(
    table_path: Path,
) -> None:
    async with PreviewApp(table_path, None).run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        assert screen.query_one("#prompt").region.height >= 3
        assert screen.query_one("#verdict").region.height >= 5
        assert not screen.query_one("#facts").display

        await pilot.press("escape", "f", *"triage")
        result = await settled(pilot)

        assert result.decision.route == "quick"
        assert screen.query_one("#facts").region.height > 8
        await pilot.press("escape")
        assert screen.query_one("#verdict").display


async def test_on_a_wide_terminal_everything_is_in_view_at_once(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await settled(pilot)
        for name in ("prompt", "system", "task", "tags", "flags", "verdict", "why"):
            region = screen_of(pilot).query_one(f"#{name}").region
            assert region.area
            assert pilot.app.screen.region.contains_region(region), name


def hostile_strings(shared_data: Path) -> list[str]:
    folder = shared_data / "hostile"
    strings: list[str] = json.loads((folder / "blns.json").read_text())
    strings += json.loads((folder / "garak_ansi_payloads.json").read_text())["live"]
    recordings = sorted((folder / "terminal_recordings").glob("*.recording"))
    strings += [file.read_bytes().decode("utf-8", "replace") for file in recordings[:5]]
    return [*strings, "[/] [@click=app.quit]x[/]", "a\u2028b\x0bc\x85d\re\tf\x1b]52;c;aGk=\x07"]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_hostile_text_in_every_field_is_shown_harmless_and_kept_whole(
    table_path: Path, shared_data: Path, size: tuple[int, int]
) -> None:
    everything = "\n".join(hostile_strings(shared_data))
    async with PreviewApp(table_path, None).run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        one_line = everything.replace("\n", " ")[:5_000]
        lines = dict.fromkeys(LINE_FIELDS, one_line)
        document = PreviewDocument(prompt=everything, system=everything)
        screen.load(msgspec.structs.replace(document, **lines))
        result = await settled(pilot)

        assert screen.form.prompt.text == everything
        assert result.facts.prompt == everything.encode("utf-8", "replace").decode()
        for place in range(0, screen.form.prompt.document.line_count, 40):
            screen.form.prompt.move_cursor((place, 0))
            await pilot.pause()
            assert_harmless(pilot)
        await pilot.press("escape", "f")
        assert_harmless(pilot)


async def test_a_paste_is_kept_code_point_for_code_point(table_path: Path) -> None:
    pasted = "one\u2028two\x0cthree\x85four\x1b[31m\u202e five\tsix"
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        prompt = screen_of(pilot).form.prompt
        prompt.post_message(events.Paste(pasted + "\r\nnext"))
        result = await settled(pilot)
        await until(pilot, lambda: prompt.text.endswith("next"))
        result = await settled(pilot)

        assert prompt.text == pasted + "\nnext"
        assert result.facts.prompt == prompt.text
        assert result.facts.hidden_chars == 4
        assert "4 hidden characters" in shown(pilot, "verdict")
        assert_harmless(pilot)


async def test_an_edit_can_be_undone_around_hidden_characters(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        prompt = screen_of(pilot).query_one("#prompt", PromptArea)
        prompt.load_text("a\x0bb\nc\u2028d")
        prompt.move_cursor((1, 1))
        await pilot.press("x", "enter", "y", "backspace", "backspace", "delete")
        assert prompt.text == "a\x0bb\ncxd"
        for _ in range(6):
            prompt.undo()
        assert prompt.text == "a\x0bb\nc\u2028d"
        assert prompt.get_text_range((0, 0), (1, 2)) == "a\x0bb\nc\u2028"


async def test_a_table_that_changes_is_decided_by_at_once(table_path: Path) -> None:
    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        await pilot.press(*"a refund")
        await settled(pilot)
        rewrite(table_path, TABLE.replace("prompt: refund", "prompt: money"))
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app.look_at_table_again()

        await until(pilot, lambda: "no rule matched" in shown(pilot, "verdict"))


async def test_a_failure_while_deciding_is_said_and_clears_with_the_next_decision(
    table_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = decided

    def failing(document: PreviewDocument, *rest: object, **more: object) -> PreviewResult:
        if document.prompt == "x":
            raise ValueError("[/] odd \x1b[31m")
        return real(document, *rest, **more)  # type: ignore[arg-type]

    async with PreviewApp(table_path, None).run_test(notifications=True) as pilot:
        await settled(pilot)
        monkeypatch.setattr(preview, "decided", failing)
        await pilot.press("x")
        await until(pilot, lambda: "could not be decided: [/] odd ␛[31m" in shown(pilot, "verdict"))
        await pilot.press("y")
        await settled(pilot)
        assert "could not be decided" not in shown(pilot, "verdict")
