"""Filters under a name: `@refunds = route:small "refund"` keeps one, `@refunds` asks it again."""

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from console.traffic.filters.completion import Candidate, Completion
from console.traffic.filters.problem import FilterProblem
from console.ui.traffic_filter import problem_of

SIGN = "@"
_LINE = re.compile(r"\s*@(?P<name>[\w.-]*)\s*(?P<keep>=)?\s*(?P<filter>.*)", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """What a line asks for: the filter, and what is worth a word beside it."""

    text: str
    told: str = ""


class SavedFilters:
    """Names and their filters. With a file they are read from there and written back."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.filters: Mapping[str, str] = _read(path) if path is not None else {}

    def asked(self, line: str, now: float) -> Asked:
        """Return what a line that was entered asks for, and keep or forget what it says to.

        A line without a name is the filter itself. Raises FilterProblem, and OSError where the file
        cannot be written; nothing is changed then.
        """
        if (problem := self.problem(line, now)) is not None:
            raise problem
        found = _named(line)
        if found is None:
            return Asked(line.strip())
        name, text = found["name"], found["filter"].strip()
        if not found["keep"]:
            return Asked(self.filters[name])
        if text:
            self._keep({**self.filters, name: text})
            return Asked(text, f"kept as {SIGN}{name}")
        self._keep({other: text for other, text in self.filters.items() if other != name})
        return Asked("", f"{SIGN}{name} is forgotten")

    def problem(self, line: str, now: float) -> FilterProblem | None:
        """Return what is wrong with a line, at its place; None: nothing."""
        found = _named(line)
        if found is None:
            return problem_of(line, now)
        name, (start, end) = found["name"], found.span("name")
        if not name:
            return FilterProblem(start - 1, start, "A name is missing here.", "Write @name.")
        if found["keep"]:
            text = found["filter"]
            if not text.strip() and name not in self.filters:
                return FilterProblem(len(line), len(line), "A filter to keep is missing here.")
            problem = problem_of(text, now)
            offset = found.start("filter")
            return problem and FilterProblem(
                problem.start + offset, problem.end + offset, problem.message, problem.hint
            )
        if found["filter"]:
            start, end = found.span("filter")
            return FilterProblem(
                start, end, "A name stands alone.", f"To keep a filter: @{name} = …"
            )
        if name not in self.filters:
            near = get_close_matches(name, self.filters, n=1)
            hint = f"Did you mean `@{near[0]}`?" if near else f"To keep one: @{name} = route:…"
            return FilterProblem(start - 1, end, f"There is no filter `@{name}`.", hint)
        return None

    def complete(self, line: str, cursor: int) -> Completion | None:
        """Return the names that could stand at the cursor; None where it is not about names."""
        found = _named(line)
        if found is None or cursor > found.end("name") or found["keep"]:
            return None
        typed = line[found.start("name") : cursor]
        fitting = tuple(
            Candidate(f"{SIGN}{name}", text)
            for name, text in sorted(self.filters.items())
            if name.startswith(typed)
        )
        return Completion(found.start("name") - 1, found.end("name"), fitting)

    def _keep(self, filters: Mapping[str, str]) -> None:
        if self._path is not None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            new.touch(mode=0o600)
            new.write_text(json.dumps(filters, indent=0, sort_keys=True))
            new.replace(self._path)
        self.filters = filters


def _named(line: str) -> re.Match[str] | None:
    return _LINE.fullmatch(line)


def _read(path: Path) -> Mapping[str, str]:
    found: object = None
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text())
    if not isinstance(found, dict):
        return {}
    return {str(name): text for name, text in found.items() if isinstance(text, str)}
