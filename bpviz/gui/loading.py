"""Edits whose data takes time to load: prepared in the background, then applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from bpviz.gui.background import Background
from bpviz.lab.edits import Change, Edit, Load
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.loading import EditMaker, LoadTask
from bpviz.lab.preparing import Prepared
from bpviz.lab.table_import import ReadAgain


def nothing() -> None:
    """What follows where nothing is to follow."""


@dataclass
class Order:
    """An edit that was asked for. `make` gives it; `key` is the same for edits that replace it.

    `then` is called when it was carried out.
    """

    make: EditMaker
    name: str
    key: str = ""
    merge: str = ""
    then: Callable[[], object] = nothing
    prepared: Prepared | None = None


class DataLoader(QObject):
    """Prepares one edit after the other on a thread; each is applied when its data is there.

    A whole new source, or a whole new experiment, takes the place of all that waits; a setting
    that is changed once more that of its own earlier change. What was edited meanwhile stays:
    the edit is prepared again from there. `changed` comes when there is something else to say
    about the loading; `applied` after an edit was carried out; `refused` carries a sentence that
    says why one was not, and whether that is an error.
    """

    changed = Signal()
    applied = Signal()
    refused = Signal(str, bool)

    def __init__(
        self,
        laboratory: Laboratory,
        yield_to: Callable[[], None] = lambda: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._laboratory = laboratory
        self.yield_to = yield_to
        self._waiting: list[Order] = []
        self._order: Order | None = None
        self._task: LoadTask | None = None
        self._background = Background("loading of data", self)
        self._background.looked.connect(self.changed)
        self._background.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        return self._background.running

    @property
    def name(self) -> str:
        """What is being loaded; "" for nothing."""
        return self._order.name if self._order is not None else ""

    @property
    def doing(self) -> str:
        """What it is doing, for a person; "" for nothing."""
        return f"Loading {self.name}" if self.name else ""

    @property
    def progress(self) -> tuple[int, int]:
        """How much of how much is done; a whole of 0 is not known."""
        return (self._task.done, self._task.total) if self._task is not None else (0, 0)

    def load(self, order: Order) -> None:
        """Carry out an edit when its data is there."""
        if not order.key:
            self.forget()
        self._waiting = [other for other in self._waiting if other.key != order.key]
        self._waiting.append(order)
        if self._order is not None and self._order.key == order.key:
            self._drop_present()
        self._next()

    def forget(self) -> None:
        """Let go of all that is loaded or waits to be."""
        self._waiting.clear()
        self._drop_present()

    def cancel(self) -> None:
        """The person no longer wants it."""
        if self._order is not None:
            name = self._order.name
            self.forget()
            self.refused.emit(f"Loading of {name} was cancelled; everything is as it was.", False)

    def shut(self) -> None:
        """End it, and return when it has ended."""
        self.forget()
        self._background.shut()

    def _drop_present(self) -> None:
        self._order = None
        self._background.cancel()
        self.changed.emit()

    def _next(self) -> None:
        if self.running or not self._waiting:
            return
        self._begin(self._waiting.pop(0))

    def _begin(self, order: Order) -> None:
        self._order = order
        self._task = LoadTask(order.make, self._laboratory.basis, order.prepared, self.yield_to)
        self._background.start(self._task.run, self._task.cancel)
        self.changed.emit()

    def _ended(self, failed: bool) -> None:
        order, task = self._order, self._task
        self._order = self._task = None
        if order is not None and task is not None:
            self._take(order, task, failed)
        self._next()
        self.changed.emit()

    def _take(self, order: Order, task: LoadTask, failed: bool) -> None:
        """What has been prepared for an order that still stands."""
        if failed:
            self.refused.emit(
                f"{order.name} could not be loaded; everything is as it was, and the details are "
                "in the log (Help, Open log).",
                True,
            )
        elif task.refusal:
            self.refused.emit(task.refusal, True)
        elif task.prepared is not None and task.edit is not None:
            edit = task.edit
            if not self._laboratory.is_present(task.prepared.before):
                again = Order(lambda _: edit, order.name, order.key, order.merge, order.then)
                again.prepared = task.prepared
                self._waiting.insert(0, again)
                return
            self._laboratory.apply(edit, order.merge, task.prepared)
            self.applied.emit()
            order.then()


def order_of(edit: Edit, merge: str, then: Callable[[], object]) -> Order:
    """The order for an edit that is known already."""
    key = edit.path if isinstance(edit, Change) else edit.text
    return Order(lambda _: edit, _name(edit), "" if replaces(edit) else key, merge, then)


def replaces(edit: Edit) -> bool:
    """Whether an edit brings other data altogether."""
    if isinstance(edit, Load | ReadAgain):
        return True
    return isinstance(edit, Change) and edit.path == "data.source"


def _name(edit: Edit) -> str:
    if isinstance(edit, Load):
        return edit.experiment.title or edit.experiment.name
    return "the data"
