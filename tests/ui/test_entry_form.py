"""A rule, a route or a model is edited as a form and as its lines, which are one text."""

import pytest
from textual import events
from textual.pilot import Pilot

from console.ui.addition_dialog import AdditionDialog
from console.ui.app import ConsoleApp
from console.ui.entry_dialog import EntryDialog
from console.ui.screens.rules import RulesScreen
from console.ui.widgets.entry_field import EntryField
from console.ui.widgets.entry_form import EntryForm
from console.ui.widgets.prompt_area import PromptArea
from tests.ui.driving import drawn, open_rules, until, until_drawn
from tests.ui.traffic_log import TrafficLog

TABLE = """\
version: 1
name: desk
default: general
providers: {acme: {base_url: https://acme.example/v1}}
models:
  mini: {provider: acme}
  maxi:
    provider: acme   # theirs
routes:
  general:
    model: mini   # quick
  large: {model: maxi}
rules:
  - id: money
    because: Money is asked about.
    when: {prompt: [refund]}   # the word
    route: general
"""
ROOMY, NARROW = (160, 48), (80, 24)


def app_on(log: TrafficLog) -> ConsoleApp:
    log.table_path.write_text(TABLE)
    return ConsoleApp(log.table_path, log.path)


async def edit(pilot: Pilot[int]) -> RulesScreen:
    """Open the form of the marked rule."""
    screen = await open_rules(pilot, "Money")
    await pilot.press("e")
    await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
    await until_drawn(pilot, "It can be read.")
    return screen


