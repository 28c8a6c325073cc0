"""The table of results: its model, dots, pictures and bars in cells, choosing a row, copying."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeyEvent,
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
from bpviz.gui.results.content import Cell, Head, Rows
from bpviz.gui.theme import LIGHT, TEXT, Theme
from bpviz.gui.widgets.cell_icons import DOT, dot_icon, picture_icon
from bpviz.gui.widgets.read_table import ReadTable

Index = QModelIndex | QPersistentModelIndex

_ROW, _TALL_ROW = 22, 34
_PICTURE = 28
_PADDING = 18
# So many dots and pictures are kept ready to draw.
_MOST_KEPT = 512
_COPYING = "Ctrl+C copies the table"
_PICKING = f"Click a row to make its sample the current one; {_COPYING}"


class ResultModel(QAbstractTableModel):
    """The rows that are shown; new ones of the same shape only change what cells say."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows("", (), ())
        self.theme: Theme = LIGHT
        self.ratio = 1.0
        self._icons: dict[tuple[object, ...], QIcon] = {}

    def show_rows(self, rows: Rows, theme: Theme) -> None:
        alike = len(rows.cells) == len(self.rows.cells) and rows.heads == self.rows.heads
        if not alike:
            self.beginResetModel()
        self.rows, self.theme = rows, theme
        if not alike:
            self.endResetModel()
        elif rows.cells:
            last = self.index(len(rows.cells) - 1, len(rows.heads) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def cell(self, index: Index) -> Cell:
        return self.rows.cells[index.row()][index.column()]

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows.cells)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.rows.heads):
            return None
        head = self.rows.heads[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return head.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return head.tip
        return _alignment(head) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows.cells):
            return None
        cell = self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.DecorationRole:
            return self._decoration(cell)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.rows.heads[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(self.theme.secondary) if cell.quiet else None
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return cell.tip
        return None

    def _decoration(self, cell: Cell) -> QIcon | None:
        if cell.dot is not None:
            key: tuple[object, ...] = (cell.dot.rgba(), self.theme, self.ratio)
        elif cell.image is not None:
            key = (cell.image.cacheKey(), self.ratio)
        else:
            return None
        if key not in self._icons:
            if len(self._icons) >= _MOST_KEPT:
                self._icons.clear()
            self._icons[key] = self._icon(cell)
        return self._icons[key]

    def _icon(self, cell: Cell) -> QIcon:
        if cell.image is not None:
            return picture_icon(cell.image, QSize(_PICTURE, _PICTURE), self.ratio)
        assert cell.dot is not None
        return dot_icon(cell.dot, self.theme, self.ratio)

    def as_text(self, rows: list[int]) -> str:
        """Rows as tab-separated text under a line of names."""
        lines = ["\t".join(head.name for head in self.rows.heads)]
        lines += ["\t".join(c.text or c.tip for c in self.rows.cells[row]) for row in rows]
        return "\n".join(lines) + "\n"


class BarDelegate(QStyledItemDelegate):
    """Fills a share of a cell; a name too long is cut in the middle, a list at its end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ResultModel)
        lists = model.rows.heads[index.column()].stretch
        elide = Qt.TextElideMode.ElideRight if lists else Qt.TextElideMode.ElideMiddle
        option.textElideMode = elide
        super().paint(painter, option, index)
        share = model.cell(index).share
        if share is None:
            return
        rect = QRectF(option.rect)
        track = QRectF(rect.left() + 4, rect.center().y() - 3.5, rect.width() - 16, 8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(model.theme.grid))
        painter.drawRoundedRect(track, 3, 3)
        # In this order a share that is no number (NaN) is none.
        width = track.width() * min(1.0, max(0.0, share))
        if width >= 1:
            painter.setBrush(blend(model.theme.card, model.theme.text, 0.75))
            painter.drawRoundedRect(
                QRectF(track.left(), track.top(), width, 8), min(3.0, width / 2), 3
            )
        painter.restore()


class ResultTable(ReadTable):
    """Rows of results. `picked` tells the dataset row of a sample that a person went to."""

    picked = Signal(int)

    def __init__(self, say: Callable[[str], None], parent: QWidget | None = None) -> None:
        model = ResultModel()
        super().__init__(model, model.as_text, say, parent)
        self.rows_model = model
        model.setParent(self)
        self.setItemDelegate(BarDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.clicked.connect(lambda index: self._pick(index.row()))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 3 * _ROW)

    def show_rows(self, rows: Rows, theme: Theme) -> None:
        """Show these; the current sample's row is chosen, without saying so."""
        before = self.rows_model.rows
        self.rows_model.ratio = self.devicePixelRatioF()
        self.rows_model.show_rows(rows, theme)
        self.setAccessibleName(rows.name)
        self.setToolTip(_PICKING if rows.samples else _COPYING)
        # Behind the last name there is nothing that would move away from it.
        self.horizontalHeader().setStretchLastSection(bool(rows.samples))
        if before.heads != rows.heads or before.tall != rows.tall:
            self._fit_columns()
            self.scrollToTop()
        if not rows.samples:
            return
        current = self.currentIndex().row()
        if rows.current < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif current != rows.current or not self.selectionModel().hasSelection():
            # Samples change their places while training runs; the list stays where it is.
            self.selectionModel().setCurrentIndex(
                self.rows_model.index(rows.current, 0),
                self.selectionModel().SelectionFlag.ClearAndSelect
                | self.selectionModel().SelectionFlag.Rows,
            )

    def _pick(self, row: int) -> None:
        samples = self.rows_model.rows.samples
        if 0 <= row < len(samples):
            self.picked.emit(samples[row])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(before)
            event.accept()
            return
        super().keyPressEvent(event)
        if self.currentIndex().row() != before:
            self._pick(self.currentIndex().row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def changeEvent(self, event: Any) -> None:
        super().changeEvent(event)
        if event.type() in (event.Type.FontChange, event.Type.StyleChange):
            self._fit_columns()

    def _fit_columns(self) -> None:
        """Columns as wide as what they hold; the one that stretches takes what is left."""
        rows = self.rows_model.rows
        scale = max(1.0, self.fontInfo().pixelSize() / TEXT)
        height = round((_TALL_ROW if rows.tall else _ROW) * scale)
        self.verticalHeader().setDefaultSectionSize(height)
        self.setIconSize(QSize(_PICTURE, _PICTURE) if rows.tall else QSize(DOT, DOT))
        head, text = self.horizontalHeader().fontMetrics(), self.fontMetrics()
        widths = [
            max(head.horizontalAdvance(h.name), text.horizontalAdvance(h.widest)) + _PADDING
            for h in rows.heads
        ]
        fixed = sum(w for w, h in zip(widths, rows.heads, strict=True) if not h.stretch)
        left = self.viewport().width() - fixed
        for k, (width, h) in enumerate(zip(widths, rows.heads, strict=True)):
            # What stretches goes before the table would have to scroll sideways.
            self.setColumnHidden(k, h.stretch and left < width)
            self.setColumnWidth(k, max(left, 0) if h.stretch else width)


def _alignment(head: Head) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if head.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
