"""Matrices as one writes them: numbers between brackets, a product in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.engine.activations import Array
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.theme import CAPTION, LIGHT, SECONDARY, Theme

# Of larger matrices the first and the last rows and columns are shown.
_MOST = 7
_GAP, _BRACKET = 12.0, 5.0


@dataclass(frozen=True, eq=False)
class Matrix:
    """One matrix, shape (rows, columns); `title` stands below it, `before` left of it (=, ·)."""

    values: Array
    title: str
    before: str = ""
    strong: bool = False


class MatrixRow(QWidget):
    """Matrices side by side, each middle at the same height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.matrices: tuple[Matrix, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_matrices(self, matrices: Sequence[Matrix], theme: Theme) -> None:
        before = self.sizeHint()
        self.matrices, self.theme = tuple(matrices), theme
        self.setAccessibleName(", ".join(m.title for m in matrices))
        self.setToolTip("\n".join(f"{m.title}: {_size(m)}" for m in matrices))
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        sizes = [self._extent(m) for m in self.matrices]
        width = sum(w for w, _ in sizes) + self._signs_width()
        line = self._caption_height()
        return QSize(round(width) + 2, round(max((h for _, h in sizes), default=0) + line + 6))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    # Sizes

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(scaled_font(self, SECONDARY))

    def _caption_height(self) -> float:
        return QFontMetricsF(scaled_font(self, CAPTION)).height()

    def _cell(self) -> tuple[float, float]:
        metrics = self._metrics()
        return metrics.horizontalAdvance("−00.00") + 8, metrics.height() + 4

    def _extent(self, matrix: Matrix) -> tuple[float, float]:
        """Width, at least that of the title, and height."""
        width, height = self._cell()
        rows, columns = (len(_shown(n)) for n in matrix.values.shape)
        title = QFontMetricsF(scaled_font(self, CAPTION)).horizontalAdvance(matrix.title)
        return max(columns * width + 2 * _BRACKET, title), rows * height

    def _signs_width(self) -> float:
        metrics = self._metrics()
        signs = [m.before for m in self.matrices if m.before]
        return sum(metrics.horizontalAdvance(sign) + 2 * _GAP for sign in signs)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 1.0
        highest = max((self._extent(m)[1] for m in self.matrices), default=0.0)
        for matrix in self.matrices:
            width, height = self._extent(matrix)
            painter.setFont(scaled_font(self, SECONDARY))
            if matrix.before:
                room = self._metrics().horizontalAdvance(matrix.before) + 2 * _GAP
                painter.setPen(QColor(self.theme.secondary))
                sign = QRectF(x, 0, room, highest)
                painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, matrix.before)
                x += room
            place = QRectF(x, (highest - height) / 2 + 1, width, height)
            self._paint_matrix(painter, place, matrix)
            painter.setFont(scaled_font(self, CAPTION))
            painter.setPen(QColor(self.theme.secondary))
            below = QRectF(x, highest + 5, width, self._caption_height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, matrix.title)
            x += width
        painter.end()

    def _paint_matrix(self, painter: QPainter, place: QRectF, matrix: Matrix) -> None:
        theme, (width, height) = self.theme, self._cell()
        painter.setFont(scaled_font(self, SECONDARY, bold=matrix.strong))
        rows, columns = (_shown(n) for n in matrix.values.shape)
        inner = len(columns) * width
        left = place.left() + (place.width() - inner) / 2
        painter.setPen(QColor(theme.text))
        for k, row in enumerate(rows):
            for j, column in enumerate(columns):
                cell = QRectF(left + j * width, place.top() + k * height, width - 3, height)
                if row < 0 or column < 0:
                    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, "…")
                    continue
                text = value_text(float(matrix.values[row, column]), 3)
                side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(cell, side, text)
        color = theme.accent if matrix.strong else theme.secondary
        painter.setPen(QPen(QColor(color), 1.4))
        for edge, inward in ((left - _BRACKET, _BRACKET), (left + inner + _BRACKET, -_BRACKET)):
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(edge + inward, place.top()),
                        QPointF(edge, place.top()),
                        QPointF(edge, place.bottom()),
                        QPointF(edge + inward, place.bottom()),
                    ]
                )
            )


def _shown(count: int) -> list[int]:
    """The rows or columns that are shown; -1 stands for those left out."""
    if count <= _MOST:
        return list(range(count))
    return [*range(_MOST - 3), -1, count - 2, count - 1]


def _size(matrix: Matrix) -> str:
    rows, columns = matrix.values.shape
    return f"{rows:,} × {columns:,}"
