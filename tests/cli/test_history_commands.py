"""history, diff and rollback: who changed what and why, and how it is undone."""

import json
from pathlib import Path

import pytest

from console.cli import main
from console.table.version import version_of
from console.traffic.records import TableVersionRow
from console.traffic.writer import LogWriter
from tests.table.test_saving_tables import TABLE

NEW = TABLE.replace("[refund]", "[refund, chargeback]")


@pytest.fixture
def desk(tmp_path: Path) -> tuple[str, str]:
    """A table that was served in its first form and now has another, and its log."""
    table, log = tmp_path / "desk.yaml", tmp_path / "log.sqlite"
    writer = LogWriter(log)
    for ts, text in ((1_795_000_000.0, TABLE), (1_795_100_000.0, NEW)):
        writer.table_served(TableVersionRow(version_of(text.encode()), ts, None, None, text))
    writer.close()
    table.write_text(NEW)
    return str(table), str(log)


def test_versions_are_listed_with_what_each_changed(
    desk: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    table, log = desk
    assert main(["history", table, "--log", log]) == 0
    out = capsys.readouterr().out
    assert "rule `money`, prompt: *chargeback* added" in out
    assert "(in the file now)" in out.splitlines()[0]


def test_a_version_is_put_back_and_the_history_says_so(
    desk: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    table, log = desk
    first = version_of(TABLE.encode())
    back = ["rollback", first[:6], "--table", table, "--log", log, "--by", "ann"]
    assert main([*back, "--because", "refunds went astray"]) == 0
    assert Path(table).read_text() == TABLE
    capsys.readouterr()
    assert main(["history", table, "--log", log, "--json"]) == 0
    newest = json.loads(capsys.readouterr().out)["versions"][0]
    assert (newest["version"], newest["author"], newest["is_rollback"]) == (first, "ann", True)
    assert newest["because"] == "refunds went astray"
    assert newest["changed"] == ["rule `money`, prompt: *chargeback* removed"]
    assert main([*back, "--because", "again"]) == 2
    assert "already" in capsys.readouterr().err


def test_a_diff_takes_versions_and_files(
    desk: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, log = desk
    first = version_of(TABLE.encode())
    assert main(["diff", first, "--table", table, "--log", log]) == 0
    out = capsys.readouterr().out
    assert "· rule `money`, prompt: *chargeback* added" in out
    assert "+    when: {prompt: [refund, chargeback]}" in out
    assert main(["diff", "nothing", "--table", table, "--log", log]) == 2
    assert "no logged version nothing" in capsys.readouterr().err
    assert main(["diff", table, table]) == 0
    assert "nothing changed" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["history"], ["rollback", "x", "--because", "y"]])
def test_a_log_that_is_not_there_is_told(
    desk: tuple[str, str], command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    table, _ = desk
    named = [table] if command == ["history"] else ["--table", table]
    assert main([*command, *named, "--log", table + ".none"]) == 2
    assert "no traffic log" in capsys.readouterr().err.lower()
