"""The table of samples: choose rows by mouse and keys, sort, copy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from bpviz.gui.colors import blend
from bpviz.gui.data_view.model import PICTURE, DataModel, Index
from bpviz.gui.data_view.picking import How, how_of
from bpviz.gui.theme import TEXT
from bpviz.gui.widgets.cell_icons import DOT
from bpviz.gui.widgets.read_table import ReadTable
from bpviz.lab.data_columns import Rows

_ROW, _TALL_ROW = 22, 34
# At both sides of a cell's text; on the right there is room for the arrow of the sorted column.
_PADDING, _LEAST, _MOST = 28, 36, 150
# Columns are measured one by one up to so many, by so many rows; more are all alike.
_MEASURED_COLUMNS, _MEASURED_ROWS = 64, 10
_BAR = 3


class RowDelegate(QStyledItemDelegate):
    """Tints selected rows; a bar stands before the current one."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, table = index.model(), self.parent()
        assert isinstance(model, DataModel)
        assert isinstance(table, DataTable)
        rect: QRect = option.rect
        row = int(model.order[index.row()])
        if model.marked[row]:
            painter.fillRect(rect, blend(model.theme.card, model.theme.accent, 0.16))
        super().paint(painter, option, index)
        if index.column() == 0 and row == table.current:
            bar = QRect(rect.left(), rect.top() + 2, _BAR, rect.height() - 4)
            painter.fillRect(bar, QColor(model.theme.accent))


