"""Calls something at most so often: at once, and once more when the time is up if asked again."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

# Who pokes every frame is answered in a frame of the window's turn, not between two by the timer.
_GRACE_MS = 40


class Throttle(QObject):
    """`poke` may come at any rate; `call` runs at most once per interval, the latest is not lost.

    Numbers that change sixty times a second cannot be read; this slows them down.
    """

    def __init__(self, interval_ms: int, call: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._call = call
        self._interval = interval_ms / 1000.0
        self._called = -self._interval
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms + _GRACE_MS)
        self._timer.timeout.connect(self.now)

    def poke(self) -> None:
        """Ask for a call."""
        if time.monotonic() - self._called >= self._interval:
            self.now()
        elif not self._timer.isActive():
            self._timer.start()

    def now(self) -> None:
        """Call at once, whatever the interval says."""
        self._timer.stop()
        self._called = time.monotonic()
        self._call()
