"""Makes operation graphs: small ones at once, others on a thread of their own, latest first."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from bpviz.engine.spec import NetworkSpec
from bpviz.explain.moment import Moment
from bpviz.explain.operation_graph import OperationGraph
from bpviz.explain.operations import operation_graph
from bpviz.gui.training_thread import LoopThread, finish
from bpviz.lab.moments import batch_moment, sample_moment
from bpviz.lab.snapshot import Snapshot

_log = logging.getLogger("bpviz")

# So many multiplications, forwards, are done within a few milliseconds; while training runs, even
# these are missed by the frame that they would be done in.
_AT_ONCE = 100_000


@dataclass(frozen=True, eq=False)
class Wanted:
    """A snapshot, and whose error is walked back: the next batch's, or that of a dataset row."""

    snapshot: Snapshot
    batch: bool
    row: int

    def is_like(self, other: Wanted | None) -> bool:
        """Whether the other asks the same of the same snapshot."""
        if other is None or self.snapshot is not other.snapshot or self.batch != other.batch:
            return False
        return self.batch or self.row == other.row

    @property
    def work(self) -> int:
        samples = len(self.snapshot.next_batch) if self.batch else 1
        return self.snapshot.layout.size * samples

    def moment(self) -> Moment:
        if self.batch:
            return batch_moment(self.snapshot)
        row = min(max(self.row, 0), len(self.snapshot.data.dataset) - 1)
        return sample_moment(self.snapshot, row)


class GraphSource(QObject):
    """`ask` for a graph; `made` brings it, `failed` says that it could not be made.

    `failed` comes once for each network, however often it is asked for again. Call `shut` at the
    end.
    """

    made = Signal(object)
    failed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: LoopThread | None = None
        self._asked: Wanted | None = None
        self._next: Wanted | None = None
        self._graph: OperationGraph | None = None
        self._error: Exception | None = None
        self._lost: NetworkSpec | None = None

    @property
    def working(self) -> bool:
        return self._thread is not None

    def ask(self, wanted: Wanted) -> None:
        """Make this graph, unless it is the one that was made last."""
        if wanted.is_like(self._next or self._asked):
            return
        if self.working:
            self._next = wanted
        else:
            self._begin(wanted)

    def forget(self) -> None:
        """Hold no snapshot any longer than the thread works on it."""
        self._next = None
        if not self.working:
            self._asked = None

    def shut(self) -> None:
        """Wait for the thread, whose result nobody wants any more."""
        self._next = None
        if self._thread is not None:
            self._thread.finished.disconnect(self._finished)
            finish(self._thread)
            self._thread.deleteLater()
            self._thread = None

    def _begin(self, wanted: Wanted) -> None:
        self._asked = wanted
        if wanted.work <= _AT_ONCE and not wanted.snapshot.running:
            try:
                self._make(wanted)
            except Exception as error:  # noqa: BLE001 - as on a thread: whatever it is, it is said
                self._keep(error)
            self._bring()
            return
        self._thread = LoopThread("operations", lambda: self._make(wanted), self._keep)
        self._thread.finished.connect(self._finished)
        self._thread.start()

    def _make(self, wanted: Wanted) -> None:
        self._graph = operation_graph(wanted.moment())

    def _keep(self, error: Exception) -> None:
        self._error = error

    def _bring(self) -> None:
        """Hand over what was made last, or say that it could not be made."""
        graph, error, asked = self._graph, self._error, self._asked
        self._graph = self._error = None
        if graph is not None:
            self._lost = None
            self.made.emit(graph)
            return
        # To be tried again when it is asked for again.
        self._asked = None
        if asked is not None and asked.snapshot.spec != self._lost:
            self._lost = asked.snapshot.spec
            _log.error("the operation graph could not be made", exc_info=error)
            self.failed.emit()

    def _finished(self) -> None:
        thread, wanted = self._thread, self._next
        self._thread = self._next = None
        if thread is not None:
            thread.wait()
            thread.deleteLater()
        self._bring()
        if wanted is not None:
            self._begin(wanted)
