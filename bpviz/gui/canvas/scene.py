"""The geometry of the picture in Qt's terms, made once per network and size.

Nothing here depends on θ; what does is looked up through the positions of θ that edges and
biases carry.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from bpviz.engine.parameters import Block, Layout, layout_of
from bpviz.engine.spec import NetworkSpec
from bpviz.experiments.experiment import Moved
from bpviz.lab.edge_routes import bias_points, control_points
from bpviz.lab.graph_layout import GraphLayout, lay_out
from bpviz.lab.layer_places import LayerPlace

Array = np.ndarray[Any, Any]

# A cubic costs twice as much to paint as the same curve in short lines, and that twice as much as
# one line: few edges are cubics, more are short lines, many are straight.
CUBICS = 160
CURVES = 420
BLOCK_EDGES = 1500
ALL_EDGES = 3000

_BIAS = 8.0
# Closer at the ends, where edges bend.
_SAMPLES = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, 21))


@dataclass(frozen=True, eq=False)
class UnitItem:
    """A unit on the canvas; `unit` is its position in the layer."""

    layer: int
    unit: int
    rect: QRectF
    label: bool


@dataclass(frozen=True, eq=False)
class BiasItem:
    """The bias of a unit; units that share one have the same `index` in θ."""

    layer: int
    unit: int
    index: int
    rect: QRectF


@dataclass(frozen=True, eq=False)
class OneItem:
    """A unit that is always 1, in the column of the layer at position `layer`."""

    layer: int
    rect: QRectF


@dataclass(frozen=True, eq=False)
class BlockItem:
    """A block of weights, or of biases drawn as weights: `edges` of the scene's list are its own.

    `bundle` holds paths instead, one per shown unit, where the source is drawn as a picture.
    """

    block: Block
    edges: slice
    limit: int
    bundle: tuple[QPainterPath, ...]
    bundle_rows: tuple[int, ...]
    note_at: QPointF

    @property
    def candidates(self) -> int:
        return self.edges.stop - self.edges.start


class Scene:
    """Everything that can be placed without knowing θ.

    Biases are `biases`, small squares, or with `bias_units` edges from `ones`, units that are
    always 1; several edges may then show one shared bias. `index[e]` is the position in θ of edge
    e, `samples[e]` its course as points, shape (edges, 21, 2) or (edges, corners, 2) for straight
    ones; `missing_index` and `missing_samples` are the same of the connections that are missing.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        width: float,
        height: float,
        image_shape: tuple[int, int] | None,
        unit_size: float = 36.0,
        bias_units: bool = False,
        names: tuple[float, float] = (0.0, 0.0),
        moved: tuple[Moved, ...] = (),
    ) -> None:
        """As for `lay_out`."""
        self.spec = spec
        self.theta: Layout = layout_of(spec)
        self.image_shape = image_shape
        self.layout: GraphLayout = lay_out(
            spec, width, height, image_shape, unit_size, bias_units, names, moved
        )
        self.units = _units(self.layout)
        # Units of more than two inputs are discs: their corner lies further in.
        inset = 0.1 if sum(layer.units for layer in spec.inputs) > 2 else 0.0
        self.biases = [] if bias_units else _biases(self.layout, self.theta, inset)
        self.ones = _ones(self.layout)
        blocks = self.theta.weight_blocks
        self._collect_edges(blocks + self.theta.bias_blocks if bias_units else blocks)
        self._by_index: dict[int, list[int]] = {}
        for edge, k in enumerate(self.index.tolist()):
            self._by_index.setdefault(k, []).append(edge)

    def _collect_edges(self, blocks: tuple[Block, ...]) -> None:
        found = [_candidates(self.layout, block) for block in blocks]
        total = sum(len(indices) for indices, _ in found)
        self.curved = total <= CURVES
        self.cubic = total <= CUBICS
        present = self.theta.present()
        self.blocks: list[BlockItem] = []
        self.paths: list[QPainterPath] = []
        self.lines: list[list[QLineF]] = []
        indices_list: list[Array] = []
        sample_list: list[Array] = []
        gone_list: list[Array] = []
        gone_samples: list[Array] = []
        start = 0
        for block, (indices, points) in zip(blocks, found, strict=True):
            bundle: tuple[QPainterPath, ...] = ()
            rows: tuple[int, ...] = ()
            if not block.is_bias and self.layout.place(block.source).picture:
                bundle = tuple(map(_path, points))
                rows = self.layout.place(block.layer).shown
                indices, points = indices[:0], points[:0]
            elif self.spec.missing:
                there = present[indices]
                gone_list.append(indices[~there])
                gone_samples.extend(_bezier(points[~there]))
                indices, points = indices[there], points[there]
            share = int(ALL_EDGES * len(indices) / max(total, 1))
            limit = BLOCK_EDGES if total <= ALL_EDGES else max(150, min(BLOCK_EDGES, share))
            edges = slice(start, start + len(indices))
            start = edges.stop
            self.blocks.append(
                BlockItem(block, edges, limit, bundle, rows, _note_place(self.layout, block))
            )
            indices_list.append(indices)
            course = _bezier(points) if self.curved else points[:, ::3]
            sample_list.extend(course)
            if self.cubic:
                self.paths.extend(map(_path, points))
            else:
                self.lines.extend(map(_polyline, course.tolist()))
        self.index = np.concatenate(indices_list).astype(np.intp)
        self.samples = _padded(sample_list)
        gone = np.concatenate(gone_list) if gone_list else np.empty(0)
        self.missing_index = gone.astype(np.intp)
        self.missing_samples = _padded(gone_samples)

    def place(self, layer_id: str) -> LayerPlace:
        return self.layout.place(layer_id)

    def edge_of(self, index: int) -> int | None:
        """The edge that shows the weight at this position of θ, if one does."""
        return next(iter(self.edges_of(index)), None)

    def edges_of(self, index: int) -> list[int]:
        """The edges that show the parameter at this position of θ; a shared bias has several."""
        return self._by_index.get(index, [])

    def bias_target(self, edge: int) -> tuple[int, int] | None:
        """The (layer, unit) positions that an edge leads to, if it shows a bias; else None."""
        for item in self.blocks:
            if item.block.is_bias and item.edges.start <= edge < item.edges.stop:
                place = self.layout.place(item.block.layer)
                return place.index, place.shown[edge - item.edges.start]
        return None

    def bias_of(self, layer: int, unit: int) -> int | None:
        """The position in θ of a unit's bias, if it has one."""
        spec = self.spec.layers[layer]
        block = self.theta.block(spec.id)
        if block is None:
            return None
        return block.start + (unit if spec.bias == "unit" else 0)

    def unit_item(self, layer: int, unit: int) -> UnitItem | None:
        return next((u for u in self.units if (u.layer, u.unit) == (layer, unit)), None)

    def edge_path(self, edge: int) -> QPainterPath:
        """The course of one edge, for a halo."""
        if self.cubic:
            return self.paths[edge]
        path = QPainterPath(QPointF(*self.samples[edge, 0]))
        for x, y in self.samples[edge, 1:]:
            path.lineTo(x, y)
        return path

    def point_on(self, edge: int, t: float) -> QPointF:
        """The point a fraction `t` along an edge."""
        x, y = along(self.samples[edge : edge + 1], np.array([t]))[0]
        return QPointF(x, y)

    def edges_near(self, x: float, y: float, reach: float, edges: Array | None = None) -> Array:
        """Edges not farther than `reach` from a point, nearest first."""
        if not len(self.index):
            return np.empty(0, dtype=np.intp)
        chosen = np.arange(len(self.index)) if edges is None else edges
        return chosen[self.near(self.samples[chosen], x, y, reach)]

    @staticmethod
    def near(courses: Array, x: float, y: float, reach: float) -> Array:
        """Which of these courses come within `reach` of a point, nearest first."""
        a = courses[:, :-1]
        step = courses[:, 1:] - a
        to_point = np.array([x, y]) - a
        length = np.maximum((step**2).sum(axis=2), 1e-12)
        t = np.clip((to_point * step).sum(axis=2) / length, 0.0, 1.0)
        distance = np.sqrt(((to_point - t[..., None] * step) ** 2).sum(axis=2)).min(axis=1)
        near = np.flatnonzero(distance <= reach)
        return near[np.argsort(distance[near], kind="stable")]


