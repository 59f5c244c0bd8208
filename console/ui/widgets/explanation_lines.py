"""Why a decision fell as it did, as lines: the sentence, the rules, or every condition.

The rules' numbers are the items of these lines, so that a list can put its cursor on a rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from textual.content import Content

from console.routing.explanation import (
    ConditionResult,
    Explanation,
    RuleVerdict,
    Span,
    Truth,
    Verdict,
)
from console.table.model import TEXT_FACTS
from console.ui.foreign_text import foreign
from console.ui.widgets.lines import BLANK, LIT, QUIET, Line, line, say


class Zoom(IntEnum):
    """How much is told."""

    SENTENCE = 0
    RULES = 1
    CONDITIONS = 2


ZOOM_WORDS = {
    Zoom.SENTENCE: "the sentence",
    Zoom.RULES: "the rules",
    Zoom.CONDITIONS: "every condition",
}

VERDICT_SYMBOLS: dict[Verdict, str] = {
    "matched": "✓",
    "failed": "✗",
    "missing_fact": "∅",
    "outside_rollout": "%",
    "disabled": "–",
    "shadowed": "↑",
    "not_reached": "·",
    "unknown": "?",
}
"""One cell each; the word always stands beside it."""

VERDICT_WORDS: dict[Verdict, str] = {
    "matched": "matched",
    "failed": "failed",
    "missing_fact": "fact absent",
    "outside_rollout": "outside",
    "disabled": "disabled",
    "shadowed": "shadowed",
    "not_reached": "not reached",
    "unknown": "unknown",
}
WORD_WIDTH = max(map(len, VERDICT_WORDS.values()))

VERDICT_STYLES: dict[Verdict, str] = {
    "matched": "bold $outcome-ok",
    "failed": "$outcome-error",
    "missing_fact": "$outcome-error",
    "outside_rollout": "$outcome-degraded",
    "disabled": QUIET,
    "shadowed": "$outcome-in-flight",
    "not_reached": QUIET,
    "unknown": "$outcome-degraded",
}
NEAR_MISS = "bold $outcome-degraded"

TRUTH_SIGNS: dict[Truth, tuple[str, str]] = {
    "true": ("✓ ", "$outcome-ok"),
    "false": ("✗ ", "$outcome-error"),
    "unknown": ("? ", "$outcome-degraded"),
}
FOUND_SHOWN = 6
"""Places of a text listed beside a condition; more are counted."""

SHOWN_CHARS = 400
"""Of one foreign text in one line; the whole of it is where it came from."""


@dataclass(frozen=True)
class Story:
    """An explanation and what is needed to tell it.

    `texts` maps facts to their whole text, to quote what was found; `reasons` maps rule ids to the
    `because` of the table; both may lack any. `opened` holds the positions of rules whose
    conditions are told although the zoom does not.
    """

    explanation: Explanation
    texts: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    zoom: Zoom = Zoom.RULES
    opened: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleTold:
    """One rule of a story. Its rows are made when they come into view: there may be thousands.

    Its lines are cut to one row each, unless the rule was opened.
    """

    story: Story
    rule: RuleVerdict

    @property
    def item(self) -> int:
        """The rule's position in the table."""
        return self.rule.position

    @property
    def head(self) -> bool:
        """Its first row shows the cursor."""
        return True

    def height(self, width: int) -> int:
        """Return how many rows the rule takes."""
        if self.item in self.story.opened:
            return len(self.rows(width))
        rule = self.rule
        rows = 1 + (rule.near_miss is not None) + (rule.bucket is not None)
        if self.story.zoom is Zoom.CONDITIONS:
            return rows + (_size(rule.conditions) or 1)
        return rows + (rule.near_miss is None and rule.failed is not None)

    def rows(self, width: int) -> list[Content]:
        """Return the rule laid out in `width` cells."""
        return [row for one in _one_rule(self.story, self.rule) for row in one.rows(width)]


def story_lines(story: Story) -> list[Line | RuleTold]:
    """Return the lines of a story at its zoom."""
    if story.zoom is Zoom.SENTENCE:
        return [line((story.explanation.sentence, "bold")), _count_line(story.explanation)]
    return [_count_line(story.explanation), BLANK, *_rule_lines(story)]


def _size(conditions: tuple[ConditionResult, ...]) -> int:
    """Return how many conditions there are, members of groups included."""
    return sum(1 + _size(condition.members) for condition in conditions)


def spans_of(verdict: RuleVerdict) -> tuple[Span, ...]:
    """Return where the texts of a rule's conditions were found, groups included."""

    def walk(conditions: tuple[ConditionResult, ...]) -> Iterator[Span]:
        for condition in conditions:
            yield from condition.spans
            yield from walk(condition.members)

    return tuple(dict.fromkeys(walk(verdict.conditions)))


