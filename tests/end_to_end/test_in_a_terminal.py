"""The demo as a new user meets it, in a real terminal."""

import shlex
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.end_to_end.terminal import DEADLINE_S, terminal
from tests.traffic.test_trouble_with_the_disk import wait_until

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


BIRCH_GOES_DOWN = ["--seed", "43", "--speed", "20"]
"""With this seed the provider birch fails from the fifth second to the forty-fourth."""


def sent_to_birch(log: Path, since: float) -> tuple[int, int]:
    """Return how many calls went out since a moment, and how many of them to birch."""
    with closing(sqlite3.connect(log)) as connection:
        found: tuple[int, int] = connection.execute(
            "SELECT count(*), coalesce(sum(provider_name = 'birch'), 0) FROM attempts"
            " WHERE ts_start > ?",
            [since],
        ).fetchone()
    return found


def test_an_incident_is_found_drained_written_down_and_lifted(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    demo = [sys.executable, "-m", "console", "demo", *BIRCH_GOES_DOWN, "--log", str(log)]
    there = f"cd {shlex.quote(str(tmp_path))} && exec {shlex.join(demo)}"
    with terminal(["sh", "-c", there], 160, 44) as screen:
        screen.wait_for("following", "req/s")
        screen.press("/")
        screen.wait_for("route:small error")
        screen.type("fallback since:5m")
        screen.press("Enter")
        screen.wait_until(lambda shown: shown.count("  !  ") + shown.count(" ! ") > 2, "fallbacks")
        screen.press("k", "Enter")
        screen.wait_for("Attempts", "birch/")
        screen.press("d")
        screen.wait_for("Drain or pin", "provider:birch", "would move")
        screen.type("503 from birch")
        screen.press("Enter")
        screen.wait_for("drain provider birch 29:5")
        drained = time.time() + 1.0  # in effect within a second
        screen.press("m", "b")
        screen.wait_for("Incident bundle written to")
        [markdown] = (tmp_path / "incidents").rglob("*.md")
        assert "birch" in markdown.read_text()
        wait_until(lambda: sent_to_birch(log, drained)[0] >= 20)
        assert sent_to_birch(log, drained)[1] == 0
        screen.press("2")
        screen.wait_for("last hour")
        screen.press("]")
        screen.wait_for("Overrides", "drain-birch")
        screen.press("x")
        screen.wait_for("x again lifts drain-birch")
        screen.press("x")
        screen.wait_for("Lifted drain-birch")
        screen.wait_until(lambda shown: "drain provider birch" not in shown, "the header as before")
        lifted = time.time()
        wait_until(lambda: sent_to_birch(log, lifted)[1] > 0)
        screen.press("q")
        screen.wait_for("left with 0")
