"""All that is wrong with the table in view or its draft, in the order in which it is told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from console.table.lint.finding import Finding, Witness
from console.table.problems import Problem, by_place


@dataclass(frozen=True)
class File:
    """A file that problems are in; `text` is None where it is not at hand."""

    name: str
    text: str | None = None


@dataclass(frozen=True)
class Told:
    """One problem with its file, or one of the requests that show it."""

    problem: Problem
    file: File
    witness: Witness | None = None
    nth: int = 0
    """How many that say the very same stand before it."""

    @property
    def key(self) -> str:
        """What it is known by when lines moved: everything but its line."""
        says = self.witness.says if self.witness is not None else ""
        told = self.problem
        return "\0".join((told.code, self.rule or told.path, told.message, str(self.nth), says))

    @property
    def rule(self) -> str | None:
        """The rule it is about, where it is a finding of lint about one."""
        return self.problem.rule if isinstance(self.problem, Finding) else None

    @property
    def shown(self) -> Witness | None:
        """The request that shows it: this one, or the first there is."""
        if self.witness is None and isinstance(self.problem, Finding):
            return next(iter(self.problem.witnesses), None)
        return self.witness


@dataclass(frozen=True)
class ProblemsInView:
    """What is wrong with a file, with its overrides, and what lint has to say.

    `doing` says what is still being looked for, empty where nothing is.
    """

    table: File = field(default_factory=lambda: File(""))
    overrides: File = field(default_factory=lambda: File(""))
    problems: Sequence[Problem] = ()
    override_problems: Sequence[Problem] = ()
    findings: Sequence[Finding] = ()
    silenced: int = 0
    doing: str = ""

    @cached_property
    def in_order(self) -> list[Told]:
        """The problems of the files, then the findings by their place; what is only a note last."""
        told = [Told(problem, self.table) for problem in self.problems]
        told += [Told(problem, self.overrides) for problem in self.override_problems]
        for document, file in (("table", self.table), ("overrides", self.overrides)):
            found = by_place(each for each in self.findings if each.document == document)
            told += [Told(each, file) for each in found]
        seen: Counter[str] = Counter()
        for place, one in enumerate(told):
            told[place] = replace(one, nth=seen[one.key])
            seen[one.key] += 1
        return sorted(told, key=lambda one: one.problem.severity == "note")

    def count(self, severity: str) -> int:
        """Return how many there are of a severity."""
        return sum(one.problem.severity == severity for one in self.in_order)

    @property
    def title(self) -> str:
        """The words of a tab: a sign, and how many errors and warnings there are."""
        errors, warnings = self.count("error"), self.count("warning")
        if errors + warnings:
            return f"{'✗' if errors else '!'} Problems {errors + warnings}"
        return "Problems …" if self.doing else "Problems 0"

    @property
    def summary(self) -> str:
        """How many there are of each kind, and what is still being looked for."""
        words = []
        for severity in ("error", "warning", "note"):
            if count := self.count(severity):
                words.append(f"{count} {severity}{'s' if count != 1 else ''}")
        if self.silenced:
            words.append(f"{self.silenced} silenced in the file")
        if self.doing:
            words.append(self.doing)
        return " · ".join(words)
