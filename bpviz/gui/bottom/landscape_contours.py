"""Lines of equal height on a grid, by marching squares, all cells at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.engine.activations import Array

Indices = np.ndarray[Any, np.dtype[np.intp]]

# For each of the 16 patterns of corners above the level, the pairs of cell sides that a line
# joins. Corners count 1, 2, 4, 8 (lower left, lower right, upper right, upper left); sides are
# 0 below, 1 right, 2 above, 3 left. Where two corners face each other there are two lines.
_SIDES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 2), (0, 1)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((2, 0),),
    10: ((3, 0), (1, 2)),
    11: ((2, 1),),
    12: ((1, 3),),
    13: ((1, 0),),
    14: ((0, 3),),
}


def contour(heights: Array, level: float) -> Array:
    """The line of one height as segments, shape (segments, 2, 2): ends, then (column, row).

    Cells with a corner that is not finite have none.
    """
    above = heights > level
    pattern = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    corners = heights[:-1, :-1] + heights[:-1, 1:] + heights[1:, 1:] + heights[1:, :-1]
    pattern[~np.isfinite(corners)] = 0
    found = []
    for number, joined in _SIDES.items():
        rows, columns = np.nonzero(pattern == number)
        if len(rows):
            found += [
                np.stack([_crossing(heights, level, rows, columns, side) for side in pair], axis=1)
                for pair in joined
            ]
    return np.concatenate(found) if found else np.empty((0, 2, 2))


def _crossing(heights: Array, level: float, rows: Indices, columns: Indices, side: int) -> Array:
    """Where the level is crossed on one side of these cells, shape (cells, 2)."""
    # The side runs along columns (below, above) or rows, from the corner with these offsets.
    along_columns = side in (0, 2)
    r, c = rows + (side == 2), columns + (side == 1)
    first = heights[r, c]
    second = heights[r, c + 1] if along_columns else heights[r + 1, c]
    share = (level - first) / (second - first)
    if along_columns:
        return np.column_stack([c + share, r])
    return np.column_stack([c, r + share])


def levels_between(low: float, high: float, count: int) -> Array:
    """Heights for so many lines, evenly between two."""
    return np.linspace(low, high, count + 2)[1:-1]
