"""Filters under a name: kept, asked again, forgotten, and what is said of mistakes."""

from pathlib import Path

import pytest

from console.traffic.filters.problem import FilterProblem
from console.ui.app import ConsoleApp
from console.ui.saved_filters import Asked, SavedFilters
from tests.ui.driving import drawn, until_drawn
from tests.ui.traffic_log import TrafficLog

NOW = 1_795_435_200.0


@pytest.fixture
def saved(tmp_path: Path) -> SavedFilters:
    filters = SavedFilters(tmp_path / "state" / "saved-filters.json")
    filters.asked('@refunds = route:small "refund"', NOW)
    return filters


def test_a_kept_filter_is_asked_again_by_its_name_also_later(
    saved: SavedFilters, tmp_path: Path
) -> None:
    later = SavedFilters(tmp_path / "state" / "saved-filters.json")
    assert later.asked(" @refunds ", NOW) == Asked('route:small "refund"')
    assert saved.asked("error", NOW) == Asked("error")


def test_a_name_is_given_another_filter_or_forgotten(saved: SavedFilters) -> None:
    assert saved.asked("@refunds = error", NOW) == Asked("error", "kept as @refunds")
    assert saved.asked("@refunds =", NOW) == Asked("", "@refunds is forgotten")
    assert saved.filters == {}


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("@refund", (0, 7), "There is no filter `@refund`"),
        ("@", (0, 1), "A name is missing"),
        ("@refunds error", (9, 14), "A name stands alone"),
        ("@new = rout:small", (7, 11), "There is no field `rout`"),
        ("@new =", (6, 7), "A filter to keep is missing"),
    ],
)
def test_mistakes_are_told_at_their_place_and_change_nothing(
    saved: SavedFilters, line: str, place: tuple[int, int], words: str
) -> None:
    with pytest.raises(FilterProblem) as told:
        saved.asked(line, NOW)
    assert (told.value.start, told.value.end) == place
    assert words in told.value.message
    assert list(saved.filters) == ["refunds"]


def test_names_are_completed_with_what_they_stand_for(saved: SavedFilters) -> None:
    offer = saved.complete("@re", 3)
    assert offer is not None
    assert [(one.text, one.told) for one in offer.candidates] == [
        ("@refunds", 'route:small "refund"')
    ]
    assert saved.complete("route:@re", 9) is None


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1}', ""])
def test_a_broken_file_holds_no_filter(tmp_path: Path, text: str) -> None:
    path = tmp_path / "saved-filters.json"
    path.write_text(text)
    assert SavedFilters(path).filters == {}


async def test_a_filter_is_kept_and_asked_again_in_the_console(
    log: TrafficLog, tmp_path: Path
) -> None:
    log.add(2)
    log.add(1, status="error", error_type="timeout")
    app = ConsoleApp(log.table_path, log.path, state_folder=tmp_path)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until_drawn(pilot, "all 3")
        await pilot.press("slash", *"@bad = error", "enter")
        await until_drawn(pilot, "kept as @bad")
        await until_drawn(pilot, "of 3 · error")
        await pilot.press("escape")
        await until_drawn(pilot, "all 3")
        await pilot.press("slash", *"@b", "tab", "enter")
        await until_drawn(pilot, "of 3 · error")
        assert "timeout" not in drawn(pilot).splitlines()[0]
