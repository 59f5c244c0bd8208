"""Which targets a gateway leaves alone, why and until when, as its row in the log tells it."""

from collections.abc import Sequence

import msgspec


class TargetState(msgspec.Struct, frozen=True):
    """One target that is not simply in use.

    `state` is `cooling_down` (a provider asked for it by Retry-After), `open` (too many failures)
    or `half_open` (one request at a time is let through to see). `reason` is `retry_after`,
    `consecutive_failures`, `error_share` or `failed_probe`; `last_error` the error type of the
    attempt that brought it there. Times are Unix seconds; `until_ts` is None where a probe decides.
    """

    model: str
    provider: str
    upstream_model: str
    state: str
    reason: str
    last_error: str
    since_ts: float
    until_ts: float | None = None

    def left_s(self, now: float) -> float | None:
        """Return for how many seconds from `now` it is left alone; None where a probe decides."""
        return None if self.until_ts is None else max(0.0, self.until_ts - now)


def encode_states(states: Sequence[TargetState]) -> str:
    """Return the states as the JSON text of `GatewayRow.health`."""
    return msgspec.json.encode(states).decode()


def decode_states(text: str | None) -> list[TargetState] | None:
    """Return the states in a `GatewayRow.health`; None where the gateway does not tell any.

    Raises msgspec.DecodeError where the text is damaged.
    """
    return None if text is None else msgspec.json.decode(text, type=list[TargetState])
