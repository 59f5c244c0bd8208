"""The Textual console: screens, widgets and styles. The only folder that knows Textual."""

import gc
from pathlib import Path


def run_console(
    table_path: Path | None,
    log_path: Path | None,
    *,
    notice: str | None = None,
    history_path: Path | None = None,
) -> int:
    """Run the console until it is left, and return the process's exit code.

    `history_path` is where filters are remembered; None: nowhere.
    `notice` is a sentence to show at the start, such as why no table was chosen. Textual is
    imported here and not before, so that the other commands start without it.
    """
    # Nothing made at the start is garbage; looking for it costs a tenth of the way to the first
    # frame. The app turns the collector on again once there is one.
    gc.disable()

    from console.ui.app import ConsoleApp

    app = ConsoleApp(table_path, log_path, notice=notice, history_path=history_path)
    result = app.run()
    return result if result is not None else app.return_code or 0
