"""Everything of a demo but the console, in one child process: providers, gateway and traffic.

`python -m console.demo.backend --folder DIR` prints one JSON line when it is ready and one at the
end. It ends when its standard input ends, on SIGTERM or SIGINT, or after `--seconds`.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from console.demo.arrivals import Pace, arrivals
from console.demo.embedded_table import (
    DEMO_KEY,
    DEMO_KEY_ENV,
    embedded_table_text,
    provider_names,
    read_text,
    write_demo_table,
    write_table_copy,
)
from console.demo.lifeline import when_input_ends
from console.demo.plan import Planned, plan_day, plan_trace
from console.demo.player import Player
from console.demo.problem import DemoProblem
from console.demo.prompts import PromptFile, embedded_prompts, read_prompts
from console.demo.providers import SimulatedProviders
from console.demo.record import Record
from console.demo.trace import read_trace
from console.gateway.running import RunningGateway
from console.gateway.settings import GatewaySettings, ServeProblem
from console.inert import inert

MAX_SPEED = 1000.0
LOG_NAME = "traffic.sqlite"

Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Settings:
    """What a demo is started with. Paths left None: the embedded table and prompts, no trace.

    A `temporary` folder is removed where its owner, who would have done so, is gone first.
    `until_played` ends the demo with its traffic instead of leaving the gateway up.
    """

    folder: Path
    log: Path
    table: Path | None = None
    prompts: Path | None = None
    trace: Path | None = None
    record: Path | None = None
    seed: int = 7
    speed: float = 1.0
    seconds: float | None = None
    temporary: bool = False
    until_played: bool = False


class Ending:
    """The first reason to end, and an event that is set with it."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.reason = ""

    def because(self, reason: str) -> None:
        """End, unless that was already decided."""
        if not self.event.is_set():
            self.reason = reason
            self.event.set()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a demo's backend; return 0 after a demo, 2 where it could not start."""
    try:
        settings = _settings(arguments)
        asyncio.run(_run(settings, _say))
    except (DemoProblem, ServeProblem) as problem:
        _say({"error": problem.sentence, "hint": problem.hint})
        return 2
    except OSError as error:
        where = f" ({inert(str(error.filename))})" if error.filename else ""
        sentence = f"The demo cannot start: {error.strerror or inert(str(error))}{where}."
        _say({"error": sentence, "hint": "Every path named has to be there and to be writable."})
        return 2
    return 0


async def run(settings: Settings, say: Say, ending: Ending) -> None:
    """Run a demo until `ending`; `say` is given the line of its start and the line of its end.

    Raises DemoProblem, ServeProblem or OSError where the demo cannot start.
    """
    prompts = read_prompts(settings.prompts) if settings.prompts else embedded_prompts()
    plan = _plan(settings, prompts)
    text = read_text(settings.table) if settings.table else embedded_table_text()
    async with AsyncExitStack() as stack:
        providers = await stack.enter_async_context(
            SimulatedProviders(provider_names(text), seed=settings.seed, speed=settings.speed)
        )
        table = _written_table(settings, providers.base_urls)
        os.environ[DEMO_KEY_ENV] = DEMO_KEY
        record = stack.enter_context(Record(settings.record))
        gateway = await stack.enter_async_context(
            RunningGateway(GatewaySettings(table_path=table, log_path=settings.log, port=0))
        )
        say(
            {
                "ready": True,
                "gateway": gateway.url,
                "table": str(table),
                "log": str(settings.log),
                "notices": prompts.notices(),
            }
        )
        if settings.seconds is not None:
            asyncio.get_running_loop().call_later(settings.seconds, ending.because, "seconds")
        player = Player(gateway.url, plan, speed=settings.speed, record=record)
        counts = await player.play(ending.event)
        if settings.until_played:
            ending.because("traffic")
        # a trace may be over long before the one who looks at its traffic is done
        await ending.event.wait()
    say({"ended": ending.reason, **counts.as_json(), "provider_calls": providers.calls})


async def _run(settings: Settings, say: Say) -> None:
    ending = Ending()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.because, "signal")
    when_input_ends(lambda: ending.because("stdin"))
    await run(settings, say, ending)
    if settings.temporary and ending.reason == "stdin":
        shutil.rmtree(settings.folder, ignore_errors=True)


def _plan(settings: Settings, prompts: PromptFile) -> Iterator[Planned]:
    if settings.trace is not None:
        return plan_trace(prompts.prompts, read_trace(settings.trace), settings.seed)
    return plan_day(prompts.prompts, arrivals(Pace(), settings.seed), settings.seed)


def _written_table(settings: Settings, base_urls: dict[str, str]) -> Path:
    if settings.table is None:
        return write_demo_table(settings.folder, base_urls)
    return write_table_copy(settings.table, settings.folder, base_urls)


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise DemoProblem(f"{inert(message)}.", "See `route-console demo --help`.")


def _settings(arguments: Sequence[str] | None) -> Settings:
    parser = _Arguments(prog="console.demo.backend", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where table and log are put")
    parser.add_argument("--log", type=Path, help=f"the log; default: {LOG_NAME} in the folder")
    parser.add_argument("--table", type=Path, help="a table of yours, copied; default: embedded")
    parser.add_argument("--prompts", type=Path, help="JSONL file of prompts; default: embedded")
    parser.add_argument("--trace", type=Path, help="CSV of arrival times and token counts")
    parser.add_argument("--record", type=Path, help="write every request sent to this JSONL file")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--speed", type=_speed, default=1.0, help="divides all times")
    parser.add_argument("--seconds", type=_seconds, help="end after so many seconds")
    parser.add_argument("--temporary", action="store_true", help="the folder goes with its owner")
    parser.add_argument("--until-played", action="store_true", help="end when a trace is over")
    given = parser.parse_args(arguments)
    given.log = given.log or given.folder / LOG_NAME
    return Settings(**vars(given))


def _speed(text: str) -> float:
    speed = float(text)
    if not 0.0 < speed <= MAX_SPEED:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most {MAX_SPEED:g}")
    return speed


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return seconds


def _say(line: dict[str, Any]) -> None:
    try:
        sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # nobody listens any more; keep the interpreter from failing on it once again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
