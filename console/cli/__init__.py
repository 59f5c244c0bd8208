"""The commands of route-console: thin, a room each, and nothing imported before it is needed."""

import io
import os
import sys
from collections.abc import Sequence

from console.cli.exit_codes import COULD_NOT_RUN, FINE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 fine, 1 fell short, 2 could not be run.

    A program may call it with the arguments after the command's name.
    """
    from console.cli.parser import build_parser

    _mend_streams()
    parser = build_parser()
    options = parser.parse_args(_with_default_command(arguments))
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); there is nobody left to tell.
        sys.stderr.close()
        return FINE
    except OSError as error:
        from console.cli.output import tell

        where = f"{error.filename}: " if error.filename else ""
        tell(f"Could not go on: {where}{error.strerror or error}.")
        return COULD_NOT_RUN
    return code


def _mend_streams() -> None:
    """Have every stream exist and take every character.

    Cron and some init systems close them, and a terminal's encoding may lack our signs.
    """
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115, PTH123
        elif name != "stdin" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _with_default_command(arguments: Sequence[str] | None) -> list[str]:
    """Return the arguments, `open` put before them where no command is named."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        return ["open", *given]
    return given
