"""Missing connections: not drawn, but to be seen where a person looks for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.colors import blend
from bpviz.gui.theme import Theme

Array = np.ndarray[Any, Any]

_DASHES = [3.0, 4.0]
# More lines than these say no more.
_MOST = 400


class MissingEdges:
    """The missing connections of one scene between units that are drawn, by number."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._ends = [scene.theta.id_of(int(k)) for k in scene.missing_index]
        self.all = tuple(range(min(len(self._ends), _MOST)))

    def of_unit(self, layer: int, unit: int) -> tuple[int, ...]:
        """Those that lead to or from a unit, given by its positions."""
        spec = self._scene.spec.layers[layer]
        ref = (spec.id, spec.ids[unit])
        found = [
            k
            for k, end in enumerate(self._ends)
            if ref in ((end.layer, end.unit), (end.source, end.source_unit))
        ]
        return tuple(found[:_MOST])

    def hit(self, at: QPointF, reach: float, among: Iterable[int]) -> Hit | None:
        """The one of these that is nearest to a point, if it is not farther than that."""
        chosen = np.array(list(among), dtype=np.intp)
        if not len(chosen):
            return None
        found = self._scene.near(self._scene.missing_samples[chosen], at.x(), at.y(), reach)
        if not len(found):
            return None
        return Hit("missing", index=int(self._scene.missing_index[chosen[found[0]]]))

    def middle(self, index: int) -> QPointF:
        """The middle of the course of the one whose weight would be at this position of θ."""
        number = int(np.flatnonzero(self._scene.missing_index == index)[0])
        samples = self._scene.missing_samples[number]
        return QPointF(*samples[len(samples) // 2])

    def paint(
        self, painter: QPainter, theme: Theme, numbers: Iterable[int], pointed: int = -1
    ) -> None:
        """Thin dashed lines without a colour; the one at position `pointed` of θ is stronger."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number in numbers:
            strong = self._scene.missing_index[number] == pointed
            color = QColor(theme.accent) if strong else blend(theme.card, theme.secondary, 0.75)
            pen = QPen(color, 2.2 if strong else 1.2)
            pen.setDashPattern([part / pen.widthF() for part in _DASHES])
            painter.setPen(pen)
            painter.drawPolyline(_polygon(self._scene.missing_samples[number]))


def _polygon(points: Array) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
