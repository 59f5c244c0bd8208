"""The explanation rule by rule: what it says at each zoom, and how one walks it."""

import unicodedata

from textual.app import App, ComposeResult
from textual.content import Content

from console.routing.explanation import (
    ConditionResult,
    Explanation,
    RuleVerdict,
    Span,
    Verdict,
)
from console.ui.theme import THEMES, variables_on
from console.ui.widgets.explanation_lines import Story, Zoom, spans_of, story_lines
from console.ui.widgets.explanation_view import NOTHING, ExplanationView
from console.ui.widgets.lit_text import lit_content

FOUND = ConditionResult(
    "when.prompt.contains",
    "prompt",
    "contains",
    'prompt contains "refund"',
    None,
    "true",
    (Span("prompt", 2, 8),),
)
SHORT = ConditionResult(
    "when.input_tokens", "input_tokens", "range", "input_tokens ≥ 8000", "7412", "false"
)
ABSENT = ConditionResult("when.task", "task", "equals", "task = triage", None, "false", absent=True)


def verdict(position: int, kind: Verdict, **more: object) -> RuleVerdict:
    return RuleVerdict(f"rule-{position}", position, kind, **more)  # type: ignore[arg-type]


EXPLANATION = Explanation(
    "Rule rule-3 sent this to large.",
    (
        verdict(
            1, "failed", conditions=(SHORT,), failed=SHORT, near_miss="needs input_tokens ≥ 8000"
        ),
        verdict(2, "missing_fact", conditions=(ABSENT, FOUND), failed=ABSENT),
        verdict(3, "matched", conditions=(FOUND,)),
        verdict(4, "disabled"),
        verdict(5, "not_reached"),
        verdict(6, "not_reached"),
    ),
)


def told(zoom: Zoom, **more: object) -> str:
    story = Story(EXPLANATION, zoom=zoom, **more)  # type: ignore[arg-type]
    return "\n".join(row.plain for one in story_lines(story) for row in one.rows(120))


def test_the_first_zoom_is_the_sentence_and_a_count_of_verdicts() -> None:
    assert told(Zoom.SENTENCE).startswith(
        "Rule rule-3 sent this to large.\n✓ 1 matched  ✗ 1 failed"
    )
    assert "rule-1" not in told(Zoom.SENTENCE)


def test_the_second_zoom_says_of_each_rule_what_was_in_its_way() -> None:
    rules = told(Zoom.RULES, reasons={"rule-3": "Money needs care."})

    assert "✗ failed        1 rule-1" in rules
    assert "≈ near miss needs input_tokens ≥ 8000" in rules
    assert "∅ fact absent   2 rule-2" in rules
    assert "wanted task = triage, absent" in rules
    assert "✓ matched       3 rule-3  Money needs care." in rules


def test_rules_after_the_winner_that_were_not_evaluated_are_one_line() -> None:
    assert "rules 5–6, after the winner: not evaluated" in told(Zoom.RULES)


def test_the_third_zoom_tells_every_condition_and_quotes_what_was_found() -> None:
    conditions = told(Zoom.CONDITIONS, texts={"prompt": "a refund, please"})

    assert "✗ wanted input_tokens ≥ 8000, saw 7412" in conditions
    assert '✓ prompt contains "refund", found refund at 2' in conditions


def test_a_found_place_is_told_by_number_where_the_text_is_not_at_hand() -> None:
    assert "found at 2–8" in told(Zoom.CONDITIONS)


def test_rules_that_a_log_did_not_keep_are_said_to_be_missing() -> None:
    kept = Explanation("Sentence.", (verdict(4, "matched"),))

    lines = [one.rows(80)[0].plain for one in story_lines(Story(kept))]

    assert "  rules 1–3: not recorded" in lines


def test_spans_are_gathered_from_groups_too() -> None:
    group = ConditionResult("when.any_of", "", "any_of", "", None, "true", members=(FOUND, FOUND))

    assert spans_of(verdict(1, "matched", conditions=(group,))) == (Span("prompt", 2, 8),)


