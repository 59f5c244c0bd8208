"""A log in a folder of its own, with a writer that is closed after the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.traffic.reader import LogReader
from console.traffic.writer import LogWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "traffic.sqlite"


@pytest.fixture
def writer(path: Path) -> Iterator[LogWriter]:
    opened = LogWriter(path, interval_s=0.001)
    yield opened
    opened.close()


@pytest.fixture
def reader(writer: LogWriter, path: Path) -> Iterator[LogReader]:
    opened = LogReader(path)
    yield opened
    opened.close()
