"""Who does something, where they do not say: the name they are logged in by."""

import getpass


def login_name() -> str | None:
    """Return the login name; None where the machine knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None
