"""A curve so small that it needs no axes: what it spans stands below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.theme import Theme

_HEIGHT = 28


class Sparkline(QWidget):
    """Draws points given as shares of its width and height, from the left bottom corner."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points: tuple[tuple[float, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_points(self, points: Sequence[tuple[float, float]]) -> None:
        """Show another curve."""
        if tuple(points) != self._points:
            self._points = tuple(points)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, right, top, bottom = 1.0, self.width() - 1.0, 3.0, self.height() - 1.5
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.drawLine(QPointF(left, bottom + 0.5), QPointF(right, bottom + 0.5))
        pen = QPen(QColor(self._theme.text), 1.4)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        places = [
            QPointF(left + x * (right - left), bottom + y * (top - bottom)) for x, y in self._points
        ]
        painter.drawPolyline(QPolygonF(places))
        painter.end()
