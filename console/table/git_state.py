"""What git says of a table's file, and committing it with the reason of a save. Never pushed."""

import os
import subprocess
from pathlib import Path

TIMEOUT_S = 20.0
"""A hook may run; one that hangs must not keep a save from being told."""


class CannotCommitError(Exception):
    """git did not commit: why, in its own words cut short."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def git_state(path: Path) -> str | None:
    """Return how the file stands in git (`unchanged`, `changed`, `untracked`); None: in no git."""
    try:
        run = _git(path, "status", "--porcelain", "--", path.name)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if run.returncode != 0:
        return None
    sign = run.stdout[:2]
    return "untracked" if sign == "??" else "changed" if sign.strip() else "unchanged"


def commit(path: Path, message: str) -> str:
    """Commit this file alone, with `message`, and return the commit's short name.

    What else is staged stays staged. Raises CannotCommitError.
    """
    try:
        for arguments in (("add", "--", path.name), ("commit", "-m", message, "--", path.name)):
            run = _git(path, *arguments)
            if run.returncode != 0:
                told = (run.stderr or run.stdout).strip().splitlines() or ["it did not say why"]
                raise CannotCommitError(f"git did not commit: {told[-1][:200]}")
        return _git(path, "rev-parse", "--short", "HEAD").stdout.strip()
    except FileNotFoundError:
        raise CannotCommitError("git is not installed.") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotCommitError(f"git did not commit: {type(error).__name__}.") from None


def _git(path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    # A list of arguments, never a shell: neither the reason nor the name can be a command.
    return subprocess.run(
        ["git", "-C", str(path.resolve().parent), *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        check=False,
    )
