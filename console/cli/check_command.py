"""`route-console check`: every problem of a table, at its place; and what its errors lead to."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from console.cli.exit_codes import COULD_NOT_RUN, FELL_SHORT, FINE
from console.cli.output import Paint, print_json, say, tell
from console.cli.problems_output import say_problems
from console.table.load import read_table
from console.table.model import Table


def run(options: Namespace) -> int:
    """Print the table's problems; 1 where any is an error."""
    path = Path(options.table)
    try:
        loaded = read_table(path)
    except OSError as error:
        tell(f"The table {path} cannot be read: {error.strerror}.", "Give the path of a YAML file.")
        return COULD_NOT_RUN
    failed = bool(loaded.errors)
    if options.json:
        document: dict[str, Any] = {
            "table": str(path),
            "version": loaded.version,
            "valid": not failed,
            "problems": loaded.problems,
        }
        if options.errors and loaded.table is not None:
            document["errors"] = _matrix(loaded.table)
        print_json(document)
        return FELL_SHORT if failed else FINE
    paint = Paint(sys.stdout)
    say_problems(path, loaded.problems, paint)
    if loaded.table is not None:
        table = loaded.table
        size = f"{len(table.rules)} rules, {len(table.tasks)} tasks, {len(table.routes)} routes"
        say(f"{paint('good', '✓')} {table.name} {loaded.version}: {size}, no errors")
        if options.errors:
            from console.cli.errors_output import say_errors

            say_errors(table, _matrix(table), paint)
    else:
        count = len(loaded.errors)
        say(f"{paint('bad', '✗')} {count} error{'s' if count != 1 else ''}; not fit for service")
    return FELL_SHORT if failed else FINE


def _matrix(table: Table) -> Any:
    """Return the error matrix. The gateway's rules are loaded only for who asks for them."""
    from console.gateway.error_matrix import error_matrix

    return error_matrix(table)
