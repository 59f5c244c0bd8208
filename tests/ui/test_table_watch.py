"""The table in view follows its file, and never lets go of the last good text."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.message import Message

from console.ui.table_watch import TableChanged, TableInView, TableWatch, look_again
from tests.ui.traffic_log import TABLE

DEADLINE_S = 10.0


class Audience:
    """Keeps what it is told, and can be waited for."""

    def __init__(self) -> None:
        self.views: list[TableInView] = []
        self._told = threading.Condition()

    def post_message(self, message: Message) -> bool:
        assert isinstance(message, TableChanged)
        with self._told:
            self.views.append(message.table_in_view)
            self._told.notify_all()
        return True

    def view(self, number: int) -> TableInView:
        """Return the table as told the `number`th time, waiting for it."""
        with self._told:
            assert self._told.wait_for(lambda: len(self.views) >= number, DEADLINE_S)
            return self.views[number - 1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "desk.yaml"
    made.write_text(TABLE)
    return made


@pytest.fixture
def watched(path: Path) -> Iterator[tuple[TableWatch, Audience]]:
    audience = Audience()
    watch = TableWatch(path, audience)
    watch.start()
    yield watch, audience
    watch.stop()


def test_a_table_is_told_as_soon_as_it_was_read(watched: tuple[TableWatch, Audience]) -> None:
    view = watched[1].view(1)

    assert view.name == "desk"
    assert view.router is not None
    assert view.problems == []
    assert [view.route_index(name) for name in ("general", "small", "gone", None)] == [
        0,
        1,
        None,
        None,
    ]


def test_a_change_of_the_file_is_told(watched: tuple[TableWatch, Audience], path: Path) -> None:
    watch, audience = watched
    first = audience.view(1)

    path.write_text(TABLE.replace("name: desk", "name: bench"))
    watch.look_now()

    second = audience.view(2)
    assert second.name == "bench"
    assert second.version != first.version


def test_a_text_with_errors_leaves_the_last_good_router_in_place(path: Path) -> None:
    good = look_again(TableInView(path), 1.0)

    path.write_text(TABLE.replace("default: general", "default: gone"))
    broken = look_again(good, 2.0)

    assert broken.is_behind_its_file
    assert broken.error_count == 1
    assert broken.version == good.version
    assert broken.changed_at == 2.0
    path.write_text(TABLE)
    assert not look_again(broken, 3.0).is_behind_its_file


def test_a_file_that_goes_away_is_told_and_what_was_read_stays(path: Path) -> None:
    good = look_again(TableInView(path), 1.0)

    path.unlink()
    gone = look_again(good, 2.0)

    assert gone.unreadable == "The table cannot be read: No such file or directory."
    assert gone.version == good.version


def test_overrides_that_are_written_reach_the_router(path: Path) -> None:
    good = look_again(TableInView(path), 1.0)

    path.with_name("desk.overrides.yaml").write_text(
        "version: 1\noverrides:\n- {id: inc-1, drain: {provider: acorn}, "
        "until: 2099-01-01T00:00:00Z, because: storm, by: oncall}\n"
    )
    drained = look_again(good, 2.0)

    assert drained.router is not None
    assert [override.id for override in drained.router.overrides] == ["inc-1"]
    assert drained.changed_at == 1.0


def test_without_a_table_there_is_nothing_to_watch() -> None:
    watch = TableWatch(None, Audience())
    watch.start()
    watch.stop()

    assert TableInView().name is None
    assert TableInView().problems == []
