"""Lights up what a formula speaks of, in the colours of its terms: halos, glows and rings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from bpviz.engine.spec import ParameterId
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas.edges import HALO, EdgePainter
from bpviz.gui.canvas.hits import picture_rect
from bpviz.gui.canvas.scene import BiasItem, Scene, UnitItem
from bpviz.gui.canvas.units import UnitPainter
from bpviz.gui.colors import blend
from bpviz.gui.session import Mark
from bpviz.gui.theme import Theme

Array = np.ndarray[Any, Any]

# Of more edges with one mark the strongest are lit up: halos are dear to paint.
MOST_HALOS = 80
# Of a mark on more parameters than these the first are looked for.
_MOST_PARAMETERS = 3000

# Many halos of full width would run into each other.
_FEW_HALOS, _NARROW_HALO = 24, 4.0
_HALO_STEP = 5.0
_GLOW, _RING = 6.0, 2.5
# How much of the ground shows through edges that are not lit up.
_SUBDUED = 0.33


def mark_color(theme: Theme, mark: Mark) -> str:
    """The colour of a mark: that of its term in a formula, the accent for one without a role."""
    roles = {"error": theme.violet, "slope": theme.accent, "carried": theme.magenta}
    return roles.get(mark.role, theme.accent)


@dataclass(frozen=True, eq=False)
class _Lit:
    """What of a mark is to be seen; `pixels` are places in pictures of inputs or of weights."""

    color: str
    edges: tuple[int, ...]
    units: tuple[UnitItem, ...]
    biases: tuple[BiasItem, ...]
    pixels: tuple[QRectF, ...]


class MarkPainter:
    """Draws marks on one scene. What a mark speaks of and the scene does not show is left out.

    What has several marks gets halos and rings around each other, the first mark's outermost.
    """

    def __init__(self, scene: Scene, edges: EdgePainter, units: UnitPainter, theme: Theme) -> None:
        self.scene = scene
        self.theme = theme
        self._edges = edges
        self._units = units
        self._marks: tuple[Mark, ...] = ()
        self._lit: list[_Lit] = []
        self._items = {(item.layer, item.unit): item for item in scene.units}
        self._positions = {layer.id: k for k, layer in enumerate(scene.spec.layers)}

    def follow(self, marks: tuple[Mark, ...]) -> None:
        """Take in what is marked."""
        if marks is not self._marks:
            self._marks = marks
            self._lit = [self._find(mark) for mark in marks]

    def color_of_edge(self, edge: int) -> str | None:
        """The colour that an edge is lit up in, the last mark's if it has several."""
        return next((lit.color for lit in reversed(self._lit) if edge in lit.edges), None)

    def paint_edges(self, painter: QPainter, ground: QRectF, values: Array, scale: float) -> None:
        """Subdue the edges painted so far on `ground`, and draw the marked ones with halos."""
        if not any(lit.edges for lit in self._lit):
            return
        veil = QColor(self.theme.card)
        veil.setAlphaF(_SUBDUED)
        painter.fillRect(ground, veil)
        levels = self._edges.levels(values, scale)
        chosen = [_strongest(lit.edges, values[self.scene.index]) for lit in self._lit]
        around = Counter(edge for edges in chosen for edge in edges)
        for lit, edges in zip(self._lit, chosen, strict=True):
            around.subtract(edges)
            halo = blend(self.theme.card, lit.color, 0.55)
            narrow = HALO if len(edges) <= _FEW_HALOS else _NARROW_HALO
            widths = [narrow + _HALO_STEP * around[edge] for edge in edges]
            self._edges.paint_halos(painter, edges, levels, halo, widths)

    def paint_glows(self, painter: QPainter) -> None:
        """A soft ground behind the marked units."""
        painter.setPen(Qt.PenStyle.NoPen)
        for lit, item, outer in self._rings():
            painter.setBrush(blend(self.theme.card, lit.color, 0.35))
            self._outline(painter, item, _GLOW + 4 * outer)

    def paint_rings(self, painter: QPainter) -> None:
        """Rings around the marked units, biases, and pixels of pictures."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for lit, item, outer in self._rings():
            painter.setPen(QPen(QColor(lit.color), _RING))
            self._outline(painter, item, 1.5 + 4 * outer)
        for lit in self._lit:
            painter.setPen(QPen(QColor(lit.color), _RING))
            for bias in lit.biases:
                painter.drawRoundedRect(bias.rect.adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3)
            painter.setPen(QPen(QColor(lit.color), 1.5))
            for pixel in lit.pixels:
                painter.drawRect(pixel.adjusted(-0.75, -0.75, 0.75, 0.75))

    def _rings(self) -> list[tuple[_Lit, UnitItem, int]]:
        """Each marked unit with how many rings are to lie within this one, outermost first."""
        within = Counter(item for lit in self._lit for item in lit.units)
        rings = []
        for lit in self._lit:
            within.subtract(lit.units)
            rings += [(lit, item, within[item]) for item in lit.units]
        return rings

    def _outline(self, painter: QPainter, item: UnitItem, by: float) -> None:
        rect = item.rect.adjusted(-by, -by, by, by)
        if self._units.is_square(item):
            radius = 0.14 * item.rect.width() + by
            painter.drawRoundedRect(rect, radius, radius)
        else:
            painter.drawEllipse(rect)

    def _find(self, mark: Mark) -> _Lit:
        edges: list[int] = []
        units: list[UnitItem] = []
        biases: list[BiasItem] = []
        pixels: list[QRectF] = []
        for ref in mark.units:
            item, pixel = self._unit(ref)
            units += [item] if item else []
            pixels += [pixel] if pixel else []
        for parameter in mark.parameters[:_MOST_PARAMETERS]:
            try:
                index = self.scene.theta.index_of(parameter)
            except KeyError:
                # Of a formula that speaks of the network as it was.
                continue
            edges += self.scene.edges_of(index)
            biases += [bias for bias in self.scene.biases if bias.index == index]
            pixel = self._weight_pixel(parameter)
            pixels += [pixel] if pixel else []
        color = mark_color(self.theme, mark)
        return _Lit(color, tuple(edges), tuple(units), tuple(biases), tuple(pixels))

    def _unit(self, ref: UnitRef) -> tuple[UnitItem | None, QRectF | None]:
        """Where a unit is drawn: as itself, or as one pixel of a picture of inputs."""
        layer = self._positions.get(ref.layer, -1)
        unit = self.scene.spec.layers[layer].places.get(ref.unit) if layer >= 0 else None
        if unit is None:
            return None, None
        place = self.scene.layout.layers[layer]
        if place.picture:
            return None, self._pixel(picture_rect(place), unit, layer)
        return self._items.get((layer, unit)), None

    def _weight_pixel(self, parameter: ParameterId) -> QRectF | None:
        """Where a unit that shows its weights as a picture shows this one."""
        layer = self._positions[parameter.layer]
        if self._units.pictures.weight_layers.get(layer) != parameter.source:
            return None
        item = self._items.get((layer, self.scene.spec.layers[layer].places[parameter.unit]))
        if item is None:
            return None
        source = self._positions[parameter.source]
        places = self.scene.spec.layers[source].places
        return self._pixel(item.rect, places[parameter.source_unit], source)

    def _pixel(self, rect: QRectF, number: int, layer: int) -> QRectF:
        """Where the unit of this number lies in the picture of a layer."""
        rows, columns = self.scene.picture_shapes[layer]
        row, column = divmod(number, columns)
        width, height = rect.width() / columns, rect.height() / rows
        return QRectF(rect.x() + column * width, rect.y() + row * height, width, height)


def _strongest(edges: tuple[int, ...], values: Array) -> list[int]:
    """All of these edges, or the strongest of them."""
    if len(edges) <= MOST_HALOS:
        return list(edges)
    there = np.array(edges, dtype=np.intp)
    size = np.nan_to_num(np.abs(values[there]))
    return [int(edge) for edge in there[np.argpartition(size, -MOST_HALOS)[-MOST_HALOS:]]]
