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

    def __init__(self, width: int, height: int) -> None:
        self._pixels: Pixels = np.zeros((height, width), dtype=np.uint32)

    def draw(self, pixels: Array, colors: Pixels, radius: float) -> None:
        """Draw discs, centres of shape (dots, 2) in pixels, each in its colour (dots,)."""
        height, width = self._pixels.shape
        offsets = disc(radius)
        centers = np.rint(pixels).astype(np.intp)
        at = centers[:, np.newaxis, :] + offsets
        x, y = at[..., 0], at[..., 1]
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        # Of pixels that are named twice the later one stays: whole dots lie on whole dots.
        places = (y * width + x)[inside]
        self._pixels.ravel()[places] = np.repeat(colors, len(offsets))[inside.ravel()]

    def image(self) -> QImage:
        height, width = self._pixels.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(self._pixels.data, width, height, 4 * width, form).copy()


def packed(colors: tuple[QColor, ...]) -> Pixels:
    """Opaque colours as pixels."""
    return np.array([color.rgba() for color in colors], dtype=np.uint32)
