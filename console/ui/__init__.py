"""The Textual console: screens, widgets and styles. The only folder that knows Textual."""

import gc
from pathlib import Path


def run_console(
    table_path: Path | None,
    log_path: Path | None,
    *,
    notice: str | None = None,
    state_folder: Path | None = None,
) -> int:
    """Run the console until it is left, and return the process's exit code.

    `state_folder` is where filters are remembered and bundles written; None: nowhere.
    `notice` is a sentence to show at the start, such as why no table was chosen. Textual is
    imported here and not before, so that the other commands start without it.
    """
    # Nothing made at the start is garbage; looking for it costs a tenth of the way to the first
    # frame. The app turns the collector on again once there is one.
    gc.disable()

    from console.ui.app import ConsoleApp

    app = ConsoleApp(table_path, log_path, notice=notice, state_folder=state_folder)
    result = app.run()
    return result if result is not None else app.return_code or 0