def lines(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one("#entry-yaml", PromptArea).text


async def until_field(pilot: Pilot[int], label: str) -> None:
    """Wait until a field is there and laid out: before that it cannot be drawn."""
    form = pilot.app.screen.query_one(EntryForm)
    await until(
        pilot, lambda: any(row.size and row.field.label == label for row in form.query(EntryField))
    )


async def go_to(pilot: Pilot[int], label: str) -> None:
    form = pilot.app.screen.query_one(EntryForm)
    [row] = [row for row in form.query(EntryField) if row.field.label == label]
    row.focus_editor()
    await pilot.pause()


async def test_what_is_typed_into_a_field_stands_in_the_lines_at_once(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await edit(pilot)
        await go_to(pilot, "prompt has any of")
        await pilot.press("end", "enter", *"charge")
        await until(pilot, lambda: "[refund, charge]}   # the word" in lines(pilot))
        await go_to(pilot, "takes the route")
        await pilot.press("end", "ctrl+u", *"lar")
        await until_drawn(pilot, "known: general · large")
        await until_drawn(pilot, "✗")
        assert "route: lar" in lines(pilot)
        await pilot.press("right")
        await until(pilot, lambda: "route: large" in lines(pilot))
        await until_drawn(pilot, "It can be read.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.has_draft)
        assert screen.draft is not None
        assert (
            screen.draft.changes
            == [
                "rule `money`, route: general → large",
                "rule `money`: phrase `charge` added to when.prompt",
            ]
            or len(screen.draft.changes) == 2
        )


async def test_what_is_typed_as_yaml_stands_in_the_fields_at_once(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await edit(pilot)
        area = pilot.app.screen.query_one("#entry-yaml", PromptArea)
        area.load_text(area.text.replace("[refund]", "[refund], stream: true"))
        await until_field(pilot, "stream is")
        area.load_text(area.text.replace("[refund]", "[[refund"))
        await until_drawn(pilot, "The form waits until the YAML can be read again.")
        area.load_text(area.text.replace("[[refund", "[refund]"))
        await until_drawn(pilot, "It can be read.")
        assert not pilot.app.screen.query_one(EntryForm).disabled


async def test_a_condition_is_added_typed_and_taken_away(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await edit(pilot)
        before = lines(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(pilot.app.screen, AdditionDialog))
        await pilot.press(*"input_tok", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
        await until_field(pilot, "input_tokens at least")
        await until_drawn(pilot, "A range needs `min`, `max` or both.")
        await pilot.press(*"8o")
        await until_drawn(pilot, "found a text")
        assert "input_tokens: {min: 8o}" in lines(pilot)
        await pilot.press("backspace", *"00")
        await until_drawn(pilot, "It can be read.")
        assert "input_tokens: {min: 800}" in lines(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: lines(pilot) == before)
        await until_field(pilot, "prompt has any of")


@pytest.mark.parametrize("label", ["takes the route", "because"])
async def test_keys_that_come_together_are_taken_in_their_order(
    log: TrafficLog, label: str
) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await edit(pilot)
        await go_to(pilot, label)
        await pilot.press("end")
        letters = [events.Key(letter, letter) for letter in "large"]
        for press in [*[events.Key("backspace", "\x7f")] * 7, *letters]:
            pilot.app.post_message(press)
        key = label.split()[-1]
        await until(pilot, lambda: f"{key}: " in lines(pilot) and "large" in lines(pilot))
        wanted = {"takes the route": "route: large", "because": "because: Money is askedlarge"}
        assert wanted[label] in lines(pilot)


async def test_a_pattern_is_tried_on_a_sample_while_it_is_typed(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await edit(pilot)
        sample = pilot.app.screen.query_one("#trial-text", PromptArea)
        sample.focus()
        await pilot.press(*"my refunds")
        await until_drawn(pilot, "not found")
        await go_to(pilot, "prompt has any of")
        await pilot.press("end", "s")
        await until_drawn(pilot, "matched")
        assert sample._lit


async def test_a_route_and_a_model_are_edited_like_a_rule(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot, "Money")
        await pilot.press("right_square_bracket")
        await until_drawn(pilot, "→ general")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
        await go_to(pilot, "retries per target")
        await pilot.press("3")
        await until_drawn(pilot, "It can be read.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.has_draft)
        assert screen.draft is not None
        assert screen.draft.text == TABLE.replace("# quick\n", "# quick\n    retries: 3\n")
        await pilot.press("J")
        await until_drawn(pilot, "Only the order of rules means anything.")
        await pilot.press("x")
        await until(pilot, lambda: "general:" not in (screen.draft.text if screen.draft else ""))
        await pilot.press("u")
        await until_drawn(pilot, "Taken back: delete the route general")


async def test_a_rule_is_put_before_or_after_the_marked_one(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot, "Money")
        for key in ("a", "n"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is screen)
            screen.console.rule_to_show = "money"
        assert screen.shown_table is not None
        ids = [rule.id for rule in screen.shown_table.rules]
        assert ids == ["new-rule-3", "money", "new-rule-2"]


async def test_what_stands_in_a_field_is_drawn_at_every_width(log: TrafficLog) -> None:
    app = app_on(log)
    route = "  general:\n    model: mini   # quick\n"
    # It takes two rows at either width: a wrap that is not drawn anew would stay unseen.
    told = "    description: Cheap and quick, right for short checkable answers alone, for now.\n"
    on = "invalid_json, schema_mismatch, truncated, empty, refusal, failed"
    escalates = f"    escalate: {{to: large, on: [{on}], because: It is better.}}\n"
    rule = "when: {none_of: [{tags.data: a}, {all_of: [{max_output_tokens: {min: 5}}]}]}"
    text = TABLE.replace(route, route + told + escalates)
    log.table_path.write_text(text.replace("when: {prompt: [refund]}", rule))
    async with app.run_test(size=(90, 24), notifications=True) as pilot:
        await open_rules(pilot, "Money")
        await pilot.press("e")
        await until_drawn(pilot, "max_output_tokens at least 5")
        await pilot.press("escape", "right_square_bracket")
        await until_drawn(pilot, "→ general")
        await pilot.press("e")
        await until_drawn(pilot, "It can be read.")
        for size in ((130, 40), (90, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until_drawn(pilot, "Cheap and quick, right for short checkable answers ")
        assert "on                      invalid_json, schema_mismatch" in drawn(pilot)


async def test_an_entry_without_lines_of_its_own_says_so(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await open_rules(pilot, "Money")
        await pilot.press("right_square_bracket")
        await until_drawn(pilot, "Providers")
        await pilot.press("G")
        while "acme.example" not in drawn(pilot):
            await pilot.press("k")
        await pilot.press("k", "k", "k", "e")
        await until_drawn(pilot, "has no lines of its own")


async def test_hostile_names_reach_neither_markup_nor_terminal(log: TrafficLog) -> None:
    app = app_on(log)
    log.table_path.write_text(TABLE.replace("[refund]", '["[/b]\\e[31m", "\\u202e"]'))
    async with app.run_test(size=ROOMY, notifications=True) as pilot:
        await edit(pilot)
        assert "\x1b" not in drawn(pilot)
        assert "\u202e" not in drawn(pilot)
