"""Very many dots at once, as pixels: each is drawn, none is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QImage

from bpviz.engine.activations import Array

Pixels = np.ndarray[Any, np.dtype[np.uint32]]


def disc(radius: float) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The offsets (x, y) of the pixels within a radius of a pixel, shape (pixels, 2)."""
    reach = int(radius)
    grid = np.arange(-reach, reach + 1)
    x, y = np.meshgrid(grid, grid)
    inside = np.hypot(x, y) <= radius
    return np.column_stack([x[inside], y[inside]])


class DotRaster:
    """A transparent sheet of pixels; dots drawn later lie on top."""

    def __init__(self, width: int, height: int, margin: int = 8) -> None:
        """Dots reach at most `margin` pixels from their centres."""
        self._margin = margin
        shape = height + 2 * margin, width + 2 * margin
        self._pixels: Pixels = np.zeros(shape, dtype=np.uint32)

    def draw(
        self, pixels: Array, colors: Pixels, radius: float, rims: Pixels | None = None
    ) -> None:
        """Draw discs, centres of shape (dots, 2) in pixels, each in its colour (dots,).

        The outermost pixel of each has the colour of its rim, if these are given.
        """
        places, whole = self._places(pixels, radius)
        # Of dots in one place only the last is seen.
        last = np.empty(self._pixels.size, dtype=np.int32)
        last[places] = np.arange(len(places))
        seen = last[places] == np.arange(len(places))
        places, colors = places[seen], colors[whole][seen]
        offsets = disc(min(radius, float(self._margin)))
        shown = np.broadcast_to(colors[:, np.newaxis], (len(colors), len(offsets)))
        if rims is not None:
            outside = np.hypot(*offsets.T) > radius - 1
            shown = np.where(outside, rims[whole][seen][:, np.newaxis], shown)
        # Of pixels that are named twice the later one stays: whole dots lie on whole dots.
        self._pixels.ravel()[places[:, np.newaxis] + self._steps(offsets)] = shown

    def draw_below(self, pixels: Array, color: int, radius: float) -> None:
        """Draw discs of one colour, of which no edges are seen where they overlap."""
        centres = np.zeros(self._pixels.size, dtype=bool)
        centres[self._places(pixels, radius)[0]] = True
        covered = np.zeros_like(centres)
        for step in self._steps(disc(min(radius, float(self._margin)))).tolist():
            # What is drawn lies so far within the sheet that nothing goes round its edges.
            covered |= np.roll(centres, step)
        self._pixels.ravel()[covered] = color

    def _places(self, pixels: Array, radius: float) -> tuple[Any, Any]:
        """The numbers of the centres' pixels, and which discs lie wholly on the sheet."""
        height, width = self._pixels.shape
        # The sheet is larger than what is seen of it, so that whole dots have room.
        reach = int(min(radius, float(self._margin)))
        x, y = np.rint(pixels).astype(np.int32).T + self._margin
        whole = (x >= reach) & (x < width - reach) & (y >= reach) & (y < height - reach)
        return (y * width + x)[whole], whole

    def _steps(self, offsets: np.ndarray[Any, np.dtype[np.intp]]) -> Any:
        """From a pixel's number to those of others around it."""
        return offsets[:, 1] * self._pixels.shape[1] + offsets[:, 0]

    def image(self) -> QImage:
        edge = self._margin
        seen = np.ascontiguousarray(self._pixels[edge:-edge, edge:-edge])
        height, width = seen.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(seen.data, width, height, 4 * width, form).copy()


def packed(colors: tuple[QColor, ...]) -> Pixels:
    """Opaque colours as pixels."""
    return np.array([color.rgba() for color in colors], dtype=np.uint32)
