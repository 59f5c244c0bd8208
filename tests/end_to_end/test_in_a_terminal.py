"""The demo as a new user meets it, in a real terminal."""

import subprocess
import sys
from pathlib import Path

from tests.end_to_end.terminal import DEADLINE_S, terminal

DEMO = [sys.executable, "-m", "console", "demo", "--speed", "5"]


def demo_processes(marker: str) -> list[str]:
    """Return the running processes of ours whose command line holds `marker`."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode().replace("\0", " ")
        except (OSError, UnicodeDecodeError):
            continue
        if entry.name.isdigit() and marker in words and words.startswith(sys.executable):
            found.append(words)
    return found


def test_traffic_is_seen_asked_why_previewed_and_left_without_a_trace(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    with terminal([*DEMO, "--log", str(log)]) as screen:
        screen.wait_for("workday", "req/s", "following", "✓")
        screen.press("k", "Enter")
        why = screen.wait_for("Attempts", "Why")
        assert "sent this to" in why or "took this" in why or "takes" in why
        screen.press("Escape")  # on its own: with the next key it would be Alt and that key
        screen.wait_until(lambda shown: "Attempts" not in shown, "the list alone")
        screen.press("3")
        screen.wait_for("legal-threats", "pictures")
        screen.press("4")
        screen.wait_for("Type or paste")
        screen.type("my lawyer will write to you")
        screen.wait_for("legal-threats", "rule 8 of 16", "acorn-pro")
        screen.resize(20, 5)
        screen.resize(80, 24)
        screen.wait_for("legal-threats")
        screen.press("Escape")
        screen.wait_for("q Quit")
        screen.press("q")
        screen.wait_for("left with 0")
    assert not demo_processes(str(log))
    check = subprocess.run(
        [sys.executable, "-c", f"import sqlite3; print(sqlite3.connect({str(log)!r})"
         ".execute('pragma integrity_check').fetchone()[0])"],
        capture_output=True, text=True, timeout=DEADLINE_S, check=True,
    )  # fmt: skip
    assert check.stdout.strip() == "ok"
