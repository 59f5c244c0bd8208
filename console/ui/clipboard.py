"""Copying out: by the terminal, by the desktop's own clipboard, or into a file; and which it was.

A terminal never says whether it took what it was sent (OSC 52), and many take no more than some
tens of thousand characters. What is longer goes into a file, too.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

MOST_FOR_TERMINAL = 50_000
"""Characters that are sent to a terminal at most."""

_PATIENCE_S = 1.0


def copy_out(text: str, what: str, to_terminal: Callable[[str], None], folder: Path | None) -> str:
    """Copy `text` wherever it goes, and return what really happened in one sentence.

    `folder` is where a file is made where a terminal would not take all of it; None: nowhere.
    """
    places = []
    command = desktop_command(os.environ)
    if command is not None and _ran(command, text):
        places.append("copied to the clipboard")
    if len(text) <= MOST_FOR_TERMINAL:
        to_terminal(text)
        places.append("sent to the terminal's clipboard (OSC 52)")
    elif folder is not None:
        try:
            places.append(f"written to {_written(text, what, folder)}")
        except OSError as error:
            places.append(f"not written to a file: {error.strerror or error}")
    if not places:
        return f"{what} is too long for the terminal's clipboard: nothing was copied"
    return f"{what} {' and '.join(places)}"


def desktop_command(environment: Mapping[str, str]) -> Sequence[str] | None:
    """Return the command that puts its input on the desktop's clipboard, None without a desktop."""
    candidates: list[Sequence[str]] = []
    if environment.get("WAYLAND_DISPLAY"):
        candidates.append(("wl-copy",))
    if environment.get("DISPLAY"):
        candidates += [("xclip", "-selection", "clipboard"), ("xsel", "-bi")]
    if not environment.get("SSH_CONNECTION"):
        candidates.append(("pbcopy",))
    return next((one for one in candidates if shutil.which(one[0])), None)


def _ran(command: Sequence[str], text: str) -> bool:
    try:
        ended = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _written(text: str, what: str, folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = "".join(char if char.isalnum() else "-" for char in what.lower())[:40]
    for number in range(1, 1_000):
        path = folder / f"{name}-{number}.txt"
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", errors="replace") as file:
            file.write(text)
        return path
    raise FileExistsError(f"{folder} is full of such files")
