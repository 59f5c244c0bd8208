"""Decides when a target that keeps failing is left alone, and when it is tried again.

Pure: the clock is handed in (seconds on a clock that never goes back), chance too. One breaker
stands for one model of one provider.

| state          | requests               | left                                                |
|----------------|------------------------|-----------------------------------------------------|
| `closed`       | all are let through    | by too many failures, or by a Retry-After           |
| `cooling_down` | none                   | when the Retry-After has passed: `closed`           |
| `open`         | none                   | when its time has passed: `half_open`               |
| `half_open`    | one at a time, a probe | a good answer: `closed`; a failure: `open` again  |

A Retry-After is the provider's own word on when it takes requests again, so nothing need be probed
afterwards; failures say nothing of the kind.
"""

import random
from collections import deque
from collections.abc import Callable
from typing import Literal

import msgspec

BreakerState = Literal["closed", "cooling_down", "open", "half_open"]
BreakerReason = Literal["error_share", "consecutive_failures", "failed_probe", "retry_after"]

Jitter = Callable[[float, float], float]
"""Gives a random number of seconds between its two arguments."""


class BreakerLimits(msgspec.Struct, frozen=True):
    """When a breaker opens and for how long, in seconds and in numbers of attempts.

    It is judged whenever an attempt fails: by the failures in a row, and by their share of the
    attempts that ended within the window, of which there must be `least_attempts`. Open times
    double with every failed probe, from `first_open_s` up to `longest_open_s`; the time taken is
    drawn from the upper half of that, so that gateways do not all probe at once.
    """

    window_s: int = 30
    least_attempts: int = 10
    error_share: float = 0.5
    consecutive_failures: int = 5
    first_open_s: float = 5.0
    longest_open_s: float = 120.0
    longest_retry_after_s: float = 300.0


class Pass(msgspec.Struct, frozen=True, eq=False):
    """Leave to make one attempt; given back with how the attempt went.

    `era` counts the openings before it: what an attempt finds out that was sent before the breaker
    opened says nothing about the target afterwards.
    """

    era: int
    is_probe: bool


class Breaker:
    """The state machine of one target. Methods are called in the order of time."""

    def __init__(
        self, limits: BreakerLimits | None = None, jitter: Jitter = random.uniform
    ) -> None:
        self._limits = limits or BreakerLimits()
        self._jitter = jitter
        self._window = _Window(self._limits.window_s)
        self._in_a_row = 0
        self._era = 0
        self._opened_in_a_row = 0
        self._is_open = False
        self._left_alone_until = 0.0
        self._probe: Pass | None = None
        self.reason: BreakerReason | None = None
        """What opened it or made it cool down last; None while it is closed."""

    def state(self, now: float) -> BreakerState:
        """Return the state at `now`."""
        if now < self._left_alone_until:
            return "open" if self._is_open else "cooling_down"
        return "half_open" if self._is_open else "closed"

    def allows(self, now: float) -> bool:
        """Tell whether a request may be sent at `now`, without taking the leave to send it."""
        return now >= self._left_alone_until and self._probe is None

    def left_alone_for(self, now: float) -> float:
        """Return for how many seconds nothing is sent; 0 when something may be, or is probed."""
        return max(0.0, self._left_alone_until - now)

    def enter(self, now: float) -> Pass | None:
        """Return leave to make one attempt at `now`, None where the target is left alone."""
        if not self.allows(now):
            return None
        if not self._is_open:
            self.reason = None
        leave = Pass(self._era, is_probe=self._is_open)
        if leave.is_probe:
            self._probe = leave
        return leave

    def succeeded(self, leave: Pass, now: float) -> None:
        """The attempt had a good answer: a probe closes the breaker."""
        self._give_back(leave)
        if leave.era != self._era:
            return
        self._in_a_row = 0
        if leave.is_probe:
            self._close()
        else:
            self._window.add(now, failed=False)

    def failed(self, leave: Pass, now: float, retry_after_s: float | None = None) -> None:
        """The attempt failed; `retry_after_s` is how long the provider asks to be left alone."""
        self._give_back(leave)
        if leave.era == self._era:
            self._in_a_row += 1
            if leave.is_probe:
                self._open(now, "failed_probe")
            else:
                self._window.add(now, failed=True)
                self._open_if_too_many(now)
        if retry_after_s is not None and retry_after_s > 0:
            self._cool_down(now, min(retry_after_s, self._limits.longest_retry_after_s))

    def told_nothing(self, leave: Pass) -> None:
        """The attempt ended without a word on the target: the client left, or was to blame."""
        self._give_back(leave)

    def _give_back(self, leave: Pass) -> None:
        # Only its holder ends a probe: one that is still under way is never joined by another.
        if leave is self._probe:
            self._probe = None

    def _open_if_too_many(self, now: float) -> None:
        limits = self._limits
        if self._in_a_row >= limits.consecutive_failures:
            self._open(now, "consecutive_failures")
            return
        attempts, failures = self._window.counts(now)
        if attempts >= limits.least_attempts and failures >= limits.error_share * attempts:
            self._open(now, "error_share")

    def _open(self, now: float, reason: BreakerReason) -> None:
        limits = self._limits
        # The exponent is bounded: a target may be gone for years, and 2**10000 is no float.
        doublings = min(self._opened_in_a_row, 32)
        most = min(limits.longest_open_s, limits.first_open_s * 2.0**doublings)
        self._opened_in_a_row += 1
        self._leave_alone(now + self._jitter(most / 2, most), reason)
        self._is_open = True

    def _cool_down(self, now: float, wait_s: float) -> None:
        if now + wait_s > self._left_alone_until:
            self._leave_alone(now + wait_s, self.reason if self._is_open else "retry_after")

    def _leave_alone(self, until: float, reason: BreakerReason | None) -> None:
        self._era += 1
        self._left_alone_until = until
        self.reason = reason

    def _close(self) -> None:
        self._is_open = False
        self._opened_in_a_row = 0
        self._left_alone_until = 0.0
        self.reason = None
        self._window = _Window(self._limits.window_s)


class _Window:
    """Attempts and failures of the last `length_s` seconds, counted by the second."""

    def __init__(self, length_s: int) -> None:
        self._length_s = length_s
        self._seconds: deque[list[int]] = deque()
        self._attempts = 0
        self._failures = 0

    def add(self, now: float, *, failed: bool) -> None:
        second = int(now)
        if not self._seconds or self._seconds[-1][0] != second:
            self._forget_before(second)
            self._seconds.append([second, 0, 0])
        self._seconds[-1][1] += 1
        self._seconds[-1][2] += failed
        self._attempts += 1
        self._failures += failed

    def counts(self, now: float) -> tuple[int, int]:
        self._forget_before(int(now))
        return self._attempts, self._failures

    def _forget_before(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] <= second - self._length_s:
            _, attempts, failures = self._seconds.popleft()
            self._attempts -= attempts
            self._failures -= failures
