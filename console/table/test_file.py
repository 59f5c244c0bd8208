"""The tests of a table as a document: named requests, each with what should be decided."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from console.table.checked import checked
from console.table.file_stamp import Stamp, stamp_of
from console.table.findings import Findings, did_you_mean
from console.table.problems import Problem
from console.table.yaml_source import join, read_bounded, read_source

_REQUEST_KEYS = ("body", "headers", "client", "facts", "at", "rollout_bucket")
EXPECTATIONS = ("route", "rule", "task", "model", "reason")
"""What a test may expect of a decision; `rule: null` means that no rule matched."""


class TableTest(msgspec.Struct, frozen=True):
    """One test: a request in either form, and the expected part of its decision.

    `rollout_bucket` pins the bucket of every rollout the request meets. `line` is where the test
    stands in its file.
    """

    name: str
    request: dict[str, Any]
    expect: dict[str, str | None]
    line: int
    rollout_bucket: int | None = None


class LoadedTests(msgspec.Struct, frozen=True):
    """The tests of a file as far as they could be read."""

    tests: tuple[TableTest, ...]
    problems: list[Problem]


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    request: dict[str, Any]
    expect: dict[str, Any]
    rollout_bucket: int | None = None


def tests_beside(table_path: Path) -> Path:
    """Return where the tests of a table stand: `<name>.tests.yaml` beside it."""
    return table_path.with_name(f"{table_path.stem}.tests.yaml")


def read_tests(path: Path) -> LoadedTests:
    """Read the tests in the file `path`. Raises OSError where it cannot be read."""
    return parse_tests(read_bounded(path))


def tests_of(table_path: Path) -> LoadedTests | None:
    """Return the tests beside a table; None where there is no file of them that can be read.

    They are read again only once their file was written: each edit of a draft asks for them.
    """
    path = tests_beside(table_path)
    stamp = stamp_of(path)
    try:
        return None if stamp is None else _tests_as_of(path, stamp)
    except OSError:
        return None


@lru_cache(maxsize=2)
def _tests_as_of(path: Path, stamp: Stamp) -> LoadedTests:  # noqa: ARG001 - told apart by it
    return read_tests(path)


def parse_tests(data: bytes | str) -> LoadedTests:
    """Read the tests in `data`: a list of them. One with an error is left out and told."""
    source = read_source(data)
    findings = Findings(source)
    if source.data is not None and not isinstance(source.data, list):
        findings.error("wrong-type", "", "The tests of a table are a list.")
    entries = source.data if isinstance(source.data, list) else []
    tests: list[TableTest] = []
    for index, entry in enumerate(entries):
        path = f"[{index}]"
        before = findings.count
        document = checked(entry, _Document, path, findings)
        if document is None:
            continue
        _check_keys(document.request, _REQUEST_KEYS, join(path, "request"), findings)
        _check_expectations(document.expect, path, findings)
        bucket = _bucket(document, path, findings)
        if findings.count == before:
            line, _ = source.place(path)
            tests.append(TableTest(document.name, document.request, document.expect, line, bucket))
    return LoadedTests(tuple(tests), findings.sorted())


def _bucket(document: _Document, path: str, findings: Findings) -> int | None:
    """Return the pinned bucket, given beside the request or, like `at`, within it."""
    if document.rollout_bucket is not None:
        bucket: Any = document.rollout_bucket
        here = join(path, "rollout_bucket")
    else:
        bucket = document.request.pop("rollout_bucket", None)
        here = join(join(path, "request"), "rollout_bucket")
    whole = isinstance(bucket, int) and not isinstance(bucket, bool)
    if bucket is not None and not (whole and 0 <= bucket < 10_000):
        findings.error("out-of-range", here, "A bucket is a whole number from 0 to 9,999.")
        return None
    return bucket if whole else None


def _check_expectations(expect: dict[str, Any], path: str, findings: Findings) -> None:
    here = join(path, "expect")
    if not expect:
        message = "This test expects nothing; it could not fail."
        findings.error("empty-expect", here, message)
    _check_keys(expect, EXPECTATIONS, here, findings)
    for key, value in expect.items():
        if value is not None and not isinstance(value, str):
            findings.error("wrong-type", join(here, key), "Wanted a text or null.")


def _check_keys(
    entries: dict[str, Any], known: tuple[str, ...], path: str, findings: Findings
) -> None:
    """Tell unknown keys: a misspelt one would let a test pass for the wrong reason."""
    for key in entries:
        if key not in known:
            hint = did_you_mean(key, known) or "Known here: " + ", ".join(known) + "."
            message = f"The key `{key}` is not known here."
            findings.error("unknown-key", join(path, key), message, hint, at_key=True)
