"""`check`: every problem of a table at its place, and an exit code to rely on."""

import json
from pathlib import Path

import pytest

from console.table.load import read_table
from tests.cli.conftest import Run
from tests.cli.running import assert_harmless, assert_one_sentence

BROKEN = """\
version: 1
name: desk
default: smal
providers: {acme: {base_url: https://acme.example}}
models: {mini: {provider: acme}}
routes: {small: {model: mini}}
rules:
  - {id: a, because: x, route: small, when: {prompt: {matches: '['}}}
"""


def test_a_table_without_errors_is_fine(run: Run, desk: str) -> None:
    ran = run("check", desk)

    assert ran.code == 0
    last = ran.out.splitlines()[-1]
    assert last.startswith(f"✓ desk {read_table(Path(desk)).version}: ")
    assert last.endswith(" 2 routes, no errors; lint: 2 notes")
    assert ran.err == ""


def test_every_problem_is_told_with_file_line_and_column(run: Run, folder: Path) -> None:
    (folder / "desk.yaml").write_text(BROKEN)

    ran = run("check", "desk.yaml")

    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0].startswith(
        "desk.yaml:3:10: error [missing-reference] There is no route `smal`."
    )
    assert lines[1] == "    Did you mean `small`?"
    assert lines[2].startswith("desk.yaml:8:64: error [bad-pattern] RE2 refuses this pattern:")
    assert lines[-1] == "✗ 2 errors; not fit for service"


def test_problems_come_as_json_too(run: Run, folder: Path) -> None:
    (folder / "desk.yaml").write_text(BROKEN)

    ran = run("check", "desk.yaml", "--json")

    assert ran.code == 1
    told = json.loads(ran.out)
    assert (told["table"], told["valid"]) == ("desk.yaml", False)
    assert [(p["code"], p["line"], p["column"]) for p in told["problems"]] == [
        ("missing-reference", 3, 10),
        ("bad-pattern", 8, 64),
    ]


def test_a_valid_table_says_so_in_json(run: Run, desk: str) -> None:
    ran = run("check", desk, "--json")

    assert ran.code == 0
    told = json.loads(ran.out)
    assert [found["code"] for found in told.pop("findings")] == ["no-tests", "no-price"]
    assert told == {
        "table": desk,
        "version": read_table(Path(desk)).version,
        "valid": True,
        "problems": [],
    }


def test_a_warning_is_told_and_the_table_is_fine(run: Run, folder: Path) -> None:
    text = BROKEN.replace("smal\n", "small\n").replace("'['", "x")
    (folder / "desk.yaml").write_text(
        text.replace("model: mini}}", "model: mini, fallbacks: [mini]}}")
    )

    ran = run("check", "desk.yaml")

    assert ran.code == 0
    assert "warning [repeated-target]" in ran.out


@pytest.mark.parametrize("data", [b"", b"~", b"\xff", b"a: [", b"\x00", b"- a", b"x" * (1 << 21)])
def test_a_file_that_is_no_table_falls_short(run: Run, folder: Path, data: bytes) -> None:
    (folder / "desk.yaml").write_bytes(data)

    ran = run("check", "desk.yaml")

    assert ran.code == 1
    assert "error [" in ran.out
    assert ran.out.splitlines()[-1].startswith("✗ ")
    assert_harmless(ran)


@pytest.mark.parametrize("name", ["none.yaml", ".", "a/b/c.yaml", "x" * 5000])
def test_a_file_that_cannot_be_read_could_not_be_checked(run: Run, name: str) -> None:
    assert_one_sentence(run("check", name))
