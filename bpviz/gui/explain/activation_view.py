"""A unit's activation: the curve f, its slope f', the present point and the tangent in it."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.engine.activations import Array
from bpviz.explain.activation_curve import ActivationCurve
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.series import finite_range
from bpviz.gui.plots.ticks import linear_ticks, nice_step, tick_text, value_text
from bpviz.gui.theme import CAPTION, HALF_GAP, LIGHT, Theme

_DOT = 5.0
_TICK_GAP = {"x": 44, "y": 30}
# How far the tangent is drawn to both sides, in parts of the range.
_TANGENT = 0.22


class ActivationView(QWidget):
    """Shows one ActivationCurve; cheap to show again when only the point has moved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.curve: ActivationCurve | None = None
        self._name = ""
        self._label = ""
        self._y_range = (0.0, 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Activation function of the unit")

    def sizeHint(self) -> QSize:
        return QSize(240, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 80)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def show_curve(self, curve: ActivationCurve | None, name: str = "", label: str = "") -> None:
        """Draw this curve of the unit `name` with the activation `label`; None draws nothing."""
        self.curve, self._name, self._label = curve, name, label
        if curve is not None:
            everything = np.concatenate([curve.outs, curve.slopes])
            low, high = finite_range(everything, np.array([0.0])) or (0.0, 1.0)
            margin = 0.06 * (high - low) or 0.5
            self._y_range = (low - margin, high + margin)
            told = ", ".join(self.readout())
            self.setAccessibleDescription(told)
            self.setToolTip(_tip(curve, label, told))
        self.update()

    def readout(self) -> list[str]:
        """The present values, as they stand beside the curves."""
        curve = self.curve
        if curve is None:
            return []
        return [
            f"net {value_text(curve.net)}",
            f"out {value_text(curve.out)}",
            f"f′ {value_text(curve.slope)}",
        ]

    # Places

    def area(self) -> QRectF:
        """Where the curves are drawn: the widget less its texts."""
        line = self._line()
        metrics = QFontMetricsF(scaled_font(self, CAPTION))
        texts = [text for _, text in self._ticks(self._y_range, self.height(), "y")]
        left = max((metrics.horizontalAdvance(text) for text in texts), default=0.0) + 6
        box = QRectF(self.rect()).adjusted(left, line + HALF_GAP, -HALF_GAP, -line - 3)
        return box if box.width() > 1 and box.height() > 1 else QRectF(left, 4, 1, 1)

    def _line(self) -> float:
        return QFontMetricsF(scaled_font(self, CAPTION)).height()

    def _ticks(
        self, bounds: tuple[float, float], pixels: float, axis: str
    ) -> list[tuple[float, str]]:
        count = max(2, int(pixels / _TICK_GAP[axis]))
        step = nice_step(bounds[1] - bounds[0], count)
        return [(v, tick_text(v, step)) for v in linear_ticks(*bounds, count)]

    def to_pixels(self, net: float, value: float) -> QPointF:
        """Where a net input and a value of f or f' lie in the widget."""
        assert self.curve is not None
        area, (y0, y1) = self.area(), self._y_range
        x0, x1 = float(self.curve.nets[0]), float(self.curve.nets[-1])
        return QPointF(
            area.left() + (net - x0) / (x1 - x0) * area.width(),
            area.bottom() - (value - y0) / (y1 - y0) * area.height(),
        )

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        curve = self.curve
        if curve is None:
            return
        painter = QPainter(self)
        painter.setFont(scaled_font(self, CAPTION))
        area = self.area()
        self._paint_axes(painter, area, curve)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        self._paint_curve(painter, curve.nets, curve.slopes, self.theme.accent, 1.5)
        self._paint_curve(painter, curve.nets, curve.outs, self.theme.text, 1.8)
        self._paint_point(painter, curve)
        painter.restore()
        self._paint_words(painter)
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF, curve: ActivationCurve) -> None:
        theme, line = self.theme, self._line()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        reach = (float(curve.nets[0]), float(curve.nets[-1]))
        for value, text in self._ticks(reach, area.width(), "x"):
            x = round(self.to_pixels(value, 0.0).x()) + 0.5
            painter.setPen(QColor(theme.border if value == 0 else theme.grid))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(theme.secondary))
            width = painter.fontMetrics().horizontalAdvance(text) + 2
            left = min(max(0.0, x - width / 2), self.width() - width)
            box = QRectF(left, area.bottom() + 2, width, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        for value, text in self._ticks(self._y_range, self.height(), "y"):
            y = round(self.to_pixels(0.0, value).y()) + 0.5
            painter.setPen(QColor(theme.border if value == 0 else theme.grid))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.secondary))
            painter.drawText(QRectF(0, y - line / 2, area.left() - HALF_GAP, line), right, text)

    def _paint_curve(
        self, painter: QPainter, nets: Array, values: Array, color: str, width: float
    ) -> None:
        painter.setPen(QPen(QColor(color), width))
        points = [
            self.to_pixels(float(x), float(y))
            for x, y in zip(nets, values, strict=True)
            if math.isfinite(y)
        ]
        painter.drawPolyline(QPolygonF(points))

    def _paint_point(self, painter: QPainter, curve: ActivationCurve) -> None:
        """The tangent and the point, both in violet, and the point's slope on f'."""
        if not (math.isfinite(curve.net) and math.isfinite(curve.out)):
            return
        violet, card = QColor(self.theme.violet), QColor(self.theme.card)
        span = _TANGENT * float(curve.nets[-1] - curve.nets[0])
        ends = [curve.net - span, curve.net + span]
        painter.setPen(QPen(violet, 1.5))
        painter.drawLine(*(self.to_pixels(net, curve.tangent(net)) for net in ends))
        painter.setPen(QPen(card, 1.5))
        painter.setBrush(QColor(self.theme.accent))
        painter.drawEllipse(self.to_pixels(curve.net, curve.slope), _DOT - 1.5, _DOT - 1.5)
        painter.setBrush(violet)
        painter.drawEllipse(self.to_pixels(curve.net, curve.out), _DOT, _DOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_words(self, painter: QPainter) -> None:
        """Above the curves: whose they are, in the colours of what they name."""
        theme, line = self.theme, self._line()
        metrics = painter.fontMetrics()
        net, out, slope = self.readout()
        head = f"{self._name}, {self._label}: " if self._name else ""
        parts = [(head, theme.secondary), (f"{net}  ", theme.secondary)]
        parts += [(f"{out}  ", theme.violet), (slope, theme.accent)]
        shorter = [(f"{self._name}: ", theme.secondary), *parts[1:]]
        for fewer in (shorter, parts[1:], parts[2:]):
            if sum(metrics.horizontalAdvance(text) for text, _ in parts) > self.width():
                parts = fewer
        x = 0.0
        for text, color in parts:
            painter.setPen(QColor(color))
            painter.drawText(QPointF(x, line - 3), text)
            x += metrics.horizontalAdvance(text)


def _tip(curve: ActivationCurve, label: str, told: str) -> str:
    text = f"{label}, its slope f′ and the tangent at the present net input: {told}"
    if curve.alone:
        return text
    return f"{text}\n{label} depends on all outputs; here the other net inputs stay as they are"
