"""A draft keeps every step, finds its way back, and outlives whoever edits it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.table.draft import MOST_STATES, Draft
from console.table.draft_store import DraftStore
from console.table.editing.change import EditRefusedError
from console.table.editing.entries import entry_text, with_entry_text
from console.table.editing.rules import enable_rule
from tests.table.test_saving_tables import TABLE


def test_edits_are_taken_back_and_made_again_in_their_order() -> None:
    draft = Draft(TABLE)
    draft.edit("money off", lambda text: enable_rule(text, 0, False, says_so=False))
    draft.edit("vip off", lambda text: enable_rule(text, 1, False, says_so=False))
    assert draft.changes == ["rule `money` switched off", "rule `vip` switched off"]
    assert (draft.undo(), draft.undo(), draft.undo()) == ("vip off", "money off", None)
    assert not draft.is_changed
    assert (draft.redo(), draft.changes) == ("money off", ["rule `money` switched off"])
    draft.edit("another", lambda text: text + "# x\n")
    assert draft.redo() is None


def test_a_draft_with_errors_still_has_its_last_good_table() -> None:
    draft = Draft(TABLE)
    assert draft.table is not None
    draft.edit("broken", lambda text: text.replace("model: mini}", "model: maxi}"))
    assert draft.loaded.table is None
    assert draft.loaded.errors
    assert draft.table is not None


@given(st.lists(st.sampled_from(["edit", "undo", "redo"]), max_size=40))
def test_undo_and_redo_are_those_of_a_plain_list(acts: list[str]) -> None:
    draft, done, undone = Draft(TABLE), [TABLE], list[str]()
    for number, act in enumerate(acts):
        if act == "edit":
            draft.edit("x", lambda text, number=number: f"{text}# {number}\n")  # type: ignore[misc]
            done.append(f"{done[-1]}# {number}\n")
            undone = []
        elif act == "undo" and len(done) > 1:
            undone.append(done.pop())
            draft.undo()
        elif act == "redo" and undone:
            done.append(undone.pop())
            draft.redo()
        assert draft.text == done[-1]


def test_the_first_text_is_kept_however_many_edits_there_were() -> None:
    draft = Draft("a")
    for number in range(MOST_STATES + 20):
        draft.edit(str(number), lambda text: text + ".")
    assert len(draft.states) <= MOST_STATES
    while draft.undo():
        pass
    assert draft.text == "a"


def test_drafts_are_kept_by_name_and_for_each_table_apart(tmp_path: Path) -> None:
    store = DraftStore(tmp_path / "state", tmp_path / "desk.yaml")
    draft = Draft(TABLE)
    draft.edit("é", lambda text: text + "# é\n")
    draft.edit("more", lambda text: text + "# more\n")
    draft.undo()
    store.write("refunds", draft)
    again = DraftStore(tmp_path / "state", tmp_path / "desk.yaml").read("refunds")
    assert again is not None
    assert (again.text, again.redo(), again.undo(), again.undo()) == (
        TABLE + "# é\n", "more", "more", "é",
    )  # fmt: skip
    assert store.names() == ["refunds"]
    assert DraftStore(tmp_path / "state", tmp_path / "other.yaml").names() == []
    [file] = (tmp_path / "state" / "drafts").rglob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    store.write("refunds", Draft(TABLE))
    assert store.names() == []


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"states": [], "at": 0, "begun_from": ""}', '{"at": 1}']
)
def test_a_broken_draft_is_none(tmp_path: Path, text: str) -> None:
    store = DraftStore(tmp_path, tmp_path / "desk.yaml")
    draft = Draft("a")
    draft.edit("x", lambda _: "b")
    store.write("current", draft)
    [file] = tmp_path.rglob("*.json")
    file.write_text(text)
    assert store.read("current") is None


def test_a_draft_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    store = DraftStore(tmp_path, tmp_path / "desk.yaml")
    draft = Draft("a")
    draft.edit("x", lambda _: "b")
    store.write("current", draft)
    [file] = tmp_path.rglob("*.json")
    file.parent.chmod(0o500)
    file.chmod(0o400)
    draft.edit("y", lambda _: "c")
    with pytest.raises(OSError, match="denied"):
        store.write("current", draft)
    kept = store.read("current")
    assert kept is not None
    assert kept.text == "b"


def test_the_lines_of_a_rule_are_edited_by_themselves() -> None:
    lines = entry_text(TABLE, ("rules", 0))
    assert lines.startswith("- id: money\n  because: Money")
    after = with_entry_text(TABLE, ("rules", 0), lines.replace("[refund]", "[refund, money]"))
    assert after == TABLE.replace("[refund]", "[refund, money]")
    broken = with_entry_text(TABLE, ("rules", 0), "- id: [")
    assert "  - id: [\n\n  - id: vip" in broken
    with pytest.raises(EditRefusedError, match="reach beyond"):
        with_entry_text(TABLE, ("rules", 0), lines + "- id: second\n")
