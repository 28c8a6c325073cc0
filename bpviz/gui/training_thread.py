"""The threads of the window: the runner's and the evaluator's loops, each on a QThread."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread

# Each loop ends within a batch or an evaluation; a large network's may take seconds.
_PATIENCE_MS = 30_000


class LoopThread(QThread):
    """Runs one loop until it returns; an error in it is kept for the log instead of lost."""

    def __init__(
        self, name: str, loop: Callable[[], None], on_error: Callable[[BaseException], None]
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._loop = loop
        self._on_error = on_error

    def run(self) -> None:
        try:
            self._loop()
        except BaseException as error:
            self._on_error(error)


def let_others_run() -> None:
    """Give up the interpreter's lock, so that the window's thread gets it if it waits for it."""
    time.sleep(0)


def finish(thread: QThread, owner: QObject | None = None) -> None:
    """Wait for a thread whose loop was told to end."""
    if not thread.wait(_PATIENCE_MS):
        raise RuntimeError(f"the {thread.objectName()} thread did not end")
