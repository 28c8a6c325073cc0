"""What the colours of the map mean: a bar from the lowest to the highest error."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.bottom.landscape_map import HeightScale, height_color
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.theme import CAPTION, HALF_GAP, LIGHT, Theme

_BAR = 8


class HeightBar(QWidget):
    """The scale of heights; a mark stands at the present error, if it is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.scale: HeightScale | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour scale of the error")

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(scaled_font(self, CAPTION))
        return QSize(160, _BAR + HALF_GAP + metrics.height())

    def show_scale(self, scale: HeightScale | None, theme: Theme) -> None:
        self.scale, self.theme = scale, theme
        if scale is not None:
            kind = ", logarithmic" if scale.logarithmic else ""
            self.setAccessibleDescription(
                f"from {value_text(scale.low)} to {value_text(scale.high)}{kind}"
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        scale = self.scale
        if scale is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0.5, 0.5, self.width() - 1.0, _BAR - 1.0)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for k in range(9):
            gradient.setColorAt(k / 8, height_color(self.theme, k / 8))
        painter.setPen(QPen(QColor(self.theme.border), 1))
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setFont(scaled_font(self, CAPTION))
        painter.setPen(QColor(self.theme.secondary))
        sides = (
            (0.0, Qt.AlignmentFlag.AlignLeft),
            (0.5, Qt.AlignmentFlag.AlignHCenter),
            (1.0, Qt.AlignmentFlag.AlignRight),
        )
        row = QRectF(0, _BAR + HALF_GAP - 1, self.width(), 40)
        for height, side in sides:
            error = scale.error(height)
            if math.isfinite(error):
                painter.drawText(row, side | Qt.AlignmentFlag.AlignTop, value_text(error, 3))
        painter.end()
