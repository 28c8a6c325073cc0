"""Both gradients against each other on logarithmic axes: what agrees lies on the diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.engine.activations import Array
from bpviz.gui.colors import blend
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.ticks import log_tick_text, log_ticks, power_text, value_text
from bpviz.gui.theme import CAPTION, LIGHT, Theme
from bpviz.lab.gradient_check_task import CheckReport

Mask = np.ndarray[Any, np.dtype[np.bool_]]

# Smaller than the largest by more decades than this, or zero, is drawn at the edge.
_DECADES = 9.0
_REACH = 8.0


class GradientScatter(QWidget):
    """|numerical| over |analytic|. `clicked` tells the position in θ of the dot under the mouse."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._report: CheckReport | None = None
        self._positions = np.empty(0, dtype=np.intp)
        self._logs: Array = np.empty((0, 2))
        self._wrong: Mask = np.empty(0, dtype=bool)
        self._left_out: Mask = np.empty(0, dtype=bool)
        self._range = (-4.0, 0.0)
        self.marked = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Numerical against analytic gradient")

    def sizeHint(self) -> QSize:
        return QSize(172, 140)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def mark(self, position: int) -> None:
        """Put a ring around the dot of a position in θ; -1 around none."""
        self.marked = position
        self.update()

    def show_report(self, report: CheckReport | None) -> None:
        """Draw what was found, or nothing."""
        self._report = report
        if report is not None:
            at = np.flatnonzero(report.reached)
            pairs = np.abs(np.column_stack([report.check.analytic[at], report.check.numerical[at]]))
            fine = np.isfinite(pairs).all(axis=1)
            self._positions, pairs = at[fine], pairs[fine]
            self._wrong = report.disagreeing[self._positions]
            self._left_out = report.check.crosses_kink[self._positions]
            with np.errstate(divide="ignore"):
                self._logs = np.log10(pairs)
            self._fit()
        self.update()

    def _fit(self) -> None:
        finite = self._logs[np.isfinite(self._logs)]
        if not len(finite):
            self._range = (-4.0, 0.0)
            return
        high = float(finite.max())
        low = max(float(finite.min()), high - _DECADES)
        margin = max(0.25, 0.06 * (high - low))
        self._range = (low - margin, high + margin)
        self._logs = np.maximum(self._logs, self._range[0])

    # Places

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(scaled_font(self, CAPTION))
        left = metrics.height() + metrics.horizontalAdvance("0.0005") + 6
        bottom = 2 * metrics.height() + 2
        return QRectF(left, 6, self.width() - left - 8, self.height() - bottom - 8)

    def places(self) -> Array:
        """Where the dots are, in pixels, in the order of their positions in θ."""
        area, (low, high) = self._area(), self._range
        share = (self._logs - low) / (high - low)
        return np.column_stack(
            [area.left() + share[:, 0] * area.width(), area.bottom() - share[:, 1] * area.height()]
        )

    def dot_at(self, point: QPointF) -> int:
        """The position in θ of the nearest dot within reach, -1 when there is none."""
        if self._report is None or not len(self._positions):
            return -1
        distances = np.hypot(*(self.places() - (point.x(), point.y())).T)
        nearest = int(np.argmin(distances))
        return int(self._positions[nearest]) if distances[nearest] <= _REACH else -1

    # What Qt asks

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.dot_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor)
        if at < 0 or self._report is None:
            QToolTip.hideText()
            return
        check, snapshot = self._report.check, self._report.snapshot
        text = (
            f"{snapshot.layout.label(at)}  "
            f"{snapshot.layout.description(at, snapshot.data.feature_names)}\n"
            f"analytic {value_text(float(check.analytic[at]))}, "
            f"numerical {value_text(float(check.numerical[at]))}"
        )
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.dot_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self.clicked.emit(at)

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        self._paint_axes(painter, area)
        painter.setPen(QPen(QColor(blend(self._theme.card, self._theme.secondary, 0.6)), 1))
        painter.drawLine(area.bottomLeft(), area.topRight())
        if self._report is not None:
            self._paint_dots(painter)
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        theme, (low, high) = self._theme, self._range
        painter.setFont(scaled_font(self, CAPTION))
        line = QFontMetricsF(painter.font()).height()
        for vertical, length, room in (
            (False, area.width(), QFontMetricsF(painter.font()).horizontalAdvance("10⁻⁰") + 8),
            (True, area.height(), line + 4),
        ):
            for tick in log_ticks(low, high, max(2, min(6, int(length / room)))):
                share = (tick - low) / (high - low)
                x, y = area.left() + share * area.width(), area.bottom() - share * area.height()
                ends = (
                    (QPointF(area.left(), y), QPointF(area.right(), y))
                    if vertical
                    else (QPointF(x, area.top()), QPointF(x, area.bottom()))
                )
                painter.setPen(QColor(theme.grid))
                painter.drawLine(*ends)
                painter.setPen(QColor(theme.secondary))
                if vertical:
                    place = QRectF(0, y - line / 2, area.left() - 4, line)
                    side = Qt.AlignmentFlag.AlignRight
                else:
                    place = QRectF(x - 40, area.bottom() + 2, 80, line)
                    side = Qt.AlignmentFlag.AlignHCenter
                if self._report is not None:
                    painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, _text(tick))
        painter.setPen(QColor(theme.secondary))
        middle = Qt.AlignmentFlag.AlignCenter
        below = QRectF(area.left(), area.bottom() + line + 2, area.width(), line)
        painter.drawText(below, middle, "|analytic|")
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), middle, "|numerical|")
        painter.restore()

    def _paint_dots(self, painter: QPainter) -> None:
        theme, places = self._theme, self.places()
        size = 5.0 if len(places) < 500 else 3.0
        fine = ~self._wrong & ~self._left_out
        for mask, color in (
            (self._left_out, blend(theme.card, theme.secondary, 0.6)),
            (fine, QColor(theme.text)),
            (self._wrong, QColor(theme.warning)),
        ):
            pen = QPen(color, size)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in places[mask].tolist()]))
        marked = np.flatnonzero(self._positions == self.marked)
        if len(marked):
            x, y = places[marked[0]]
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), 5.5, 5.5)


def _text(exponent: float) -> str:
    """Whole decades as powers of ten: they are narrow and all alike."""
    return power_text(10.0**exponent) if exponent == round(exponent) else log_tick_text(exponent)
