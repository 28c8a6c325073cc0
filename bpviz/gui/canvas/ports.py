"""Ports: the small dots that connections are drawn from, at what the pointer rests on."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from bpviz.gui.canvas.hits import Hit, picture_rect
from bpviz.gui.canvas.layer_headers import LayerHeaders
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.theme import Theme

RADIUS = 5.0
_REACH = 10.0
_APART = 8.0


def port_of(scene: Scene, headers: LayerHeaders, hit: Hit | None) -> QPointF | None:
    """Where the port of what is pointed at lies; None where no connection can begin.

    Units have one, and so do the title and the picture of a layer.
    """
    if hit is None or hit.layer < 0 or hit.layer == len(scene.spec.layers) - 1:
        return None
    if hit.control is not None:
        right = headers.title_right(hit.layer) if hit.control.kind == "title" else None
        return None if right is None else right + QPointF(_APART + 4, 0)
    if hit.kind not in ("unit", "port", "picture"):
        return None
    place = scene.layout.layers[hit.layer]
    item = scene.unit_item(hit.layer, hit.unit)
    rect = item.rect if item else picture_rect(place) if place.picture else None
    return None if rect is None else QPointF(rect.right() + _APART, rect.center().y())


def port_hit(
    scene: Scene, headers: LayerHeaders, rested_on: Hit | None, at: QPointF, zoom: float
) -> Hit | None:
    """The port of what the pointer has rested on, if it is at this point of the picture."""
    port = port_of(scene, headers, rested_on)
    if port is None or rested_on is None:
        return None
    away = at - port
    if away.x() ** 2 + away.y() ** 2 > (_REACH / zoom) ** 2:
        return None
    return Hit("port", rested_on.layer, rested_on.unit, control=rested_on.control)


def paint_port(painter: QPainter, theme: Theme, at: QPointF, hovered: bool) -> None:
    """A dot to draw a connection from."""
    painter.setPen(QPen(QColor(theme.accent), 2.0))
    painter.setBrush(QColor(theme.accent if hovered else theme.card))
    radius = RADIUS + (1.0 if hovered else 0.0)
    painter.drawEllipse(at, radius, radius)
