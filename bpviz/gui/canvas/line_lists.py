"""Courses of edges as lines in the very memory that Qt draws from."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter

Array = np.ndarray[Any, Any]


class LineList:
    """The lines of all courses, one after the other; a level course is one line.

    Lists of QLineF would be made anew, object by object, with every picture.
    """

    def __init__(self, groups: list[Array]) -> None:
        """`groups` hold courses, shape (edges, points, 2)."""
        parts = [_lines_of(group) for group in groups if len(group)]
        self._lines = np.concatenate([np.empty((0, 4)), *(lines for lines, _ in parts)])
        counts = [count for _, count in parts]
        self._counts = np.concatenate([np.empty(0, dtype=np.intp), *counts])
        self._starts = np.cumsum(self._counts) - self._counts

    def of(self, edges: Array) -> tuple[Array, Array]:
        """The lines of these edges in a row, and where among them those of each edge begin.

        Lines have shape (lines, 4): x1, y1, x2, y2. The second array ends with their number.
        """
        counts = self._counts[edges]
        begins = np.concatenate([[0], np.cumsum(counts)])
        if begins[-1] == len(edges):
            return self._lines[self._starts[edges]], begins
        first = np.repeat(self._starts[edges] - begins[:-1], counts)
        return self._lines[first + np.arange(begins[-1])], begins


def _lines_of(courses: Array) -> tuple[Array, Array]:
    lines = np.concatenate((courses[:, :-1], courses[:, 1:]), axis=2)
    y = courses[:, :, 1]
    level = (y[:, 0] == y[:, -1]) & (y[:, 0] == y[:, y.shape[1] // 2])
    kept = np.ones(lines.shape[:2], dtype=bool)
    kept[level, 1:] = False
    lines[level, 0, 2:] = courses[level, -1]
    return lines[kept], kept.sum(axis=1)


def draw_lines(painter: QPainter, lines: Array, start: int, stop: int) -> None:
    """Draw lines, from number `start` to before `stop`, by the painter's pen.

    They are what `LineList.of` returns: float64, one after the other in memory.
    """
    # A QLineF is four doubles: the first one at this address is followed by all others.
    first = shiboken6.wrapInstance(lines.ctypes.data + start * lines.strides[0], QLineF)
    painter.drawLines(cast(QLineF, first), stop - start)
