"""One's own samples while they are being edited: cells of text, not yet checked."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from bpviz.datasets.own import OwnSamples, format_samples, parse_samples
from bpviz.engine.settings import SettingError
from bpviz.gui.widgets.numbers import exact_number, parse_number

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class SamplesModel(QAbstractTableModel):
    """Rows of cells; the last `targets` columns are what is to be predicted.

    `edited` is emitted after every change. `samples` reads the cells and says what is wrong.
    """

    edited = Signal()

    def __init__(self, samples: OwnSamples) -> None:
        super().__init__()
        self.names: list[str] = []
        self.cells: list[list[str]] = []
        self.targets = 1
        self.classes = False
        self._known: tuple[str, ...] = ()
        self.load(samples)

    def load(self, samples: OwnSamples) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.names = [*samples.input_names, *samples.target_names]
        self.targets = len(samples.target_names)
        self.classes = bool(samples.class_names)
        self._known = samples.class_names
        self.cells = [[exact_number(value) for value in row] for row in samples.rows]
        if self.classes:
            for row, sample in zip(self.cells, samples.rows, strict=True):
                row[-1] = samples.class_names[int(sample[-1])]
        self.endResetModel()
        self.edited.emit()

    def samples(self) -> OwnSamples:
        """The cells as samples. Raises SettingError with one sentence."""
        rows = [
            (number, [cell.strip() for cell in row])
            for number, row in enumerate(self.cells, 1)
            if any(cell.strip() for cell in row)
        ]
        if not rows:
            raise SettingError("type or paste at least one sample")
        if self.classes and self.targets != 1:
            raise SettingError("classes need exactly one target column")
        classes = _classes([row[-1] for _, row in rows], self._known) if self.classes else ()
        return OwnSamples(
            input_names=tuple(self.names[: -self.targets]),
            target_names=tuple(self.names[-self.targets :]),
            class_names=classes,
            rows=tuple(self._read(number, row, classes) for number, row in rows),
        )

    def _read(self, number: int, row: list[str], classes: tuple[str, ...]) -> tuple[float, ...]:
        values = []
        for column, cell in enumerate(row):
            where = f"row {number}, column {self.names[column]}"
            if not cell:
                raise SettingError(f"{where} is empty")
            if classes and column == len(row) - 1:
                values.append(float(classes.index(cell)))
                continue
            value = parse_number(cell)
            if value is None:
                hint = "; choose “Class” for names" if self.is_target(column) else ""
                raise SettingError(f"{where} must be a number, got “{cell}”{hint}")
            values.append(value)
        return tuple(values)

    # Changes

    def add_row(self, at: int) -> None:
        self.beginInsertRows(_NOWHERE, at, at)
        self.cells.insert(at, [""] * len(self.names))
        self.endInsertRows()
        self.edited.emit()

    def remove_rows(self, rows: list[int]) -> None:
        for row in sorted(set(rows), reverse=True):
            self.beginRemoveRows(_NOWHERE, row, row)
            del self.cells[row]
            self.endRemoveRows()
        self.edited.emit()

    def add_column(self, is_target: bool) -> None:
        """Add an input behind the last input, or a target behind the last target."""
        at = len(self.names) if is_target else len(self.names) - self.targets
        self.beginInsertColumns(_NOWHERE, at, at)
        self.names.insert(at, self._free_name("y" if is_target else "x"))
        for row in self.cells:
            row.insert(at, "0")
        self.targets += is_target
        self.endInsertColumns()
        self.edited.emit()

    def remove_column(self, column: int) -> None:
        """Take a column out. Raises SettingError for the last input and the last target."""
        is_target = self.is_target(column)
        left = self.targets if is_target else len(self.names) - self.targets
        if left == 1:
            kind = "target" if is_target else "input"
            raise SettingError(f"there must be at least one {kind} column")
        self.beginRemoveColumns(_NOWHERE, column, column)
        del self.names[column]
        for row in self.cells:
            del row[column]
        self.targets -= is_target
        self.endRemoveColumns()
        self.edited.emit()

    def rename(self, column: int, name: str) -> None:
        if name.strip():
            self.names[column] = name.strip()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)
            self.edited.emit()

    def set_classes(self, classes: bool) -> None:
        if classes != self.classes:
            self.classes = classes
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.names) - 1)
            self.edited.emit()

    def paste(self, text: str, row: int, column: int) -> None:
        """Write a block of cells from a cell on, adding rows where it is too long."""
        separator = next((s for s in "\t;" if s in text), None)
        block = [line.split(separator) for line in text.splitlines() if line.strip()]
        while len(self.cells) < row + len(block):
            self.add_row(len(self.cells))
        for r, line in enumerate(block):
            for c, cell in enumerate(line[: len(self.names) - column]):
                self.cells[row + r][column + c] = cell.strip()
        self.dataChanged.emit(
            self.index(0, 0), self.index(len(self.cells) - 1, len(self.names) - 1)
        )
        self.edited.emit()

    def replace_by_text(self, text: str) -> None:
        """Take a whole pasted table in place of this one. Raises SettingError."""
        self.load(parse_samples(text, self.targets))

    def as_text(self) -> str:
        return format_samples(self.samples())

    def is_target(self, column: int) -> bool:
        return column >= len(self.names) - self.targets

    def _free_name(self, letter: str) -> str:
        taken = set(self.names)
        return next(name for k in range(1, len(taken) + 2) if (name := f"{letter}{k}") not in taken)

    # Qt's questions

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.cells)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.names)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return "Double-click to rename the column"
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        if not self.is_target(section):
            return self.names[section]
        return f"{self.names[section]} ({'class' if self.classes else 'target'})"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        self.cells[index.row()][index.column()] = str(value)
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable


def _classes(cells: list[str], known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The classes that these cells name: numbers in their order, words as they appear.

    Those that were known keep their order, so that their colours stay; where no other is named
    they stay also without samples.
    """
    names = tuple(dict.fromkeys(cell for cell in cells if cell))
    if known:
        if set(names) <= set(known):
            return known
        kept = tuple(name for name in known if name in names)
        return (*kept, *(name for name in names if name not in kept))
    numbers = [parse_number(name) for name in names]
    if None in numbers:
        return names
    return tuple(sorted(names, key=lambda name: parse_number(name) or 0.0))
