"""The map of the error: colours for its height, quiet contour lines, the path walked so far."""

from __future__ import annotations

import functools
import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.engine.activations import Array
from bpviz.gui.bottom.landscape_contours import contour, levels_between
from bpviz.gui.colors import Bytes, blend, indexed_image
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.ticks import linear_ticks, nice_step, tick_text
from bpviz.gui.theme import CAPTION, HALF_GAP, LIGHT, Theme, mix
from bpviz.lab.landscape_task import Landscape

# Errors that differ by more than this factor are coloured by their logarithm.
_WIDE = 20.0
# On a logarithmic scale, what lies this far below the highest is all the same.
_SMALLEST = 1e-6
_LINES = 9
_TICK_GAP = 48
# A path longer than so many widths of the map is drawn as a hairline.
_LONG_WAY = 10.0


class HeightScale:
    """Errors as heights from 0 to 1: linear, or logarithmic where the range is wide."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self.logarithmic = high > 0 and low >= 0 and high > _WIDE * max(low, high * _SMALLEST)
        floor = max(low, high * _SMALLEST)
        self._bottom = math.log(floor) if self.logarithmic else low
        self._span = (math.log(high) if self.logarithmic else high) - self._bottom or 1.0

    def heights(self, errors: Array) -> Array:
        """Heights of these errors, NaN where one is not finite."""
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.log(errors) if self.logarithmic else errors
            heights = np.clip((values - self._bottom) / self._span, 0.0, 1.0)
        return np.where(np.isfinite(errors), heights, np.nan)

    def error(self, height: float) -> float:
        """The error at a height."""
        value = self._bottom + height * self._span
        return math.exp(value) if self.logarithmic else value


@functools.lru_cache(maxsize=4)
def height_table(theme: Theme) -> Bytes:
    """Low to high as 256 opaque pixels, shape (256, 4): the card's colour to a deep violet.

    Neither orange nor blue, which mean sign or class.
    """
    packed = np.array([height_color(theme, k / 255).rgb() for k in range(256)], dtype=np.uint32)
    return packed.view(np.uint8).reshape(-1, 4)


def height_color(theme: Theme, height: float) -> QColor:
    """The colour of a height from 0 to 1."""
    pale = mix(theme.card, theme.violet, 0.04)
    middle = mix(mix(theme.card, theme.violet, 0.42), theme.secondary, 0.18)
    deep = mix(theme.violet, theme.secondary, 0.22)
    if height < 0.5:
        return blend(pale, middle, 2 * height)
    return blend(middle, deep, 2 * height - 1)


class LandscapeMap(QWidget):
    """Draws a Landscape, a square. `pointed` says that the mouse moved; see `under_mouse`."""

    pointed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.landscape: Landscape | None = None
        self.scale: HeightScale | None = None
        self.path: Array = np.empty((0, 2))
        self._labels = ("", "")
        self._mouse: QPointF | None = None
        self._sheet: QPixmap | None = None
        self._sheet_key: tuple[object, ...] = ()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of the error")

    def sizeHint(self) -> QSize:
        return QSize(300, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def show_landscape(self, landscape: Landscape | None, labels: tuple[str, str]) -> None:
        """Draw this map; `labels` name its axes. None leaves an empty frame."""
        self.landscape, self._labels = landscape, labels
        bounds = None if landscape is None else landscape.finite_range
        self.scale = None if bounds is None else HeightScale(*bounds)
        self.update()

    def show_path(self, points: Array) -> None:
        """Draw the way that the weights went, oldest first, shape (points, 2)."""
        self.path = points
        self.update()

    # Places

    def area(self) -> QRectF:
        """The square of the map, beside and above the numbers at its axes."""
        metrics = QFontMetricsF(scaled_font(self, CAPTION))
        left = metrics.height() + metrics.horizontalAdvance("−0.00") + HALF_GAP + 2
        side = min(self.width() - left - 1, self.height() - 2 * metrics.height() - 4)
        side = max(1.0, math.floor(side))
        return QRectF(math.ceil(left), 1, side, side)

    def fitting_width(self, height: int) -> int:
        """The width at which the square is as high as the widget allows."""
        metrics = QFontMetricsF(scaled_font(self, CAPTION))
        left = metrics.height() + metrics.horizontalAdvance("−0.00") + HALF_GAP + 2
        return max(160, math.ceil(left + height - 2 * metrics.height() - 4 + 3))

    def to_pixels(self, places: Array) -> Array:
        """Widget coordinates of coordinates on the plane, shape (n, 2)."""
        landscape, area = self.landscape, self.area()
        assert landscape is not None
        share = (places - landscape.plane.centre + landscape.reach) / (2 * landscape.reach)
        return np.column_stack(
            [area.left() + share[:, 0] * area.width(), area.bottom() - share[:, 1] * area.height()]
        )

    def under_mouse(self) -> tuple[float, float] | None:
        """Coordinates on the plane under the mouse; None when it is elsewhere."""
        area, landscape = self.area(), self.landscape
        if landscape is None or self._mouse is None or not area.contains(self._mouse):
            return None
        across = (self._mouse.x() - area.left()) / area.width()
        up = (area.bottom() - self._mouse.y()) / area.height()
        (a, b), reach = landscape.plane.centre, landscape.reach
        return a + (2 * across - 1) * reach, b + (2 * up - 1) * reach

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        self.pointed.emit()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self.pointed.emit()
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(scaled_font(self, CAPTION))
        area = self.area()
        if self.landscape is None or self.scale is None:
            painter.setPen(QColor(self.theme.border))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.end()
            return
        painter.drawPixmap(area.topLeft(), self._ground(area))
        self._paint_axes(painter, area)
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_path(painter, area)
        self._paint_crosshair(painter, area)
        painter.restore()
        painter.end()

    def _ground(self, area: QRectF) -> QPixmap:
        """Colours and contour lines, painted anew only when they change."""
        ratio = self.devicePixelRatioF()
        key = (self.landscape, self.theme, area.size().toTuple(), ratio)
        if self._sheet is None or key != self._sheet_key:
            sheet = QPixmap((area.size() * ratio).toSize())
            sheet.setDevicePixelRatio(ratio)
            painter = QPainter(sheet)
            self._paint_ground(painter, QRectF(0, 0, area.width(), area.height()))
            painter.end()
            self._sheet, self._sheet_key = sheet, key
        return self._sheet

    def _paint_ground(self, painter: QPainter, area: QRectF) -> None:
        assert self.landscape is not None
        assert self.scale is not None
        theme, heights = self.theme, self.scale.heights(self.landscape.errors)
        size = len(heights)
        painter.fillRect(area, QColor(theme.zero))
        indices = np.round(np.nan_to_num(heights, nan=1.0) * 255).astype(np.uint8)[::-1]
        image: QImage = indexed_image(indices, height_table(theme))
        # A point of the grid is the middle of its pixel; the outermost ones lie on the edge.
        source = QRectF(0.5, 0.5, size - 1.0, size - 1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, image, source)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step = area.width() / (size - 1)
        for level in levels_between(0.0, 1.0, _LINES):
            shade = blend(height_color(theme, float(level)), theme.text, 0.2)
            painter.setPen(QPen(shade, 1.0))
            segments = contour(heights, float(level)) * step
            painter.drawLines(
                [
                    QLineF(x0, area.bottom() - y0, x1, area.bottom() - y1)
                    for (x0, y0), (x1, y1) in segments.tolist()
                ]
            )

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        assert self.landscape is not None
        theme, reach, metrics = self.theme, self.landscape.reach, painter.fontMetrics()
        a, b = self.landscape.plane.centre
        line = metrics.height()
        painter.setPen(QColor(theme.secondary))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        count = max(2, int(area.width() / _TICK_GAP))
        for centre, across in ((a, True), (b, False)):
            low, high = centre - reach, centre + reach
            step = nice_step(high - low, count)
            for value in linear_ticks(low, high, count):
                share, text = (value - low) / (high - low), tick_text(value, step)
                if across:
                    width = metrics.horizontalAdvance(text) + 2
                    x = area.left() + share * area.width() - width / 2
                    x = min(max(x, area.left()), area.right() - width)
                    place = QRectF(x, area.bottom() + 2, width, line)
                    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
                else:
                    y = area.bottom() - share * area.height() - line / 2
                    y = min(max(y, 0.0), area.bottom() - line)
                    painter.drawText(QRectF(0, y, area.left() - HALF_GAP, line), right, text)
        middle = Qt.AlignmentFlag.AlignCenter
        below = QRectF(area.left(), area.bottom() + line + 2, area.width(), line)
        painter.drawText(below, middle, self._labels[0])
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), middle, self._labels[1])
        painter.restore()

    def _paint_path(self, painter: QPainter, area: QRectF) -> None:
        """The way so far, the start of the map's weights, and where the weights are now."""
        if not len(self.path):
            return
        theme = self.theme
        # Far off the map is as good as just off it, and Qt draws no line to infinity.
        far = 20 * area.width()
        places = np.clip(self.to_pixels(self.path), -far, far)
        line = QPolygonF([QPointF(x, y) for x, y in places.tolist()])
        travel = float(np.abs(np.diff(places, axis=0)).sum())
        # Qt needs many times as long for a wide line that crosses itself over and over.
        hairline = travel > _LONG_WAY * area.width()
        strokes = ((theme.text, 1.0),) if hairline else ((theme.card, 3.6), (theme.text, 1.6))
        for color, width in strokes:
            pen = QPen(QColor(color), width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(line)
        now = QPointF(*places[-1].tolist())
        edge = area.adjusted(6, 6, -6, -6)
        inside = edge.contains(now)
        if not inside:
            now = QPointF(
                min(max(now.x(), edge.left()), edge.right()),
                min(max(now.y(), edge.top()), edge.bottom()),
            )
        # Hollow at the edge: the weights have left the map.
        painter.setPen(QPen(QColor(theme.card if inside else theme.accent), 2))
        painter.setBrush(QColor(theme.accent if inside else theme.card))
        painter.drawEllipse(now, 5.5, 5.5)

    def _paint_crosshair(self, painter: QPainter, area: QRectF) -> None:
        if self.under_mouse() is None or self._mouse is None:
            return
        painter.setPen(QPen(blend(self.theme.text, self.theme.card, 0.3), 1, Qt.PenStyle.DotLine))
        x, y = round(self._mouse.x()) + 0.5, round(self._mouse.y()) + 0.5
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
