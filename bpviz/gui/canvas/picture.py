"""The picture of one network: all painters of one geometry, from the card's ground to overlays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from bpviz.engine.spec import ParameterId
from bpviz.experiments.experiment import Moved
from bpviz.gui.canvas.badges import paint_badges
from bpviz.gui.canvas.courses import FINE, QUICK
from bpviz.gui.canvas.edges import EdgePainter
from bpviz.gui.canvas.hits import Hit, hit_at, parameter_hit
from bpviz.gui.canvas.layer_headers import LayerHeaders, sized
from bpviz.gui.canvas.layers import Layer, Viewport
from bpviz.gui.canvas.marks import MarkPainter
from bpviz.gui.canvas.missing import MissingEdges
from bpviz.gui.canvas.motion import MotionPainter
from bpviz.gui.canvas.names import Naming
from bpviz.gui.canvas.notes import block_note, elided_note, note_rect
from bpviz.gui.canvas.ports import paint_port, port_of
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.canvas.unit_labels import UnitLabels, name_widths
from bpviz.gui.canvas.units import UnitPainter
from bpviz.gui.canvas.weight_numbers import UNIT_SIZE, Numbers
from bpviz.gui.colors import blend
from bpviz.gui.session import Mark, Motion
from bpviz.gui.theme import CAPTION, Theme
from bpviz.lab.evaluation import Evaluation
from bpviz.lab.reductions import Reduction
from bpviz.lab.snapshot import Quantity, Snapshot

Array = np.ndarray[Any, Any]

# What comes into view while a large network is moved about is drawn after so many seconds.
_PAN_INTERVAL = 0.05


@dataclass(frozen=True)
class Shown:
    """What is drawn: a snapshot and what belongs to it."""

    snapshot: Snapshot
    evaluation: Evaluation | None
    quantity: Quantity
    scale: float
    selection: ParameterId | None = None
    hover: Hit | None = None
    cursor: Hit | None = None
    motion: Motion | None = None
    shown_unit: tuple[int, int] | None = None
    marks: tuple[Mark, ...] = ()
    health: bool = False
    missing: tuple[int, ...] = ()

    @property
    def values(self) -> Array:
        return self.snapshot.quantity(self.quantity)

    @property
    def reduction(self) -> Reduction | None:
        """What the values look like as a whole; None while they are not there."""
        snapshot = self.snapshot
        return snapshot.reduction(self.quantity) if snapshot.has(self.quantity) else None


class NetworkPicture:
    """Geometry and painters for one network, size, theme and font.

    What does not change from frame to frame is kept in layers.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        size: QSize,
        scale: float,
        theme: Theme,
        font: QFont,
        numbers: bool,
        bias_units: bool = False,
        controls: bool = True,
        moved: tuple[Moved, ...] = (),
        quick: bool = False,
    ) -> None:
        """`quick` is a picture that will soon be another one: its curves have few points."""
        dataset = self.dataset = snapshot.data.dataset
        weights = snapshot.layout.size
        # In a large window units grow a little, so that the network fills it.
        side = min(size.height() / 14, size.width() / 18) / scale
        unit_size = UNIT_SIZE if numbers and weights <= 60 else min(96.0, max(36.0, side))
        self.size = size
        self.theme = theme
        self.spec = snapshot.spec
        self._label_font = sized(font, CAPTION)
        self.naming = Naming(snapshot.layout, snapshot.data)
        room = size.toSizeF() / scale
        names = name_widths(self.naming, self._label_font)

        def scene(width: float) -> Scene:
            return Scene(
                snapshot.spec,
                width,
                room.height(),
                dataset.image_shape,
                unit_size,
                bias_units,
                names,
                moved,
                QUICK if quick else FINE,
                dataset.target_shape,
            )

        self.scene = scene(room.width())
        too_high = self.scene.layout.height / room.height()
        if too_high > 1 + 1e-6:
            # All will be drawn smaller, so there is room at the sides.
            self.scene = scene(room.width() * too_high)
        self.missing = MissingEdges(self.scene)
        self.edges = EdgePainter(self.scene, theme)
        self.units = UnitPainter(self.scene, theme)
        self.headers = LayerHeaders(self.scene.layout, font, controls)
        self.numbers = Numbers(self.scene, font) if numbers else None
        self.motion = MotionPainter(self.scene, self.edges, theme)
        self.marks = MarkPainter(self.scene, self.edges, self.units, theme)
        self.labels = UnitLabels(self.scene, self.naming, self._label_font, theme)
        self.note_rects: dict[int, QRectF] = {}
        self._missing = _missing_per_block(self.scene)
        self._drawn_at = 0.0
        self._edge_layer = Layer()
        self._unit_layer = Layer()

    def fitting(self, scale: float) -> Viewport:
        """The viewport that shows everything."""
        layout = self.scene.layout
        zoom = min(scale, self.size.width() / layout.width, self.size.height() / layout.height)
        return Viewport(
            zoom,
            (self.size.width() - zoom * layout.width) / 2,
            max(0.0, (self.size.height() - zoom * layout.height) / 2),
        )

    def hit(self, at: QPointF, viewport: Viewport) -> Hit | None:
        """What lies under a point on the screen."""
        return hit_at(
            self.scene,
            self.headers,
            self.units.pictures.weight_layers,
            self.note_rects,
            viewport.to_picture(at),
            viewport.zoom,
        )

    def paint(
        self,
        painter: QPainter,
        shown: Shown,
        viewport: Viewport,
        dpr: float,
        moving: bool = False,
    ) -> None:
        """Draw everything. While it is `moving`, what is dear to draw is stretched instead."""
        moving = moving and self._can_stretch(viewport, dpr)
        evaluation = shown.evaluation
        if evaluation is not None and not evaluation.belongs_to(shown.snapshot):
            evaluation = None
        self.units.pictures.follow(evaluation)
        self.marks.follow(shown.marks)
        values = shown.values
        if not moving:
            self._draw_edges(shown, viewport, dpr)
        else:
            painter.fillRect(QRectF(QPointF(0, 0), self.size.toSizeF()), QColor(self.theme.card))
        self._edge_layer.paint(painter, viewport)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        viewport.apply(painter)
        self._paint_halos(painter, shown)
        hover = shown.hover
        chosen = hover.index if hover is not None and hover.kind == "missing" else -1
        self.missing.paint(painter, self.theme, shown.missing, chosen)
        self.marks.paint_glows(painter)
        painter.restore()
        if not moving:
            self._draw_units(shown, evaluation, viewport, dpr)
            self._drawn_at = perf_counter()
        self._unit_layer.paint(painter, viewport)
        painter.save()
        viewport.apply(painter)
        self.units.paint_biases(painter, values, shown.scale)
        self.marks.paint_rings(painter)
        self._paint_rings(painter, shown)
        if evaluation is not None and shown.health:
            self._paint_badges(painter, evaluation)
        self._paint_notes(painter, shown.hover)
        if self.numbers is not None and self.numbers.fits:
            pointed = shown.hover or shown.cursor or self._selected(shown)
            self.numbers.paint_weights(painter, values, self.theme, pointed)
            if evaluation is not None:
                self.numbers.paint_outputs(painter, evaluation, self.theme)
        if shown.motion is not None and evaluation is not None:
            self.motion.paint(painter, shown.motion, shown.snapshot, evaluation)
        for hit in (shown.cursor, shown.hover):
            if hit is not None and hit.control is not None:
                self.headers.paint_hovered(painter, self.theme, hit.control)
        port = port_of(self.scene, self.headers, hover)
        if port is not None and hover is not None:
            paint_port(painter, self.theme, port, hover.kind == "port")
        painter.restore()

    def _can_stretch(self, viewport: Viewport, dpr: float) -> bool:
        """Whether all that is to be seen of the network was drawn the last time, or may wait."""
        drawn, whole = self._edge_layer.viewport, self.scene.layout
        if drawn is None or self._unit_layer.viewport != drawn or self._edge_layer.dpr != dpr:
            return False
        if viewport.zoom == drawn.zoom and perf_counter() < self._drawn_at + _PAN_INTERVAL:
            # Moved about, each time a little more comes into view.
            return True
        now = viewport.seen(self.size) & QRectF(0, 0, whole.width, whole.height)
        return drawn.seen(self.size).adjusted(-1, -1, 1, 1).contains(now)

    def _draw_edges(self, shown: Shown, viewport: Viewport, dpr: float) -> None:
        reduction = shown.reduction if self.scene.has_bundles else None
        appearance = self.edges.appearance(shown.values, shown.scale, reduction)
        key = (appearance, shown.scale, shown.marks, viewport, dpr)
        layer = self._edge_layer
        if layer.is_new(key):
            painter = layer.begin(self.size, viewport, dpr, QColor(self.theme.card))
            self.edges.paint(painter, shown.values, shown.scale, reduction)
            ground = viewport.seen(self.size)
            self.marks.paint_edges(painter, ground, shown.values, shown.scale)
            painter.end()

    def _draw_units(
        self, shown: Shown, evaluation: Evaluation | None, viewport: Viewport, dpr: float
    ) -> None:
        """Units, labels and headers: what changes only with the evaluation."""
        # Units that show their weights change with these.
        weights = shown.reduction if self.units.pictures.weight_layers else None
        key = (evaluation, weights, viewport, dpr)
        layer = self._unit_layer
        if layer.is_new(key):
            painter = layer.begin(self.size, viewport, dpr, QColor(Qt.GlobalColor.transparent))
            self.units.paint(painter, weights)
            self.headers.paint(painter, self.theme)
            self.labels.paint(painter)
            painter.end()

    def _paint_notes(self, painter: QPainter, hover: Hit | None) -> None:
        """Say of a block that not all its connections are drawn; the note opens the matrix."""
        self.note_rects.clear()
        painter.setFont(self._label_font)
        measure = QFontMetricsF(self._label_font)
        for number, item in enumerate(self.scene.blocks):
            drawn = self.edges.drawn.get(number, 0)
            text = block_note(item, drawn) or elided_note(item, drawn, self._missing[number])
            room = self.scene.layout.pitch - 8
            if not text or measure.horizontalAdvance(text) + 8 > room:
                if not text or measure.horizontalAdvance("matrix") + 8 > room:
                    continue
                text = "matrix"
            rect = note_rect(item, self.scene.layout, measure.horizontalAdvance(text) + 12)
            self.note_rects[number] = rect
            hovered = hover is not None and hover.block == number
            painter.setPen(QPen(QColor(self.theme.accent if hovered else self.theme.border), 1))
            painter.setBrush(QColor(self.theme.card))
            painter.drawRoundedRect(rect, 8, 8)
            painter.setPen(QColor(self.theme.accent if hovered else self.theme.secondary))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_badges(self, painter: QPainter, evaluation: Evaluation) -> None:
        squares = any(map(self.units.is_square, self.scene.units))
        paint_badges(painter, self.scene, self.theme, evaluation.health, squares)

    def _paint_halos(self, painter: QPainter, shown: Shown) -> None:
        """Halos of the selected and of the hovered edge, under the units."""
        levels = None
        selected = self._selected(shown)
        for hit, color in (
            (selected, self.theme.accent),
            (shown.cursor, self.theme.accent),
            (shown.hover, self.theme.magenta),
        ):
            if hit is None or hit.edge < 0:
                continue
            if hit is selected and shown.marks:
                # It would look like one of the terms that are lit up.
                continue
            marked = self.marks.color_of_edge(hit.edge)
            if levels is None:
                levels = self.edges.levels(shown.values, shown.scale)
            halo = blend(self.theme.card, marked or color, 0.85 if marked else 0.45)
            # All edges of a shared bias.
            edges = self.scene.edges_of(hit.index) if hit.kind == "bias" else [hit.edge]
            self.edges.paint_halos(painter, edges, levels, halo)

    def _paint_rings(self, painter: QPainter, shown: Shown) -> None:
        """Rings around the selected, the hovered and the enlarged unit or bias."""
        marks: list[tuple[Hit | None, str]] = [
            (self._selected(shown), self.theme.accent),
            (shown.cursor, self.theme.accent),
            (shown.hover, self.theme.magenta),
        ]
        if shown.shown_unit is not None:
            marks.insert(0, (Hit("unit", *shown.shown_unit), self.theme.accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for hit, color in marks:
            if hit is None:
                continue
            painter.setPen(QPen(QColor(color), 2))
            if hit.kind == "bias":
                for bias in self.scene.biases:
                    if bias.index == hit.index:
                        painter.drawRoundedRect(bias.rect.adjusted(-2, -2, 2, 2), 3, 3)
            elif hit.kind in ("unit", "port"):
                self._ring(painter, hit)

    def _ring(self, painter: QPainter, hit: Hit) -> None:
        item = self.scene.unit_item(hit.layer, hit.unit)
        if item is None:
            return
        rect = item.rect.adjusted(-2.5, -2.5, 2.5, 2.5)
        if self.units.is_square(item):
            painter.drawRoundedRect(rect, 7, 7)
        else:
            painter.drawEllipse(rect)

    def _selected(self, shown: Shown) -> Hit | None:
        if shown.selection is None:
            return None
        try:
            index = self.scene.theta.index_of(shown.selection)
        except KeyError:
            return None
        return parameter_hit(self.scene, index)


def _missing_per_block(scene: Scene) -> list[int]:
    ends = Counter((p.layer, p.source) for p in scene.spec.missing)
    return [ends[item.block.layer, item.block.source] for item in scene.blocks]
