"""The courses of edges: points on chains of cubics, and the paths that are painted."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

Array = np.ndarray[Any, Any]

# Points of a curve: many, or few while a drag makes the geometry anew with every frame.
FINE, QUICK = 21, 9


def path_of(points: Array) -> QPainterPath:
    """One chain of cubics, by its control points."""
    flat = points.tolist()
    path = QPainterPath(QPointF(*flat[0]))
    for k in range(1, len(flat), 3):
        (a, b), (c, d), (e, f) = flat[k : k + 3]
        path.cubicTo(a, b, c, d, e, f)
    return path


def bernstein(points: int) -> Array:
    """What each control point of a cubic counts at so many places of it, shape (points, 4)."""
    # Closer at the ends, where edges bend.
    t = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, points))[:, None]
    return np.hstack(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3))


def bezier(points: Array, curve: Array) -> Array:
    """Points along chains of cubics, shape (edges, rows of `curve` per cubic, 2)."""
    parts = [curve @ points[:, k : k + 4] for k in range(0, points.shape[1] - 1, 3)]
    return np.concatenate(parts, axis=1)


def even(groups: list[Array]) -> Array:
    """Courses of some blocks as one array, all with as many points as the longest has.

    A fraction of the way means the same for every edge.
    """
    groups = [group for group in groups if len(group)]
    if not groups:
        return np.empty((0, 2, 2))
    longest = max(group.shape[1] for group in groups)
    return np.concatenate([_resampled(group, longest) for group in groups])


def _resampled(courses: Array, points: int) -> Array:
    last = courses.shape[1] - 1
    if last + 1 == points:
        return courses
    at = np.linspace(0, last, points)
    before = np.minimum(at.astype(np.intp), last - 1)
    t = (at - before)[:, None]
    return courses[:, before] * (1 - t) + courses[:, before + 1] * t


def along(samples: Array, fraction: Array) -> Array:
    """Points at these fractions of polylines: samples (n, k, 2), fraction (n,) -> (n, 2)."""
    last = samples.shape[1] - 1
    position = np.clip(fraction, 0.0, 1.0) * last
    before = np.minimum(position.astype(np.intp), last - 1)
    t = (position - before)[:, None]
    rows = np.arange(len(samples))
    return samples[rows, before] * (1 - t) + samples[rows, before + 1] * t


def crossing(courses: Array, rect: QRectF) -> Array:
    """Whether each of some courses has a part in a rectangle."""
    start, step = courses[:, :-1], np.diff(courses, axis=1)
    step = np.where(np.abs(step) < 1e-9, 1e-9, step)
    # The shares of each line at which it enters and leaves the rectangle's columns and rows.
    a = (np.array([rect.left(), rect.top()]) - start) / step
    b = (np.array([rect.right(), rect.bottom()]) - start) / step
    enters, leaves = np.minimum(a, b).max(axis=2), np.maximum(a, b).min(axis=2)
    inside: Array = (np.maximum(enters, 0.0) <= np.minimum(leaves, 1.0)).any(axis=1)
    return inside
