"""Cells: whatever conditions tell apart is in cells of its own, and nothing is overlooked."""

from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.routing.conditions import glob_matcher
from console.routing.lint.cells import NameCells, NumberCells
from console.routing.lint.globs import TooManyRegionsError, regions
from console.table.model import NumberRange

WORDS = ["".join(word) for size in range(6) for word in product("abz", repeat=size)]
globs = st.text("ab*", min_size=1, max_size=3).filter(lambda glob: "*" in glob)


def told_apart(listed: list[str], words: list[str]) -> set[tuple[bool, ...]]:
    matchers = [glob_matcher([glob]) for glob in listed]
    return {tuple(matches(word) for matches in matchers) for word in words}


@given(st.lists(globs, min_size=1, max_size=4), st.sets(st.text("ab", max_size=3), max_size=4))
def test_every_way_to_match_some_globs_has_one_text(listed: list[str], names: set[str]) -> None:
    found = regions(listed, names)

    assert told_apart(listed, found) == told_apart(listed, [w for w in WORDS if w not in names])
    assert len(found) == len(told_apart(listed, found))
    assert not names & {*found}


def test_too_many_ways_are_not_gone_through() -> None:
    with pytest.raises(TooManyRegionsError):
        regions([f"*{a}{b}*" for a in "abcd" for b in "abcde"], set())


def test_a_long_list_of_beginnings_is_no_trouble() -> None:
    assert len(regions([f"client-{number}-*" for number in range(300)], set())) == 301


@given(st.lists(globs, min_size=1, max_size=3), st.sampled_from(["client", "model"]))
def test_all_values_of_a_cell_are_in_it(listed: list[str], fact: str) -> None:
    cells = NameCells(fact, [*listed, "ab", "b"])

    for cell in range(cells.count):
        values = list(islice(cells.values(cell), 5))
        assert [cells.cell_of(value) for value in values] == [cell] * len(values)
        assert len({*values}) == len(values)
        for glob in listed:
            is_in = bool(cells.mask([glob]) >> cell & 1)
            assert all(is_in == (v is not None and glob_matcher([glob])(str(v))) for v in values)


def test_the_only_name_of_a_cell_is_the_last_one_thought_of() -> None:
    cells = NameCells("client", ["a*", "*a", "a*a"])

    assert list(cells.values(cells.cell_of("a"))) == ["a"]


@given(
    st.lists(st.tuples(st.integers(-5, 20), st.integers(0, 20)), min_size=1, max_size=4),
    st.sampled_from(["turns", "max_output_tokens"]),
)
def test_numbers_are_in_the_cells_of_their_ranges(drawn: list[tuple[int, int]], fact: str) -> None:
    ranges = [NumberRange(low, low + wide) for low, wide in drawn]
    ranges += [NumberRange(min=drawn[0][0]), NumberRange(max=drawn[-1][0])]
    cells = NumberCells(fact, ranges)

    for bounds in ranges:
        for value in range(0 if fact == "turns" else -9, 45):
            low, high = bounds.min, bounds.max
            within = (low is None or value >= low) and (high is None or value <= high)
            assert bool(cells.mask(bounds) >> cells.cell_of(value) & 1) == within
    for cell in range(cells.count):
        assert all(cells.cell_of(value) == cell for value in islice(cells.values(cell), 4))
        sole = cells.sole_value(cell)
        assert sole is None or list(islice(cells.values(cell), 2)) == [*sole]
