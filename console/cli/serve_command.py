"""`route-console serve`: the gateway, until it is told to stop."""

from argparse import Namespace
from pathlib import Path

from console.cli.exit_codes import COULD_NOT_RUN
from console.cli.find_table import NoTableError, find_table
from console.cli.output import tell
from console.traffic.location import default_log_path


def run(options: Namespace) -> int:
    """Serve the table; 2 where the gateway cannot start, with why and what to do."""
    try:
        table = find_table(options.table)
    except NoTableError as error:
        tell(error.sentence, error.hint)
        return COULD_NOT_RUN
    from console.gateway.server import serve
    from console.gateway.settings import GatewaySettings, ServeProblem
    from console.traffic.retention import Retention

    settings = GatewaySettings(
        table_path=table,
        log_path=Path(options.log) if options.log else default_log_path(),
        host=options.host,
        port=options.port,
        overrides_path=Path(options.overrides) if options.overrides else None,
        client_keys_path=Path(options.client_keys) if options.client_keys else None,
        durable=options.durable,
        grace_s=options.grace,
        retention=Retention(texts_s=options.keep_texts, rows_s=options.keep_rows),
    )
    try:
        return serve(settings)
    except ServeProblem as problem:
        tell(problem.sentence, problem.hint)
        return COULD_NOT_RUN
