"""`route-console prune` says what it deleted, and does nothing it was not asked for."""

import json
import time
from pathlib import Path

import pytest

from console.cli import main
from console.traffic.reader import LogReader
from console.traffic.writer import LogWriter
from tests.traffic.building import ended


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with one old request and one of now."""
    path = tmp_path / "traffic.sqlite"
    writer = LogWriter(path)
    writer.finish(ended(1, ts_start=time.time() - 86_400 * 40, prompt_preview="old"))
    writer.finish(ended(2, ts_start=time.time(), prompt_preview="new"))
    writer.close()
    return path


def rows_in(log: Path) -> int:
    reader = LogReader(log)
    count = len(reader.newest(9))
    reader.close()
    return count


def test_a_dry_run_tells_and_deletes_nothing(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["prune", "--log", str(log), "--rows-older-than", "30d", "--dry-run", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert (code, told["dry_run"], told["rows"], told["texts"]) == (0, True, 1, 0)
    assert rows_in(log) == 2


def test_what_is_older_is_deleted_and_counted(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prune", "--log", str(log), "--rows-older-than", "30d"]) == 0

    assert "  1 requests with all that belongs to them" in capsys.readouterr().out
    assert rows_in(log) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no age was given"),
        (["--rows-older-than", "30"], "'30' is no length of time"),
        (["--rows-older-than", "0d"], "'0d' is no length of time"),
        (["--texts-older-than", "1d", "--log", "no-such.sqlite"], "There is no traffic log"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    log: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    try:
        code = main(["prune", "--log", str(log), *options])
    except SystemExit as stopped:
        code = int(stopped.code or 0)

    assert code == 2
    assert said in capsys.readouterr().err
    assert not Path("no-such.sqlite").exists()
