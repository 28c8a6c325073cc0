"""The geometry of the picture in Qt's terms, made once per network and size.

Nothing here depends on θ; what does is looked up through the positions of θ that edges and
biases carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from bpviz.engine.parameters import Block, Layout, layout_of
from bpviz.engine.spec import NetworkSpec
from bpviz.experiments.experiment import Moved
from bpviz.gui.canvas.courses import FINE, along, bernstein, bezier, even, path_of
from bpviz.gui.canvas.line_lists import LineList
from bpviz.lab.edge_routes import bias_points, control_points
from bpviz.lab.graph_layout import GraphLayout, lay_out, picture_shapes
from bpviz.lab.layer_places import LayerPlace

Array = np.ndarray[Any, Any]

# A cubic costs twice as much to paint as the same curve in short lines, and that twice as much as
# one line: few edges are cubics, more are short lines, many are straight.
CUBICS = 160
CURVES = 420
BLOCK_EDGES = 1500
ALL_EDGES = 3000

_BIAS = 8.0
# Blocks so far from each other have no pixel in common.
_APART = 5.0
# Each group of blocks has pens of its own to be set: with fewer edges it does not pay.
_STRIP_EDGES = 500


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

    `bundle` holds paths instead, one per shown unit, where one end is drawn as a picture;
    `bundle_rows` are the units that they lead to, () where they lead to a picture.
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
    e, `samples[e]` its course as points, shape (edges, points, 2) or (edges, corners, 2) for
    straight ones; `missing_index` and `missing_samples` are the same of the connections that are
    missing. `strips` are groups of blocks whose edges, painted one group after the other, look the
    same as painted all together; `reaches` are the lowest and the highest x of each block's edges.
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
        points: int = FINE,
        target_shape: tuple[int, int] | None = None,
    ) -> None:
        """As for `lay_out`; a curve has so many `points`."""
        self.spec = spec
        self.theta: Layout = layout_of(spec)
        self.picture_shapes = picture_shapes(spec, image_shape, target_shape)
        self.layout: GraphLayout = lay_out(
            spec, width, height, image_shape, unit_size, bias_units, names, moved, target_shape
        )
        self.units = _units(self.layout)
        # Units of more than two inputs are discs: their corner lies further in.
        inset = 0.1 if sum(layer.units for layer in spec.inputs) > 2 else 0.0
        self.biases = [] if bias_units else _biases(self.layout, self.theta, inset)
        self.ones = _ones(self.layout)
        blocks = self.theta.weight_blocks
        drawn = blocks + self.theta.bias_blocks if bias_units else blocks
        self._collect_edges(drawn, bernstein(points))
        self._by_index: dict[int, list[int]] = {}
        for edge, k in enumerate(self.index.tolist()):
            self._by_index.setdefault(k, []).append(edge)

    def _collect_edges(self, blocks: tuple[Block, ...], curve: Array) -> None:
        found = [_candidates(self.layout, block) for block in blocks]
        total = sum(len(indices) for indices, _ in found)
        self.curved = total <= CURVES
        self.cubic = total <= CUBICS
        present = self.theta.present()
        self.blocks: list[BlockItem] = []
        self.paths: list[QPainterPath] = []
        indices_list: list[Array] = []
        sample_list: list[Array] = []
        gone_list: list[Array] = []
        gone_samples: list[Array] = []
        start = 0
        for block, (indices, points) in zip(blocks, found, strict=True):
            bundle: tuple[QPainterPath, ...] = ()
            rows: tuple[int, ...] = ()
            if not block.is_bias and _is_bundle(self.layout, block):
                bundle = tuple(map(path_of, points))
                target = self.layout.place(block.layer)
                rows = () if target.picture else target.shown
                indices, points = indices[:0], points[:0]
            elif self.spec.missing:
                there = present[indices]
                gone_list.append(indices[~there])
                gone_samples.append(bezier(points[~there], curve))
                indices, points = indices[there], points[there]
            share = int(ALL_EDGES * len(indices) / max(total, 1))
            limit = BLOCK_EDGES if total <= ALL_EDGES else max(150, min(BLOCK_EDGES, share))
            edges = slice(start, start + len(indices))
            start = edges.stop
            self.blocks.append(
                BlockItem(block, edges, limit, bundle, rows, _note_place(self.layout, block))
            )
            indices_list.append(indices)
            course = bezier(points, curve) if self.curved else points[:, ::3]
            sample_list.append(course)
            if self.cubic:
                self.paths.extend(map(path_of, points))
        self.lines = LineList([] if self.cubic else sample_list)
        self.reaches = [_reach(course) for course in sample_list]
        self.strips = _strips(self.blocks, self.reaches)
        self.index = np.concatenate(indices_list).astype(np.intp)
        self.samples = even(sample_list)
        gone = np.concatenate(gone_list) if gone_list else np.empty(0)
        self.missing_index = gone.astype(np.intp)
        self.missing_samples = even(gone_samples)

    @property
    def has_bundles(self) -> bool:
        """Whether there are links to or from a picture."""
        return any(item.bundle for item in self.blocks)

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

    def edges_near(self, x: float, y: float, reach: float) -> Array:
        """Edges not farther than `reach` from a point, nearest first.

        Only those are looked at whose block comes that near.
        """
        blocks = [
            np.arange(item.edges.start, item.edges.stop)
            for item, (left, right) in zip(self.blocks, self.reaches, strict=True)
            if left - reach <= x <= right + reach
        ]
        edges = np.concatenate([np.empty(0, dtype=np.intp), *blocks])
        return edges[self.near(self.samples[edges], x, y, reach)]

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
    if _is_bundle(layout, block):
        return np.zeros(len(points), dtype=np.intp), points
    rows, columns = np.array(target.shown), np.array(origin.shown)
    indices = block.start + rows[:, None] * block.shape[1] + columns
    return indices.ravel(), points


def _reach(courses: Array) -> tuple[float, float]:
    """The lowest and the highest x of some courses."""
    x = courses[:, :, 0]
    return float(x.min(initial=np.inf)), float(x.max(initial=-np.inf))


def _strips(blocks: list[BlockItem], reaches: list[tuple[float, float]]) -> list[list[int]]:
    """Numbers of blocks, grouped so that edges of two groups never cross, and none is left out."""
    strips: list[list[int]] = []
    end, drawn = -np.inf, 0
    for number in sorted(range(len(blocks)), key=reaches.__getitem__):
        left, right = reaches[number]
        if not strips or (left > end + _APART and drawn >= _STRIP_EDGES):
            strips.append([])
            drawn = 0
        strips[-1].append(number)
        drawn += min(blocks[number].candidates, blocks[number].limit)
        end = max(end, right)
    return strips


def _is_bundle(layout: GraphLayout, block: Block) -> bool:
    """Whether a block of weights leads from or to a picture."""
    return bool(layout.place(block.source).picture or layout.place(block.layer).picture)


def _note_place(layout: GraphLayout, block: Block) -> QPointF:
    target = layout.place(block.layer)
    origin = layout.one_for(block.layer) if block.is_bias else layout.place(block.source)
    # All at one height, so that they read as one line.
    return QPointF((target.x + origin.x) / 2, max(place.bottom for place in layout.layers))
