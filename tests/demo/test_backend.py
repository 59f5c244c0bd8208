"""The demo's backend as a process: what it says, what it leaves behind, and when it ends."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from console.demo.backend import Ending, Settings, main, run
from console.traffic.reader import LogReader

DEADLINE_S = 60.0


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [line] = capsys.readouterr().out.splitlines()
    result: dict[str, Any] = json.loads(line)
    return result


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--prompts", "nowhere.jsonl"], "prompts file"),
        (["--trace", "nowhere.csv"], "trace"),
        (["--table", "nowhere.yaml"], "No such file"),
        (["--speed", "0"], "--speed"),
        (["--speed", "nan"], "--speed"),
        (["--seconds", "soon"], "--seconds"),
        (["--sideways"], "--sideways"),
        (["--record", "no/such/folder/sent.jsonl"], "No such file"),
    ],
)
def test_what_keeps_a_demo_from_starting_is_told_in_one_line_of_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["--folder", str(tmp_path), *options]) == 2

    problem = said(capsys)
    assert words in problem["error"]
    assert set(problem) == {"error", "hint"}


def test_a_table_with_errors_keeps_a_demo_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.yaml").write_text("version: 1\nname: bad\ndefault: nowhere\n")

    options = ["--folder", str(tmp_path / "demo"), "--table", str(tmp_path / "bad.yaml")]
    assert main(options) == 2

    assert said(capsys)["error"]


async def test_every_request_sent_is_in_the_log_exactly_once(tmp_path: Path) -> None:
    ending = Ending()
    lines: list[dict[str, Any]] = []
    record = tmp_path / "sent.jsonl"
    settings = Settings(
        folder=tmp_path,
        log=tmp_path / "traffic.sqlite",
        record=record,
        trace=tmp_path / "trace.csv",
        speed=100.0,
    )
    settings.trace.write_text(  # type: ignore[union-attr]
        "offset_ms,input_tokens,output_tokens\n" + "".join(f"{n * 100},60,5\n" for n in range(40))
    )

    def say(line: dict[str, Any]) -> None:
        lines.append(line)

    running = asyncio.create_task(run(settings, say, ending))
    async with asyncio.timeout(DEADLINE_S):
        while not record.exists() or len(record.read_bytes().splitlines()) < 40:
            assert not running.done() or running.result() is None
            await asyncio.sleep(0.01)
        ending.because("test")
        await running

    assert lines[0]["ready"] is True
    assert (lines[-1]["ended"], lines[-1]["sent"]) == ("test", 40)
    sent = [json.loads(line)["request_id"] for line in record.read_text().splitlines()]
    reader = LogReader(settings.log)
    logged = [row.request_id for row in reader.newest(1000)]
    reader.close()
    assert sorted(sent) == sorted(logged)
    assert len(set(logged)) == 40


def test_the_backend_ends_with_its_input_and_says_what_it_did(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "console.demo.backend", "--folder", str(tmp_path), "--speed", "20"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            ready = json.loads(process.stdout.readline())
            assert ready["ready"] is True
            assert Path(ready["table"]).is_file()
            process.stdin.close()
            ended = json.loads(process.stdout.readline())
            assert process.wait(DEADLINE_S) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()
    assert ended["ended"] == "stdin"