def test_matched_words_are_lit_at_code_points_of_the_raw_text() -> None:
    content = lit_content("a\u202eb refund\nπ", [Span("prompt", 4, 10), Span("system", 0, 2)])

    assert content.plain == "a⟨U+202E⟩b refund\nπ"
    assert lit_words(content) == ["refund"]


def test_places_that_overlap_are_lit_once() -> None:
    spans = [Span("prompt", 0, 6), Span("prompt", 2, 4), Span("prompt", 5, 9)]

    assert "".join(lit_words(lit_content("abcdefghijkl", spans))) == "abcdefghi"


def test_a_text_that_is_cut_says_by_how_much() -> None:
    content = lit_content("x" * 12, [Span("prompt", 8, 12)], limit=10)

    assert content.plain == "x" * 10 + "\n… and 2 characters more"
    assert lit_words(content) == []


def lit_words(content: Content) -> list[str]:
    return [content.plain[s.start : s.end] for s in content.spans if "reverse" in str(s.style)]


def test_hostile_words_anywhere_in_an_explanation_are_shown_and_harmless() -> None:
    hostile = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202e \u200b \x9b31m"
    condition = ConditionResult(hostile, "prompt", hostile, hostile, hostile, "false")
    rule = RuleVerdict(hostile, 1, "failed", (condition,), condition, hostile)
    story = Story(
        Explanation(hostile, (rule,)), {"prompt": hostile}, {hostile: hostile}, Zoom.CONDITIONS
    )

    plain = "".join(row.plain for one in story_lines(story) for row in one.rows(80))

    assert not [char for char in plain if unicodedata.category(char) in ("Cc", "Cf")]
    assert "[@click=app.quit]x[/]" in plain


class ViewApp(App[None]):
    def compose(self) -> ComposeResult:
        yield ExplanationView()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables_on(THEMES[0])

    @property
    def view(self) -> ExplanationView:
        return self.query_one(ExplanationView)


async def test_a_request_without_an_explanation_says_so() -> None:
    async with ViewApp().run_test(notifications=True) as pilot:
        view = pilot.app.query_one(ExplanationView)
        assert view.plain_text == NOTHING

        view.show(EXPLANATION)
        view.show(None)

        assert view.plain_text == NOTHING


async def test_the_cursor_follows_the_winner_until_its_reader_moves_it() -> None:
    async with ViewApp().run_test(notifications=True) as pilot:
        view = pilot.app.query_one(ExplanationView)
        view.focus()
        view.show(EXPLANATION)
        assert view.verdict == EXPLANATION.rules[2]

        await pilot.press("k")
        assert view.verdict == EXPLANATION.rules[1]
        view.show(EXPLANATION, keep=True)
        assert view.verdict == EXPLANATION.rules[1]
        view.show(EXPLANATION)
        assert view.verdict == EXPLANATION.rules[2]


async def test_z_zooms_and_enter_opens_one_rule() -> None:
    async with ViewApp().run_test(notifications=True) as pilot:
        view = pilot.app.query_one(ExplanationView)
        view.focus()
        view.show(EXPLANATION)

        await pilot.press("enter")
        assert "found at 2–8" in view.plain_text
        await pilot.press("enter", "z")
        assert view.zoom is Zoom.CONDITIONS
        await pilot.press("z")
        assert view.plain_text.startswith("Rule rule-3 sent this to large.")


async def test_a_thousand_rules_draw_only_the_lines_in_view() -> None:
    rules = tuple(verdict(n, "failed", conditions=(SHORT,), failed=SHORT) for n in range(1, 1_001))
    async with ViewApp().run_test(size=(80, 24), notifications=True) as pilot:
        view = pilot.app.query_one(ExplanationView)
        view.focus()
        drawn: list[int] = []
        original = view.render_line
        view.render_line = lambda y: drawn.append(y) or original(y)  # type: ignore[method-assign,func-returns-value]
        view.show(Explanation("Default.", rules))
        await pilot.press("G")
        await pilot.pause()

        assert view.verdict == rules[-1]
        assert max(drawn) < 24
