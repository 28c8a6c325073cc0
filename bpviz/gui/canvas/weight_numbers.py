"""Numbers on the canvas: weights beside their edges, net inputs and outputs in their units."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.scale import in_two_digits
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.theme import CAPTION, Theme
from bpviz.lab.evaluation import Evaluation

Array = np.ndarray[Any, Any]

# More numbers than these cannot be read.
MOST_EDGES = 60
UNIT_SIZE = 58.0

# Courses have more points towards their ends: 0.35 of the points is a quarter of the way.
_TRIES = (0.35, 0.4, 0.3, 0.45, 0.58, 0.63, 0.53, 0.69, 0.25, 0.75, 0.49)


class Numbers:
    """Where the numbers of a scene stand, and how they are painted."""

    def __init__(self, scene: Scene, font: QFont) -> None:
        self.scene = scene
        self._font = sized(font, CAPTION)
        self._small = sized(font, CAPTION - 1)
        self.fits = len(scene.index) <= MOST_EDGES and scene.cubic
        self.plates: list[QRectF] = self._place_plates() if self.fits else []

    def _place_plates(self) -> list[QRectF]:
        measure = QFontMetricsF(self._font)
        width, height = measure.horizontalAdvance("−0.000") + 4, measure.height()
        taken = [item.rect for item in self.scene.units]
        taken += [item.rect.adjusted(0, -2, 28, 8) for item in self.scene.biases]
        plates = []
        for edge in range(len(self.scene.index)):
            tries = [_around(self.scene.point_on(edge, t), width, height) for t in _TRIES]
            plate = next(
                (
                    rect
                    for air in (5.0, 0.0)
                    for rect in tries
                    if not any(_grown(rect, air).intersects(other) for other in taken)
                ),
                tries[0],
            )
            plates.append(plate)
            taken.append(plate)
        return plates

    def paint_weights(self, painter: QPainter, values: Array, theme: Theme) -> None:
        """Print the value of every edge and bias."""
        painter.setFont(self._font)
        plate_color, ink = QColor(theme.card), QColor(theme.text)
        for rect, index in zip(self.plates, self.scene.index, strict=True):
            self._print(painter, rect, float(values[index]), plate_color, ink)
        for item in self.scene.biases:
            rect = _around(item.rect.center() + QPointF(0, 13), 38, 13)
            rect.moveRight(item.rect.right() + 6)
            self._print(painter, rect, float(values[item.index]), plate_color, ink)

    def paint_outputs(self, painter: QPainter, evaluation: Evaluation, theme: Theme) -> None:
        """Print net input and output of the current sample in every unit."""
        painter.setFont(self._small)
        probe = evaluation.probe
        for item in self.scene.units:
            layer = self.scene.spec.layers[item.layer]
            lines = []
            if not layer.is_input:
                lines.append(f"net {in_two_digits(float(probe.nets[item.layer][item.unit]))}")
            lines.append(f"out {in_two_digits(float(probe.outs[item.layer][item.unit]))}")
            height = 12.0 * len(lines) + 2
            plate = _around(item.rect.center(), item.rect.width() - 6, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.card))
            painter.drawRoundedRect(plate, 3, 3)
            painter.setPen(QColor(theme.text))
            for k, line in enumerate(lines):
                row = QRectF(plate.x(), plate.y() + 1 + 12 * k, plate.width(), 12)
                painter.drawText(row, Qt.AlignmentFlag.AlignCenter, line)

    def _print(
        self, painter: QPainter, rect: QRectF, value: float, plate: QColor, ink: QColor
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, three_decimals(value))


def three_decimals(value: float) -> str:
    """A weight as people write it on paper: 0.842, and in short form when large or tiny."""
    if not np.isfinite(value):
        return "–"
    if abs(value) >= 100 or 0 < abs(value) < 0.0005:
        return in_two_digits(value)
    return f"{value:.3f}".replace("-", "−")


def _around(centre: QPointF, width: float, height: float) -> QRectF:
    return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)


def _grown(rect: QRectF, by: float) -> QRectF:
    return rect.adjusted(-by, -by, by, by)
