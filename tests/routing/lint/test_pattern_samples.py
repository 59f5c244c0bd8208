"""Samples of patterns: a text in which RE2 finds them, or none."""

import pytest
import re2

from console.routing.lint.pattern_sample import sample_of

READ = [
    r"(?i)\b(sue|suing)\s+(you|your\s+company)\b",
    r"\bCB-[0-9]{6,}\b",
    r"(?i)\bcan(not|.t) log ?in\b",
    r"(?i)^\s*(please\s+)?translate\b",
    r"^You are the help[- ]centre widget\b",
    r"(?i)\bart(icle|\.)?\s*(15|16|17)\b",
    r"[^a-z]{3}x",
    r"[[:digit:]]+\.[[:upper:]]",
    r"\x41\x{42}\Qa.b\E$",
    r"\p{Greek}+|x",
    r"(?P<name>a|b){2,3}?[\]\-a]",
    r"a{0}b",
    "",
]
NOT_READ = [r"x{900}", r"\p{Thai}", r"[^\x00-\x{10FFFF}]", "(", "[", r"\P{L}"]


@pytest.mark.parametrize("pattern", READ)
def test_the_sample_of_a_pattern_matches_it(pattern: str) -> None:
    sample = sample_of(pattern)

    assert sample is not None
    assert re2.search(pattern, sample)


@pytest.mark.parametrize("pattern", NOT_READ)
def test_what_cannot_be_read_gives_none(pattern: str) -> None:
    assert sample_of(pattern) is None
