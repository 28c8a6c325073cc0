"""The threads of the window: the runner's and the evaluator's loops, each on a QThread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread

# Each loop ends within a batch or an evaluation; a large network's may take seconds.
_PATIENCE_MS = 30_000
# How long (seconds) one thread keeps the interpreter while another asks for it. Python's own 5 ms
# is a third of a frame.
SWITCH_INTERVAL = 0.0005
# Training goes on after this many seconds, whatever the window is still busy with.
_LONGEST_FRAME = 0.1


class LoopThread(QThread):
    """Runs one loop until it returns; an error in it is kept for the log instead of lost."""

    def __init__(
        self, name: str, loop: Callable[[], None], on_error: Callable[[Exception], None]
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._loop = loop
        self._on_error = on_error

    def run(self) -> None:
        try:
            self._loop()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must reach the log
            self._on_error(error)


class WindowsTurn:
    """Whose turn it is to hold the interpreter: the window's while it makes a frame.

    A training loop on small arrays holds the interpreter's lock nearly all the time, and a frame
    asks for it many times over, waiting each time. So the frame clock takes the turn once a
    frame, and training waits for its end between two batches instead of inside them. A compiled
    training loop needs no lock and never waits.
    """

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()
        self._held_up = False

    @property
    def held_up(self) -> bool:
        """Whether training has waited for the end of the latest turn."""
        return self._held_up

    def take(self) -> None:
        self._held_up = False
        self._free.clear()

    def give_back(self) -> None:
        self._free.set()

    def wait_for_end(self) -> None:
        """For training: return at once when it is not the window's turn, else when it ends.

        One that never ends is not waited for.
        """
        if not self._free.is_set():
            self._held_up = True
            self._free.wait(_LONGEST_FRAME)

    def wait_for_gap(self) -> None:
        """The same for all other work, whose waits give training nothing to make up for."""
        self._free.wait(_LONGEST_FRAME)


def finish(thread: QThread, owner: QObject | None = None) -> None:
    """Wait for a thread whose loop was told to end."""
    if not thread.wait(_PATIENCE_MS):
        raise RuntimeError(f"the {thread.objectName()} thread did not end")
