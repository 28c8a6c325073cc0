"""Work that takes a while on a thread of its own: how far it is, how long it takes, its end."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable


class LongTask:
    """Counts `done` of `total`, and ends early when cancelled.

    A subclass does its work in `run`, on a thread of its own, and asks `_goes_on` between any two
    pieces of it; the rest may be used from any thread.
    """

    def __init__(self, total: int, yield_to: Callable[[], None]) -> None:
        """`yield_to` is called between two pieces and may wait a little."""
        self.done, self.total = 0, total
        self._yield_to = yield_to
        self._cancelled = threading.Event()
        self._stopped = False
        self._started = math.nan

    @property
    def seconds_left(self) -> float:
        """By the pace so far; NaN before there is one."""
        if not self.done:
            return math.nan
        return (time.monotonic() - self._started) / self.done * (self.total - self.done)

    def cancel(self) -> None:
        """Let `run` end before the next piece; what it has stays."""
        self._cancelled.set()

    def _start(self) -> None:
        self._started = time.monotonic()

    def _goes_on(self, done: int, total: int) -> bool:
        """Note how far it is; False when it is to end."""
        self.done = done
        self._yield_to()
        self._stopped = self._cancelled.is_set()
        return not self._stopped

    def _end(self) -> None:
        """The last piece is done, or it was stopped."""
        if not self._stopped:
            self.done = self.total
