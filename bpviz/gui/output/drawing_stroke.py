"""A stroke over a sheet: what becomes of the dots on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.gui.output.plane import Dots, dot_size
from bpviz.gui.output.plane_dots import MANY
from bpviz.lab.drawn_samples import Mask


@dataclass
class Stroke:
    """A stroke under way: where it went, what it has drawn, or which dots it has erased."""

    erases: bool
    places: list[tuple[float, float]] = field(default_factory=list)
    points: Array = field(default_factory=lambda: np.empty((0, 2)))
    gone: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def on(self, dots: Dots, color_number: int) -> Dots:
        """These dots as the stroke has them so far; what it draws has this colour."""
        if self.erases:
            return _without(dots, self.gone)
        return _with(dots, self.points, color_number)


def begins_with(dots: Dots, before: Dots) -> bool:
    """Whether dots are these from before and perhaps some more."""
    count = len(before)
    return (
        count <= len(dots)
        and dot_size(before) == dot_size(dots)
        and (len(before) > MANY) == (len(dots) > MANY)
        and before.colors == dots.colors
        and np.array_equal(before.places, dots.places[:count])
        and np.array_equal(before.color_numbers, dots.color_numbers[:count])
        and np.array_equal(before.hollow, dots.hollow[:count])
    )


def _with(dots: Dots, points: Array, color_number: int) -> Dots:
    """These dots and some more, of one colour."""
    count = len(points)
    return Dots(
        np.concatenate([dots.places, points]),
        np.arange(len(dots) + count),
        np.concatenate([dots.color_numbers, np.full(count, color_number, dtype=np.intp)]),
        dots.colors,
        np.concatenate([dots.hollow, np.zeros(count, dtype=bool)]),
    )


def _without(dots: Dots, gone: Any) -> Dots:
    left = ~gone
    return Dots(
        dots.places[left],
        dots.rows[left],
        dots.color_numbers[left],
        dots.colors,
        dots.hollow[left],
    )
