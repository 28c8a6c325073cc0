"""The course of edges between placed layers, as Bézier control points."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.lab.graph_layout import GraphLayout
from bpviz.lab.skip_lanes import Lanes

Points = np.ndarray[Any, np.dtype[np.float64]]

_LEAST_REACH, _BOW = 16.0, 90.0


def control_points(layout: GraphLayout, layer: str, source: str) -> Points:
    """Bézier control points of the edges between the shown units of two layers.

    Shape (shown units of `layer`, shown units of `source`, points, 2): 4 points, one cubic, where
    no other layer stands in between; else 10 points, three cubics: to a lane that leads around
    what stands there, along it, and from it to the end. A layer that is one picture counts as one
    unit.
    """
    target, origin = layout.place(layer), layout.place(source)
    x0 = origin.x + origin.half_width
    x1 = target.x - target.half_width
    y0 = np.array([origin.centre_y] if origin.picture else origin.ys)
    y1 = np.array([target.centre_y] if target.picture else target.ys)
    rows, columns = len(y1), len(y0)
    start, end = np.broadcast_to(y0, (rows, columns)), np.broadcast_to(y1[:, None], (rows, columns))
    lanes = layout.lanes.get((layer, source))
    if lanes is not None:
        return _skip_points(lanes, (x0, x1), (start, end))
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
    # A layer that was dragged to the left of what feeds it is reached in a bow.
    reach = max(0.5 * (x1 - x0), min(_BOW, _LEAST_REACH + 0.3 * (x0 - x1)), _LEAST_REACH)
    points[..., 0] = (x0, x0 + reach, x1 - reach, x1)
    points[..., :2, 1] = start[..., None]
    points[..., 2:, 1] = end[..., None]
    return points


def _skip_points(lanes: Lanes, ends: tuple[float, float], heights: tuple[Points, Points]) -> Points:
    """To the lane of each edge, along it, and from it to the end; level where parts meet."""
    x0, x1 = ends
    start, end = heights
    xa, xb = lanes.left, lanes.right
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
    points[..., 2:8, 1] = lanes.ys[..., None]
    points[..., 8:, 1] = end[..., None]
    return points
