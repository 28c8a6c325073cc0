"""Garbage is collected on the window's thread alone.

Python collects in whatever thread happens to allocate, and what it finds may be the window's: a
widget destroyed outside the window's thread brings the process down.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000
# Python's generations: the two young ones take under a millisecond, the oldest a frame or two.
_YOUNG, _OLD = 1, 2
_TURNS_PER_OLD = 60


class WindowsGarbage(QObject):
    """From `start` to `stop` Python collects nothing by itself; a timer does it here.

    What exists at the start is left alone meanwhile, which makes each collection cheap. Several may
    be at work at once, one for each window.
    """

    _working = 0
    _was_on = False
    _held_off = False
    _froze = False

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)

    @classmethod
    def hold_off(cls) -> None:
        """Collect nothing until a window takes over: what a start makes is there to stay.

        To look for garbage among all the modules that are loaded takes longer than to paint.
        """
        if gc.isenabled():
            gc.disable()
            cls._held_off = True

    def start(self) -> None:
        """Take collection over, when that is not done yet."""
        if self._timer.isActive():
            return
        if WindowsGarbage._working == 0:
            WindowsGarbage._was_on = gc.isenabled() or WindowsGarbage._held_off
            WindowsGarbage._held_off = False
            WindowsGarbage._froze = gc.get_freeze_count() == 0
            gc.disable()
            gc.freeze()
        WindowsGarbage._working += 1
        self._timer.start()

    def collect(self) -> None:
        """Collect what is young, and now and then everything."""
        self._turns += 1
        gc.collect(_YOUNG if self._turns % _TURNS_PER_OLD else _OLD)

    def spare(self) -> None:
        """Leave alone what exists by now, too: much was loaded since the start."""
        if self._timer.isActive():
            gc.freeze()

    def stop(self) -> None:
        """Let Python collect again by itself."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        WindowsGarbage._working -= 1
        if WindowsGarbage._working == 0:
            if WindowsGarbage._froze:
                gc.unfreeze()
            if WindowsGarbage._was_on:
                gc.enable()
