"""How the weights' magnitudes are spread, with what would be pruned."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.engine.activations import Array
from bpviz.gui.colors import blend
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.ticks import linear_ticks, nice_step, tick_text
from bpviz.gui.session import Session
from bpviz.gui.theme import CAPTION

_HEIGHT = 108
_AXIS = 18
_TICKS = 5


class PruningChart(QWidget):
    """A histogram from 0 to the largest magnitude; bars left of the threshold are pale."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._counts: Array = np.zeros(0)
        self._largest = 0.0
        self.threshold = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How the magnitudes of the weights are spread")
        self.setToolTip("How many connections have a weight of which magnitude, without its sign")

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def show_sizes(self, counts: Array, largest: float, threshold: float) -> None:
        """Show how many magnitudes lie in each bin from 0 to the largest one."""
        self._counts, self._largest, self.threshold = counts, largest, threshold
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._session.theme
        painter = QPainter(self)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -_AXIS - 0.5)
        painter.setPen(QPen(QColor(theme.grid), 1))
        painter.drawLine(ground.bottomLeft(), ground.bottomRight())
        if self._largest > 0 and len(self._counts):
            self._paint_bars(painter, ground)
            self._paint_axis(painter, ground)
            self._paint_threshold(painter, ground)
        painter.end()

    def _x(self, ground: QRectF, value: float) -> float:
        return ground.left() + ground.width() * min(1.0, max(0.0, value / self._largest))

    def _paint_bars(self, painter: QPainter, ground: QRectF) -> None:
        theme = self._session.theme
        width = ground.width() / len(self._counts)
        highest = float(self._counts.max(initial=0)) or 1.0
        edge = self._x(ground, self.threshold)
        pale, full = blend(theme.card, theme.secondary, 0.35), QColor(theme.secondary)
        for k, count in enumerate(self._counts.tolist()):
            if not count:
                continue
            height = max(1.5, (ground.height() - 4) * count / highest)
            bar = QRectF(ground.left() + k * width, ground.bottom() - height, width - 1, height)
            goes = QRectF(bar)
            goes.setRight(min(max(edge, bar.left()), bar.right()))
            painter.fillRect(bar, full)
            painter.fillRect(goes, pale)

    def _paint_threshold(self, painter: QPainter, ground: QRectF) -> None:
        x = self._x(ground, self.threshold)
        painter.setPen(QPen(QColor(self._session.theme.accent), 2))
        painter.drawLine(QPointF(x, ground.top()), QPointF(x, ground.bottom()))

    def _paint_axis(self, painter: QPainter, ground: QRectF) -> None:
        font = scaled_font(self, CAPTION)
        measure = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(self._session.theme.secondary))
        step = nice_step(self._largest, _TICKS)
        for tick in linear_ticks(0.0, self._largest, _TICKS):
            text = tick_text(tick, step)
            width = measure.horizontalAdvance(text) + 2
            left = min(max(0.0, self._x(ground, tick) - width / 2), self.width() - width)
            rect = QRectF(left, ground.bottom() + 2, width, _AXIS - 2)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
