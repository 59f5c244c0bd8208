"""Adds a test to the tests of a table: at the end of their file, the rest of it byte for byte."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from console.table.atomic_file import FileLockedError, locked, replace_text
from console.table.editing.lines import represented
from console.table.test_file import parse_tests
from console.table.yaml_source import read_source

LINE_WIDTH = 96


class CannotAddTestError(Exception):
    """A test that cannot be added: why, in one sentence, and what would help."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks: a prompt should be read as it was written."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything where it stands."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_plain_block = "\n" in text and all(c == "\n" or c.isprintable() for c in text)
    return represented(dumper, text, "|" if is_plain_block else None)


_Dumper.add_representer(str, _text)


def written_test(
    name: str,
    facts: Mapping[str, Any],
    expect: Mapping[str, str | None],
    rollout_bucket: int | None = None,
) -> str:
    """Return a test as it stands in a file of tests, ending in a line break."""
    test: dict[str, Any] = {"name": name, "request": {"facts": dict(facts)}, "expect": dict(expect)}
    if rollout_bucket is not None:
        test["rollout_bucket"] = rollout_bucket
    text: str = yaml.dump(
        [test], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LINE_WIDTH
    )
    return text


def add_test(path: Path, text: str) -> int:
    """Put a test behind those in the file at `path`, which is made if need be; return its line.

    What was there stays as it was: the file is read again before it is written, and has to hold the
    same tests and one more. Raises CannotAddTestError, and OSError where it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        with locked(target):
            before = _read(target)
            after = _joined(before, text)
            line = _line_of_added(before, after, path)
            replace_text(target, after)
            return line
    except FileLockedError:
        raise CannotAddTestError(
            f"Another writer holds {path}.", "Try again in a moment."
        ) from None
    except UnicodeDecodeError:
        raise CannotAddTestError(f"{path} is no UTF-8 text.") from None


def _line_of_added(before: str, after: str, path: Path) -> int:
    earlier, later = parse_tests(before), parse_tests(after)
    is_empty = not earlier.tests and read_source(before).data is None
    if earlier.problems and not is_empty:
        first = earlier.problems[0]
        raise CannotAddTestError(
            f"{path} has a problem of its own on line {first.line}: {first.message}",
            "Mend it first.",
        )
    kept = [(test.name, test.request, test.expect) for test in earlier.tests]
    found = [(test.name, test.request, test.expect) for test in later.tests]
    if later.problems or found[:-1] != kept or len(found) != len(kept) + 1:
        raise CannotAddTestError(
            f"The tests in {path} are written in a way to which none can be added.",
            "Write them as a list with a dash before each.",
        )
    added = later.tests[-1]
    if any(test.name == added.name for test in earlier.tests):
        raise CannotAddTestError(f"There is a test called `{added.name}` already.", "Name it else.")
    return added.line


def _joined(before: str, text: str) -> str:
    if not before.strip():
        return before + text
    line_break = "\r\n" if "\r\n" in before else "\n"
    apart = "" if before.endswith("\n") else line_break
    return before + apart + line_break + text.replace("\n", line_break)


def _read(path: Path) -> str:
    # Not `read_text`, which would change the line breaks.
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
