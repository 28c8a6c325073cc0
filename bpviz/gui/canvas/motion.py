"""Slow motion: what a layer sends runs right along the edges, deltas run left, weights change."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from bpviz.gui.canvas.courses import along
from bpviz.gui.canvas.edges import EdgePainter
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.session import Motion
from bpviz.gui.theme import Theme
from bpviz.lab.evaluation import Evaluation
from bpviz.lab.snapshot import Snapshot

Array = np.ndarray[Any, Any]

_BACK_AT, _UPDATE_AT = 0.45, 0.9
_DOT_SIZES = (3.0, 4.5, 6.0, 7.5)


def motion_of(progress: float) -> Motion:
    """Where one batch of slow motion stands, 0 to 1: forward, then backward, then the update."""
    progress = min(1.0, max(0.0, progress))
    if progress < _BACK_AT:
        return Motion("forward", progress / _BACK_AT)
    if progress < _UPDATE_AT:
        return Motion("backward", (progress - _BACK_AT) / (_UPDATE_AT - _BACK_AT))
    return Motion("update", (progress - _UPDATE_AT) / (1.0 - _UPDATE_AT))


class MotionPainter:
    """Draws one moment of slow motion over a finished picture."""

    def __init__(self, scene: Scene, edges: EdgePainter, theme: Theme) -> None:
        self.scene = scene
        self.edges = edges
        self.theme = theme
        self._columns = len(scene.layout.column_x) - 1
        positions = {layer.id: k for k, layer in enumerate(scene.spec.layers)}
        # Biases that are drawn as edges come from a unit of the column before: source -1.
        self._ends = [
            (positions.get(item.block.source, -1), positions[item.block.layer])
            for item in scene.blocks
        ]

    def paint(
        self, painter: QPainter, motion: Motion, snapshot: Snapshot, evaluation: Evaluation
    ) -> None:
        """Draw what is under way at this moment."""
        if motion.phase == "update":
            scene = evaluation.scene
            coming = scene.change if scene is not None else None
            change = snapshot.update if coming is None else coming
            self._paint_update(painter, motion, change)
            return
        backward = motion.phase == "backward"
        probe = evaluation.probe
        carried = probe.deltas if backward else probe.outs
        if not carried:
            return
        under_way: list[tuple[int, Array, Array, float]] = []
        largest: dict[int, float] = {}
        for item, (source, target) in zip(self.scene.blocks, self._ends, strict=True):
            t = self._way(motion, source, target)
            # What is always 1 has no delta.
            nothing = item.edges.stop == item.edges.start or (backward and source < 0)
            if nothing or not 0.0 < t < 1.0:
                continue
            edges = np.arange(item.edges.start, item.edges.stop)
            index = self.scene.index[edges]
            sent = np.nan_to_num(snapshot.theta[index])
            if source >= 0:
                row, column = np.divmod(index - item.block.start, item.block.shape[1])
                values = carried[target][row] if backward else carried[source][column]
                sent = np.nan_to_num(sent * values)
            under_way.append((target, edges, sent, 1.0 - t if backward else t))
            # What meets in one layer is drawn on one scale.
            size = float(np.abs(sent).max(initial=0.0))
            largest[target] = max(size, largest.get(target, 0.0))
        for target, edges, sent, t in under_way:
            self._paint_dots(painter, edges, sent, largest[target], t)

    def _way(self, motion: Motion, source: int, target: int) -> float:
        """How much of its way what moves between two layers has gone: between 0 and 1 if any."""
        if motion.layer:
            leads = self.scene.spec.layers[target].id == motion.layer
            return motion.fraction if leads else -1.0
        places = self.scene.layout.layers
        last = places[target].column
        first = places[source].column if source >= 0 else last - 1
        if motion.phase == "backward":
            first, last = self._columns - last, self._columns - first
        return (motion.fraction * self._columns - first) / (last - first)

    def _edges_to(self, layer: str) -> Array:
        """The edges that lead to a layer; with "" all of them."""
        ranges = [
            np.arange(item.edges.start, item.edges.stop)
            for item in self.scene.blocks
            if layer in ("", item.block.layer)
        ]
        return np.concatenate(ranges) if ranges else np.empty(0, dtype=np.intp)

    def _paint_dots(
        self, painter: QPainter, edges: Array, sent: Array, largest: float, t: float
    ) -> None:
        if not largest:
            return
        if len(edges) > 1500:
            edges, sent = _largest(edges, sent, 1500)
        points = along(self.scene.samples[edges], np.full(len(edges), t))
        steps = np.minimum((np.abs(sent) / largest * len(_DOT_SIZES)).astype(np.intp), 3)
        for sign, token in ((-1, self.theme.negative), (1, self.theme.positive)):
            for step, size in enumerate(_DOT_SIZES):
                chosen = np.flatnonzero((np.sign(sent) == sign) & (steps == step))
                if not len(chosen):
                    continue
                dots = [QPointF(x, y) for x, y in points[chosen]]
                for color, width in ((self.theme.card, size + 2.5), (token, size)):
                    pen = QPen(QColor(color), width)
                    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                    painter.setPen(pen)
                    painter.drawPoints(dots)

    def _paint_update(self, painter: QPainter, motion: Motion, change: Array) -> None:
        """A swelling dot on every edge: which way, and how far, its weight moves."""
        swell = math.sin(math.pi * motion.fraction)
        update = np.nan_to_num(change[self.scene.index])
        largest = float(np.abs(update).max(initial=0.0))
        if not largest or swell <= 0:
            return
        edges = self._edges_to(motion.layer)
        edges = edges[np.abs(update[edges]) > 0.02 * largest]
        if len(edges) > 600:
            edges, _ = _largest(edges, update[edges], 600)
        points = along(self.scene.samples[edges], np.full(len(edges), 0.5))
        for (x, y), value in zip(points, update[edges], strict=True):
            radius = swell * (1.5 + 4.0 * math.sqrt(abs(float(value)) / largest))
            color = self.theme.positive if value > 0 else self.theme.negative
            painter.setPen(QPen(QColor(self.theme.card), 1.2))
            painter.setBrush(QColor(color))
            painter.drawEllipse(QPointF(x, y), radius, radius)


def _largest(edges: Array, values: Array, count: int) -> tuple[Array, Array]:
    keep = np.argpartition(np.abs(values), -count)[-count:]
    return edges[keep], values[keep]
