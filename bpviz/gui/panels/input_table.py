"""Many inputs as a compact table of names and values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from bpviz.gui.widgets.keyboard import TypingPath
from bpviz.gui.widgets.numbers import format_number, parse_number

Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()
_HEADS = ("Input", "Value")
_SHOWN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_READ = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class InputModel(QAbstractTableModel):
    """Names and values of inputs; a cell is made when it is looked at, as there may be thousands.

    `on_edit(index, value)` is called when a value is typed; what is no number is not taken.
    """

    def __init__(
        self,
        names: Sequence[str],
        on_edit: Callable[[int, float], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._names, self._on_edit = tuple(names), on_edit
        self._values: tuple[float, ...] = ()

    def show_values(self, values: Sequence[float]) -> None:
        if tuple(values) != self._values:
            self._values = tuple(values)
            self.dataChanged.emit(self.index(0, 1), self.index(self.rowCount() - 1, 1))

    # What Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        is_head = orientation == Qt.Orientation.Horizontal
        return _HEADS[section] if is_head and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, is_value = index.row(), index.column() == 1
        if role in _SHOWN:
            if not is_value:
                return self._names[row]
            return format_number(self._values[row], 4) if row < len(self._values) else ""
        return _RIGHT if is_value and role == Qt.ItemDataRole.TextAlignmentRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _READ | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else _READ

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        number = parse_number(str(value))
        row = index.row()
        known = row < len(self._values)
        # Leaving a cell as it is is no edit.
        if number is None or not known or str(value) == format_number(self._values[row], 4):
            return False
        self._values = (*self._values[:row], number, *self._values[row + 1 :])
        self.dataChanged.emit(index, index)
        self._on_edit(row, number)
        return True


class InputTable(QTableView):
    """Names and values of inputs; `on_edit(index, value)` is called when one is typed."""

    def __init__(
        self,
        names: Sequence[str],
        on_edit: Callable[[int, float], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Input values")
        self.setToolTip("Type a value to see what the network makes of it")
        self.inputs = InputModel(names, on_edit, self)
        self.setModel(self.inputs)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setMinimumHeight(200)
        TypingPath(self)

    def set_values(self, values: Sequence[float]) -> None:
        """Show values in silence."""
        if self.state() != QTableView.State.EditingState:
            self.inputs.show_values(values)
