"""The dots of a plane in layers, from below: what lies off it, the others, what is highlighted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtGui import QColor

from bpviz.gui.colors import blend
from bpviz.gui.output.plane import Dots, dot_size
from bpviz.gui.theme import Theme

# More dots than this are drawn as pixels.
MANY = 3000
_OFF_DOT = 4
# How much of its colour a dot has that lies off the plane.
_OFF_STRENGTH = 0.55
# By how much the halo of a highlighted dot is larger than the dot.
_HALO = 6

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Layer:
    """Which of the dots are drawn, their colours by number, and their diameter in pixels.

    Halos have one colour and no rim.
    """

    shown: Mask
    colors: tuple[QColor, ...]
    size: int
    is_halo: bool = False


def layers(dots: Dots, theme: Theme, first: int = 0) -> list[Layer]:
    """All dots from the `first` on. Highlighted ones are on top, their halos below all of them."""
    size = dot_size(dots)
    drawable = np.asarray(np.isfinite(dots.places).all(axis=1))
    drawable[:first] = False
    found = []
    if dots.off is not None:
        off = drawable & dots.off
        if dots.marked is not None:
            off &= ~dots.marked
        pale = tuple(blend(theme.card, color, _OFF_STRENGTH) for color in dots.colors)
        found.append(Layer(off, pale, min(size, _OFF_DOT)))
        drawable &= ~off
    if dots.marked is None:
        return [*found, Layer(drawable, dots.colors, size)]
    marked = drawable & dots.marked
    return [
        *found,
        Layer(drawable & ~marked, dots.colors, size),
        Layer(marked, (QColor(theme.accent),), size + _HALO, is_halo=True),
        Layer(marked, dots.colors, size),
    ]
