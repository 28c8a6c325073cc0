"""Many inputs as a compact table of names and values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from bpviz.gui.widgets.keyboard import TypingPath
from bpviz.gui.widgets.numbers import format_number, parse_number


class InputTable(QTableWidget):
    """Names and values of inputs; `on_edit(index, value)` is called when one is typed."""

    def __init__(
        self,
        names: Sequence[str],
        on_edit: Callable[[int, float], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(len(names), 2, parent)
        self.setAccessibleName("Input values")
        self.setToolTip("Type a value to see what the network makes of it")
        self._on_edit = on_edit
        self._values: tuple[float, ...] = ()
        self._filling = False
        self.setHorizontalHeaderLabels(["Input", "Value"])
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setMinimumHeight(200)
        self._cells: list[QTableWidgetItem] = []
        for k, name in enumerate(names):
            item = QTableWidgetItem(name)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.setItem(k, 0, item)
            value = QTableWidgetItem("")
            value.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(k, 1, value)
            self._cells.append(value)
        self.cellChanged.connect(self._edited)
        TypingPath(self)

    def set_values(self, values: Sequence[float]) -> None:
        """Show values in silence."""
        if self.state() == QTableWidget.State.EditingState:
            return
        self._filling = True
        for k, value in enumerate(values):
            if k >= len(self._values) or value != self._values[k]:
                self._cells[k].setText(format_number(value, 4))
        self._values = tuple(values)
        self._filling = False

    def _edited(self, row: int, column: int) -> None:
        if self._filling or column != 1 or row >= len(self._values):
            return
        value = parse_number(self._cells[row].text())
        if value is None:
            self._filling = True
            self._cells[row].setText(format_number(self._values[row], 4))
            self._filling = False
        else:
            self._on_edit(row, value)