class DataTable(ReadTable):
    """Rows of a DataModel.

    `picked` tells dataset rows that a person selected, and how; `sorted_by` a column of the data
    and whether it is to descend; `explain_asked` that the current sample is to be explained,
    `all_asked` and `none_asked` that all or none of the rows shown are to be selected, `copied`
    the rows to copy.
    """

    picked = Signal(object, str)
    sorted_by = Signal(int, bool)
    explain_asked = Signal()
    all_asked = Signal()
    none_asked = Signal()
    copied = Signal(object)

    def __init__(self, say: Callable[[str], None], parent: QWidget | None = None) -> None:
        self.data_model = DataModel()
        super().__init__(self.data_model, lambda rows: "", say, parent)
        self.data_model.setParent(self)
        self.current = -1
        self._anchor = -1
        self._last = -1
        self.setProperty("role", "samples")
        self.setItemDelegate(RowDelegate(self))
        # Selected samples are the session's, and need not be shown here.
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setAccessibleName("Samples")
        self.setToolTip(
            "Click a row to make its sample the current one; drag, Shift and Ctrl select several; "
            "double-click explains; Ctrl+C copies"
        )
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(24)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.sortIndicatorChanged.connect(self._sort)
        self._make_menu()

    def _make_menu(self) -> None:
        copy = self.actions()[0]
        copy.setText("Copy selected rows")
        for text, signal in (
            ("Explain this sample", self.explain_asked),
            ("Select all rows shown", self.all_asked),
            ("Select none", self.none_asked),
        ):
            action = QAction(text, self)
            action.triggered.connect(signal)
            self.insertAction(copy, action)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 3 * _ROW)

    # What is shown

    def fit(self) -> None:
        """Columns as wide as what they hold, rows as high as pictures need."""
        model = self.data_model
        scale = max(1.0, self.fontInfo().pixelSize() / TEXT)
        tall = model.pictures
        self.verticalHeader().setDefaultSectionSize(round((_TALL_ROW if tall else _ROW) * scale))
        self.setIconSize(QSize(PICTURE, PICTURE) if tall else QSize(DOT, DOT))
        head, text = self.horizontalHeader(), self.fontMetrics()
        count = model.columnCount()
        head.setDefaultSectionSize(text.horizontalAdvance("−0000.0") + _PADDING)
        if model.table is None or count > _MEASURED_COLUMNS:
            return
        rows = np.unique(np.linspace(0, len(model.table) - 1, _MEASURED_ROWS).astype(int)).tolist()
        for section, k in enumerate(model.columns):
            name = model.headerData(section, Qt.Orientation.Horizontal)
            texts = model.table.columns[k].words or [model.table.text(k, row) for row in rows]
            width = max(text.horizontalAdvance(t) for t in texts[:_MEASURED_ROWS]) + _PADDING
            if section == 0:
                width += PICTURE + 8 if tall else 0
            elif model.table.columns[k].role in ("class", "target"):
                width += DOT + 8
            named = head.fontMetrics().horizontalAdvance(name) + _PADDING
            width = max(_LEAST, min(_MOST, max(width, min(named, 120))))
            self.setColumnWidth(section, round(width))

    def show_current(self, row: int) -> None:
        """Move to the row of the current sample, without taking the keyboard or selecting it."""
        if row == self.current:
            return
        self.current = self._last = row
        position = self.data_model.position_of(row)
        if position >= 0:
            index = self.data_model.index(position, max(0, self.currentIndex().column()))
            nothing = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(index, nothing)
            self._show_position(position)
        self.viewport().update()

    def show_marked(self) -> None:
        """Bring the first selected row into sight where none is."""
        positions = np.flatnonzero(self.data_model.marked[self.data_model.order])
        if not len(positions):
            return
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        last = len(self.data_model.order) - 1 if last < 0 else last
        if not ((positions >= first) & (positions <= last)).any():
            self._show_position(int(positions[0]))

    def _show_position(self, position: int) -> None:
        sideways = self.horizontalScrollBar().value()
        self.scrollTo(self.data_model.index(position, 0))
        self.horizontalScrollBar().setValue(sideways)

    def forget_order(self) -> None:
        """Sort by nothing, as other data comes."""
        header = self.horizontalHeader()
        header.blockSignals(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.blockSignals(False)
        header.viewport().update()
        self.current = self._anchor = self._last = -1

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        column = self.data_model.columns[section] if section >= 0 else -1
        self.sorted_by.emit(column, order == Qt.SortOrder.DescendingOrder)

    def copy(self) -> None:
        """Copy the selected rows, as they are sorted here."""
        order = self.data_model.order
        self.copied.emit(order[self.data_model.marked[order]])

    # The mouse

    def _row_at(self, point: QPoint) -> int:
        """The dataset row under a point, -1 below the last one."""
        position = self.rowAt(point.y())
        return int(self.data_model.order[position]) if position >= 0 else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if row < 0 or event.button() == Qt.MouseButton.MiddleButton:
            super().mousePressEvent(event)
            return
        if event.button() == Qt.MouseButton.RightButton and self.data_model.marked[row]:
            # The menu speaks of what is selected.
            self.show_current(row)
            return
        self._go(row, event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton or self._anchor < 0:
            super().mouseMoveEvent(event)
            return
        y = event.position().toPoint().y()
        self.verticalScrollBar().setValue(
            self.verticalScrollBar().value() + (y > self.viewport().height()) - (y < 0)
        )
        row = self._row_at(QPoint(0, min(max(y, 0), self.viewport().height() - 1)))
        if row >= 0 and row != self._last:
            self._last = row
            self.picked.emit(self._range(self._anchor, row), "only")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._row_at(event.position().toPoint()) >= 0:
            self.explain_asked.emit()

    def _go(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        """Select this row; with Shift all from the last one chosen, with Ctrl turn it round."""
        how: How = how_of(modifiers)
        if how == "also" and self._anchor >= 0:
            self._last = row
            self.picked.emit(self._range(self._anchor, row), "only")
            return
        self._anchor = self._last = row
        self.picked.emit(np.array([row]), how)

    def _range(self, first: int, last: int) -> Rows:
        """Rows between two rows, as they stand here."""
        positions = [self.data_model.position_of(row) for row in (first, last)]
        if min(positions) < 0:
            return np.array([last])
        return self.data_model.order[min(positions) : max(positions) + 1]

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, page = Qt.Key(event.key()), max(1, self.viewport().height() // self.rowHeight(0) - 1)
        far = max(1, len(self.data_model.order))
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -far,
            Qt.Key.Key_End: far,
        }
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in steps:
            self._step(steps[key], event.modifiers())
        elif key in sideways:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() + sideways[key] * 60)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._step(0, event.modifiers())
        elif key == Qt.Key.Key_Escape and self.data_model.marked.any():
            self.none_asked.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.all_asked.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _step(self, by: int, modifiers: Qt.KeyboardModifier) -> None:
        order = self.data_model.order
        if not len(order):
            return
        present = self.data_model.position_of(self._last if self._last >= 0 else self.current)
        position = min(max(max(present, 0) + by, 0), len(order) - 1)
        self._show_position(position)
        self._go(int(order[position]), modifiers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        position = self.data_model.position_of(self.current)
        if position >= 0:
            self._show_position(position)
