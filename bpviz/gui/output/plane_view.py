"""Draws a plane with samples on it: decision maps, curves and scatter plots alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.engine.activations import Array
from bpviz.gui.colors import blend
from bpviz.gui.output.plane import DOT, Dots, Plane
from bpviz.gui.output.plane_axes import (
    paint_names,
    paint_x_axis,
    paint_y_axis,
    x_ticks,
    y_ticks,
)
from bpviz.gui.output.plane_dots import MANY, Layer, layers
from bpviz.gui.output.plane_marks import dot_stamp, paint_cross, paint_ring, stamp_size
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.raster import DotRaster, packed
from bpviz.gui.theme import CAPTION, HALF_GAP, LIGHT, Theme

# Pixels that a rim adds to a dot's radius; with fewer, small dots would be diamonds.
_RIM = 0.8
# Pixels that no dot or halo reaches from its centre.
_REACH = 8


class PlaneView(QWidget):
    """Draws a Plane. `picked` tells the dataset row of the sample nearest to a click.

    With `names_below` the axes' names stand below their numbers.
    """

    picked = Signal(int)
    names_below = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.plane: Plane | None = None
        self._layer: QPixmap | None = None
        self._layer_key: tuple[Any, ...] = ()
        self._mouse: QPoint | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(306, 306)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 140)

    def show_plane(self, plane: Plane | None, theme: Theme) -> None:
        """Draw this from now on; None leaves the place empty."""
        self.plane, self.theme = plane, theme
        self.setCursor(
            Qt.CursorShape.PointingHandCursor
            if plane and plane.dots is not None
            else Qt.CursorShape.ArrowCursor
        )
        self.update()

    # Places

    def area(self) -> QRectF:
        """Where the data lies: the widget less its tick labels, square when the plane is."""
        metrics = self._small_metrics()
        plane = self.plane
        bottom = (1 + self.names_below) * metrics.height() + 2
        left = 2 * HALF_GAP
        if plane:
            texts = [text for _, text in self._y_ticks(plane, self.height() - bottom)]
            left += max((metrics.horizontalAdvance(t) for t in texts), default=0)
        box = QRectF(self.rect()).adjusted(left, 1, -1, -bottom)
        if plane and plane.square:
            side = float(int(max(1.0, min(box.width(), box.height()))))
            spare = box.width() - side
            # The labels on the left already take room there: share what is left of it.
            shift = max(0.0, (spare - left) / 2)
            box = QRectF(box.left() + int(shift), box.top(), side, side)
        return box

    def to_pixels(self, places: Array) -> Array:
        """Widget coordinates of places in the data's units, shape (n, 2)."""
        assert self.plane
        area = self.area()
        (x0, x1), (y0, y1) = self.plane.x_range, self.plane.y_range
        pixels = np.empty_like(places, dtype=np.float64)
        pixels[:, 0] = area.left() + (places[:, 0] - x0) / (x1 - x0) * area.width()
        pixels[:, 1] = area.bottom() - (places[:, 1] - y0) / (y1 - y0) * area.height()
        return pixels

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """The data's coordinates under a point of the widget."""
        assert self.plane
        area = self.area()
        (x0, x1), (y0, y1) = self.plane.x_range, self.plane.y_range
        x = x0 + (pixel.x() - area.left()) / area.width() * (x1 - x0)
        y = y0 + (area.bottom() - pixel.y()) / area.height() * (y1 - y0)
        return x, y

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        dots = self.plane.dots if self.plane else None
        if event.button() != Qt.MouseButton.LeftButton or dots is None or not len(dots):
            super().mousePressEvent(event)
            return
        at = event.position()
        away = self.to_pixels(dots.places) - (at.x(), at.y())
        distance = np.square(away).sum(axis=1)
        if dots.off is not None:
            # Of dots in one place, one that lies in the plane.
            distance += 1e-6 * dots.off
        if np.isfinite(distance).any():
            self.picked.emit(int(dots.rows[np.nanargmin(distance)]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().toPoint()
        self.update()

    def leaveEvent(self, event: Any) -> None:
        self._mouse = None
        self.update()

    def readout(self) -> str:
        """What lies under the mouse, in words."""
        if self._mouse is None or self.plane is None:
            return ""
        if not self.area().contains(QPointF(self._mouse)):
            return ""
        return self.plane.read(*self.to_data(QPointF(self._mouse)))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        plane = self.plane
        if plane is None:
            return
        painter = QPainter(self)
        area = self.area()
        self._paint_axes(painter, area, plane)
        painter.save()
        painter.setClipRect(area)
        if plane.image is not None:
            painter.drawImage(self._image_area(plane, area), plane.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for points, color, dashed in plane.lines:
            self._paint_line(painter, points, color, dashed)
        if plane.dots is not None:
            painter.drawPixmap(0, 0, self._dots_layer(plane.dots))
        self._paint_marks(painter, plane)
        painter.restore()
        self._paint_readout(painter, area)
        painter.end()

    def _paint_marks(self, painter: QPainter, plane: Plane) -> None:
        """The current sample, itself where its part is not shown, and typed values."""
        mark, cross = (self._pixel(place) for place in (plane.mark, plane.cross))
        if mark is not None:
            if plane.mark_color is not None:
                corner = QPointF(stamp_size(DOT), stamp_size(DOT)) / 2
                stamp = self._stamp(plane.mark_color, True, DOT, self.devicePixelRatioF())
                painter.drawPixmap(mark - corner, stamp)
            paint_ring(painter, mark, self.theme)
        if cross is not None:
            paint_cross(painter, cross, self.theme)

    def _pixel(self, place: tuple[float, float] | None) -> QPointF | None:
        """Where a place is in the widget; None where it is nowhere."""
        if place is None:
            return None
        x, y = self.to_pixels(np.array([place]))[0].tolist()
        return QPointF(x, y) if np.isfinite([x, y]).all() else None

    def _image_area(self, plane: Plane, area: QRectF) -> QRectF:
        if plane.image_range is None:
            return area
        left, right, low, high = plane.image_range
        (x0, y0), (x1, y1) = self.to_pixels(np.array([[left, high], [right, low]])).tolist()
        return QRectF(QPointF(x0, y0), QPointF(x1, y1))

    def _small_font(self) -> QFont:
        return scaled_font(self, CAPTION)

    def _small_metrics(self) -> QFontMetrics:
        return QFontMetrics(self._small_font())

    def _x_ticks(self, plane: Plane, width: float) -> list[tuple[float, str]]:
        return x_ticks(plane, width)

    def _y_ticks(self, plane: Plane, height: float) -> list[tuple[float, str]]:
        return y_ticks(plane, height)

    def _paint_axes(self, painter: QPainter, area: QRectF, plane: Plane) -> None:
        painter.setFont(self._small_font())
        paint_x_axis(painter, area, plane, self._x_ticks(plane, area.width()), self.theme)
        paint_y_axis(painter, area, plane, self._y_ticks(plane, area.height()), self.theme)
        if self.names_below:
            paint_names(painter, area, plane, self.theme)

    def _paint_line(self, painter: QPainter, points: Array, color: QColor, dashed: bool) -> None:
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(color, 1.0 if dashed else 1.8, style))
        finite = points[np.isfinite(points).all(axis=1)]
        if len(finite) > 1:
            painter.drawPolyline([QPointF(x, y) for x, y in self.to_pixels(finite).tolist()])

    def _dots_layer(self, dots: Dots) -> QPixmap:
        """All dots on a transparent sheet, drawn anew only when they or their places change."""
        ratio = self.devicePixelRatioF()
        key = (dots, *self._setting())
        if self._layer is None or key != self._layer_key:
            layer = QPixmap(self.size() * ratio)
            layer.setDevicePixelRatio(ratio)
            layer.fill(Qt.GlobalColor.transparent)
            painter = QPainter(layer)
            self._paint_dots(painter, dots, ratio)
            painter.end()
            self._layer, self._layer_key = layer, key
        return self._layer

    def _setting(self) -> tuple[Any, ...]:
        """All that dots look like and stand by, but for themselves."""
        assert self.plane
        return (
            self.plane.x_range,
            self.plane.y_range,
            self.area().getRect(),
            self.size(),
            self.devicePixelRatioF(),
            self.theme,
            self.plane.image is None,
        )

    def _paint_dots(self, painter: QPainter, dots: Dots, ratio: float, first: int = 0) -> None:
        """Stamp after stamp, so that of two dots that overlap each keeps its rim."""
        if len(dots) > MANY:
            self._paint_pixels(painter, dots, ratio, first)
            return
        for layer in layers(dots, self.theme, first):
            if layer.is_halo:
                self._stamp_halos(painter, dots.places[layer.shown], layer, ratio)
            else:
                self._stamp_dots(painter, dots, layer.shown, layer.colors, layer.size, ratio)

    def _paint_pixels(self, painter: QPainter, dots: Dots, ratio: float, first: int) -> None:
        """The same of very many dots, without smooth edges."""
        size = [round(length * ratio) for length in (self.width(), self.height(), _REACH)]
        raster = DotRaster(*size)
        pixels = self.to_pixels(dots.places) * ratio
        rims = packed((self._rim(False), self._rim(True)))[dots.hollow.astype(np.intp)]
        for layer in layers(dots, self.theme, first):
            radius, colors, shown = 0.5 * layer.size * ratio, packed(layer.colors), layer.shown
            if layer.is_halo:
                raster.draw_below(pixels[shown], int(colors[0]), radius)
            else:
                numbers = dots.color_numbers[shown]
                raster.draw(pixels[shown], colors[numbers], radius + _RIM, rims[shown])
        image = raster.image()
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)

    def _stamp_halos(self, painter: QPainter, places: Array, layer: Layer, ratio: float) -> None:
        halo = dot_stamp(layer.colors[0], None, layer.size, ratio)
        for x, y in (self.to_pixels(places) - stamp_size(layer.size) / 2).tolist():
            painter.drawPixmap(QPointF(x, y), halo)

    def _stamp_dots(
        self,
        painter: QPainter,
        dots: Dots,
        chosen: np.ndarray[Any, np.dtype[np.bool_]],
        colors: tuple[QColor, ...],
        size: int,
        ratio: float,
    ) -> None:
        stamps = [
            [self._stamp(color, hollow, size, ratio) for hollow in (False, True)]
            for color in colors
        ]
        corners = self.to_pixels(dots.places[chosen]) - stamp_size(size) / 2
        numbers, hollows = dots.color_numbers[chosen].tolist(), dots.hollow[chosen].tolist()
        for (x, y), number, hollow in zip(corners.tolist(), numbers, hollows, strict=True):
            painter.drawPixmap(QPointF(x, y), stamps[number][hollow])

    def _stamp(self, color: QColor, hollow: bool, size: int, ratio: float) -> QPixmap:
        """A dot with its rim."""
        return dot_stamp(color, self._rim(hollow), size, ratio)

    def _rim(self, hollow: bool) -> QColor:
        """What sets a dot off from a picture, or from the bare card a dot may be as pale as."""
        theme = self.theme
        if hollow:
            return QColor(theme.text)
        if self.plane is not None and self.plane.image is None:
            return blend(theme.card, theme.secondary, 0.7)
        return QColor("#ffffff" if theme.name == "light" else theme.window)

    def _paint_readout(self, painter: QPainter, area: QRectF) -> None:
        text = self.readout()
        if not text or self._mouse is None:
            return
        painter.setFont(self._small_font())
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()) - 28)
        size = QSize(metrics.horizontalAdvance(text) + 12, metrics.height() + 6)
        # In the lower corner, and out of the way when the mouse comes there.
        low = self._mouse.y() > area.bottom() - 3 * size.height()
        top = area.top() + 6 if low else area.bottom() - size.height() - 6
        card = QRectF(area.left() + 6.5, round(top) + 0.5, size.width(), size.height())
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(QColor(self.theme.card))
        painter.drawRoundedRect(card, 4, 4)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(card, Qt.AlignmentFlag.AlignCenter, text)
