"""Which classes are taken for which: true classes down, predicted ones across."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.gui.colors import blend, readable_on
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import CAPTION, HALF_GAP, LIGHT, SECONDARY, Theme

Counts = np.ndarray[Any, np.dtype[np.int64]]

# A full row is shaded this far from card to text colour.
_DARKEST = 0.72
_MAX_CELL = 116.0
_FLATNESS = 0.62


class ConfusionView(QWidget):
    """A confusion matrix. `cell_picked` tells (true class, predicted class) of a clicked cell.

    Each row is shaded by its percentages, so that rare classes are read as well as frequent ones.
    """

    cell_picked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.counts: Counts | None = None
        self.names: tuple[str, ...] = ()
        self.current: tuple[int, int] | None = None
        self._focus = (0, 0)
        self._over: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Confusion matrix")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(306, 306)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 180)

    def show_counts(
        self,
        counts: Counts,
        names: tuple[str, ...],
        theme: Theme,
        current: tuple[int, int] | None = None,
    ) -> None:
        """Draw these counts, shape (classes, classes); `current` is the current sample's cell."""
        self.counts, self.names, self.theme, self.current = counts, names, theme, current
        self._focus = (min(self._focus[0], len(names) - 1), min(self._focus[1], len(names) - 1))
        self.update()

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is drawn."""
        area = self._area()
        n = len(self.names)
        # Whole pixels, so that the gaps between cells are all alike.
        xs = [round(area.left() + area.width() * k / n) for k in (column, column + 1)]
        ys = [round(area.top() + area.height() * k / n) for k in (row, row + 1)]
        return QRectF(xs[0], ys[0], xs[1] - xs[0] - 1, ys[1] - ys[0] - 1)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The cell under a point of the widget."""
        area, n = self._area(), len(self.names)
        if self.counts is None or not area.contains(point):
            return None
        column = int((point.x() - area.left()) / area.width() * n)
        row = int((point.y() - area.top()) / area.height() * n)
        return min(row, n - 1), min(column, n - 1)

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(scaled_font(self, CAPTION))

    def _area(self) -> QRectF:
        metrics, n = self._metrics(), max(1, len(self.names))
        longest = max((metrics.horizontalAdvance(name) for name in self.names), default=0)
        line = metrics.height() + 2
        left = min(longest, 0.3 * self.width()) + 2 * HALF_GAP + line
        box = QRectF(self.rect()).adjusted(left, 2 * line + HALF_GAP, -1, -1)
        width = min(box.width(), n * _MAX_CELL)
        height = min(box.height(), n * _MAX_CELL * _FLATNESS)
        spare = (self.width() - left - width) / 2
        shift = max(0.0, spare - left / 2) if width < box.width() else 0.0
        return QRectF(int(box.left() + shift), box.top(), width, height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell and event.button() == Qt.MouseButton.LeftButton:
            self._focus = cell
            self.cell_picked.emit(*cell)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell != self._over:
            self._over = cell
            if cell and self.counts is not None:
                QToolTip.showText(event.globalPosition().toPoint(), self.words(cell), self)
            else:
                QToolTip.hideText()

    def leaveEvent(self, event: Any) -> None:
        self._over = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if key in steps and self.names:
            down, right = steps[key]
            last = len(self.names) - 1
            self._focus = (
                min(max(self._focus[0] + down, 0), last),
                min(max(self._focus[1] + right, 0), last),
            )
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.counts is not None:
            self.cell_picked.emit(*self._focus)
        else:
            super().keyPressEvent(event)

    def words(self, cell: tuple[int, int]) -> str:
        """What a cell says, as a sentence."""
        assert self.counts is not None
        row, column = cell
        count, total = int(self.counts[row, column]), int(self.counts[row].sum())
        share = f" ({count / total:.1%})" if total else ""
        return f"{count} of {total} “{self.names[row]}” taken for “{self.names[column]}”{share}"

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.counts is None or not self.names:
            return
        painter = QPainter(self)
        self._paint_names(painter)
        totals = np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        shares = self.counts / totals
        painter.setFont(self._count_font())
        for row in range(len(self.names)):
            for column in range(len(self.names)):
                self._paint_cell(painter, row, column, float(shares[row, column]))
        if self.current:
            self._outline(painter, self.current, self.theme.accent, 2.0)
        if self.hasFocus():
            self._outline(painter, self._focus, self.theme.secondary, 1.0)
        painter.end()

    def _count_font(self) -> QFont:
        assert self.counts is not None
        cell = self.cell_rect(0, 0)
        widest = f"{int(self.counts.max()):,}"
        for pixels in (SECONDARY, CAPTION, 10, 9):
            font = scaled_font(self, pixels)
            metrics = QFontMetrics(font)
            if metrics.horizontalAdvance(widest) <= cell.width() - 2:
                return font
        return scaled_font(self, 8)

    def _paint_cell(self, painter: QPainter, row: int, column: int, share: float) -> None:
        assert self.counts is not None
        cell, count = self.cell_rect(row, column), int(self.counts[row, column])
        ground = blend(self.theme.grid, self.theme.text, share * _DARKEST)
        painter.fillRect(cell, ground)
        if not count and row != column:
            return  # an empty cell says it best by being empty
        painter.setPen(readable_on(ground, self.theme))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{count:,}")

    def _outline(self, painter: QPainter, cell: tuple[int, int], color: str, width: float) -> None:
        if max(cell) >= len(self.names):
            return
        pen = QPen(QColor(color), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = width / 2
        painter.drawRect(self.cell_rect(*cell).adjusted(inset, inset, -inset, -inset))

    def _paint_names(self, painter: QPainter) -> None:
        area = self._area()
        painter.setFont(scaled_font(self, CAPTION))
        metrics = painter.fontMetrics()
        line = metrics.height() + 2
        painter.setPen(QColor(self.theme.secondary))
        painter.drawText(
            QRectF(area.left(), area.top() - 2 * line - 2, area.width(), line),
            Qt.AlignmentFlag.AlignCenter,
            "predicted",
        )
        self._paint_upright(painter, area, line)
        painter.setPen(QColor(self.theme.text))
        for k, name in enumerate(self.names):
            cell = self.cell_rect(k, k)
            painter.drawText(
                QRectF(cell.left(), area.top() - line - 2, cell.width(), line),
                Qt.AlignmentFlag.AlignCenter,
                metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(cell.width())),
            )
            room = QRectF(line, cell.top(), area.left() - line - HALF_GAP, cell.height())
            painter.drawText(
                room,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room.width())),
            )

    def _paint_upright(self, painter: QPainter, area: QRectF, line: int) -> None:
        metrics = painter.fontMetrics()
        longest = max(metrics.horizontalAdvance(name) for name in self.names)
        left = max(0.0, area.left() - HALF_GAP - longest - line - HALF_GAP)
        painter.save()
        painter.translate(left, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), Qt.AlignmentFlag.AlignCenter, "true")
        painter.restore()
