"""What a gateway is started with, and the one way in which it may refuse to start."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path


class ServeProblem(Exception):  # noqa: N818 - a problem to be told, by the name it has elsewhere
    """The gateway cannot be started: one sentence for the operator, and a hint where one helps."""

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


@dataclass(frozen=True)
class GatewaySettings:
    """Which table is served, where it is logged, and where clients connect.

    Port 0 takes any free port. `overrides_path` None means the file beside the table.
    """

    table_path: Path
    log_path: Path
    host: str = "127.0.0.1"
    port: int = 8484
    overrides_path: Path | None = None


def loopback_address(host: str) -> str:
    """Return the address to listen on for `host`.

    Raises `ServeProblem` for anything but loopback: there are no client keys yet, so whoever could
    reach the port could spend the providers' keys.
    """
    if host == "localhost":
        return "127.0.0.1"
    try:
        if ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise ServeProblem(
        f"The gateway listens on loopback only, not on {host!r}: it asks clients for no key.",
        "Leave --host out, and reach it from another machine through an SSH tunnel.",
    )
