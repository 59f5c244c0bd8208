"""What the console does outside itself, each in a thread, each telling how it ended."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.table.overrides import overrides_beside
from console.table.overriding import CannotOverrideError, Desk, carry_out, lifting
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.redaction import Redactor, secrets_in
from console.ui.clipboard import copy_out
from console.whatif.bundle import NothingMarkedError, gather, save

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp


def copy(app: "ConsoleApp", text: str, what: str) -> None:
    """Copy `text` out, and say where it really went."""

    def work() -> None:
        def to_terminal(text: str) -> None:
            app.call_from_thread(app.copy_to_clipboard, text)

        app.call_from_thread(app.tell, copy_out(text, what, to_terminal, app.state_folder))

    app.run_worker(work, group="copy", exit_on_error=False, thread=True)


def write_bundle(app: "ConsoleApp", request_ids: Sequence[str]) -> None:
    """Write an incident bundle of these requests, and say where it is."""
    folder = (app.state_folder or Path.cwd()) / "incidents"

    def work() -> None:
        try:
            bundle = app.log_queries.ask(lambda reader: gather(reader, request_ids))
            made = save(bundle, folder, Redactor(secrets_in(os.environ)).text)
        except NothingMarkedError:
            words = "None of these requests is in the log any more."
            app.call_from_thread(app.tell, words, "warning")
        except LogProblem as problem:
            app.call_from_thread(app.tell, problem.message, "error")
        except OSError as error:
            words = f"The bundle cannot be written to {folder}: {error.strerror or error}."
            app.call_from_thread(app.tell, words, "error")
        except ReadInterrupted:
            pass
        else:
            app.call_from_thread(app.tell, f"Incident bundle written to {made}")

    app.run_worker(work, group="bundle", exit_on_error=False, thread=True)


def lift(app: "ConsoleApp", override_id: str) -> None:
    """End an override before its time, and say so."""
    if app.table_path is None:
        app.tell("The console was started without a table.", "warning")
        return
    desk = Desk(app.table_in_view.table, overrides_beside(app.table_path), datetime.now(UTC))

    def work() -> None:
        try:
            carry_out(desk, lifting(desk, override_id))
        except CannotOverrideError as error:
            app.call_from_thread(app.tell, error.sentence, "error")
        except OSError as error:
            words = f"{desk.file} cannot be written: {error.strerror or error}."
            app.call_from_thread(app.tell, words, "error")
        else:
            app.call_from_thread(app.tell, f"Lifted {override_id}")
            app.look_at_table_again()

    app.run_worker(work, group="lift", exit_on_error=False, thread=True)