def along(samples: Array, fraction: Array) -> Array:
    """Points at these fractions of polylines: samples (n, k, 2), fraction (n,) -> (n, 2)."""
    last = samples.shape[1] - 1
    position = np.clip(fraction, 0.0, 1.0) * last
    before = np.minimum(position.astype(np.intp), last - 1)
    t = (position - before)[:, None]
    rows = np.arange(len(samples))
    return samples[rows, before] * (1 - t) + samples[rows, before + 1] * t


def _units(layout: GraphLayout) -> list[UnitItem]:
    items = []
    for place in layout.layers:
        half = place.size / 2
        items += [
            UnitItem(
                place.index,
                unit,
                QRectF(place.x - half, y - half, place.size, place.size),
                place.labelled,
            )
            for unit, y in zip(place.shown, place.ys, strict=True)
        ]
    return items


def _biases(layout: GraphLayout, theta: Layout, inset: float) -> list[BiasItem]:
    items = []
    for layer, place in zip(layout.spec.layers, layout.layers, strict=True):
        block = theta.block(layer.id)
        if block is None:
            continue
        side = min(_BIAS, max(5.0, place.size / 4))
        for unit, y in zip(place.shown, place.ys, strict=True):
            half = (0.5 - inset) * place.size
            corner = QPointF(place.x - half, y + half)
            rect = QRectF(corner.x() - 0.7 * side, corner.y() - 0.7 * side, side, side)
            offset = unit if layer.bias == "unit" else 0
            items.append(BiasItem(place.index, unit, block.start + offset, rect))
    return items


