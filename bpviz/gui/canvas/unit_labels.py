"""Writes what units are called, below or beside them, and how many are left out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from bpviz.gui.canvas.names import Naming
from bpviz.gui.canvas.scene import Scene, UnitItem
from bpviz.gui.theme import Theme


class UnitLabels:
    """The labels of one scene."""

    def __init__(self, scene: Scene, naming: Naming, font: QFont, theme: Theme) -> None:
        self._scene = scene
        self._naming = naming
        self._font = font
        self._theme = theme

    def paint(self, painter: QPainter) -> None:
        """Draw all labels, and how many units each gap leaves out."""
        painter.setFont(self._font)
        painter.setPen(QColor(self._theme.secondary))
        measure = QFontMetricsF(self._font)
        room = max(self._scene.layout.pitch * 0.8, 30.0)
        for item in self._scene.units:
            text = self._naming.units[item.layer][item.unit]
            if item.label:
                text = measure.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
                width = measure.horizontalAdvance(text) + 4
                # In the first column names may be long, and the margin ends at the window.
                left = max(2.0, item.rect.center().x() - width / 2)
                rect = QRectF(left, item.rect.bottom() + 3, width, 15)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
            else:
                self._paint_side_label(painter, measure, item, text)
        for place in self._scene.layout.layers:
            if place.hidden:
                rect = QRectF(place.x - 40, place.gap_y - 16, 80, 32)
                self._paint_gap(painter, rect, place.hidden)

    def _paint_side_label(
        self, painter: QPainter, measure: QFontMetricsF, item: UnitItem, text: str
    ) -> None:
        """Beside a unit there is room for its label only at the two ends of the network."""
        layout = self._scene.layout
        column = layout.layers[item.layer].column
        if column == 0:
            room = item.rect.left() - 8
            text = measure.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
            rect = QRectF(0, item.rect.y(), item.rect.left() - 5, item.rect.height())
            side = Qt.AlignmentFlag.AlignRight
        elif column == len(layout.column_x) - 1:
            left = item.rect.right() + 6
            text = measure.elidedText(text, Qt.TextElideMode.ElideMiddle, layout.width - left - 2)
            rect = QRectF(left, item.rect.y(), layout.width - left, item.rect.height())
            side = Qt.AlignmentFlag.AlignLeft
        else:
            return
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_gap(self, painter: QPainter, rect: QRectF, hidden: int) -> None:
        centre = rect.center()
        painter.setBrush(QColor(self._theme.secondary))
        pen = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        for k in (-1, 0, 1):
            painter.drawEllipse(centre + QPointF(0, 5 * k - 7), 1.4, 1.4)
        painter.setPen(pen)
        below = QRectF(rect.x(), centre.y() + 1, rect.width(), 14)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{hidden:,} more")
