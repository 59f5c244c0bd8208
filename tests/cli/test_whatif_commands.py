"""`whatif` and `why` say what deciding again finds, in words and as JSON."""

import json
from pathlib import Path

import pytest

from console.cli import main
from tests.cli.running import Ran, assert_harmless, assert_one_sentence, run_process
from tests.whatif.made_log import TABLE, MadeLog

WIDER = TABLE.replace("prompt: refund", "prompt: [refund, order]")


@pytest.fixture
def log(tmp_path: Path) -> MadeLog:
    (tmp_path / "desk.yaml").write_text(TABLE)
    (tmp_path / "draft.yaml").write_text(WIDER)
    return MadeLog(tmp_path / "traffic.sqlite")


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Ran:
    code = main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return Ran(code, told.out, told.err)


def test_what_would_move_is_told(
    log: MadeLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request_id = log.add("my order")
    log.add("hello")
    log.close()
    both = (tmp_path / "desk.yaml", tmp_path / "draft.yaml", "--log", log.path)
    ran = said(capsys, "whatif", *both)
    assert ran.code == 0
    assert "1 of 2 decided requests would move (50 %)" in ran.out
    assert f"route small → large  such as {request_id}" in ran.out
    assert "$0.0002 before, $0.0013 after" in ran.out
    told = json.loads(said(capsys, "whatif", *both, "--json", "--against", "recorded").out)
    assert (told["looked_at"], told["moved"], told["undecidable"]) == (2, 1, 0)
    assert told["moves"] == [
        {"kind": "route", "from": "small", "to": "large", "requests": 1, "samples": [request_id]}
    ]


def test_why_names_the_edit(
    log: MadeLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request_id = log.add("my order")
    log.serve(WIDER, "bo\x1b[31m", "orders\x1b]0;x\x07")
    log.close()
    draft = tmp_path / "draft.yaml"
    ran = said(capsys, "why", request_id, "--table", draft, "--log", log.path)
    assert ran.code == 0
    assert "edit   " in ran.out
    assert "from then on large by rule money (rule_match)" in ran.out
    assert_harmless(ran)
    told = json.loads(
        said(capsys, "why", request_id, "--table", draft, "--log", log.path, "--json").out
    )
    assert (told["same"], told["traced"]) == (False, True)
    assert told["then"]["decision"]["route"] == "small"
    assert told["today"]["decision"]["route"] == "large"
    assert told["turns"][0]["decision"]["rule"] == "money"


def test_what_cannot_be_told_is_one_sentence(log: MadeLog, tmp_path: Path) -> None:
    log.close()
    desk, broken = tmp_path / "desk.yaml", tmp_path / "broken.yaml"
    broken.write_text("version: 1\n")
    assert_one_sentence(run_process("why", "nobody\x1b[2J", "--log", str(log.path)))
    assert_one_sentence(run_process("why", "x", "--log", str(tmp_path / "none")))
    assert_one_sentence(run_process("whatif", str(desk), str(broken), "--log", str(log.path)))
    assert_one_sentence(run_process("whatif", str(desk), "nowhere", "--log", str(log.path)))
