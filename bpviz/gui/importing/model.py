"""The preview as a table: cells as they are written, as they are learned from, or as bare text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from bpviz.gui.theme import LIGHT, Theme, mix
from bpviz.gui.widgets.numbers import format_number
from bpviz.lab.import_preview import Preview, PreviewCell, PreviewColumn

Index = QModelIndex | QPersistentModelIndex
Showing = Literal["pictures", "written", "learned", "text"]

# What the delegate paints in its own way: a cell without a value.
MISSING_ROLE = Qt.ItemDataRole.UserRole + 1

_EMPTY = "empty"
_TEST = "test"
_NOWHERE = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_DIGITS, _TINY = 3, 1e-12
# A column's values side by side in one cell, at most.
_MOST_VALUES = 12


class PreviewModel(QAbstractTableModel):
    """The first rows of a preview; `showing` says what of each cell."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview = Preview("")
        self.theme: Theme = LIGHT
        self.showing: Showing = "written"

    def show_preview(self, preview: Preview, showing: Showing, theme: Theme) -> None:
        """Show another one; where columns and rows are as many, the view stays where it is."""
        alike = (
            showing == self.showing
            and len(preview.columns) == len(self.preview.columns)
            and len(preview.rows) == len(self.preview.rows)
            and len(preview.lines) == len(self.preview.lines)
        )
        if not alike:
            self.beginResetModel()
        self.preview, self.showing, self.theme = preview, showing, theme
        if not alike:
            self.endResetModel()
        elif self.rowCount() and self.columnCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last.column())
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, last.row())

    def column(self, section: int) -> PreviewColumn | None:
        """The column of a section; None where bare text is shown."""
        if self.showing == "text" or not 0 <= section < len(self.preview.columns):
            return None
        return self.preview.columns[section]

    # What Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if parent.isValid():
            return 0
        return len(self.preview.lines if self.showing == "text" else self.preview.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        if parent.isValid():
            return 0
        return 1 if self.showing == "text" else len(self.preview.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self._row_header(section, role)
        column = self.column(section)
        if column is None:
            return "The file as it is written" if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return column.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return column_words(column)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        if self.showing == "text":
            plain = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            return self.preview.lines[index.row()] if plain else None
        answer = _ANSWERS.get(role)
        if answer is None:
            return None
        column = self.preview.columns[index.column()]
        return answer(self, column, column.cells[index.row()], index.row())

    def _row_header(self, section: int, role: int) -> Any:
        if self.showing == "text":
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if section >= len(self.preview.rows):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.preview.rows[section]
        remark = self.preview.remarks[section]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"Row {self.preview.rows[section]}: {remark}" if remark else None
        return None

    def _text(self, _column: PreviewColumn, cell: PreviewCell, _row: int) -> str:
        if self.showing == "learned":
            return values_text(cell)
        return written_text(cell)

    def _tip(self, column: PreviewColumn, cell: PreviewCell, row: int) -> str:
        return cell_words(column, cell, self.preview.remarks[row])

    def _alignment(self, column: PreviewColumn, _cell: PreviewCell, _row: int) -> Any:
        return _RIGHT if self.showing == "learned" or column.kind == "number" else _LEFT

    def _color(self, column: PreviewColumn, cell: PreviewCell, row: int) -> QColor | None:
        theme = self.theme
        if column.role == "left out" or self.preview.remarks[row]:
            return QColor(mix(theme.card, theme.secondary, 0.6))
        return QColor(theme.secondary) if cell.missing or cell.odd else None

    def _font(self, _column: PreviewColumn, cell: PreviewCell, row: int) -> QFont | None:
        left_out = bool(self.preview.remarks[row])
        empty = self.showing == "written" and not cell.text
        if not left_out and not empty:
            return None
        font = QFont()
        font.setItalic(empty)
        font.setStrikeOut(left_out and not empty)
        return font

    def _missing(self, column: PreviewColumn, cell: PreviewCell, _row: int) -> bool:
        return (cell.missing or cell.odd) and column.role != "left out"


_Answer = Callable[[PreviewModel, PreviewColumn, PreviewCell, int], Any]
_ANSWERS: dict[int, _Answer] = {
    Qt.ItemDataRole.DisplayRole: PreviewModel._text,
    Qt.ItemDataRole.ToolTipRole: PreviewModel._tip,
    Qt.ItemDataRole.AccessibleDescriptionRole: PreviewModel._tip,
    Qt.ItemDataRole.TextAlignmentRole: PreviewModel._alignment,
    Qt.ItemDataRole.ForegroundRole: PreviewModel._color,
    Qt.ItemDataRole.FontRole: PreviewModel._font,
    MISSING_ROLE: PreviewModel._missing,
}


def written_text(cell: PreviewCell) -> str:
    """A cell as it stands in the file."""
    return cell.text or _EMPTY


def values_text(cell: PreviewCell) -> str:
    """The numbers that are learned from in place of a cell."""
    # What is left of a mean that is taken off itself is 0.
    rounded = [0.0 if abs(value) < _TINY else value for value in cell.values[:_MOST_VALUES]]
    numbers = [format_number(value, _DIGITS) for value in rounded]
    return " ".join(numbers) + (" …" if len(cell.values) > _MOST_VALUES else "")


def cell_words(column: PreviewColumn, cell: PreviewCell, remark: str) -> str:
    """What becomes of a cell, in a line or two."""
    lines = [cell.text or "An empty cell"]
    if cell.missing:
        lines.append("No value")
    elif cell.odd:
        lines.append(f"Not a {column.kind}, so it counts as missing")
    if remark:
        lines.append(f"The row is {remark}")
    elif column.role == "left out":
        lines.append("The column is left out")
    elif cell.values:
        names = column.value_names if len(column.value_names) > 1 else ()
        named = [
            f"{name}: {format_number(value)}" if name else format_number(value)
            for name, value in zip(names or ("",), cell.values, strict=False)
        ]
        more = ["…"] if len(named) > _MOST_VALUES else []
        lines.append("Learned as " + ", ".join(named[:_MOST_VALUES] + more))
    return "\n".join(lines)


def column_words(column: PreviewColumn) -> str:
    """What a column holds and is used for, in a few lines."""
    used = {"left out": "left out", "input": "an input"}.get(column.role, f"the {column.role}")
    lines = [f"{column.name}: {used}, holds {_HOLDS[column.kind]}"]
    if column.distinct:
        lines.append(f"{column.distinct:,} different values")
    if column.missing:
        lines.append(f"{column.missing:,} missing")
    if column.odd:
        lines.append(f"{column.odd:,} not read as a {column.kind}")
    if column.role == "left out" and column.reason:
        lines.append(f"Left out: {column.reason}")
    return "\n".join(lines)


_HOLDS = {"number": "numbers", "category": "categories", "date": "dates", "empty": "nothing"}
