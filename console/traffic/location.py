"""Where the traffic log is when nobody says otherwise."""

from pathlib import Path


def default_log_path() -> Path:
    """Return the log in the user's state directory. Nothing is created by asking."""
    from platformdirs import user_state_path

    return user_state_path("route-console", appauthor=False) / "traffic.sqlite"
