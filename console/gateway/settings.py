"""What a gateway is started with, and the one way in which it may refuse to start."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from console.traffic.retention import Retention


class ServeProblem(Exception):  # noqa: N818 - a problem to be told, by the name it has elsewhere
    """The gateway cannot be started: one sentence for the operator, and a hint where one helps."""

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


@dataclass(frozen=True)
class GatewaySettings:
    """Which table is served, where it is logged, and where clients connect.

    Port 0 takes any free port. `overrides_path` None means the file beside the table. With
    `durable` no answer ends before its row is on disk. `retention` says what the gateway itself
    deletes from the log. When it is stopped, what runs has `grace_s` to finish.
    """

    table_path: Path
    log_path: Path
    host: str = "127.0.0.1"
    port: int = 8484
    overrides_path: Path | None = None
    client_keys_path: Path | None = None
    durable: bool = False
    grace_s: float = 5.0
    retention: Retention = field(default_factory=Retention)


def listening_address(host: str, *, asks_for_keys: bool) -> str:
    """Return the address to listen on for `host`.

    Raises `ServeProblem` for what is no address, and for anything but loopback where clients need
    no key: whoever could reach the port could spend the providers' keys.
    """
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address is not None and (address.is_loopback or asks_for_keys):
        return host
    if asks_for_keys:
        raise ServeProblem(
            f"The gateway cannot listen on {host!r}: that is no address.",
            "Give --host an IP address of this machine, 0.0.0.0 for all of them.",
        )
    raise ServeProblem(
        f"The gateway listens on loopback only, not on {host!r}: it asks clients for no key.",
        "Give clients keys with --client-keys FILE, or leave --host out and reach it from another"
        " machine through an SSH tunnel.",
    )
