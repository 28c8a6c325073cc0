"""Samples over two of their columns, as a plane of dots."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bpviz.engine.activations import Array
from bpviz.gui.canvas.names import pretty
from bpviz.gui.output.plane import Dots, Plane
from bpviz.gui.output.samples import dot_colors
from bpviz.gui.theme import Theme
from bpviz.lab.data_columns import DataColumns, Mask

_GOLDEN = 0.6180339887


@dataclass(frozen=True, eq=False)
class Scatter:
    """Samples over columns `x` and `y`; `words` name places along an axis of words.

    `found` marks the dots that a person looks for, who can choose no others; None: all.
    """

    x: int
    y: int
    plane: Plane
    words: tuple[tuple[str, ...], tuple[str, ...]]
    found: Mask | None = None


def placed(table: DataColumns, x: int, y: int) -> Array:
    """Where all samples stand, shape (samples, 2)."""
    return np.column_stack([table.place(x, upright=False), table.place(y, upright=True)])


def scatter(table: DataColumns, x: int, y: int, places: Array, theme: Theme) -> Scatter:
    """The plane of samples at these places, coloured as in the output view."""
    count = len(table)
    # In the order of their files, the class that comes last would cover the others.
    rows = np.argsort((np.arange(count) * _GOLDEN) % 1.0)
    numbers, colors = dot_colors(table.data, rows, theme)
    dots = Dots(places[rows], rows, numbers, colors, table.is_test[rows])
    columns = table.columns[x], table.columns[y]
    plane = Plane(
        _range(places[:, 0], columns[0].words),
        _range(places[:, 1], columns[1].words),
        pretty(columns[0].name),
        pretty(columns[1].name),
        dots=dots,
    )
    return Scatter(x, y, plane, (columns[0].words, columns[1].words))


def with_marks(shown: Scatter, marked: Mask, current: int, found: Mask | None = None) -> Scatter:
    """The same with other samples highlighted or found, and a ring around the current one."""
    dots = shown.plane.dots
    assert dots is not None
    chosen = marked[dots.rows] if marked.any() else None
    dots = replace(dots, marked=chosen)
    at = np.flatnonzero(dots.rows == current)
    mark = (float(dots.places[at[0], 0]), float(dots.places[at[0], 1])) if len(at) else None
    plane = replace(shown.plane, dots=dots, mark=mark)
    return replace(shown, plane=plane, found=None if found is None else found[dots.rows])


def _range(values: Array, words: tuple[str, ...]) -> tuple[float, float]:
    if words:
        return -0.5, len(words) - 0.5
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low) or 0.5 * abs(high) or 1.0
    return low - margin, high + margin
