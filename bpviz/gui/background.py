"""What all with work in the background share: a thread, a poll, an end."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from bpviz.gui.training_thread import LoopThread, finish

_log = logging.getLogger("bpviz")

_POLL_MS = 100


class Background(QObject):
    """Runs one thing at a time on a thread of its own.

    `looked` comes every `poll_ms` milliseconds while it runs; `ended` when it is over, with whether
    it failed (the details are then in the log).
    """

    looked = Signal()
    ended = Signal(bool)

    def __init__(self, name: str, parent: QObject, poll_ms: int = _POLL_MS) -> None:
        super().__init__(parent)
        self._name = name
        self._thread: LoopThread | None = None
        self._cancel: Callable[[], None] = lambda: None
        self._error: Exception | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(poll_ms)
        self._poll.timeout.connect(self.looked)

    @property
    def running(self) -> bool:
        return self._thread is not None

    def start(self, run: Callable[[], None], cancel: Callable[[], None]) -> None:
        """Run something that `cancel` ends soon; nothing else may run."""
        assert not self.running
        self._cancel, self._error = cancel, None
        self._thread = LoopThread(self._name, run, self._keep)
        self._thread.finished.connect(self._finished)
        self._thread.start()
        self._poll.start()

    def cancel(self) -> None:
        if self.running:
            self._cancel()

    def shut(self) -> None:
        """End it, and return when it has ended."""
        self.cancel()
        if self._thread is not None:
            finish(self._thread)
            self._finished()

    def _keep(self, error: Exception) -> None:
        self._error = error

    def _finished(self) -> None:
        thread = self._thread
        if thread is None:
            return
        thread.finished.disconnect(self._finished)
        thread.wait()
        thread.deleteLater()
        self._thread = None
        self._poll.stop()
        if self._error is not None:
            _log.error("the %s failed", self._name, exc_info=self._error)
        self.ended.emit(self._error is not None)
