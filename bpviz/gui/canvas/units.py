"""Paints units, their biases, and layers that are one picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

from bpviz.gui.canvas.edges import paint_lock
from bpviz.gui.canvas.hits import picture_rect
from bpviz.gui.canvas.pictures import UnitPictures
from bpviz.gui.canvas.scene import Scene, UnitItem
from bpviz.gui.colors import blend, signed_color
from bpviz.gui.theme import CAPTION, Theme
from bpviz.lab.reductions import Reduction

Array = np.ndarray[Any, Any]


class UnitPainter:
    """Draws the units of a scene."""

    def __init__(self, scene: Scene, theme: Theme) -> None:
        self.scene = scene
        self.theme = theme
        self.pictures = UnitPictures(scene, theme)
        self._border = QPen(blend(theme.secondary, theme.text, 0.35), 1.0)
        self._empty = QBrush(blend(theme.card, theme.zero, 0.6))
        self._frozen = set(scene.theta.indices_of(scene.spec.frozen))

    def paint(self, painter: QPainter, reduction: Reduction | None) -> None:
        """Draw all units; `reduction` is of the vector over θ that edges are coloured by."""
        self._paint_whole_pictures(painter)
        self._paint_ones(painter)
        weights = {
            layer: self.pictures.of_weights(reduction, layer)
            for layer in self.pictures.weight_layers
        }
        for item in self.scene.units:
            self._paint_unit(painter, item, weights.get(item.layer, {}).get(item.unit))

    def _paint_ones(self, painter: QPainter) -> None:
        """The units that are always 1."""
        for one in self.scene.ones:
            painter.setPen(self._border)
            painter.setBrush(QColor(self.theme.card))
            painter.drawEllipse(one.rect.adjusted(0.5, 0.5, -0.5, -0.5))
            font = painter.font()
            font.setPixelSize(max(9, min(CAPTION, round(0.6 * one.rect.height()))))
            painter.setFont(font)
            painter.setPen(QColor(self.theme.text))
            painter.drawText(one.rect, Qt.AlignmentFlag.AlignCenter, "1")

    def is_square(self, item: UnitItem) -> bool:
        """Whether a unit is drawn as a square with a picture, not as a disc."""
        return (
            item.layer in self.pictures.weight_layers
            or self.pictures.of_unit(item.layer, item.unit) is not None
        )

    def _paint_unit(self, painter: QPainter, item: UnitItem, weights: QImage | None) -> None:
        rect = item.rect.adjusted(0.5, 0.5, -0.5, -0.5)
        picture = weights or self.pictures.of_unit(item.layer, item.unit)
        painter.setPen(self._border)
        if picture is not None:
            painter.setBrush(_texture(picture, rect))
            radius = 0.14 * rect.width()
            painter.drawRoundedRect(rect, radius, radius)
            return
        color = self.pictures.color(item.layer, item.unit)
        painter.setBrush(self._empty if color is None else QBrush(color))
        painter.drawEllipse(rect)

    def paint_biases(self, painter: QPainter, values: Array, scale: float) -> None:
        """Draw all biases that are squares, coloured like edges."""
        if not self.scene.biases:
            return
        # Square and not antialiased: they are many, small, and painted every frame.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for item in self.scene.biases:
            value = float(values[item.index])
            painter.fillRect(item.rect, signed_color(self.theme, value / scale if scale else 0.0))
        painter.setPen(self._border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects([item.rect for item in self.scene.biases])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self._frozen) <= 60:
            for item in self.scene.biases:
                if item.index in self._frozen:
                    corner = item.rect.bottomLeft() + QPointF(-3, 3)
                    paint_lock(painter, corner, self.theme)

    def _paint_whole_pictures(self, painter: QPainter) -> None:
        """Layers that are drawn as one picture."""
        # Pixels of the screen that one of the picture's own units takes.
        across = painter.deviceTransform().m11()
        for place in self.scene.layout.layers:
            if not place.picture:
                continue
            rect = picture_rect(place)
            width, height = (round(across * length) for length in place.picture)
            picture = self.pictures.whole(place.index, max(1, width), max(1, height))
            painter.setPen(QPen(QColor(self.theme.border), 1))
            painter.setBrush(self._empty if picture is None else Qt.BrushStyle.NoBrush)
            if picture is not None:
                painter.drawImage(rect, picture)
            painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))


def _texture(picture: QImage, rect: QRectF) -> QBrush:
    """A brush that shows the whole picture in a rectangle, pixel by pixel."""
    brush = QBrush(picture)
    transform = QTransform.fromTranslate(rect.x(), rect.y())
    transform.scale(rect.width() / picture.width(), rect.height() / picture.height())
    brush.setTransform(transform)
    return brush
