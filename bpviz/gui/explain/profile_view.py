"""The error along one weight: a curve, the tangent that the gradient gives, a point to drag."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.explain.forecast import LineProfile
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.series import finite_range
from bpviz.gui.plots.ticks import linear_ticks, nice_step, tick_text, value_text
from bpviz.gui.theme import CAPTION, HALF_GAP, LIGHT, Theme

_REACH = 14.0
_DOT = 5.0
_TICK_GAP = {"x": 52, "y": 32}
# One press of an arrow key moves the weight by this share of the range.
_KEY_STEP = 0.01


class ProfileView(QWidget):
    """E over the values of one weight. Drag the point, or press Left and Right, to change it.

    `dragged` tells the value asked for, again and again while a drag lasts; `released` its end.
    """

    dragged = Signal(float)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.profile: LineProfile | None = None
        self.after: tuple[float, float] | None = None
        self.name = "w"
        self._drag: float | None = None
        self._mouse: QPointF | None = None
        self._x_range, self._y_range = (0.0, 1.0), (0.0, 1.0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Error along the selected weight")
        self.setToolTip(
            "How the error changes with this weight alone; the straight line is what the gradient "
            "expects. Drag the point, or press Left and Right, to change the weight"
        )

    def sizeHint(self) -> QSize:
        return QSize(240, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 100)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def show_profile(
        self, profile: LineProfile | None, after: tuple[float, float] | None = None, name: str = ""
    ) -> None:
        """Draw this curve; `after` is where the next step leads, (value, error).

        `name` is what the weight is called. None leaves the place empty.
        """
        self.profile, self.after, self.name = profile, after, name or self.name
        if profile is None:
            self._drag = None
        else:
            self._fit(profile)
            self.setAccessibleDescription(
                f"{self.name} {value_text(profile.value)}, error {value_text(profile.error)}, "
                f"slope {value_text(profile.slope)}"
            )
        self.update()

    def _fit(self, profile: LineProfile) -> None:
        """Axes that hold the curve; while a point is dragged, x stays as it was."""
        if self._drag is None:
            self._x_range = float(profile.values[0]), float(profile.values[-1])
        ends = [] if self.after is None else [self.after[1]]
        low, high = finite_range(profile.errors, np.array([profile.error, *ends])) or (0.0, 1.0)
        margin = 0.08 * (high - low) or 0.5 * abs(high) or 0.5
        self._y_range = (low - margin, high + margin)

    # Places

    def area(self) -> QRectF:
        """Where the curve is drawn: the widget less the numbers at its axes."""
        metrics = QFontMetricsF(scaled_font(self, CAPTION))
        labels = [text for _, text in self._ticks(self._y_range, self.height(), "y")]
        left = max((metrics.horizontalAdvance(text) for text in labels), default=0.0) + 6
        box = QRectF(self.rect()).adjusted(left, 4, -8, -2 * metrics.height() - 2)
        return box if box.width() > 1 and box.height() > 1 else QRectF(left, 4, 1, 1)

    def _ticks(
        self, bounds: tuple[float, float], pixels: float, axis: str
    ) -> list[tuple[float, str]]:
        count = max(2, int(pixels / _TICK_GAP[axis]))
        step = nice_step(bounds[1] - bounds[0], count)
        return [(v, tick_text(v, step)) for v in linear_ticks(*bounds, count)]

    def to_pixels(self, value: float, error: float) -> QPointF:
        """Where a value of the weight and an error lie in the widget."""
        area, (x0, x1), (y0, y1) = self.area(), self._x_range, self._y_range
        return QPointF(
            area.left() + (value - x0) / (x1 - x0) * area.width(),
            area.bottom() - (error - y0) / (y1 - y0) * area.height(),
        )

    def value_at(self, x: float) -> float:
        """The weight's value under a pixel, within the axis."""
        area, (low, high) = self.area(), self._x_range
        share = min(1.0, max(0.0, (x - area.left()) / area.width()))
        return low + share * (high - low)

    @property
    def point(self) -> tuple[float, float] | None:
        """The value and the error where the point is drawn; it follows a drag at once."""
        profile = self.profile
        if profile is None:
            return None
        if self._drag is None:
            return profile.value, profile.error
        return self._drag, profile.at(self._drag)

    # What a person does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = self.point
        if event.button() != Qt.MouseButton.LeftButton or point is None:
            super().mousePressEvent(event)
            return
        away = event.position() - self.to_pixels(*point)
        if math.hypot(away.x(), away.y()) <= _REACH:
            self._drag = point[0]
            self.setCursor(Qt.CursorShape.SizeHorCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if self._drag is not None:
            self._ask(self.value_at(event.position().x()))
        elif self.point is not None:
            away = event.position() - self.to_pixels(*self.point)
            near = math.hypot(away.x(), away.y()) <= _REACH
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.button() == Qt.MouseButton.LeftButton:
            self._end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        by = steps.get(Qt.Key(event.key()))
        point = self.point
        if by is None or point is None:
            super().keyPressEvent(event)
            return
        low, high = self._x_range
        self._ask(min(high, max(low, point[0] + by * _KEY_STEP * (high - low))))
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if self._drag is not None and event.key() in arrows and not event.isAutoRepeat():
            self._end()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._drag is not None:
            self._end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self.update()

    def _ask(self, value: float) -> None:
        self._drag = value
        self.dragged.emit(value)
        self.update()

    def _end(self) -> None:
        self._drag = None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.released.emit()
        self.update()

    def readout(self) -> list[str]:
        """What lies under the mouse: the weight's value, the error, what the tangent expects."""
        profile = self.profile
        if profile is None or self._mouse is None:
            return []
        if self._drag is None and not self.area().contains(self._mouse):
            return []
        value = self.value_at(self._mouse.x()) if self._drag is None else self._drag
        return [
            f"{self.name} {value_text(value)}",
            f"error {value_text(profile.at(value))}",
            f"tangent {value_text(profile.tangent(value))}",
        ]

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        profile = self.profile
        if profile is None:
            return
        painter = QPainter(self)
        painter.setFont(scaled_font(self, CAPTION))
        area = self.area()
        self._paint_axes(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        self._paint_line(painter, self._x_range, [profile.tangent(v) for v in self._x_range], True)
        self._paint_line(painter, profile.values.tolist(), profile.errors.tolist(), False)
        painter.restore()
        self._paint_points(painter)
        self._paint_readout(painter, area)
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        theme, line = self.theme, painter.fontMetrics().height()
        middle = Qt.AlignmentFlag.AlignCenter
        for value, text in self._ticks(self._x_range, area.width(), "x"):
            x = round(self.to_pixels(value, 0.0).x()) + 0.5
            painter.setPen(QColor(theme.grid))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(theme.secondary))
            width = painter.fontMetrics().horizontalAdvance(text) + 2
            left = min(x - width / 2, self.width() - width)
            painter.drawText(QRectF(left, area.bottom() + 2, width, line), middle, text)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, text in self._ticks(self._y_range, self.height(), "y"):
            y = round(self.to_pixels(0.0, value).y()) + 0.5
            painter.setPen(QColor(theme.grid))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.secondary))
            painter.drawText(QRectF(0, y - line / 2, area.left() - HALF_GAP, line), right, text)
        below = QRectF(area.left(), area.bottom() + line + 2, area.width(), line)
        painter.drawText(below, middle, f"error over {self.name}")

    def _paint_line(
        self, painter: QPainter, values: Sequence[float], errors: Sequence[float], tangent: bool
    ) -> None:
        color = self.theme.violet if tangent else self.theme.text
        painter.setPen(QPen(QColor(color), 1.4 if tangent else 1.8))
        run: list[QPointF] = []
        for value, error in zip(values, errors, strict=True):
            if math.isfinite(error):
                run.append(self.to_pixels(value, error))
                continue
            painter.drawPolyline(QPolygonF(run))
            run = []
        painter.drawPolyline(QPolygonF(run))

    def _paint_points(self, painter: QPainter) -> None:
        """The present point, filled; where the next step leads, hollow."""
        theme, point = self.theme, self.point
        if point is None or not math.isfinite(point[1]):
            return
        accent, card = QColor(theme.accent), QColor(theme.card)
        at = self.to_pixels(*point)
        if self.after is not None and self._drag is None and math.isfinite(self.after[1]):
            end = self.to_pixels(*self.after)
            painter.setPen(QPen(accent, 1.8))
            painter.setBrush(card)
            if self.area().adjusted(-1, -1, 1, 1).contains(end):
                painter.drawEllipse(end, _DOT - 0.5, _DOT - 0.5)
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(theme.text) if focused else card, 2 if focused else 1.5))
        painter.setBrush(accent)
        painter.drawEllipse(at, _DOT, _DOT)

    def _paint_readout(self, painter: QPainter, area: QRectF) -> None:
        lines = self.readout()
        if not lines or self._mouse is None:
            return
        theme, metrics = self.theme, painter.fontMetrics()
        x = min(max(self._mouse.x(), area.left()), area.right())
        painter.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(
            QPointF(round(x) + 0.5, area.top()), QPointF(round(x) + 0.5, area.bottom())
        )
        line = metrics.height() + 2
        width = max(metrics.horizontalAdvance(text) for text in lines) + 16
        left = x + 8 if x + 8 + width <= area.right() else x - 8 - width
        card = QRectF(round(max(area.left(), left)) + 0.5, area.top() + 0.5, width, 3 * line + 6)
        painter.setPen(QColor(theme.border))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(card, 4, 4)
        colors = (theme.secondary, theme.text, theme.violet)
        for k, (text, color) in enumerate(zip(lines, colors, strict=True)):
            painter.setPen(QColor(color))
            row = QRectF(card.left() + 8, card.top() + 3 + k * line, width, line)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
