"""What a plane with samples on it shows: dots, lines, a picture, in the data's own units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QImage

from bpviz.engine.activations import Array

DOT, SMALL_DOT = 7, 5


@dataclass(frozen=True, eq=False)
class Dots:
    """Samples as dots: places, shape (dots, 2), dataset rows, and colours as numbers of a list.

    `hollow` marks those of the test part, `marked` those that are highlighted, if any, and `off`
    those that do not lie in the plane that is shown, if that can be said.
    """

    places: Array
    rows: np.ndarray[Any, np.dtype[np.intp]]
    color_numbers: np.ndarray[Any, np.dtype[np.intp]]
    colors: tuple[QColor, ...]
    hollow: np.ndarray[Any, np.dtype[np.bool_]]
    marked: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    off: np.ndarray[Any, np.dtype[np.bool_]] | None = None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Plane:
    """What to draw. Ranges are those of the whole area, in the data's own units.

    `image` fills it, or (left, right, low, high) of `image_range`.
    `lines` are (points of shape (n, 2), colour, dashed); `mark` is a ring around the current
    sample, filled with `mark_color` where its dot is not among `dots`; `cross` the place of typed
    values. `read` says what lies at a point under the mouse.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_name: str
    y_name: str
    image: QImage | None = None
    lines: tuple[tuple[Array, QColor, bool], ...] = ()
    dots: Dots | None = None
    mark: tuple[float, float] | None = None
    mark_color: QColor | None = None
    cross: tuple[float, float] | None = None
    square: bool = False
    grid: bool = True
    read: Callable[[float, float], str] = field(default=lambda x, y: "")
    image_range: tuple[float, float, float, float] | None = None


def dot_size(dots: Dots) -> int:
    """The diameter of each of these dots, in pixels."""
    return SMALL_DOT if len(dots) > 700 else DOT
