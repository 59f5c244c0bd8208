"""Runs commands for tests, in this process or as one of their own, and looks at what they say."""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple

COMMAND = (sys.executable, "-c", "import sys; from console.cli import main; sys.exit(main())")
"""The command as its own process, whether or not its script is on the path."""

DEADLINE_S = 60.0

_SGR = re.compile(r"\x1b\[[0-9;]*m")
_OBEYED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Ran(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def run_process(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> Ran:
    """Run a command as a process of its own."""
    ended = subprocess.run(
        [*COMMAND, *arguments], input=stdin, capture_output=True, cwd=cwd, timeout=DEADLINE_S
    )
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def assert_harmless(ran: Ran) -> None:
    """Assert that a terminal would obey nothing of what was said but our own colours."""
    for text in (ran.out, ran.err):
        said = _SGR.sub("", text).replace("\n", "")
        assert {char for char in said if unicodedata.category(char) in _OBEYED} == set()


def assert_one_sentence(ran: Ran) -> None:
    """Assert that a command could not run and said why in one sentence, with at most one hint."""
    assert ran.code == 2
    assert "Traceback" not in ran.err
    first, *hint = ran.err.splitlines()
    assert re.fullmatch(r"route-console: \S.*[.]", first), first
    assert len(hint) <= 1
    assert all(line.startswith("  ") for line in hint)
    assert_harmless(ran)
