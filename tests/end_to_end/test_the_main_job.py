"""The whole path on real input: played, routed, logged, and decided again to the same effect."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from console.traffic.reader import LogReader

COMPARED = ("route", "task", "task_source", "rule", "reason", "unknown_task")


def played(folder: Path, *options: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run a headless demo into `folder`; return its counts and what it sent."""
    command = [sys.executable, "-m", "console", "demo", "--headless", "--json"]
    files = ["--log", str(folder / "log.sqlite"), "--record", str(folder / "sent.jsonl")]
    run = subprocess.run(
        [*command, *files, *options], capture_output=True, text=True, timeout=120, check=True
    )
    sent = [json.loads(line) for line in (folder / "sent.jsonl").read_text().splitlines()]
    return json.loads(run.stdout), sent


def previewed(table: Path, sent: Path) -> list[dict[str, Any]]:
    with sent.open("rb") as requests:
        run = subprocess.run(
            [sys.executable, "-m", "console", "preview", "--table", str(table), "--jsonl"],
            stdin=requests,
            capture_output=True,
            timeout=60,
            check=True,
        )
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_every_request_played_is_in_the_log_once_and_previews_as_it_was_served(
    tmp_path: Path, shared_data: Path
) -> None:
    counts, sent = played(
        tmp_path,
        "--prompts",
        str(shared_data / "prompts.jsonl"),
        "--trace",
        str(shared_data / "traces" / "AzureLLMInferenceTrace_conv.csv"),
        "--speed",
        "20",
        "--seconds",
        "4",
    )
    log = LogReader(tmp_path / "log.sqlite")
    rows = {row.request_id: row for row in log.newest(100_000)}
    ids = [request["request_id"] for request in sent if request["request_id"]]

    assert counts["sent"] == len(sent) > 20
    assert sorted(rows) == sorted(ids)
    assert len(ids) == len(set(ids)) == len(sent)
    assert not [row for row in rows.values() if row.status == "in_flight"]
    decisions = previewed(Path("console/demo/table.yaml"), tmp_path / "sent.jsonl")
    for request, decision in zip(sent, decisions, strict=True):
        recorded = log.decision(request["request_id"])
        assert recorded is not None
        assert {key: decision[key] for key in COMPARED} == {
            key: getattr(recorded.decision, key) for key in COMPARED
        }
        # A gateway also knows which targets are cooling down; beside that the two agree on all.
        for judged, served in zip(decision["targets"], recorded.decision.targets, strict=True):
            if served.skipped != "cooling_down":
                assert judged == msgspec.to_builtins(served)
        eligible = [target.model for target in recorded.decision.targets if target.eligible]
        assert recorded.decision.model == next(iter(eligible), None)
