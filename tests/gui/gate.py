"""Holds work in the background at a place until a test lets it go on."""

from __future__ import annotations

import threading


class Gate:
    """Stands in for `yield_to`; open from the start, or shut."""

    def __init__(self, is_open: bool = True) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()
        if is_open:
            self._open.set()

    def __call__(self) -> None:
        self.reached.set()
        self._open.wait(20)

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()
