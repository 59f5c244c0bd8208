"""Edits of a table change what was meant, and of the text nothing else."""

import re
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from console.table.editing.change import EditRefusedError, changed, differences
from console.table.editing.rules import (
    change_rule,
    delete_rule,
    duplicate_rule,
    enable_rule,
    fresh_id,
    insert_rule,
    move_rule,
)
from console.table.yaml_source import read_source
from tests.table.editing.written_tables import WORDS, rules, tables

_COMMENT = re.compile(r"(?:^|[ ])#[ ][a-zA-Z -]+[0-9.]*")


def comments(text: str) -> "Counter[str]":
    return Counter(found.strip() for line in text.splitlines() for found in _COMMENT.findall(line))


def lines(text: str) -> "Counter[str]":
    return Counter(line for line in text.splitlines() if line.strip())


def said(text: str) -> Any:
    source = read_source(text)
    assert source.problems == []
    return source.data


def is_one_line(text: str) -> bool:
    return "rules: [" in text


@given(tables())
def test_the_strategy_writes_what_it_says(written: tuple[str, dict[str, Any]]) -> None:
    text, data = written
    assert said(text) == data


@given(tables(), st.data())
def test_a_moved_rule_takes_its_comments_along_and_no_line_changes(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place, to = (data.draw(st.integers(0, len(table["rules"]) - 1)) for _ in range(2))
    assume(place != to)
    after = move_rule(text, place, to)
    wanted = deepcopy(table)
    wanted["rules"].insert(to, wanted["rules"].pop(place))
    assert said(after) == wanted
    assert comments(after) == comments(text)
    if not is_one_line(text):
        assert lines(after) == lines(text)
        assert move_rule(after, to, place).strip() == text.strip()


@given(tables(), st.data())
def test_a_deleted_rule_takes_only_its_own_lines_with_it(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place = data.draw(st.integers(0, len(table["rules"]) - 1))
    after = delete_rule(text, place)
    wanted = deepcopy(table)
    del wanted["rules"][place]
    assert said(after) == wanted
    gone = comments(text) - comments(after)
    assert all(word == "# said beside" or "about rule" in word or "list" in word for word in gone)
    if len(table["rules"]) > 1 and not is_one_line(text):
        assert lines(after) <= lines(text)


@given(tables(), st.data())
def test_a_rule_put_in_changes_no_line_that_was_there(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place = data.draw(st.integers(0, len(table["rules"])))
    new = data.draw(rules(9))
    after = insert_rule(text, place, new)
    wanted = deepcopy(table)
    wanted["rules"].insert(place, new)
    assert said(after) == wanted
    assert comments(after) == comments(text)
    if not is_one_line(text):
        assert lines(text) <= lines(after)


@given(tables(), st.data())
def test_a_copy_stands_behind_its_rule_as_that_is_written(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place = data.draw(st.integers(0, len(table["rules"]) - 1))
    after = duplicate_rule(text, place, "copy")
    wanted = deepcopy(table)
    wanted["rules"].insert(place + 1, {**wanted["rules"][place], "id": "copy"})
    assert said(after) == wanted
    if not is_one_line(text):
        assert lines(text) <= lines(after)


@given(tables(), st.data())
def test_a_rule_is_changed_in_the_lines_that_differ(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place = data.draw(st.integers(0, len(table["rules"]) - 1))
    old = table["rules"][place]
    new = {**data.draw(rules(place)), "id": data.draw(st.sampled_from([old["id"], "other"]))}
    new = {
        key: new[key] for key in [*(k for k in old if k in new), *(k for k in new if k not in old)]
    }
    if isinstance(new["when"], dict) and old["when"]:
        kept = [key for key in old["when"] if key in new["when"]]
        added = [key for key in new["when"] if key not in old["when"]]
        new["when"] = {key: new["when"][key] for key in [*kept, *added]}
    after = change_rule(text, place, old, new)
    wanted = deepcopy(table)
    wanted["rules"][place] = new
    assert said(after) == wanted
    others = [word for word in comments(text) - comments(after) if word.startswith("# about")]
    assert others == []


@given(tables(), st.data())
def test_a_word_is_put_in_the_place_of_another_with_the_comment_beside_it_kept(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place = data.draw(st.integers(0, len(table["rules"]) - 1))
    word = data.draw(st.sampled_from(WORDS))
    after = changed(text, [("set", ("rules", place, "route"), word)])
    assert said(after)["rules"][place]["route"] == word
    assert comments(after) == comments(text)
    assert len(after.splitlines()) == len(text.splitlines())


@given(tables(), st.data())
def test_switching_off_and_on_again_leaves_the_text_as_it_was(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place = data.draw(st.integers(0, len(table["rules"]) - 1))
    assume("enabled" not in table["rules"][place])
    off = enable_rule(text, place, False, says_so=False)
    assert said(off)["rules"][place]["enabled"] is False
    assert enable_rule(off, place, True, says_so=True) == text


HANDMADE = """\
\ufeff# A table.
base: &base {retries: 2}   # shared
routes:
  small: {<<: *base, model: mini}
  # the large one
  large:
    model: "pro"\t# tab before this
    fallbacks:
    - mini

rules: # in order
- id: a   # first
  when:
    prompt:
      # phrases
      - "tab\there"
      - 'it''s'
    input_tokens: {min: 3,
                   max: 9}
  route: small
#
# About b.
-
  id: b
  when: {}
  route: large"""


@pytest.mark.parametrize(
    ("steps", "old", "new"),
    [
        ([("set", ("rules", 0, "route"), "large")], "  route: small\n", "  route: large\n"),
        ([("set", ("routes", "large", "model"), "x y")], '"pro"\t#', '"x y"\t#'),
        ([("set", ("rules", 0, "when", "input_tokens", "max"), 12)], "max: 9}", "max: 12}"),
        ([("set", ("rules", 1, "enabled"), False)], "large", "large\n  enabled: false"),
        ([("set", ("routes", "large", "retries"), 1)], "- mini\n", "- mini\n    retries: 1\n"),
        ([("delete", ("rules", 0, "when", "prompt", 1), None)], "      - 'it''s'\n", ""),
        ([("set", ("routes", "small", "timeout_s"), 9)], "mini}", "mini, timeout_s: 9}"),
        (
            [("delete", ("routes", "large", "fallbacks"), None)],
            "    fallbacks:\n    - mini\n",
            "",
        ),
    ],
)
def test_a_file_made_by_hand_changes_in_one_place(steps: Any, old: str, new: str) -> None:
    after = changed(HANDMADE, steps)
    place = HANDMADE.rfind(old) if "enabled" in new else HANDMADE.find(old)
    assert after == HANDMADE[:place] + new + HANDMADE[place + len(old) :]


@pytest.mark.parametrize(
    "steps",
    [
        [("set", ("base", "retries"), 3)],
        [("delete", ("base",), None)],
        [("set", ("nowhere", "x"), 3)],
        [("delete", ("rules", 7), None)],
    ],
)
def test_a_change_that_would_touch_more_is_refused(steps: Any) -> None:
    with pytest.raises(EditRefusedError) as told:
        changed(HANDMADE, steps)
    assert "more than it should" in told.value.sentence


def test_a_text_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(EditRefusedError, match="cannot be read"):
        changed("a: [", [("set", ("a",), 1)])


def test_the_fewest_steps_are_taken() -> None:
    old = {"id": "a", "when": {"prompt": ["x"], "stream": True}, "route": "small"}
    new = {"id": "a", "when": {"prompt": ["y"]}, "route": "small", "task": "t"}
    assert differences(("rules", 0), old, new) == [
        ("set", ("rules", 0, "when", "prompt", 0), "y"),
        ("delete", ("rules", 0, "when", "stream"), None),
        ("set", ("rules", 0, "task"), "t"),
    ]


def test_a_fresh_id_is_none_that_is_taken() -> None:
    assert fresh_id("a", {"a", "a-2"}) == "a-3"
