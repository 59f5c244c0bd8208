"""How long a request may still take, so that nothing is begun that the client would not wait for.

OpenAI's clients say with every request how long they wait for an answer
(`x-stainless-read-timeout`). An answer must leave a little before that, or it reaches nobody.
"""

import asyncio
import math
from typing import NamedTuple

UNTOLD_TIMEOUT_S = 600.0
"""How long a client that does not say is taken to wait: the default of OpenAI's own clients."""

MARGIN_SHARE = 0.05
MOST_MARGIN_S = 1.0
"""What is kept back for the way to the client: a twentieth of its time, at most a second."""

FLOOR_S = 0.05
"""No provider answers within less; with less time left no attempt is begun."""


class TimeLeft(NamedTuple):
    """The moment by which an answer must have left, on the event loop's clock."""

    deadline: float

    @property
    def seconds(self) -> float:
        """How long that is from now; negative once it is past."""
        return self.deadline - asyncio.get_running_loop().time()

    def cut(self, seconds: float) -> float:
        """Return `seconds`, or what is left where that is less."""
        return min(seconds, self.seconds)


FOREVER = TimeLeft(math.inf)
"""No deadline beside the attempts' own."""


def time_left(client_timeout_s: float | None, spent_s: float = 0.0) -> TimeLeft:
    """Return the time left of a request that came in `spent_s` seconds ago.

    `client_timeout_s` is how long its client waits, None where it does not say.
    """
    patience = UNTOLD_TIMEOUT_S if client_timeout_s is None else client_timeout_s
    margin = min(MOST_MARGIN_S, patience * MARGIN_SHARE)
    return TimeLeft(asyncio.get_running_loop().time() + patience - margin - spent_s)