def _ones(layout: GraphLayout) -> list[OneItem]:
    return [
        OneItem(
            place.index,
            QRectF(
                place.x - place.one_size / 2,
                place.one_y - place.one_size / 2,
                place.one_size,
                place.one_size,
            ),
        )
        for place in layout.layers
        if place.one_size
    ]


def _candidates(layout: GraphLayout, block: Block) -> tuple[Array, Array]:
    """Positions in θ and control points of the edges between shown units, flattened."""
    if block.is_bias:
        shown = np.array(layout.place(block.layer).shown)
        own = layout.spec.layer(block.layer).bias == "unit"
        return block.start + shown * own, bias_points(layout, block.layer)
    target, origin = layout.place(block.layer), layout.place(block.source)
    points = control_points(layout, block.layer, block.source)
    points = points.reshape(-1, *points.shape[2:])
    if origin.picture:
        return np.zeros(len(points), dtype=np.intp), points
    rows, columns = np.array(target.shown), np.array(origin.shown)
    indices = block.start + rows[:, None] * block.shape[1] + columns
    return indices.ravel(), points


def _path(points: Array) -> QPainterPath:
    flat = points.tolist()
    path = QPainterPath(QPointF(*flat[0]))
    for k in range(1, len(flat), 3):
        (a, b), (c, d), (e, f) = flat[k : k + 3]
        path.cubicTo(a, b, c, d, e, f)
    return path


def _polyline(corners: list[list[float]]) -> list[QLineF]:
    if corners[0][1] == corners[-1][1] == corners[len(corners) // 2][1]:
        corners = [corners[0], corners[-1]]
    return [QLineF(*a, *b) for a, b in itertools.pairwise(corners)]


def _bezier(points: Array) -> Array:
    """Points along chains of cubics, shape (edges, 21 per cubic, 2)."""
    t = _SAMPLES[:, None]
    weights = np.hstack(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3))
    parts = [weights @ points[:, k : k + 4] for k in range(0, points.shape[1] - 1, 3)]
    return np.concatenate(parts, axis=1)


def _padded(courses: list[Array]) -> Array:
    """Courses of different lengths as one array; short ones stand still at their end."""
    if not courses:
        return np.empty((0, 2, 2))
    longest = max(len(course) for course in courses)
    result = np.empty((len(courses), longest, 2))
    for k, course in enumerate(courses):
        if len(course) < longest:
            # Resampled, so that a fraction of the way means the same for every edge.
            at = np.linspace(0, len(course) - 1, longest)
            whole = np.arange(len(course))
            course = np.column_stack([np.interp(at, whole, course[:, i]) for i in (0, 1)])
        result[k] = course
    return result


def _note_place(layout: GraphLayout, block: Block) -> QPointF:
    target = layout.place(block.layer)
    origin = layout.one_for(block.layer) if block.is_bias else layout.place(block.source)
    # All at one height, so that they read as one line.
    return QPointF((target.x + origin.x) / 2, max(place.bottom for place in layout.layers))
