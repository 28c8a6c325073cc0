"""Previews in the background: the latest settings win."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from bpviz.datasets.config import DataConfig
from bpviz.gui.background import Background
from bpviz.lab.import_preview import Previewer, PreviewTask

_POLL_MS = 50


class PreviewReader(QObject):
    """Reads a table as the settings say, one after the other, on a thread of its own.

    `arrived(config, preview)` comes for the last settings that were asked for; earlier ones are
    given up. `looked` comes now and then while it reads. `ended` when nothing is read any more.
    """

    arrived = Signal(object, object)
    looked = Signal()
    ended = Signal()
    failed = Signal()

    def __init__(self, yield_to: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._yield_to = yield_to
        self._previewer = Previewer()
        self._task: PreviewTask | None = None
        self._present: DataConfig | None = None
        self._next: tuple[DataConfig, int] | None = None
        self._background = Background("import preview", self, _POLL_MS)
        self._background.looked.connect(self.looked)
        self._background.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        return self._background.running

    @property
    def progress(self) -> tuple[int, int]:
        """How much of how much is read."""
        return (self._task.done, self._task.total) if self._task is not None else (0, 0)

    def ask(self, config: DataConfig, seed: int) -> None:
        """Read the table of these settings; what is being read is given up."""
        self._next = config, seed
        if self.running:
            self._background.cancel()
        else:
            self._begin()

    def cancel(self) -> None:
        """Read nothing any more; `ended` comes when that is so."""
        self._next = None
        self._background.cancel()

    def shut(self) -> None:
        """End it, and return when it has ended."""
        self._next = None
        self._background.shut()

    def _begin(self) -> None:
        assert self._next is not None
        config, seed = self._next
        self._next, self._present = None, config
        self._task = PreviewTask(self._previewer, config, seed, self._yield_to)
        self._background.start(self._task.run, self._task.cancel)

    def _ended(self, failed: bool) -> None:
        task, self._task = self._task, None
        if self._next is not None:
            self._begin()
            return
        if failed:
            self.failed.emit()
        elif task is not None and task.preview is not None:
            self.arrived.emit(self._present, task.preview)
        if not self.running:
            self.ended.emit()
