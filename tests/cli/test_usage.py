"""How commands are called: which table they take, and what they say when they cannot run."""

import os
import subprocess
from pathlib import Path

import pytest

from console import __version__
from tests.cli.conftest import Run
from tests.cli.running import COMMAND, DEADLINE_S, assert_one_sentence, run_process
from tests.table.builder import TableBuilder


@pytest.fixture
def policies(folder: Path) -> Path:
    (folder / "policies").mkdir()
    return folder / "policies"


def test_the_only_table_in_policies_is_taken(run: Run, policies: Path) -> None:
    (policies / "desk.yaml").write_text(TableBuilder().text())
    (policies / "desk.tests.yaml").write_text("[]")
    (policies / "desk.overrides.yaml").write_text("version: 1")

    ran = run("preview", "hello")

    assert ran.code == 0
    assert "route    small" in ran.out


def test_of_several_tables_one_has_to_be_named(run: Run, policies: Path) -> None:
    for name in ("desk", "engineering"):
        (policies / f"{name}.yaml").write_text(TableBuilder().text())

    ran = run("preview", "hello")

    assert_one_sentence(ran)
    assert "policies/desk.yaml, policies/engineering.yaml" in ran.err
    assert "--table" in ran.err


def test_without_any_table_it_says_what_to_do(run: Run) -> None:
    ran = run("preview", "hello")

    assert_one_sentence(ran)
    assert "--table FILE" in ran.err
    assert "demo" in ran.err


@pytest.mark.parametrize("named", ["none.yaml", "."])
def test_a_table_that_is_not_there_is_told(run: Run, named: str) -> None:
    assert_one_sentence(run("preview", "--table", named, "hello"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["sideways"],
        ["check"],
        ["check", "a", "b"],
        ["--sideways"],
        ["open", "--sideways"],
        ["serve", "--port", "many"],
        ["demo", "--speed", "fast"],
        ["test", "x.yaml", "--fail-under", "most"],
        ["\x1b[2J"],
    ],
)
def test_wrong_usage_is_told_in_one_sentence(run: Run, arguments: list[str]) -> None:
    assert_one_sentence(run(*arguments))


def test_help_and_version_are_fine(run: Run) -> None:
    assert run("--version").out == f"route-console {__version__}\n"
    told = run("--help")
    assert told.code == 0
    for name in ("open", "demo", "serve", "preview", "check", "test"):
        assert f"    {name} " in told.out
        assert run(name, "--help").code == 0


@pytest.mark.parametrize("arguments", [[], ["open"], ["--table", "desk.yaml"], ["demo"]])
def test_without_a_terminal_the_console_says_what_to_do_instead(
    run: Run, desk: str, arguments: list[str]
) -> None:
    ran = run(*arguments)

    assert_one_sentence(ran)
    assert "terminal" in ran.err
    assert "demo --headless" in ran.err


@pytest.mark.parametrize(
    ("arguments", "closed"),
    [
        (["preview", "--table", "desk.yaml"], "<&-"),
        (["preview", "--table", "desk.yaml", "--jsonl"], "<&-"),
        (["open"], "<&-"),
        (["check", "desk.yaml"], ">&-"),
        (["check", "desk.yaml"], "2>&-"),
        (["check", "none.yaml"], "2>&-"),
    ],
)
def test_a_closed_stream_gives_no_traceback(
    folder: Path, desk: str, arguments: list[str], closed: str
) -> None:
    ended = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *COMMAND, *arguments],
        capture_output=True, cwd=folder, timeout=DEADLINE_S,
    )  # fmt: skip

    assert b"Traceback" not in ended.stderr
    assert ended.returncode in (0, 2)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(folder: Path, desk: str, encoding: str) -> None:
    ended = subprocess.run(
        [*COMMAND, "check", desk],
        capture_output=True, cwd=folder, timeout=DEADLINE_S,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"no errors" in ended.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize(
    "arguments", [["check", "desk.yaml"], ["preview", "--table", "desk.yaml", "x"]]
)
def test_output_that_cannot_be_written_is_told(
    folder: Path, desk: str, arguments: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=full,
            stderr=subprocess.PIPE, cwd=folder, timeout=DEADLINE_S,
        )  # fmt: skip

    assert ended.returncode == 2
    assert ended.stderr.decode() == "route-console: Could not go on: No space left on device.\n"


def test_a_file_name_that_is_no_text_is_shown_and_not_obeyed(folder: Path, desk: str) -> None:
    name = os.fsdecode(b"\xff\x1b[2J.yaml")
    Path(name).write_text(Path(desk).read_text())

    for arguments in (["check", name], ["check", name, "--json"]):
        ran = run_process(*arguments, cwd=folder)
        assert (ran.code, ran.err) == (0, "")
        assert "\x1b" not in ran.out


def test_arguments_that_are_no_text_are_decided_like_any_other(folder: Path, desk: str) -> None:
    odd = os.fsdecode(b"refund \xff")

    ran = run_process(
        "preview", "--table", desk, odd, "--client", odd, "--task", odd, "--explain", "--json",
        cwd=folder,
    )  # fmt: skip

    assert (ran.code, ran.err) == (0, "")
    assert '"rule":"refunds"' in ran.out
