"""The samples as Qt's table wants them: cells are made when they are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QIcon

from bpviz.gui.canvas.names import pretty
from bpviz.gui.colors import grey_image, grey_table
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.output.samples import dot_colors
from bpviz.gui.theme import LIGHT, Theme
from bpviz.gui.widgets.cell_icons import dot_icon, picture_icon
from bpviz.lab.assessment import thumbnail
from bpviz.lab.data_columns import DataColumns, Mask, Rows

Index = QModelIndex | QPersistentModelIndex

PICTURE = 28
_ANSWERED = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    }
)
# So many dots and pictures are kept ready to draw.
_MOST_KEPT = 512


class DataModel(QAbstractTableModel):
    """Rows of DataColumns in an order of their own; `order[position]` is a row of the dataset."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: DataColumns | None = None
        self.columns: tuple[int, ...] = ()
        self.order: Rows = np.empty(0, dtype=np.intp)
        self.marked: Mask = np.empty(0, dtype=bool)
        self.ratio = 1.0
        self.theme: Theme = LIGHT
        self._positions: Rows = np.empty(0, dtype=np.intp)
        self._dotted = -1
        self._icons: dict[object, QIcon] = {}

    # What is shown

    def show_table(self, table: DataColumns | None) -> None:
        """Show other data, in its own order, none of it marked."""
        self.beginResetModel()
        self.table = table
        self.columns = table.listed if table is not None else ()
        count = len(table) if table is not None else 0
        self.marked = np.zeros(count, dtype=bool)
        self._set_order(np.arange(count))
        roles = [table.columns[k].role for k in self.columns] if table is not None else []
        self._dotted = next((i for i, r in enumerate(roles) if r in ("class", "target")), -1)
        self._icons.clear()
        self.endResetModel()

    def show_order(self, order: Rows) -> None:
        """Show these rows of the dataset from the top down."""
        alike = len(order) == len(self.order)
        begin = self.layoutAboutToBeChanged.emit if alike else self.beginResetModel
        end = self.layoutChanged.emit if alike else self.endResetModel
        begin()
        self._set_order(order)
        end()

    def _set_order(self, order: Rows) -> None:
        self.order = order
        self._positions = np.full(len(self.marked), -1, dtype=np.intp)
        self._positions[order] = np.arange(len(order))

    def position_of(self, row: int) -> int:
        """Where a row of the dataset stands, -1 when it is not shown."""
        return int(self._positions[row]) if 0 <= row < len(self._positions) else -1

    def dress(self, theme: Theme, ratio: float) -> None:
        if (theme, ratio) != (self.theme, self.ratio):
            self.theme, self.ratio = theme, ratio
            self._icons.clear()

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self.table is None:
            return None
        column = self.table.columns[self.columns[section]]
        if role == Qt.ItemDataRole.DisplayRole:
            return pretty(column.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            what = f"{column.name}\n{column.meaning}" if column.meaning else column.name
            return f"{what}\nClick to sort by this column"
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED or self.table is None or not 0 <= index.row() < len(self.order):
            return None
        row, section = int(self.order[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.text(self.columns[section], row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(row, section)
        if role == Qt.ItemDataRole.ForegroundRole:
            quiet = self._filled(row, section) or self._is_quiet(section)
            return QColor(self.theme.secondary) if quiet else None
        if role == Qt.ItemDataRole.FontRole and self._filled(row, section):
            font = QFont()
            font.setItalic(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, section)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return "selected" if self.marked[row] else ""
        return None

    def _tip(self, row: int, section: int) -> str:
        assert self.table is not None
        name = sample_text(self.table.data, row)
        if self._filled(row, section):
            return f"{name}\nThis value is missing and was filled in"
        return name

    def _filled(self, row: int, section: int) -> bool:
        assert self.table is not None
        filled = self.table.columns[self.columns[section]].filled
        return filled is not None and bool(filled[row])

    def _is_quiet(self, section: int) -> bool:
        assert self.table is not None
        return self.table.columns[self.columns[section]].role in ("number", "split")

    def _alignment(self, section: int) -> Qt.AlignmentFlag:
        assert self.table is not None
        words = bool(self.table.columns[self.columns[section]].words)
        side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter

    @property
    def pictures(self) -> bool:
        """Whether samples are pictures, which stand before their numbers."""
        return self.table is not None and self.table.data.dataset.image_shape is not None

    def _icon(self, row: int, section: int) -> QIcon | None:
        assert self.table is not None
        if section == 0 and self.pictures:
            return self._kept(("picture", row), lambda: self._picture(row))
        if section != self._dotted:
            return None
        numbers, colors = dot_colors(self.table.data, np.array([row]), self.theme)
        color = colors[int(numbers[0])]
        return self._kept(color.rgba(), lambda: dot_icon(color, self.theme, self.ratio))

    def _kept(self, key: object, make: Any) -> QIcon:
        if key not in self._icons:
            if len(self._icons) >= _MOST_KEPT:
                self._icons.clear()
            self._icons[key] = make()
        return self._icons[key]

    def _picture(self, row: int) -> QIcon:
        assert self.table is not None
        values = thumbnail(self.table.data.dataset, row, PICTURE)
        image = grey_image(values, grey_table(self.theme))
        return picture_icon(image, QSize(PICTURE, PICTURE), self.ratio)

    def as_text(self, rows: Rows) -> str:
        """Rows of the dataset as tab-separated text under a line of names."""
        assert self.table is not None
        table = self.table
        lines = ["\t".join(table.columns[k].name for k in self.columns)]
        lines += ["\t".join(table.text(k, int(row)) for k in self.columns) for row in rows]
        return "\n".join(lines) + "\n"
