"""Writes what units are called, below or beside them, and how many are left out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from bpviz.gui.canvas.names import Naming
from bpviz.gui.canvas.scene import Scene, UnitItem
from bpviz.gui.theme import Theme

# The width that a note between two columns takes at most, in most networks.
_NOTE = 84.0
# No column has room for more units above or below its gap.
_DRAWN = 200


def name_widths(naming: Naming, font: QFont) -> tuple[float, float]:
    """The widths of the longest names of inputs and of outputs, as far as they can be shown."""
    measure = QFontMetricsF(font)
    layers = naming.layout.spec.layers
    inputs = [names for layer, names in zip(layers, naming.units, strict=True) if layer.is_input]
    first, last = (
        max((measure.horizontalAdvance(n) for names in groups for n in _ends(names)), default=0.0)
        for groups in (inputs, [naming.units[-1]])
    )
    return first, last


def _ends(names: Sequence[str]) -> Sequence[str]:
    """Where not all units of a layer are drawn, it is its first and its last ones that are."""
    if len(names) <= 2 * _DRAWN:
        return names
    return (*names[:_DRAWN], *names[-_DRAWN:])


def fitting(text: str, measure: QFontMetricsF, room: float) -> str:
    """As much of a name as there is room for: of "sex = female" first the category alone."""
    if measure.horizontalAdvance(text) <= room:
        return text
    text = text.partition(" = ")[2] or text
    return measure.elidedText(text, Qt.TextElideMode.ElideMiddle, room)


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
        layout = self._scene.layout
        # Between the columns it may be written how many edges are drawn.
        noted = any(place.hidden for place in layout.layers)
        room = max(layout.pitch - max(layout.pitch * 0.2, _NOTE * noted), 30.0)
        for item in self._scene.units:
            text = self._naming.units[item.layer][item.unit]
            if item.label:
                text = fitting(text, measure, room)
                width = measure.horizontalAdvance(text) + 4
                # At both ends names may be long, and the margin ends at the window.
                left = min(item.rect.center().x(), layout.width - 2 - width / 2)
                left = max(2.0, left - width / 2)
                rect = QRectF(left, item.rect.bottom() + 3, width, 15)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
            else:
                self._paint_side_label(painter, measure, item, text)
        for place in layout.layers:
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
            text = fitting(text, measure, room)
            rect = QRectF(0, item.rect.y(), item.rect.left() - 5, item.rect.height())
            side = Qt.AlignmentFlag.AlignRight
        elif column == len(layout.column_x) - 1:
            left = item.rect.right() + 6
            text = fitting(text, measure, layout.width - left - 2)
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
