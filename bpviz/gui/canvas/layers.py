"""Layers of the picture that are kept from frame to frame, and how they lie on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap


@dataclass(frozen=True)
class Viewport:
    """How the picture lies on the screen: screen = zoom · picture + (dx, dy)."""

    zoom: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def to_picture(self, at: QPointF) -> QPointF:
        return QPointF((at.x() - self.dx) / self.zoom, (at.y() - self.dy) / self.zoom)

    def to_screen(self, at: QPointF) -> QPointF:
        return QPointF(at.x() * self.zoom + self.dx, at.y() * self.zoom + self.dy)

    def apply(self, painter: QPainter) -> None:
        painter.translate(self.dx, self.dy)
        painter.scale(self.zoom, self.zoom)

    def seen(self, size: QSize) -> QRectF:
        """What of the picture is on a screen of this size."""
        return QRectF(self.to_picture(QPointF(0, 0)), size.toSizeF() / self.zoom)


class Layer:
    """A pixmap, and for which `viewport` and what it was drawn."""

    def __init__(self) -> None:
        self.viewport: Viewport | None = None
        self.dpr = 1.0
        self._pixmap = QPixmap()
        self._key: object = None

    def is_new(self, key: object) -> bool:
        """Whether it has to be drawn for this; the next time it is known."""
        known, self._key = self._key, key
        return key != known

    def begin(self, size: QSize, viewport: Viewport, dpr: float, ground: QColor) -> QPainter:
        """A painter of it in the picture's coordinates, to be ended."""
        self.viewport, self.dpr = viewport, dpr
        pixels = size * dpr
        if self._pixmap.size() != pixels:
            self._pixmap = QPixmap(pixels)
        self._pixmap.setDevicePixelRatio(dpr)
        self._pixmap.fill(ground)
        painter = QPainter(self._pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        viewport.apply(painter)
        return painter

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Put it where it belongs in this viewport, stretched if it was drawn for another."""
        drawn = self.viewport
        if drawn is None or drawn == viewport:
            painter.drawPixmap(0, 0, self._pixmap)
            return
        ratio = viewport.zoom / drawn.zoom
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(viewport.dx - ratio * drawn.dx, viewport.dy - ratio * drawn.dy)
        painter.scale(ratio, ratio)
        painter.drawPixmap(0, 0, self._pixmap)
        painter.restore()
