"""What tests of the commands share: an empty folder to stand in, and commands run in it."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console.cli import main
from tests.cli.running import Ran
from tests.table.builder import TableBuilder

Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, without colour asked for or forbidden."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: `run("check", "desk.yaml", stdin=b"…")`."""

    def run_here(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(str(ended.code))
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_here


@pytest.fixture
def table() -> TableBuilder:
    """A table with one rule: refunds take the large model."""
    builder = TableBuilder()
    builder.entry("models", "maxi", usd_per_million={"input": 2.0, "output": 10.0})
    return builder.rule("refunds", when={"prompt": ["refund", "money back"]})


@pytest.fixture
def desk(folder: Path, table: TableBuilder) -> str:
    """The name of a file that holds the table."""
    (folder / "desk.yaml").write_text(table.text(), encoding="utf-8")
    return "desk.yaml"
