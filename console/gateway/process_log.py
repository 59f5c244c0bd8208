"""What a gateway's process says on its standard error: a line or two where it broke, never a key.

Everything the libraries under the gateway and its own code report goes through here: message and
traceback without any key, control characters made visible.
"""

import logging
import sys
import threading

from console.inert import inert
from console.traffic.redaction import Redactor


class _Redacted(logging.Formatter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return inert(self._redactor.text(super().format(record)), keep_newlines=True)


def say_without_keys(redactor: Redactor) -> None:
    """Let everything that is logged in this process, warnings and worse, pass the redactor.

    What threads die of is logged likewise.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted(redactor))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    threading.excepthook = _log_thread_error


def _log_thread_error(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_type is SystemExit or arguments.exc_value is None:
        return
    name = arguments.thread.name if arguments.thread is not None else "a thread"
    found = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    logging.getLogger(__name__).error("%s ended by an error", name, exc_info=found)
