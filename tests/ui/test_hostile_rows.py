"""Whatever a log holds, nothing of it reaches the terminal but text to be read."""

import fcntl
import json
import os
import pty
import select
import sqlite3
import struct
import sys
import termios
import time
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from console.traffic.records import RequestRow
from console.ui.app import ConsoleApp
from tests.ui.driving import console, drawn, segments, settled, traffic, until, until_drawn
from tests.ui.traffic_log import TrafficLog

MARKUP = ("[/", "[type=x, v={'a[0]'}]", "[@click=app.quit]x[/]", "[red]x[/red]", "$error")
ESCAPES = {
    "a clipboard write": "\x1b]52;c;cHduZWQ=\x07",
    "an 8-bit control sequence": "\x9b31m",
    "an 8-bit operating system command": "\x9d52;c;cHduZWQ=\x9c",
    "a bidirectional override": "\u202egnp.exe",
    "a cleared screen": "\x1b[2J\x1b[H",
    "an alternate screen": "\x1b[?1049l",
    "a link": "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "tags": "\U000e0041\U000e0042",
    "a zero width joiner": "a\u200db",
    "a carriage return": "over\rwritten",
}
TEXT_FIELDS = (
    "client",
    "conversation_id",
    "task",
    "request_model",
    "route",
    "rule_id",
    "override_id",
    "provider_name",
    "response_model",
    "escalation_reason",
    "error_type",
    "finish_reason",
    "cost_source",
    "prompt_preview",
)


def everywhere(text: str) -> dict[str, Any]:
    """Return fields for a request that holds `text` wherever there is room for text."""
    fields: dict[str, Any] = dict.fromkeys(TEXT_FIELDS, text)
    fields |= {"table_version": text, "reason": text, "task_source": text, "usage_source": text}
    fields |= {f"attempt_{name}": text for name in ("provider_name", "model", "kind")}
    fields |= {f"attempt_{name}": text for name in ("error_type", "why_next")}
    return fields


def assert_nothing_alive(app: ConsoleApp) -> None:
    for segment in segments(app.screen):
        alive = [char for char in segment.text if unicodedata.category(char) in ("Cc", "Cf")]
        assert not alive, segment


def hostile_strings(shared_data: Path) -> list[str]:
    folder = shared_data / "hostile"
    known = json.loads((folder / "blns.json").read_text())
    terminal = json.loads((folder / "garak_ansi_payloads.json").read_text())
    return [*ESCAPES.values(), *MARKUP, *terminal["live"], *terminal["escaped"], *known]


async def test_hostile_text_in_every_field_is_harmless_in_list_and_detail(
    log: TrafficLog, shared_data: Path
) -> None:
    strings = hostile_strings(shared_data)
    for text in strings:
        log.add_quietly(**everywhere(text))
    log.flush()
    log.beat(address=strings[0], table_name=strings[1], last_problem=strings[2])
    async with console_on(log).run_test(size=(160, 120), notifications=True) as pilot:
        await until_drawn(pilot, "following")
        await pilot.press("g")
        await until(pilot, lambda: traffic(pilot).window.cursor == "req-000001")
        for _ in range(6):
            assert_nothing_alive(console(pilot))
            await pilot.press("pagedown")
            await settled(pilot)
        assert traffic(pilot).window.cursor == f"req-{len(strings):06d}"
        await pilot.press("g")
        await until(pilot, lambda: traffic(pilot).window.cursor == "req-000001")
        await pilot.press("enter")
        for _ in range(len(ESCAPES) + len(MARKUP) + 8):
            await settled(pilot)
            assert_nothing_alive(console(pilot))
            await pilot.press("j")
        await pilot.press("p")
        await settled(pilot)
        assert_nothing_alive(console(pilot))


@pytest.mark.parametrize("text", MARKUP)
async def test_markup_in_a_request_is_text(log: TrafficLog, text: str) -> None:
    log.add(**everywhere(text))
    async with console_on(log).run_test(size=(160, 48), notifications=True) as pilot:
        await until_drawn(pilot, "following · all 1")
        await pilot.press("enter")
        await until_drawn(pilot, "request req-000001")
        await settled(pilot)

        assert text in drawn(pilot)
        await pilot.click(offset=(100, 20))
        assert pilot.app.is_running


