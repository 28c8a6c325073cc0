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

    def draw(self, pixels: Array, colors: Pixels, radius: float) -> None:
        """Draw discs, centres of shape (dots, 2) in pixels, each in its colour (dots,)."""
        height, width = self._pixels.shape
        offsets = disc(min(radius, float(self._margin)))
        x, y = np.rint(pixels).astype(np.int32).T + self._margin
        # The sheet is larger than what is seen of it, so that whole dots have room.
        reach = int(np.abs(offsets).max(initial=0))
        inside = (x >= reach) & (x < width - reach) & (y >= reach) & (y < height - reach)
        places = (y * width + x)[inside, np.newaxis] + (offsets[:, 1] * width + offsets[:, 0])
        # Of pixels that are named twice the later one stays: whole dots lie on whole dots.
        self._pixels.ravel()[places] = colors[inside, np.newaxis]

    def image(self) -> QImage:
        edge = self._margin
        seen = np.ascontiguousarray(self._pixels[edge:-edge, edge:-edge])
        height, width = seen.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(seen.data, width, height, 4 * width, form).copy()


def packed(colors: tuple[QColor, ...]) -> Pixels:
    """Opaque colours as pixels."""
    return np.array([color.rgba() for color in colors], dtype=np.uint32)
