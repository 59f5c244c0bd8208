"""Ends a child process with its parent, however the parent ends: by the end of standard input.

A pipe to a process that was killed ends too, so no demo outlives the console that started it.
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

STDIN = 0


def when_input_ends(callback: Callable[[], None], descriptor: int = STDIN) -> None:
    """Call `callback` in the running event loop once nothing more can come from `descriptor`.

    What does come is passed over. A thread waits for it: event loops cannot watch every kind of
    file that standard input may be.
    """
    loop = asyncio.get_running_loop()

    def wait() -> None:
        with suppress(OSError):
            while os.read(descriptor, 4096):
                pass
        # a loop that was closed has no more use for the news
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(callback)

    Thread(target=wait, name="lifeline", daemon=True).start()
