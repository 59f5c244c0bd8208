"""What is read again after an edit is what reading the whole text says."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.table.editing.tree import Part, read_tree, whole_tree
from console.table.load import parse_table, reparse
from console.table.rereading import reread
from console.table.yaml_source import read_source

HEADS = (
    "version: 1\nname: desk\ndefault: small\nproviders: {acme: {base_url: https://acme.example}}\n"
    "models: {mini: {provider: acme}}\nroutes: {small: {model: mini}, large: {model: mini}}\n",
    "version: 1\nname: 'desk\n\n  - a'\ndefault: &d small\nroutes: {small: {model: *d}}\n",
    "# ünïcode — \u00e9\nversion: 1\nname: desk\nrules[1]: a\n",
    "note: 'x\n\nrules:\n- \"\"\n  '\n",
    "",
)
STARTS = ("rules:\n", "rules: # in order\n\n# the first\n", "rules:\n\n", "rules: &all\n")
TAILS = ("", "tasks: {a: {route: small}}\n", "# the end\ncapture:\n  text: prompt\n", "rules: []\n")
RULES = (
    "- id: a\n  because: It is.\n  when: {prompt: [refund, 'it''s']}\n  route: small\n",
    "- id: b\n  because: >-\n    long\n    words\n\n  when:\n    prompt:\n    - x y\n"
    "    - z\n  route: large\n\n",
    "# about c\n- id: c\n  because: |+\n    kept\n\n\n",
    '- route: small\n  id: d\n  because: "It\n\n    is"\n  when:\n'
    "    input_tokens: {min: 3,\n      max: 9}\n",
    "-\n  id: e\n  because: Dash alone.\n  when: {stream: true}\n  route: small\n",
    "- id: f\n  because: bad\n  when: {prmpt: x}\n  route: smal\n  enabled:\n",
    "- [1, 2]\n",
    "- - - nested\n",
    "-\n",
    "- text\n",
    "- id: g\n  id: h\n",
    "- &anchor x\n",
    "- *anchor\n",
    "- !tag x\n",
    "- ? key\n",
    "- {<<: {id: i}, because: m}\n",
    '- "open\n',
    "- 'over\n- the'\n",
    "- [over,\n- the]\n",
    "- sk-abcdefghijklmnopqrstuvwx\n",
    "- 2026-01-01\n",
    "- id: z\n because: too far out\n",
    "stray: key\n",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "- a\u2028b\n",
    "- a\tb\n",
    "- a\r\n",
    "- |\n",
    "- |2\n   x\n",
    "- 'x\n\n---\n'\n",
)
TYPED = st.sampled_from(
    [
        *"ab -:#'\"[]{}&*!|>?%\n",
        "\n- ",
        "\n  ",
        "\t",
        "\r",
        "\u2028",
        "é",
        "rules:\n",
        "<<: *x",
        ": ",
    ]
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    chosen = draw(st.lists(st.sampled_from(RULES[:6]) | st.sampled_from(RULES), max_size=6))
    indent = draw(st.sampled_from(["", "", "  "]))
    rows = "".join(chosen).splitlines(keepends=True)
    body = "".join(indent + row if row.strip("\n") else row for row in rows)
    head = draw(st.just(HEADS[0]) | st.sampled_from(HEADS))
    start = draw(st.just(STARTS[0]) | st.sampled_from(STARTS))
    return head + start + body + draw(st.just("") | st.sampled_from(TAILS))


@st.composite
def edits(draw: st.DrawFn, text: str) -> str:
    """Draw what a text is after something was typed, deleted, or some of its lines moved."""
    start, end = sorted(draw(st.integers(0, len(text))) for _ in range(2))
    match draw(st.sampled_from(["type", "delete", "move", "cut"])):
        case "type":
            typed: str = draw(TYPED)
            return text[:start] + typed + text[start:]
        case "delete":
            return text[:start] + text[min(end, start + 9) :]
        case "cut":
            return text[:end]
        case _:
            rows = text.splitlines(keepends=True)
            if not rows:
                return text
            row = rows.pop(draw(st.integers(0, len(rows) - 1)))
            rows.insert(draw(st.integers(0, len(rows))), row)
            return "".join(rows)


def tree(part: Part) -> Any:
    def each(parts: Sequence[Part]) -> list[Any]:
        return [tree(one) for one in parts]

    own = (part.kind, part.start, part.end, part.is_flow, part.style, part.value)
    return own, each(part.keys), each(part.items)


def is_same(text: str) -> None:
    assert reparse(text) == parse_table(text)
    again = reread(text)
    if again is not None:
        whole = read_source(text)
        assert again.source == whole
        assert list(again.source.data) == list(whole.data)
        assert tree(read_tree(text)) == tree(whole_tree(text))


@settings(max_examples=400)
@given(st.data())
def test_a_text_read_again_is_the_text_read_whole_whatever_was_edited(data: st.DataObject) -> None:
    text = data.draw(texts())
    is_same(text)
    for _ in range(data.draw(st.integers(0, 4))):
        text = data.draw(edits(text))
        is_same(text)


@settings(max_examples=150)
@given(texts(), st.sampled_from(RULES), st.sampled_from(RULES))
@example(HEADS[0] + "rules:\n", RULES[17], RULES[0])
def test_rules_written_in_any_way_are_read_again_as_they_are_read(
    text: str, one: str, other: str
) -> None:
    is_same(text + one)
    is_same(text + other + one)
    is_same(text + RULES[0] + one + other + RULES[1])


@pytest.mark.parametrize("tail", TAILS[:3])
@pytest.mark.parametrize("rule", RULES[:6])
def test_usual_rules_are_not_left_to_the_full_reading(rule: str, tail: str) -> None:
    assert reread(HEADS[0] + "rules:\n" + RULES[0] + rule + tail) is not None


def test_a_rule_whose_lines_are_the_same_is_the_same_rule() -> None:
    text = HEADS[0] + "rules:\n" + RULES[0] + RULES[3]
    before, after = reparse(text).table, reparse(text.replace("id: a", "id: x")).table
    assert before is not None
    assert after is not None
    assert after.rules[1] is before.rules[1]
    assert after.rules[0].id == "x"