def _count_line(explanation: Explanation) -> Line:
    """How the rules fell, counted by verdict, with the near misses apart."""
    counts: dict[Verdict, int] = {}
    for rule in explanation.rules:
        counts[rule.verdict] = counts.get(rule.verdict, 0) + 1
    if not counts:
        return line(("The table has no rules.", QUIET))
    parts = [
        say((f"{VERDICT_SYMBOLS[verdict]} {count} {VERDICT_WORDS[verdict]}", style))
        for verdict, style in VERDICT_STYLES.items()
        if (count := counts.get(verdict))
    ]
    near = len(explanation.near_misses())
    if near:
        parts.append(say((f"≈ {near} near {'miss' if near == 1 else 'misses'}", NEAR_MISS)))
    return line(Content("  ").join(parts))


def _rule_lines(story: Story) -> Iterator[Line | RuleTold]:
    unreached: list[RuleVerdict] = []
    expected = 1
    for rule in story.explanation.rules:
        if rule.verdict != "not_reached":
            yield from _unreached_line(unreached)
            unreached = []
        if rule.position > expected:
            yield _gap_line(expected, rule.position - 1)
        expected = rule.position + 1
        if rule.verdict == "not_reached":
            unreached.append(rule)
        else:
            yield RuleTold(story, rule)
    yield from _unreached_line(unreached)


def _unreached_line(rules: list[RuleVerdict]) -> Iterator[Line]:
    """One line for all that came after the winner and was not evaluated."""
    if not rules:
        return
    first, last = rules[0], rules[-1]
    which = (
        f"rule {first.position}" if len(rules) == 1 else f"rules {first.position}–{last.position}"
    )
    lead = Content.styled(f"· {'not reached':<{WORD_WIDTH}} ", QUIET)
    yield line((f"{which}, after the winner: not evaluated", QUIET), lead=lead)


def _gap_line(first: int, last: int) -> Line:
    which = f"rule {first}" if first == last else f"rules {first}–{last}"
    return line((f"  {which}: not recorded", QUIET))


def _one_rule(story: Story, rule: RuleVerdict) -> Iterator[Line]:
    style = VERDICT_STYLES[rule.verdict]
    symbol, word = VERDICT_SYMBOLS[rule.verdict], VERDICT_WORDS[rule.verdict]
    wraps = rule.position in story.opened
    lead = say((f"{symbol} {word:<{WORD_WIDTH}} ", style), (f"{rule.position:>3} ", QUIET))
    because = story.reasons.get(rule.rule, "")
    named: list[Content] = [foreign(rule.rule, "bold" if rule.verdict == "matched" else "")]
    if because:
        named.append(foreign("  " + because, QUIET, limit=SHOWN_CHARS))
    yield Line(lead, say(*named), wraps=wraps)
    indent = Content(" " * lead.cell_length)
    told = wraps or story.zoom is Zoom.CONDITIONS
    if rule.near_miss is not None:
        near = say(("≈ near miss ", NEAR_MISS), foreign(rule.near_miss, limit=SHOWN_CHARS))
        yield Line(indent, near, wraps=wraps)
    elif rule.failed is not None and not told:
        yield _condition_line(story, rule.failed, indent, wraps)
    if rule.bucket is not None:
        yield Line(indent, say((f"bucket {rule.bucket:,} of 10,000", QUIET)), wraps=wraps)
    if told:
        yield from _conditions(story, rule.conditions, indent, wraps)
        if not rule.conditions:
            yield Line(indent, say(("its conditions were not evaluated", QUIET)), wraps=wraps)


def _conditions(
    story: Story, conditions: tuple[ConditionResult, ...], indent: Content, wraps: bool
) -> Iterator[Line]:
    for condition in conditions:
        yield _condition_line(story, condition, indent, wraps)
        yield from _conditions(story, condition.members, indent.pad_left(2), wraps)


def _condition_line(story: Story, condition: ConditionResult, indent: Content, wraps: bool) -> Line:
    """One condition: its truth, what it wanted and what it saw."""
    sign, style = TRUTH_SIGNS[condition.result]
    wanted = foreign(condition.wanted, limit=SHOWN_CHARS)
    parts = [wanted if condition.result == "true" else say(("wanted ", QUIET), wanted)]
    if condition.absent:
        parts.append(say((", absent", style)))
    elif condition.saw is not None:
        parts.append(say((", saw ", QUIET), foreign(condition.saw or '""', limit=SHOWN_CHARS)))
    elif condition.fact in TEXT_FACTS and condition.result == "false" and not condition.spans:
        parts.append(say((", not found", QUIET)))
    elif condition.result == "unknown":
        parts.append(say((", not captured", QUIET)))
    parts.extend(_found(story, condition.spans))
    return Line(indent + Content.styled(sign, style), say(*parts), wraps=wraps)


def _found(story: Story, spans: tuple[Span, ...]) -> Iterator[Content]:
    """The places of a text, with the words themselves where the text is at hand."""
    for number, span in enumerate(spans[:FOUND_SHOWN]):
        yield say((", found " if number == 0 else " ", QUIET))
        text = story.texts.get(span.fact)
        if text is not None and span.end <= len(text):
            yield foreign(text[span.start : span.end], LIT, limit=60)
            yield say((f" at {span.start}", QUIET))
        else:
            yield say((f"at {span.start}–{span.end}", QUIET))
    if len(spans) > FOUND_SHOWN:
        yield say((f" and {len(spans) - FOUND_SHOWN} more", QUIET))
