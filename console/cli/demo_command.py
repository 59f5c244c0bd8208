"""`route-console demo`: simulated providers, gateway, traffic and console, all at once.

The console runs here; everything else runs in one child process whose standard input is a pipe
from here. However this process ends, the pipe ends with it, and so does the child.
"""

import signal
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from console.cli.demo_process import DemoFailedError, DemoProcess, Ready
from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.open_command import has_terminal
from console.cli.output import print_json, say, tell
from console.inert import inert


def run(options: Namespace) -> int:
    """Run the demo until the console is quit, or headless until `--seconds` or Ctrl+C."""
    if not options.headless and not has_terminal():
        return COULD_NOT_RUN
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(
        prefix="route-console-demo-", ignore_cleanup_errors=True
    ) as folder:
        try:
            with DemoProcess(_arguments(options, Path(folder))) as demo:
                code = _headless(demo, options) if options.headless else _with_console(demo)
        except DemoFailedError as error:
            tell(error.sentence, error.hint)
            return COULD_NOT_RUN
    return code


def _arguments(options: Namespace, folder: Path) -> list[str]:
    arguments = ["--folder", str(folder), "--temporary", "--seed", str(options.seed)]
    arguments += ["--speed", str(options.speed)]
    for name in ("table", "log", "prompts", "trace", "record", "seconds"):
        value = getattr(options, name)
        if value is not None:
            arguments.append(f"--{name}={value}")
    return [*arguments, "--until-played"] if options.headless else arguments


def _with_console(demo: DemoProcess) -> int:
    from console.ui import default_config_file, run_console

    ready = demo.ready
    notices = [*ready.notices, "Everything here is simulated: providers and traffic alike."]
    return run_console(
        Path(ready.table),
        Path(ready.log),
        notice=" ".join(notices),
        config_file=default_config_file(),
    )


def _headless(demo: DemoProcess, options: Namespace) -> int:
    try:
        if not options.json:
            _say_where(demo.ready, kept=options.log is not None)
        demo.wait()
    except KeyboardInterrupt:
        demo.stop()
    counts = demo.ended
    if counts is None:
        tell("The demo's processes ended without a word.", "Run it again; the log may tell more.")
        return COULD_NOT_RUN
    if options.json:
        print_json(counts)
    else:
        for key, value in counts.items():
            say(f"{key.replace('_', ' '):<16} {inert(str(value))}")
    return FINE


def _say_where(ready: Ready, *, kept: bool) -> None:
    say(f"gateway {ready.gateway}")
    say(f"table   {inert(ready.table)}")
    say(f"log     {inert(ready.log)}" + ("" if kept else " (thrown away at the end)"))
    for notice in ready.notices:
        tell(notice)
    sys.stdout.flush()
