"""Calls something at most so often: at once, and once more when the time is up if asked again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Throttle(QObject):
    """`poke` may come at any rate; `call` runs at most once per interval, the latest is not lost.

    Numbers that change sixty times a second cannot be read; this slows them down.
    """

    def __init__(self, interval_ms: int, call: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._call = call
        self._asked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._again)

    def poke(self) -> None:
        """Ask for a call."""
        if self._timer.isActive():
            self._asked = True
        else:
            self._timer.start()
            self._call()

    def now(self) -> None:
        """Call at once, whatever the interval says."""
        self._asked = False
        self._timer.start()
        self._call()

    def _again(self) -> None:
        if self._asked:
            self._asked = False
            self._timer.start()
            self._call()
