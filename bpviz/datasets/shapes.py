"""Shapes of any place, size and rotation, drawn as grey values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

# What a shape covers is where its distance is below 0: from its edge, in a plane in which all of
# them lie within the unit circle.
DISTANCES: dict[str, Callable[[Array, Array], Array]] = {
    "disc": lambda x, y: np.hypot(x, y) - 0.78,
    "square": lambda x, y: np.maximum(np.abs(x), np.abs(y)) - 0.7,
    "triangle": lambda x, y: np.maximum(np.abs(x) * 0.75**0.5 + 0.5 * y, -y) - 0.5,
    "cross": lambda x, y: _cross(np.abs(x), np.abs(y)),
    "ring": lambda x, y: np.abs(np.hypot(x, y) - 0.7) - 0.24,
    "bar": lambda x, y: np.maximum(np.abs(x) - 0.94, np.abs(y) - 0.3),
    "frame": lambda x, y: np.abs(np.maximum(np.abs(x), np.abs(y)) - 0.52) - 0.18,
    "half disc": lambda x, y: np.maximum(np.hypot(x, y + 0.4) - 0.88, -y - 0.4),
    "crescent": lambda x, y: np.maximum(np.hypot(x, y) - 0.94, 0.74 - np.hypot(x - 0.42, y)),
    "two discs": lambda x, y: np.hypot(np.abs(x) - 0.55, y) - 0.42,
}


class Poses(NamedTuple):
    """Where shapes stand: middle x and y and radius, all in pixels, and rotation; one of each."""

    x: Array
    y: Array
    radius: Array
    turn: Array


def draw(pictures: Array, kinds: Array, poses: Poses) -> None:
    """Draw a shape into each picture, shape (samples, height, width), of zeros.

    `kinds` are places in DISTANCES. How much of a pixel the shape covers is taken from the
    distance of the pixel's middle to the edge.
    """
    distances = tuple(DISTANCES.values())
    number = pictures.dtype.type
    for picture, kind, x, y, radius, turn in zip(pictures, kinds, *poses, strict=True):
        rows, columns = _around(y, radius, len(picture)), _around(x, radius, picture.shape[1])
        right = ((np.arange(columns.start, columns.stop) + 0.5 - x) / radius).astype(number)
        up = ((y - np.arange(rows.start, rows.stop)[:, np.newaxis] - 0.5) / radius).astype(number)
        cos, sin = number(np.cos(turn)), number(np.sin(turn))
        grey = distances[kind](cos * right + sin * up, cos * up - sin * right)
        grey *= number(-radius)
        grey += number(0.5)
        np.clip(grey, 0.0, 1.0, out=picture[rows, columns])


def _around(middle: float, radius: float, length: int) -> slice:
    """The pixels of a row or a column that a shape may cover; beyond them nothing is drawn."""
    return slice(max(0, int(middle - radius) - 1), min(length, int(middle + radius) + 2))


def _cross(x: Array, y: Array) -> Array:
    long, short = np.maximum(x, y), np.minimum(x, y)
    return np.maximum(long - 0.92, short - 0.3)
