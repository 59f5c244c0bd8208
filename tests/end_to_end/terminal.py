"""A real terminal to try the console in: tmux, of any size, read as text."""

import os
import shlex
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEADLINE_S = 40.0
POLL_S = 0.05
_SIZES = ("COLUMNS", "LINES")
"""Whoever runs the tests may have set these; programs would believe them over the terminal."""


class Terminal:
    """One program in a terminal of its own."""

    def __init__(self, command: list[str], width: int, height: int) -> None:
        self._socket = f"test-{uuid.uuid4().hex[:10]}"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height),
                   "-s", "it", shlex.join(command) + "; echo left with $?; exec cat")  # fmt: skip

    def _tmux(self, *arguments: str) -> str:
        run = subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            env={name: value for name, value in os.environ.items() if name not in _SIZES},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names for them."""
        self._tmux("send-keys", "-t", "it", *keys)

    def type(self, text: str) -> None:
        """Type a text as it is."""
        self._tmux("send-keys", "-t", "it", "-l", text)

    def screen(self) -> str:
        """Return what is on the screen."""
        return self._tmux("capture-pane", "-p", "-t", "it")

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        self._tmux("resize-window", "-t", "it", "-x", str(width), "-y", str(height))

    def wait_for(self, *wanted: str) -> str:
        """Return the screen once it shows every text wanted; fail with it at the deadline."""
        return self.wait_until(lambda screen: all(text in screen for text in wanted), str(wanted))

    def wait_until(self, holds: Callable[[str], bool], what: str) -> str:
        """Return the screen once `holds` is true of it; fail with it at the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            screen = self.screen()
            if holds(screen):
                return screen
            time.sleep(POLL_S)
        raise AssertionError(f"{what} did not come; the screen shows:\n{self.screen()}")

    def kill(self) -> None:
        """Kill what runs in it, as a crash would: it gets no chance to put anything away."""
        leader = self._tmux("display-message", "-p", "-t", "it", "#{pane_pid}").strip()
        for child in Path(f"/proc/{leader}/task/{leader}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

    def close(self) -> None:
        """End the terminal and what runs in it."""
        self._tmux("kill-server")


@contextmanager
def terminal(command: list[str], width: int = 120, height: int = 36) -> Iterator[Terminal]:
    """Run a command in a terminal; skips where there is no tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("no tmux on this machine")
    opened = Terminal(command, width, height)
    try:
        yield opened
    finally:
        opened.close()
