"""The owner of a table at work in a real terminal: rules written, broken, mended, kept, undone."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from console.table.load import parse_table
from tests.end_to_end.terminal import Terminal, terminal
from tests.gateway.gateway_process import GatewayProcess
from tests.traffic.test_trouble_with_the_disk import wait_until
from tests.ui.traffic_log import TrafficLog

TABLE = """\
version: 1
name: desk
default: small
providers: {acme: {base_url: "http://127.0.0.1:9/v1"}}
models:
  mini: {provider: acme}
  maxi: {provider: acme}
tasks: {drafting: {route: small}}
routes:
  small: {model: mini}
  large: {model: maxi}
rules:
  - id: long-drafts
    because: Long drafts need the large model.
    when: {task: drafting, input_tokens: {min: 8000}}   # measured
    route: large

  - id: drafts
    because: Drafts are cheap.
    when: {task: drafting}
    route: small
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(TABLE)
    return path


@contextmanager
def console_on(
    table: Path, width: int = 100, height: int = 30, words: str = "long-drafts"
) -> Iterator[Terminal]:
    """The console on a table, its drafts and its log kept beside it."""
    folder = table.parent
    program = [sys.executable, "-m", "console", "open", "--table", str(table)]
    kept = [f"XDG_STATE_HOME={folder}/state", f"XDG_CONFIG_HOME={folder}/config"]
    command = ["env", *kept, *program, "--log", str(folder / "log.sqlite")]
    with terminal(command, width, height) as screen:
        screen.wait_for("q Quit")
        screen.press("3")
        screen.wait_for(words)
        yield screen


def version_in(table: Path) -> str:
    return parse_table(table.read_text()).version


def save(screen: Terminal, because: str) -> None:
    screen.press("S")
    screen.wait_for("why, for whoever")
    screen.type(because)
    screen.press("Enter")


def test_a_rule_made_dead_by_moving_another_is_seen_explained_and_undone(table: Path) -> None:
    with console_on(table) as screen:
        screen.press("J")
        screen.wait_for("draft, not saved")
        screen.press("]", "]")
        screen.wait_for("unreachable-rule", "drafts")
        screen.press("i")
        screen.wait_for("Every request that meets", "esc closes")
        screen.press("Escape")
        screen.wait_until(lambda shown: "esc closes" not in shown, "the list alone")
        screen.press("u")
        screen.wait_for("Taken back: move long-drafts")
        screen.wait_until(lambda shown: "unreachable-rule" not in shown, "no dead rule")
        assert table.read_text() == TABLE


def test_a_typo_is_told_at_its_field_and_mended_and_only_its_line_changes(table: Path) -> None:
    with console_on(table, 80, 24) as screen:
        screen.press("e")
        screen.wait_for("takes the route", "It can be read.")
        screen.press("Down", "Down", "Down", "Down")
        screen.wait_for("known: small · large")
        screen.press("BSpace")
        screen.wait_for("✗", "Did you mean `large`?")
        screen.press("BSpace", "BSpace", "BSpace", "BSpace")
        screen.type("small")
        screen.wait_for("It can be read.")
        screen.press("C-s")
        screen.wait_for("draft, not saved")
        save(screen, "small is enough")
        screen.wait_for("Saved as version")
    assert table.read_text() == TABLE.replace("route: large\n\n", "route: small\n\n")


def test_a_rule_is_drafted_from_a_logged_request_tried_on_it_and_saved(tmp_path: Path) -> None:
    log = TrafficLog(tmp_path / "log.sqlite")
    log.add(1, prompt_preview="where is my refund for the shed?", ts_start=time.time())
    try:
        with console_on(log.table_path, words="money") as screen:
            screen.press("1")
            screen.wait_for("where is my refund")
            screen.press("n")
            screen.wait_for("new-rule-2", "where is my refund for the", "It can be read.")
            screen.press("C-s")
            screen.wait_for("draft, not saved")
            save(screen, "sheds are a case of their own")
            screen.wait_for("Saved as version")
        table = parse_table(log.table_path.read_text()).table
        assert table is not None
        assert [rule.id for rule in table.rules] == ["new-rule-2", "money", "long"]
    finally:
        log.close()


def test_a_draft_outlives_a_crash_in_the_middle_of_editing(table: Path) -> None:
    with console_on(table) as screen:
        screen.press("D")
        screen.wait_for("long-drafts-2")
        screen.kill()
        screen.wait_for("left with 137")
    assert table.read_text() == TABLE
    with console_on(table) as screen:
        screen.wait_for("Your draft is here again: 1 change", "long-drafts-2")


def test_what_a_second_editor_saved_meanwhile_is_kept(table: Path) -> None:
    with console_on(table) as screen:
        screen.press("o")
        screen.wait_for("draft, not saved")
        theirs = TABLE.replace("Drafts are cheap.", "Drafts are quick.")
        table.write_text(theirs)
        save(screen, "off for now")
        screen.wait_for("Somebody saved the file meanwhile")
        assert table.read_text() == theirs
        save(screen, "off for now")
        screen.wait_for("Saved as version")
    loaded = parse_table(table.read_text()).table
    assert loaded is not None
    assert [(rule.enabled, rule.because) for rule in loaded.rules] == [
        (False, "Long drafts need the large model."),
        (True, "Drafts are quick."),
    ]


async def test_a_version_is_rolled_back_while_a_gateway_serves(table: Path) -> None:
    before = parse_table(TABLE).version
    log = table.parent / "log.sqlite"
    async with GatewayProcess(table, log) as gateway:

        def serves(version: str) -> bool:
            return bool(
                httpx.get(gateway.url.removesuffix("/v1") + "/healthz").json()["table"]["version"]
                == version
            )

        wait_until(lambda: serves(before))
        with console_on(table) as screen:
            screen.press("x")
            screen.wait_for("draft, not saved")
            save(screen, "not needed")
            screen.wait_for("Saved as version")
            after = version_in(table)
            wait_until(lambda: serves(after))
            screen.press("6")
            screen.wait_for(before[:7], after[:7], "not needed")
            screen.press("j")
            screen.press("R")
            screen.wait_for("why, for whoever", "added above `drafts`")
            screen.type("INC-4711")
            screen.press("Enter")
            screen.wait_for(f"Version {before[:7]} is back in the file")
            wait_until(lambda: serves(before))
    assert version_in(table) == before
