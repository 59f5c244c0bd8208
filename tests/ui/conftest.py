"""What tests of the console may ask for: a log that they fill, in a folder of its own."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.ui import log_feed, table_watch
from tests.ui.traffic_log import TrafficLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[TrafficLog]:
    """A log with a table beside it and no request yet."""
    made = TrafficLog(tmp_path / "traffic.sqlite")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at a few times a second is looked at more often, so that tests wait less."""
    monkeypatch.setattr(log_feed, "STEP_S", 0.02)
    monkeypatch.setattr(log_feed, "STANDING_EVERY_S", 0.2)
    monkeypatch.setattr(log_feed, "RETRY_S", 0.05)
    monkeypatch.setattr(table_watch, "LOOK_EVERY_S", 0.05)


@pytest.fixture(autouse=True)
def _quiet_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the developer's terminal asks for does not reach a test."""
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
