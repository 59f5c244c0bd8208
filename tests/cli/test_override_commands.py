"""`drain`, `pin` and `lift` from a shell: what they write, what they refuse, what they say."""

import getpass
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from console.table.overrides import Override, read_overrides

TABLE = """\
version: 1
name: desk
default: small
providers:
  openai: {base_url: "https://api.openai.com/v1"}
  local: {base_url: "http://127.0.0.1:9/v1"}
models:
  mini: {provider: openai}
  big: {provider: openai}
  llama: {provider: local}
routes:
  small: {model: mini, fallbacks: [llama]}
  large: {model: big}
"""


class Shell:
    """A folder with a table, and the commands run on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.table = folder / "desk.yaml"
        self.table.write_text(TABLE)
        self.file = folder / "desk.overrides.yaml"
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command; return what it said on both its outputs."""
        assert main([*arguments, "--table", str(self.table)]) == code
        said = self._capsys.readouterr()
        return said.out + said.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    @property
    def overrides(self) -> tuple[Override, ...]:
        return read_overrides(self.file).overrides


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


FOR = ("--for", "30m", "--because", "429 storm, INC-1")


def test_a_drain_is_written_with_who_why_and_until(shell: Shell) -> None:
    before = datetime.now(UTC)
    said = shell.run("drain", "provider:local", *FOR, "--id", "inc-1")

    [override] = shell.overrides
    assert override.drain is not None
    assert (override.id, override.drain.provider, override.by, override.because) == (
        "inc-1",
        "local",
        getpass.getuser(),
        "429 storm, INC-1",
    )
    assert timedelta(0) <= override.until - before - timedelta(minutes=30) <= timedelta(seconds=5)
    assert said.startswith("Drained provider local until 20")
    assert "route-console lift inc-1" in said


def test_a_drain_that_leaves_a_route_without_a_model_says_so(shell: Shell) -> None:
    said = shell.json("drain", "model:big", *FOR)

    assert said["routes_without_targets"] == ["large"]
    assert said["made"]["drain"] == {"model": "big"}
    assert said["made"]["id"] == "drain-big"
    told = shell.run("drain", "provider:openai", *FOR)
    assert "No model is left for large: requests there are answered 503." in told


def test_a_pin_is_written_and_a_second_one_for_the_route_is_refused(shell: Shell) -> None:
    shell.run("pin", "small", "large", *FOR, "--by", "oncall")

    [override] = shell.overrides
    assert override.pin is not None
    assert (override.pin.route, override.pin.to, override.by) == ("small", "large", "oncall")
    said = shell.run("pin", "small", "large", *FOR, code=2)
    assert "pinned to large already, by pin-small" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("drain", "provider:opnai"), "There is no provider `opnai`.\n  Did you mean `openai`?"),
        (("drain", "model:x"), "There is no model `x`.\n  The table has: big, llama, mini."),
        (("drain", "openai"), "Write provider:NAME or model:NAME."),
        (("drain", "route:small"), "Write provider:NAME or model:NAME."),
        (("pin", "smal", "large"), "There is no route `smal`.\n  Did you mean `small`?"),
        (("pin", "small", "larg"), "There is no route `larg`.\n  Did you mean `large`?"),
        (("pin", "small", "small"), "pinned to itself"),
        (("drain", "model:big", "--id", "Inc 1"), "--id Inc 1 is no id"),
        (("drain", "model:big", "--by", " "), "--by is empty"),
    ],
)
def test_what_the_table_does_not_have_is_refused_with_a_hint(
    shell: Shell, arguments: tuple[str, ...], said: str
) -> None:
    assert said in shell.run(*arguments, *FOR, code=2)
    assert not shell.file.exists()


@pytest.mark.parametrize(("length", "seconds"), [("90s", 90), ("2h", 7200), ("1d12h", 129_600)])
def test_a_time_is_written_with_its_units(shell: Shell, length: str, seconds: int) -> None:
    shell.run("drain", "model:big", "--for", length, "--because", "x")

    left = (shell.overrides[0].until - datetime.now(UTC)).total_seconds()
    assert seconds - 30 < left <= seconds + 1


@pytest.mark.parametrize("length", ["", "30", "m", "0s", "8d", "-1h", "1m1h", "999999d", "٣m"])
def test_a_time_without_a_unit_or_out_of_bounds_is_refused(shell: Shell, length: str) -> None:
    said = shell.run("drain", "model:big", f"--for={length}", "--because", "x", code=2)

    assert "--for" in said
    assert not shell.file.exists()


def test_lift_ends_one_and_tells_what_it_was(shell: Shell) -> None:
    shell.run("drain", "model:big", *FOR)
    shell.run("drain", "model:big", *FOR)

    said = shell.run("lift", "drain-big")

    assert said.startswith("Lifted drain-big: drain of model big, which was to end 20")
    assert [override.id for override in shell.overrides] == ["drain-big-2"]


def test_lift_of_what_is_not_there_names_what_is(shell: Shell) -> None:
    assert "No override is in force." in shell.run("lift", "inc-1", code=2)
    shell.run("drain", "model:big", *FOR, "--id", "inc-1")

    assert "Did you mean `inc-1`?" in shell.run("lift", "inc-2", code=2)
    assert "Name one override, or give --all." in shell.run("lift", code=2)


def test_lift_all_ends_every_one_and_is_fine_with_none(shell: Shell) -> None:
    shell.run("drain", "model:big", *FOR)
    shell.run("pin", "small", "large", *FOR)

    assert [o["id"] for o in shell.json("lift", "--all")["lifted"]] == ["drain-big", "pin-small"]
    assert shell.overrides == ()
    assert "No override was in force" in shell.run("lift", "--all")


def test_lift_of_one_that_ran_out_says_so_and_sweeps_it(shell: Shell) -> None:
    shell.file.write_text(
        "version: 1\noverrides:\n- {id: inc-1, drain: {model: big}, because: x, by: y,"
        " until: 2026-01-01T00:00:00Z}\n"
    )

    assert "inc-1 ran out by itself 2026-01-01 00:00:00 UTC" in shell.run("lift", "inc-1")
    assert shell.overrides == ()


def test_an_id_in_use_is_refused(shell: Shell) -> None:
    shell.run("drain", "model:big", *FOR, "--id", "inc-1")

    said = shell.run("drain", "model:mini", *FOR, "--id", "inc-1", code=2)

    assert "There is an override inc-1 already" in said
    assert len(shell.overrides) == 1


def test_a_file_with_errors_is_told_at_its_line_and_left_alone(shell: Shell) -> None:
    broken = "version: 1\noverrides:\n- {id: inc-1}\n"
    shell.file.write_text(broken)

    said = shell.run("drain", "model:big", *FOR, code=2)

    assert "desk.overrides.yaml:3:" in said
    assert "Mend it first." in said
    assert shell.file.read_text() == broken


def test_a_table_with_errors_does_not_keep_an_emergency_waiting(shell: Shell) -> None:
    shell.table.write_text("version: 1\nname: desk\n")

    said = shell.run("drain", "provider:openai", *FOR)

    assert "names are not checked" in said
    assert len(shell.overrides) == 1


def test_a_missing_table_is_one_sentence(shell: Shell) -> None:
    shell.table.unlink()

    assert "is not there" in shell.run("drain", "provider:openai", *FOR, code=2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(shell: Shell) -> None:
    shell.table.parent.chmod(0o500)

    said = shell.run("drain", "model:big", *FOR, code=2)

    shell.table.parent.chmod(0o700)
    assert "Permission denied" in said
