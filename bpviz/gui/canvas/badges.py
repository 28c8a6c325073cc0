"""Small badges at units that have stopped learning: dead or saturated."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from bpviz.gui.canvas.scene import Scene, UnitItem
from bpviz.gui.theme import Theme
from bpviz.lab.unit_health import UnitHealth

# The middle of a disc's upper right edge, in halves of its side.
_DIAGONAL = 0.7071


def paint_badges(
    painter: QPainter,
    scene: Scene,
    theme: Theme,
    health: Iterable[UnitHealth],
    squares: bool,
) -> None:
    """Draw one badge for each of these units that is shown; `squares` says how units are drawn."""
    states = {(h.layer, h.unit): h.state for h in health}
    if not states:
        return
    for item in scene.units:
        layer = scene.spec.layers[item.layer]
        state = states.get((layer.id, layer.ids[item.unit]))
        if state is not None:
            paint = _paint_dead if state == "dead" else _paint_saturated
            paint(painter, _corner(item, squares), _radius(item), theme)


def _corner(item: UnitItem, square: bool) -> QPointF:
    half = item.rect.width() / 2
    reach = half - 1 if square else _DIAGONAL * half
    return item.rect.center() + QPointF(reach, -reach)


def _radius(item: UnitItem) -> float:
    return min(8.0, max(4.5, 0.2 * item.rect.width()))


def _paint_dead(painter: QPainter, at: QPointF, radius: float, theme: Theme) -> None:
    """A ring with a bar: nothing passes."""
    color = QColor(theme.warning)
    painter.setBrush(QColor(theme.card))
    painter.setPen(QPen(color, 1.5))
    painter.drawEllipse(at, radius, radius)
    painter.setPen(QPen(color, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    bar = QPointF(0.45 * radius, 0)
    painter.drawLine(at - bar, at + bar)


def _paint_saturated(painter: QPainter, at: QPointF, radius: float, theme: Theme) -> None:
    """A curve that has become flat."""
    color = QColor(theme.text)
    painter.setBrush(QColor(theme.card))
    painter.setPen(QPen(QColor(theme.secondary), 1.2))
    painter.drawEllipse(at, radius, radius)
    ends = ((-0.55, 0.45), (-0.3, 0.3), (-0.1, -0.2), (0.1, -0.35), (0.6, -0.35))
    curve = QPolygonF([at + QPointF(radius * x, radius * y) for x, y in ends])
    painter.setPen(QPen(color, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(curve)
