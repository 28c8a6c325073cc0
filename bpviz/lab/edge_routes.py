"""The course of edges between placed layers, as Bézier control points."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.lab.graph_layout import GraphLayout
from bpviz.lab.layer_places import LayerPlace

Points = np.ndarray[Any, np.dtype[np.float64]]

_LANE_STEP = 4.0


def control_points(layout: GraphLayout, layer: str, source: str) -> Points:
    """Bézier control points of the edges between the shown units of two layers.

    Shape (shown units of `layer`, shown units of `source`, points, 2): 4 points, one cubic, for
    neighbouring columns; 10 points, three cubics, for an edge that passes over columns in between,
    above or below their units. A layer that is one picture counts as one unit.
    """
    target, origin = layout.place(layer), layout.place(source)
    x0 = origin.x + origin.half_width
    x1 = target.x - target.half_width
    y0 = np.array([origin.centre_y] if origin.picture else origin.ys)
    y1 = np.array([target.centre_y] if target.picture else target.ys)
    rows, columns = len(y1), len(y0)
    start, end = np.broadcast_to(y0, (rows, columns)), np.broadcast_to(y1[:, None], (rows, columns))
    if target.column - origin.column > 1:
        return _skip_points(layout, target, origin, (x0, x1), (start, end))
    return _straight_across(x0, x1, start, end)


def bias_points(layout: GraphLayout, layer: str) -> Points:
    """Control points of the edges from the unit that is always 1 to the shown units of a layer.

    Shape (shown units, 4, 2).
    """
    target, origin = layout.place(layer), layout.one_for(layer)
    end = np.array(target.ys)
    start = np.full(end.shape, origin.one_y)
    x0, x1 = origin.x + origin.one_size / 2, target.x - target.half_width
    return _straight_across(x0, x1, start, end)


def _straight_across(x0: float, x1: float, start: Points, end: Points) -> Points:
    """One cubic each between neighbouring columns, level at both ends."""
    points = np.empty((*start.shape, 4, 2))
    middle = 0.5 * (x0 + x1)
    points[..., 0] = (x0, middle, middle, x1)
    points[..., :2, 1] = start[..., None]
    points[..., 2:, 1] = end[..., None]
    return points


def _skip_points(
    layout: GraphLayout,
    target: LayerPlace,
    origin: LayerPlace,
    ends: tuple[float, float],
    heights: tuple[Points, Points],
) -> Points:
    """The way around the columns in between, above for ends above their middle, else below."""
    x0, x1 = ends
    start, end = heights
    between = [p for p in layout.layers if origin.column < p.column < target.column]
    first, last = min(between, key=lambda p: p.x), max(between, key=lambda p: p.x)
    xa, xb = first.x - first.half_width - 10, last.x + last.half_width + 10
    top, bottom = min(p.top for p in between), max(p.bottom for p in between)
    middle = 0.5 * (top + bottom)
    above = 0.5 * (start + end) < middle
    lanes = np.empty(start.shape)
    for mask, edge, sign in ((above, top - 10, -1.0), (~above, bottom + 8, 1.0)):
        count = int(mask.sum())
        step = min(_LANE_STEP, 16.0 / max(1, count - 1))
        # Outer lanes go to the outer ends, so that edges of one bundle do not cross in it.
        order = np.argsort(np.argsort(sign * (start + end)[mask], kind="stable"), kind="stable")
        lanes[mask] = edge + sign * step * order
    points = np.empty((*start.shape, 10, 2))
    points[..., 0] = (
        x0,
        0.5 * (x0 + xa),
        0.5 * (x0 + xa),
        xa,
        xa + (xb - xa) / 3,
        xb - (xb - xa) / 3,
        xb,
        0.5 * (xb + x1),
        0.5 * (xb + x1),
        x1,
    )
    points[..., :2, 1] = start[..., None]
    points[..., 2:8, 1] = lanes[..., None]
    points[..., 8:, 1] = end[..., None]
    return points
