"""The Textual console: screens, widgets and styles. The only folder that knows Textual."""

import gc
from pathlib import Path


def run_console(
    table_path: Path | None,
    log_path: Path | None,
    *,
    notice: str | None = None,
    state_folder: Path | None = None,
    config_file: Path | None = None,
    read_only: bool = False,
) -> int:
    """Run the console until it is left, and return the process's exit code.

    `config_file` holds the reader's own keys and theme. `state_folder` is where filters are
    remembered and bundles written; None: nowhere. `notice` is a sentence to show at the start,
    such as why no table was chosen. Textual is imported here and not before, so that the other
    commands start without it.
    """
    # Nothing made at the start is garbage; looking for it costs a tenth of the way to the first
    # frame. The app turns the collector on again once there is one.
    gc.disable()

    from console.ui.app import ConsoleApp

    app = ConsoleApp(
        table_path,
        log_path,
        notice=notice,
        state_folder=state_folder,
        config_file=config_file,
        read_only=read_only,
    )
    result = app.run()
    return result if result is not None else app.return_code or 0


def default_config_file() -> Path:
    """Return where the reader's own keys and theme are. Nothing is created by asking."""
    from platformdirs import user_config_path

    return user_config_path("route-console", appauthor=False) / "config.toml"
