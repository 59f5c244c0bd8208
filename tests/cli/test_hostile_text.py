"""Foreign text is shown and never obeyed: in prompts, tags, file names, tables and their tests."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.cli.output import json_line
from tests.cli.conftest import Run
from tests.cli.running import Ran, assert_harmless
from tests.table.builder import TableBuilder

NASTY = [
    "\x1b]52;c;aGFja2Vk\x07",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "\u202egnp.exe",
    "a\u200b\u2066b\U000e0041",
    "[bold red]markup[/]",
    "\udcff",
    "\x00\x7f\x85\u2028",
]


@pytest.fixture
def payloads(shared_data: Path) -> list[str]:
    """The strings that break text fields, and the escapes that a model's answer can carry."""
    hostile = shared_data / "hostile"
    strings: list[str] = json.loads((hostile / "blns.json").read_text(encoding="utf-8"))
    garak = json.loads((hostile / "garak_ansi_payloads.json").read_text(encoding="utf-8"))
    for group in garak.values():
        strings += [text for text in group if isinstance(text, str)]
    return strings


@pytest.mark.parametrize("colour", ["always", "never"])
def test_hostile_prompts_and_facts_are_harmless(
    run: Run, desk: str, payloads: list[str], colour: str
) -> None:
    for payload in [*payloads[::9], *NASTY]:
        shown = run(
            "preview", "--table", desk, f"refund {payload}", "--explain", "--all",
            "--color", colour, f"--task={payload}", f"--client={payload}",
            f"--model={payload}", f"--tag=team={payload}", f"--system={payload}",
        )  # fmt: skip
        assert shown.code == 0, payload
        assert_harmless(shown)


def test_every_hostile_string_is_harmless_in_a_line_of_json(
    run: Run, desk: str, payloads: list[str]
) -> None:
    requests = "\n".join(
        json.dumps({"facts": {"prompt": f"refund {text}", "task": text, "tags.team": text}})
        for text in payloads
    )

    ran = run("preview", "--table", desk, "--jsonl", "--explain", stdin=requests.encode())

    assert ran.code == 0
    assert_harmless(ran)
    tasks = [json.loads(line)["task"] for line in ran.out.splitlines()]
    assert tasks == [text or None for text in payloads] or tasks == payloads


@pytest.mark.parametrize("text", [text for text in NASTY if "\x00" not in text])
def test_hostile_text_where_a_command_expects_something_else_is_harmless(
    run: Run, desk: str, text: str
) -> None:
    arguments = [
        ("check", text), ("preview", "--table", text, "x"), (text,), ("preview", f"--{text}"),
        ("preview", "--table", desk, "x", "--at", text), ("test", desk, "--tests", text),
        ("preview", "--table", desk, "x", "--tag", text), ("demo", "--speed", text),
        ("preview", "--table", desk, "x", "--overrides", text),
        ("preview", "--table", desk, "x", "--format", text), ("check", desk, text),
    ]  # fmt: skip
    for each in arguments:
        ran = run(*each)
        assert ran.code == 2, each
        assert_harmless(ran)


@pytest.mark.parametrize("text", [text for text in NASTY if text != "\udcff"])
def test_a_hostile_table_is_harmless(run: Run, folder: Path, text: str) -> None:
    table = TableBuilder().entry("models", text, provider="acme").entry("routes", text, model=text)
    table.entry("tasks", text, route=text, description=text)
    table.section("description", text)
    table.rule(
        "hostile", because=text, route=text, when={"any_of": [{"prompt": "x"}, {"task": text}]}
    )
    written = table.text()
    (folder / "good.yaml").write_text(written)
    (folder / "bad.yaml").write_text(written + json.dumps({text: text})[1:-1] + "\ndefault: 1\n")
    (folder / "raw.yaml").write_text(f"name: {text}\n{text}: [", encoding="utf-8")
    (folder / "good.tests.yaml").write_text(
        json.dumps([{"name": text, "request": {"facts": {text: text}}, "expect": {"route": text}}])
    )

    for arguments in (
        ("check", "good.yaml"), ("check", "bad.yaml"), ("check", "raw.yaml"),
        ("check", "bad.yaml", "--json"), ("test", "good.yaml"), ("test", "good.yaml", "--json"),
        ("preview", "--table", "good.yaml", "x", "--explain"),
        ("preview", "--table", "bad.yaml", "x"),
        ("preview", "--table", "good.yaml", "y", "--json", "--explain"),
    ):  # fmt: skip
        ran = run(*arguments)
        assert ran.code in (0, 1, 2)
        assert_harmless(ran)
    assert run("check", "good.yaml").code == 0


def test_hostile_file_names_are_harmless(run: Run, desk: str, folder: Path) -> None:
    for text in NASTY[:6]:
        name = f"{text.replace('/', '')}.yaml"
        Path(os.fsdecode(name)).write_text("version: 1\n", encoding="utf-8")
        for arguments in (
            ("check", name),
            ("check", name, "--json"),
            ("preview", "--table", name, "x"),
        ):
            ran = run(*arguments)
            assert ran.code in (1, 2)
            assert "missing-key" in ran.out + ran.err
            assert_harmless(ran)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "L"])))
def test_json_says_what_it_was_given_without_a_character_to_obey(text: str) -> None:
    line = json_line({"text": text})

    assert_harmless(Ran(0, line, ""))
    assert json.loads(line) == {"text": text}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=30))
def test_no_prompt_makes_a_preview_fail_or_a_terminal_obey(
    run: Run, desk: str, prompt: str
) -> None:
    ran = run("preview", "--table", desk, "--color", "always", "--", f"refund {prompt}")

    assert ran.code == 0
    assert_harmless(ran)
