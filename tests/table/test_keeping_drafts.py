"""A draft is kept as what each edit changed, and read back whole however the writing ended."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.table import draft as draft_module
from console.table import draft_store
from console.table.draft import Draft
from console.table.draft_history import History, State
from console.table.draft_journal import first_lines, history_in, step
from console.table.draft_store import DraftStore

_texts = st.text(st.sampled_from("aaab\né\u2028🙂\ud800"), max_size=12)
_edits = st.tuples(st.just("edit"), _texts)
_acts = st.lists(
    st.one_of(
        _edits,
        _edits,
        st.tuples(st.sampled_from(["undo", "redo"]), st.just("")),
        st.tuples(st.just("rebase"), _texts),
        st.tuples(st.just("write"), st.just("")),
    ),
    max_size=30,
)


def act(draft: Draft, what: str, text: str) -> None:
    if what == "edit":
        draft.edit(f"words {text}", lambda _: text)
    elif what == "rebase":
        draft.rebase(text, f"{text}!")
    elif what == "undo":
        draft.undo()
    elif what == "redo":
        draft.redo()


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path / "state", tmp_path / "desk.yaml")


def file_of(store: DraftStore) -> Path:
    path = store._path("current")
    assert path is not None
    return path


def kept(store: DraftStore) -> History | None:
    found = store.read("current")
    return None if found is None else found.history


def edited(store: DraftStore, *texts: str) -> Draft:
    """Keep a draft of a long file after each of the edits that make such texts of it."""
    draft = Draft("é" * 1_000)
    for text in texts:
        draft.edit(f"made {text}", lambda before, text=text: before + text)  # type: ignore[misc]
        store.write("current", draft)
    return draft


@given(_texts, _acts, st.sampled_from([3, 5, 500]), st.sampled_from([0, 300, 1 << 20]))
def test_any_history_is_read_back_after_each_writing(
    first: str, acts: list[tuple[str, str]], most: int, spare: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(draft_module, "MOST_STATES", most)
        patch.setattr(draft_store, "_SPARE", spare)
        store, draft = DraftStore(Path(folder), Path("desk.yaml")), Draft(first)
        for what, text in [*acts, ("write", "")]:
            act(draft, what, text)
            if what == "write":
                store.write("current", draft)
                assert kept(store) == (draft.history if draft.is_changed else None)


@given(_texts, st.lists(st.tuples(st.integers(0, 2), _edits | st.just(("undo", ""))), max_size=20))
def test_of_consoles_with_one_draft_the_last_to_write_has_it_whole(
    first: str, turns: list[tuple[int, tuple[str, str]]]
) -> None:
    with TemporaryDirectory() as folder:
        drafts = [Draft(first) for _ in range(3)]
        for console, (what, text) in turns:
            draft, store = drafts[console], DraftStore(Path(folder), Path("desk.yaml"))
            act(draft, what, text)
            store.write("current", draft)
            assert kept(store) == (draft.history if draft.is_changed else None)


def test_a_line_torn_anywhere_loses_its_own_edit_only(store: DraftStore) -> None:
    draft = edited(store, "a", "b")
    before, size = draft.history, file_of(store).stat().st_size
    draft.edit("c", lambda text: text + "🙂 c")
    store.write("current", draft)
    data = file_of(store).read_bytes()
    assert size < len(data) < size + 200
    for length in range(size, len(data)):
        file_of(store).write_bytes(data[:length])
        assert kept(store) == before
    file_of(store).write_bytes(data)
    assert kept(store) == draft.history


def test_bytes_that_were_never_written_end_the_draft_before_them(store: DraftStore) -> None:
    draft = edited(store, "a")
    before, size = draft.history, file_of(store).stat().st_size
    draft.edit("b", lambda text: text + "b")
    store.write("current", draft)
    data = file_of(store).read_bytes()
    file_of(store).write_bytes(data[:size] + bytes(len(data) - size - 1) + b"\n")
    assert kept(store) == before


def test_a_step_from_another_text_is_not_taken() -> None:
    one, other = State("one", ""), State("other", "")
    begun = first_lines(History("", (one,), 0))
    after = State("one more", "")
    line = step(History("", (one,), 0), History("", (one, after), 1))
    assert history_in(begun + line) == History("", (one, after), 1)
    assert history_in(first_lines(History("", (other,), 0)) + line) == History("", (other,), 0)


def test_what_follows_a_torn_line_is_written_anew(store: DraftStore) -> None:
    draft = edited(store, "a", "b")
    with file_of(store).open("ab") as file:
        file.write(b'{"dropped":0,"kep')
    draft.edit("c", lambda text: text + "c")
    store.write("current", draft)
    assert kept(store) == draft.history
    again = store.read("current")
    assert again is not None
    again.edit("d", lambda text: text + "d")
    store.write("current", again)
    assert kept(store) == again.history
    assert b"kep{" not in file_of(store).read_bytes()


def test_an_edit_writes_about_its_own_size(store: DraftStore) -> None:
    draft = edited(store, *("x" * 20 for _ in range(60)))
    sizes = []
    for number in range(20):
        before = file_of(store).stat()
        draft.edit("y", lambda text, n=number: f"{text[:500]}{n}{text[500:]}")  # type: ignore[misc]
        store.write("current", draft)
        after = file_of(store).stat()
        assert after.st_ino == before.st_ino
        sizes.append(after.st_size - before.st_size)
    assert max(sizes) < 200
    assert kept(store) == draft.history


def test_a_file_that_has_grown_is_written_anew(
    store: DraftStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_store, "_SPARE", 0)
    draft = edited(store, "a")
    whole = file_of(store).stat().st_size
    for _ in range(400):
        draft.undo()
        draft.edit("b", lambda text: text + "b" * 20)
        store.write("current", draft)
        assert file_of(store).stat().st_size <= 2 * whole + 500
    assert kept(store) == draft.history


def test_a_draft_as_one_document_is_still_read(store: DraftStore) -> None:
    file_of(store).parent.mkdir(parents=True)
    document = {"begun_from": "a", "at": 1, "states": [["a", ""], ["b", "one"], ["c", "two"]]}
    file_of(store).write_text(json.dumps(document))
    states = (State("a", ""), State("b", "one"), State("c", "two"))
    assert kept(store) == History("a", states, 1)
    found = store.read("current")
    assert found is not None
    found.redo()
    store.write("current", found)
    assert kept(store) == History("a", states, 2)


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def _gone(store: DraftStore) -> None:
    file_of(store).unlink()


def _replaced(store: DraftStore) -> None:
    other = file_of(store).with_name("other")
    other.write_bytes(file_of(store).read_bytes())
    other.replace(file_of(store))


@pytest.mark.parametrize("work", [_gone, _replaced])
def test_a_file_that_is_another_by_now_is_written_anew(
    store: DraftStore, work: Callable[[DraftStore], None]
) -> None:
    draft = edited(store, "a", "b")
    work(store)
    draft.edit("c", lambda text: text + "c")
    store.write("current", draft)
    assert kept(store) == draft.history
    assert file_of(store).stat().st_mode & 0o777 == 0o600
    assert file_of(store).parent.stat().st_mode & 0o777 == 0o700


def test_an_edit_for_which_the_disk_has_no_room_leaves_those_before(
    store: DraftStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = edited(store, "a", "b")
    before, data = draft.history, file_of(store).read_bytes()
    draft.edit("c", lambda text: text + "c")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full)
        with pytest.raises(OSError, match="No space"):
            store.write("current", draft)
    assert file_of(store).read_bytes() == data
    assert kept(store) == before
    assert list(file_of(store).parent.iterdir()) == [file_of(store)]
    store.write("current", draft)
    assert kept(store) == draft.history
