"""The command line: what may be asked for, in words. Each command is imported when it is run."""

import argparse
from collections.abc import Callable
from importlib import import_module

from console import __version__
from console.cli.exit_codes import COULD_NOT_RUN
from console.cli.time_span import seconds_in

_STATS_BY = (
    *("route", "task", "model", "provider", "rule", "client"),
    *("status", "error", "reason", "version", "operation", "asked"),
)
"""The values of `traffic.metrics.breakdown.BY`, which is imported only when it is used."""

_TABLE_HELP = "the routing table (default: the only one in policies/)"


class _Parser(argparse.ArgumentParser):
    """Says what was wrong in one sentence and how to see the rest."""

    def error(self, message: str) -> None:  # type: ignore[override]
        from console.cli.output import tell

        tell(
            f"{message[:1].upper()}{message[1:]}.", f"`{self.prog} --help` shows what can be asked."
        )
        raise SystemExit(COULD_NOT_RUN)


def _runs(module: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        code: int = import_module(f"console.cli.{module}").run(options)
        return code

    return run


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command; `options.run(options)` runs the one chosen."""
    parser = _Parser(prog="route-console", description="Operate explicit LLM routing.")
    parser.add_argument("--version", action="version", version=f"route-console {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    def command(name: str, module: str, help: str) -> argparse.ArgumentParser:  # noqa: A002
        added = commands.add_parser(name, help=help, description=help[:1].upper() + help[1:] + ".")
        added.set_defaults(run=_runs(module))
        return added

    _open_options(command("open", "open_command", "open the console on a table and a log"))
    _demo_options(command("demo", "demo_command", "run everything at once on simulated providers"))
    _serve_options(command("serve", "serve_command", "run the gateway"))
    _preview_options(command("preview", "preview_command", "decide a prompt and say why"))
    _check_options(command("check", "check_command", "tell every problem of a table, and lint it"))
    _test_options(command("test", "test_command", "run the tests of a table"))
    _whatif_options(command("whatif", "whatif_command", "tell what a draft would have moved"))
    _why_options(command("why", "why_command", "say why a logged request went where it went"))
    _history_options(command("history", "history_command", "list the saved versions of a table"))
    _diff_options(command("diff", "diff_command", "say what changed between two versions"))
    _rollback_options(command("rollback", "rollback_command", "put a saved version back"))
    _drain_options(command("drain", "drain_command", "take a provider or model out for a while"))
    _pin_options(command("pin", "pin_command", "send one route's requests down another"))
    _lift_options(command("lift", "lift_command", "end an override before its time"))
    _outcome_options(command("outcome", "outcome_command", "say how good an answer was"))
    _tail_options(command("tail", "tail_command", "print requests as they end"))
    _stats_options(command("stats", "stats_command", "add requests up by one of their fields"))
    _export_options(command("export", "export_command", "print requests as JSON lines or CSV"))
    _prune_options(command("prune", "prune_command", "delete from the log what is too old"))
    _keys_options(command("keys", "keys_command", "list the keys of the console"))
    return parser


def _keys_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="the settings (default: the user's own)")
    parser.add_argument("--json", action="store_true", help="print the keys as JSON")


def _open_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="FILE", help=_TABLE_HELP)
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument(
        "--read-only", action="store_true", help="look and not touch: no edit, no override"
    )


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="FILE", help="a table to use instead of the demo's own")
    parser.add_argument("--log", metavar="FILE", help="keep the log here (default: thrown away)")
    parser.add_argument("--prompts", metavar="FILE", help="JSONL of your own prompts to play")
    parser.add_argument("--trace", metavar="FILE", help="CSV of arrival times and token counts")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="time runs X times")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="the same N, the same day")
    parser.add_argument("--seconds", type=float, metavar="N", help="stop by itself after N seconds")
    parser.add_argument("--headless", action="store_true", help="without the console")
    parser.add_argument("--record", metavar="FILE", help="write every request sent as JSONL")
    parser.add_argument("--json", action="store_true", help="headless: print the counts as JSON")


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="FILE", help=_TABLE_HELP)
    parser.add_argument("--overrides", metavar="FILE", help="overrides (default: beside the table)")
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8484, help="port to listen on (0: any)")
    parser.add_argument(
        "--client-keys", metavar="FILE", help="who may use it: `name: key` lines, mode 600"
    )
    parser.add_argument(
        "--durable", action="store_true", help="end no answer before its row is on disk"
    )
    parser.add_argument(
        "--grace", type=seconds_in, default=30.0, metavar="TIME", help="to finish in when stopped"
    )
    parser.add_argument(
        "--keep-texts", type=seconds_in, metavar="TIME", help="delete older texts (30d; hourly)"
    )
    parser.add_argument(
        "--keep-rows", type=seconds_in, metavar="TIME", help="delete older requests (180d; hourly)"
    )


def _preview_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="the prompt (or on stdin)")
    parser.add_argument("--table", metavar="FILE", help=_TABLE_HELP)
    parser.add_argument("--overrides", metavar="FILE", help="overrides (default: beside the table)")
    parser.add_argument("--jsonl", action="store_true", help="requests on stdin, decisions out")
    parser.add_argument("--explain", action="store_true", help="every rule and condition")
    parser.add_argument("--all", action="store_true", help="judge rules after the winner too")
    parser.add_argument("--json", action="store_true", help="print the decision object")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    facts = parser.add_argument_group("the request")
    facts.add_argument("--task", metavar="NAME", help="the declared task")
    facts.add_argument("--model", default="", metavar="NAME", help="the model asked for")
    facts.add_argument("--client", metavar="NAME", help="the alias of the calling key")
    facts.add_argument("--system", metavar="TEXT", help="a system message")
    facts.add_argument(
        "--tag", action="append", default=[], metavar="K=V", help="a tag, repeatable"
    )
    facts.add_argument("--max-output-tokens", type=int, metavar="N")
    facts.add_argument("--format", choices=("text", "json_object", "json_schema"), default="text")
    for flag in ("tools", "images", "audio", "stream"):
        facts.add_argument(f"--{flag}", action="store_true", help=f"the request has {flag}")
    facts.add_argument("--at", metavar="TIME", help="the moment, as 2026-11-23T12:00:00Z")


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", nargs="?", metavar="TABLE", help="the routing table")
    parser.add_argument(
        "--errors", action="store_true", help="what each failure leads to, route by route"
    )
    parser.add_argument("--log", metavar="FILE", help="lint against this traffic log too")
    parser.add_argument("--days", type=int, default=14, metavar="N", help="of the log (default 14)")
    parser.add_argument(
        "--last", type=int, default=20_000, metavar="N", help="at most the newest N"
    )
    parser.add_argument("--explain", metavar="CODE", help="what a finding of lint means")
    parser.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    parser.add_argument("--json", action="store_true", help="the same as --format json")


def _test_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", metavar="TABLE", help="the routing table")
    parser.add_argument("--tests", metavar="FILE", help="its tests (default: beside the table)")
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML, too")
    parser.add_argument("--fail-under", type=float, metavar="P", help="least coverage in percent")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def _whatif_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", metavar="TABLE", help="the routing table in service")
    parser.add_argument("draft", metavar="DRAFT", help="the table that would take its place")
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument("--last", type=int, default=20_000, metavar="N", help="the newest N")
    parser.add_argument(
        "--against",
        choices=("active", "recorded"),
        default="active",
        help="compare with TABLE's decisions (default), or with those of the time",
    )
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


def _why_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request_id", metavar="REQUEST_ID", help="the answer's x-request-id")
    parser.add_argument("--table", metavar="FILE", help=_TABLE_HELP)
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


def _history_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", nargs="?", metavar="TABLE", help=_TABLE_HELP)
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument("--json", action="store_true", help="print the versions as JSON")


def _diff_options(parser: argparse.ArgumentParser) -> None:
    which = "a saved version (its beginning is enough) or a file"
    parser.add_argument("old", metavar="OLD", help=which)
    parser.add_argument("new", nargs="?", metavar="NEW", help=f"{which} (default: the table)")
    parser.add_argument("--table", metavar="FILE", help=_TABLE_HELP)
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument("--json", action="store_true", help="print what changed as JSON")


def _rollback_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", metavar="VERSION", help="its beginning is enough")
    parser.add_argument("--because", required=True, metavar="WHY", help="for whoever reads it next")
    parser.add_argument("--by", metavar="NAME", help="who does it (default: the login name)")
    parser.add_argument("--table", metavar="FILE", help=_TABLE_HELP)
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def _drain_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="provider:NAME|model:NAME", help="what must not be used")
    _override_options(parser)


def _pin_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", metavar="ROUTE", help="the route requests are decided to")
    parser.add_argument("to", metavar="TO", help="the route they take instead")
    _override_options(parser)


def _lift_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="the override to end")
    parser.add_argument("--all", action="store_true", help="end every one")
    _overrides_file_options(parser)


def _override_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--for", dest="length", required=True, metavar="TIME", help="90s, 30m, 2h, 1d or 1h30m"
    )
    parser.add_argument("--because", required=True, metavar="WHY", help="for whoever reads it next")
    parser.add_argument("--by", metavar="NAME", help="who makes it (default: the login name)")
    parser.add_argument("--id", metavar="ID", help="its id (default: made from what it does)")
    _overrides_file_options(parser)


def _overrides_file_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="FILE", help=_TABLE_HELP)
    parser.add_argument("--overrides", metavar="FILE", help="overrides (default: beside the table)")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def _outcome_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request_id", metavar="REQUEST_ID", help="the answer's x-request-id")
    parser.add_argument("name", metavar="NAME", help="what is scored, such as helpful")
    parser.add_argument("score", type=float, metavar="SCORE", help="a number, in your own scale")
    parser.add_argument("--label", metavar="TEXT", help="the score in a word")
    parser.add_argument("--comment", metavar="TEXT", help="why, in your own words")
    parser.add_argument("--idempotency-key", metavar="KEY", help="given again, nothing is added")
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def _tail_options(parser: argparse.ArgumentParser) -> None:
    _filter_options(parser)
    parser.add_argument("--last", type=int, default=10, metavar="N", help="begin with the newest N")
    parser.add_argument("--no-follow", action="store_true", help="end after the newest N")
    parser.add_argument("--json", action="store_true", help="print each as a line of JSON")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


def _stats_options(parser: argparse.ArgumentParser) -> None:
    _filter_options(parser)
    parser.add_argument("--by", choices=_STATS_BY, default="route", help="default: route")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def _export_options(parser: argparse.ArgumentParser) -> None:
    _filter_options(parser)
    parser.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    parser.add_argument("--texts", action="store_true", help="with prompts and answers, where kept")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N, the oldest")


def _filter_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "filter",
        nargs="*",
        metavar="FILTER",
        help="route:small status:error 'latency>2s' since:1h (after -- if a minus comes first)",
    )
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")


def _prune_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log", metavar="FILE", help="the traffic log (default: the user's own)")
    parser.add_argument(
        "--texts-older-than", type=seconds_in, metavar="TIME", help="delete older texts (30d)"
    )
    parser.add_argument(
        "--rows-older-than", type=seconds_in, metavar="TIME", help="delete older requests (180d)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    parser.add_argument("--json", action="store_true", help="print what was deleted as JSON")
