"""Strokes of a pen become a sample: sized, placed and inked as the samples of a dataset are."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from bpviz.datasets.dataset import Dataset
from bpviz.engine.activations import Array
from bpviz.gui.output.picture import grey_range

Stroke = Sequence[tuple[float, float]]

# Drawn so many times finer than the samples' pixels, then averaged.
_FINENESS = 8
# What counts as ink when the extent of a written sample is measured.
_INK = 0.15


@dataclass(frozen=True)
class Handwriting:
    """How the pictures of a dataset are written, in their pixels.

    `top`, `bottom` and `center` place the ink on average, `width` is the widest usual extent;
    `ink` is the mean darkness of a picture, 0 to 1: written samples are alike in it, because
    their size and their pen were made alike, so it tells how thick to draw.
    """

    shape: tuple[int, int]
    top: float
    bottom: float
    center: float
    width: float
    ink: float


# How people write is told by so many as well as by all.
_MOST_PICTURES = 2000


@functools.lru_cache(maxsize=2)
def handwriting(dataset: Dataset) -> Handwriting:
    """Measure the pictures of a dataset."""
    assert dataset.image_shape
    rows, columns = dataset.image_shape
    low, high = grey_range(dataset)
    some = dataset.inputs[:: max(1, len(dataset) // _MOST_PICTURES)]
    pictures = np.asarray((some.reshape(-1, rows, columns) - low) / (high - low))
    has_row = np.max(pictures, axis=2) > _INK
    has_column = np.max(pictures, axis=1) > _INK
    written = has_row.any(axis=1)
    if not written.any():
        return Handwriting((rows, columns), 0.0, rows, columns / 2, columns, 0.2)
    has_row, has_column = has_row[written], has_column[written]
    left = has_column.argmax(axis=1)
    right = columns - has_column[:, ::-1].argmax(axis=1)
    return Handwriting(
        (rows, columns),
        float(has_row.argmax(axis=1).mean()),
        float((rows - has_row[:, ::-1].argmax(axis=1)).mean()),
        float((left + right).mean() / 2),
        float(np.quantile(right - left, 0.9)),
        float(pictures[written].mean()),
    )


def sample_of(strokes: Sequence[Stroke], dataset: Dataset) -> Array:
    """The grey values, shape (inputs,), of strokes drawn on a square of side 1, y downwards."""
    low, high = grey_range(dataset)
    style = handwriting(dataset)
    if not any(strokes):
        return np.full(dataset.inputs.shape[1], low)
    thin, thick = 0.02 * style.shape[0], 0.4 * style.shape[0]
    for _ in range(8):  # halve the interval until the picture is as dark as written ones
        pen = 0.5 * (thin + thick)
        picture = _draw(_place(strokes, style, pen), style.shape, pen)
        if picture.mean() < style.ink:
            thin = pen
        else:
            thick = pen
    return low + (high - low) * picture.ravel()


def _place(strokes: Sequence[Stroke], style: Handwriting, pen: float) -> list[Array]:
    """Scale and shift strokes so that with this pen they fill the place of written samples."""
    lines = [np.array(stroke, dtype=np.float64) for stroke in strokes if len(stroke)]
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = np.maximum(high - low, 1e-6)
    height = max(style.bottom - style.top - pen, 1.0)
    width = max(style.width - pen, 1.0)
    # Proportions are kept; only what is too wide is squeezed a little rather than shrunk.
    scale_y = height / max(extent[1], 0.25 * extent[0])
    scale_x = min(scale_y, width / extent[0])
    scale_y = min(scale_y, 2.0 * scale_x)
    middle = np.array([style.center, (style.top + style.bottom) / 2])
    return [(line - (low + high) / 2) * (scale_x, scale_y) + middle for line in lines]


def _draw(lines: Sequence[Array], shape: tuple[int, int], pen: float) -> Array:
    """Lines in pixels as a picture of darkness 0 to 1, each pixel the mean over its area."""
    rows, columns = shape
    fine = QImage(columns * _FINENESS, rows * _FINENESS, QImage.Format.Format_Grayscale8)
    fine.fill(0)
    painter = QPainter(fine)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_FINENESS, _FINENESS)
    painter.setPen(
        QPen(
            Qt.GlobalColor.white,
            pen,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
    )
    for line in lines:
        if np.ptp(line, axis=0).max() == 0:
            painter.drawPoint(QPointF(*line[0]))
        else:
            painter.drawPolyline([QPointF(x, y) for x, y in line.tolist()])
    painter.end()
    bytes_per_line = fine.bytesPerLine()
    grey = np.frombuffer(fine.constBits(), dtype=np.uint8).reshape(-1, bytes_per_line)
    cells = grey[:, : columns * _FINENESS].reshape(rows, _FINENESS, columns, _FINENESS)
    return np.asarray(cells.mean(axis=(1, 3)) / 255.0)