async def test_figures_out_of_this_world_are_drawn_as_unknown(log: TrafficLog) -> None:
    figures = (float("inf"), float("-inf"), -5.0, 1e300)
    log.add(len(figures))
    log.add(status="of tomorrow", stream_end="of tomorrow")
    with closing(sqlite3.connect(log.path)) as other, other:
        for seq, figure in enumerate(figures, start=1):
            other.execute(
                "UPDATE requests SET ts_start = :f, duration_ms = :f, cost_usd = :f,"
                " time_to_first_chunk_ms = :f, gateway_overhead_ms = :f,"
                " input_tokens = :big, output_tokens = -:big WHERE seq = :seq",
                {"f": figure, "big": 2**63 - 1, "seq": seq},
            )
            other.execute(
                "UPDATE attempts SET ts_start = :f, duration_ms = :f, cost_usd = :f,"
                " retry_after_s = :f WHERE seq = :seq",
                {"f": figure, "seq": seq},
            )
    async with console_on(log).run_test(size=(160, 48), notifications=True) as pilot:
        await until_drawn(pilot, "following · all 5")
        await pilot.press("enter")
        for _ in range(6):
            await settled(pilot)
            await pilot.press("k")

        assert "?" in drawn(pilot)


def test_every_text_of_a_request_is_made_hostile_in_these_tests() -> None:
    harmless = {"request_id", "operation_name", "gateway_id", "status", "stream_end", "prompt_hash"}
    texts = {
        field
        for field, kind in RequestRow.__annotations__.items()
        if "str" in str(kind) or "Literal" in str(kind)
    }

    assert texts - harmless <= everywhere("x").keys()


def test_the_real_driver_sends_no_sequence_of_a_logged_text(log: TrafficLog) -> None:
    for text in ESCAPES.values():
        log.add_quietly(**everywhere(text))
    log.flush()

    sent = bytes_of_a_session(log, keys=[b"k", b"\r", b"j", b"\x1b", b"g", b"G"])

    text = sent.decode("utf-8")
    assert "gnp.exe" in text, "the rows were never drawn"
    for name, alive in {
        "OSC 52": "\x1b]52",
        "OSC 8": "\x1b]8;",
        "8-bit CSI": "\x9b",
        "8-bit OSC": "\x9d",
        "bidi": "\u202e",
        "tag": "\U000e0041",
        "joiner": "\u200d",
        "cleared screen": "\x1b[2J\x1b[H",
    }.items():
        assert alive not in text, name


def bytes_of_a_session(log: TrafficLog, keys: list[bytes]) -> bytes:
    """Run the console in a pseudo-terminal, press keys, leave; return all it wrote."""
    code = (
        "import sys; from pathlib import Path; from console.ui import run_console;"
        f"sys.exit(run_console(Path({str(log.table_path)!r}), Path({str(log.path)!r})))"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execv(sys.executable, [sys.executable, "-c", code])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
    sent = read_until(terminal, b"gnp.exe")
    for key in keys:
        os.write(terminal, key)
        sent += read_until(terminal, None)
    os.write(terminal, b"q")
    sent += read_to_end(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return sent


def read_until(terminal: int, wanted: bytes | None, quiet_s: float = 0.3) -> bytes:
    """Read until something was written, or else until nothing more is for a while."""
    sent, deadline = b"", time.monotonic() + 20
    while wanted is None or wanted not in sent:
        assert time.monotonic() < deadline, sent[-500:]
        ready, _, _ = select.select([terminal], [], [], quiet_s)
        if ready:
            sent += os.read(terminal, 65_536)
        elif wanted is None:
            break
    return sent


def read_to_end(terminal: int) -> bytes:
    sent = b""
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # Linux tells the end of a pseudo-terminal by EIO
            return sent
        if not part:
            return sent
        sent += part


def console_on(log: TrafficLog) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path)
