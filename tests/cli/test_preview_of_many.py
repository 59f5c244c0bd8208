"""`preview --jsonl`: a decision a line, in order, whatever stands on the lines between."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Run
from tests.cli.running import COMMAND, DEADLINE_S, assert_harmless, run_process

GOOD = b'{"facts": {"prompt": "a refund"}}'


def decided(run: Run, *lines: bytes, code: int) -> list[dict[str, Any]]:
    ran = run("preview", "--table", "desk.yaml", "--jsonl", stdin=b"\n".join(lines) + b"\n")
    assert (ran.code, ran.err) == (code, "")
    assert_harmless(ran)
    return [json.loads(line) for line in ran.out.splitlines()]


def test_requests_of_both_forms_are_decided_in_order(run: Run, desk: str) -> None:
    body = b'{"body": {"messages": [{"role": "user", "content": "hello"}]}, "client": "app"}'

    told = decided(run, GOOD, body, GOOD, code=0)

    assert [line["rule"] for line in told] == ["refunds", None, "refunds"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{", "This is not JSON: Input data was truncated."),
        (b"", "This is not JSON: Input data was truncated."),
        (b"[1]", "A request is an object with `body` or `facts`."),
        (b'{"facts": {"promt": "x"}}', "`promt` is not a fact of a request."),
        (b'{"facts": {"\\u001b[2J": 1}}', "`\x1b[2J` is not a fact of a request."),
    ],
)
def test_a_broken_line_is_told_in_its_place(run: Run, desk: str, line: bytes, error: str) -> None:
    before, told, after = decided(run, GOOD, line, GOOD, code=1)

    assert told == {"error": error, "line": 2}
    assert before == after
    assert after["rule"] == "refunds"


BROKEN = {
    "nested a thousand deep": b'{"body": ' + b"[" * 1000 + b"]" * 1000 + b"x}",
    "nested without end": b"[" * 1_000_000,
    "a megabyte of nothing": b"x" * 1_000_000,
    "no UTF-8": b'{"facts": {"prompt": "\xff"}}',
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "NUL": b"\x00",
    "NaN": b'{"body": {"max_tokens": NaN}}',
    "two requests": GOOD + GOOD,
    "half a surrogate for a name": b'{"facts": {"\\ud800": 1}}',
    "half a surrogate broken": b'{"facts": {"\\ud800',
    "an endless number": b'{"facts": {"turns": 1' + b"0" * 5000 + b"e}}",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_no_line_keeps_the_next_from_being_decided(run: Run, desk: str, line: bytes) -> None:
    told = decided(run, line, GOOD, code=1)

    assert told[0]["line"] == 1
    assert told[1]["rule"] == "refunds"


ODD = {
    "a megabyte of prompt": b'{"facts": {"prompt": "' + b"money back " * 100_000 + b'"}}',
    "half a surrogate in the prompt": b'{"facts": {"prompt": "\\ud800 refund"}}',
    "half a surrogate in the client": b'{"body": {"messages": [{"role": "user", '
    b'"content": "refund"}]}, "client": "\\udfff"}',
    "escapes": b'{"facts": {"prompt": "refund \\u001b[31m\\u202e", "task": "\\u0007\\udfff"}}',
    "deep and irrelevant": b'{"facts": {"prompt": "refund"}, "x": ' + b"[" * 90 + b"]" * 90 + b"}",
}


@pytest.mark.parametrize("explain", [[], ["--explain"]])
@pytest.mark.parametrize("line", ODD.values(), ids=ODD)
def test_an_odd_request_is_decided_like_any_other(
    run: Run, desk: str, line: bytes, explain: list[str]
) -> None:
    ran = run("preview", "--table", desk, "--jsonl", *explain, stdin=line + b"\n" + GOOD)

    assert (ran.code, ran.err) == (0, "")
    assert [json.loads(told)["rule"] for told in ran.out.splitlines()] == ["refunds", "refunds"]
    assert_harmless(ran)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line), max_size=4))
def test_there_is_an_answer_for_every_line_and_the_last_is_decided(
    run: Run, desk: str, lines: list[bytes]
) -> None:
    ran = run("preview", "--table", desk, "--jsonl", stdin=b"\n".join([*lines, GOOD]))

    told = [json.loads(line) for line in ran.out.splitlines()]
    assert len(told) == len(lines) + 1
    assert told[-1]["rule"] == "refunds"
    assert ran.code == (1 if lines else 0)
    assert_harmless(ran)


def test_a_moment_in_a_request_counts_for_that_request(run: Run, desk: str) -> None:
    Path("desk.overrides.yaml").write_text(
        "version: 1\noverrides: [{id: x, pin: {route: small, to: large}, "
        "until: 2026-11-23T12:00:00Z, because: x, by: y}]\n"
    )

    early = b'{"facts": {}, "at": "2026-11-23T11:59:59Z"}'
    late = b'{"facts": {}, "at": "2026-11-23T13:00:00+01:00"}'
    told = decided(run, early, late, early, code=0)

    assert [line["override_id"] for line in told] == ["x", None, "x"]


def test_nothing_on_standard_input_is_nothing_decided(run: Run, desk: str) -> None:
    ran = run("preview", "--table", desk, "--jsonl")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_as_a_process_it_reads_and_writes_pipes(desk: str, folder: Path) -> None:
    ran = run_process("preview", "--table", desk, "--jsonl", stdin=GOOD + b"\n{\n" + GOOD)

    assert (ran.code, ran.err) == (1, "")
    assert [json.loads(line).get("rule") for line in ran.out.splitlines()] == [
        "refunds",
        None,
        "refunds",
    ]


def test_whoever_reads_only_the_head_is_not_told_of_broken_pipes(desk: str, folder: Path) -> None:
    (folder / "many.jsonl").write_bytes((GOOD + b"\n") * 5000)
    with (folder / "many.jsonl").open("rb") as requests:
        preview = subprocess.Popen(
            [*COMMAND, "preview", "--table", desk, "--jsonl"],
            stdin=requests, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert preview.stdout is not None
        assert preview.stderr is not None
        first = preview.stdout.readline()
        preview.stdout.close()
        said = preview.stderr.read()
        code = preview.wait(DEADLINE_S)
        preview.stderr.close()

    assert json.loads(first)["rule"] == "refunds"
    assert (code, said) == (0, b"")
