"""Which samples a table shows, and in which order: found by a text, sorted by a column."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from bpviz.engine.settings import SettingError
from bpviz.gui.data_view.working import DataWork
from bpviz.lab.data_columns import DataColumns, Mask, Rows
from bpviz.lab.data_filter import found_samples


class Arrangement(QObject):
    """`changed` comes with the rows to show from the top down, `told` after a text was read.

    `problem` says what is wrong with the text, which then changes nothing.
    """

    changed = Signal(object)
    told = Signal()

    def __init__(self, work: DataWork, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._table: DataColumns | None = None
        self._sorted: tuple[int, bool] = (-1, False)
        self._order: Rows | None = None
        self._found: Mask | None = None
        self.problem = ""

    @property
    def finding(self) -> bool:
        """Whether only samples that a text tells of are shown."""
        return self._found is not None

    @property
    def found(self) -> Mask | None:
        """The samples that a text tells of; None when no text was read."""
        return self._found

    def meet(self, table: DataColumns, text: str, alike: bool) -> None:
        """Arrange other data, as before where its columns are `alike`."""
        self._table, self._order, self._found, self.problem = table, None, None, ""
        self.sort(*(self._sorted if alike else (-1, False)))
        self.find(text)

    def sort(self, column: int, descending: bool) -> None:
        """Sort by a column of the data; -1 for the data's own order."""
        table, self._sorted = self._table, (column, descending)
        if table is None:
            return
        if column < 0:
            self._work.forget("sort")
            if self._order is not None:
                self._take_order(None)
            return
        # Sorting looks at each number several times.
        numbers = 8 * table.numbers(column)
        self._work.ask("sort", numbers, lambda: table.order(column, descending), self._take_order)

    def find(self, text: str) -> None:
        """Show only samples that a text tells of; "" for all."""
        table = self._table
        if table is None:
            return
        if not text.strip():
            self._work.forget("filter")
            if self._found is not None or self.problem:
                self._take_found(None)
            return

        def find() -> Mask | SettingError:
            try:
                return found_samples(table, text)
            except SettingError as error:
                return error

        self._work.ask("filter", 4 * len(table), find, self._take_found)

    def _take_order(self, order: Rows | None) -> None:
        self._order = order
        self._arrange()

    def _take_found(self, found: Mask | SettingError | None) -> None:
        if isinstance(found, SettingError):
            self.problem = found.message
        else:
            self.problem, self._found = "", found
            self._arrange()
        self.told.emit()

    def _arrange(self) -> None:
        assert self._table is not None
        order = np.arange(len(self._table)) if self._order is None else self._order
        self.changed.emit(order if self._found is None else order[self._found[order]])
