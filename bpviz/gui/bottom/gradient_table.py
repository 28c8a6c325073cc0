"""The table of a gradient check: read, choose a row, copy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QWidget

from bpviz.gui.bottom.gradient_model import ANALYTIC, ERROR, NAME, NUMERICAL, PLACE, GradientModel
from bpviz.gui.widgets.read_table import ReadTable

Index = QModelIndex | QPersistentModelIndex

_ROW_HEIGHT = 22


class GradientTable(ReadTable):
    """Rows of a GradientModel. `chosen` tells the row that a person clicked or moved to."""

    chosen = Signal(int)

    def __init__(
        self, model: GradientModel, say: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(model, model.as_text, say, parent)
        self._model = model
        self.setAccessibleName("Gradients, worst first")
        self.setToolTip("Click a row to select its weight in the network; Ctrl+C copies")
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.horizontalHeader().setMinimumSectionSize(48)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))

    def show_row(self, row: int) -> None:
        """Choose a row without saying so; -1 chooses none."""
        if row < 0:
            self.clearSelection()
        elif row not in {index.row() for index in self.selectionModel().selectedRows()}:
            self.setCurrentIndex(self._model.index(row, NAME))
            self.scrollTo(self._model.index(row, NAME))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        by_key = QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
        if current.isValid() and self.hasFocus() and by_key:
            self.chosen.emit(current.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Columns as wide as their numbers need; the place takes the rest, or goes without room."""
        width = self.fontMetrics().horizontalAdvance
        head = self.horizontalHeader().fontMetrics().horizontalAdvance
        numbers = width("−0.000e−00") + 16
        wanted = {
            NAME: width("w0000") + 14,
            ANALYTIC: numbers,
            NUMERICAL: numbers,
            ERROR: head("Rel. error") + 24,
        }
        for column, pixels in wanted.items():
            self.setColumnWidth(column, pixels)
        left = self.viewport().width() - sum(wanted.values())
        self.setColumnHidden(PLACE, left < width("bias of h00"))
        self.setColumnWidth(PLACE, max(left, 0))
