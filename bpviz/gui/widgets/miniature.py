"""Small drawings of data, so that a set of samples is known at a glance."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.telling import telling_inputs
from bpviz.gui.colors import class_colors, grey_table, indexed_image, signed_color
from bpviz.gui.theme import Theme

# More dots than this melt into one another.
_MOST_DOTS = 90


def draw_miniature(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    """Draw a dataset into `area`: a picture for images, else dots over two of its inputs."""
    if dataset.image_shape is not None and len(dataset):
        _draw_picture(painter, area, dataset, theme)
        return
    whole = dataset.rows(np.flatnonzero(~np.isnan(dataset.inputs).any(axis=1)))
    if len(whole):
        _draw_dots(painter, area, whole, theme)


def _draw_picture(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    assert dataset.image_shape is not None
    values = dataset.inputs[0].reshape(dataset.image_shape)
    top = float(dataset.inputs.max()) or 1.0
    grey = np.clip(values * (255 / top), 0, 255).astype(np.uint8)
    image = indexed_image(grey, grey_table(theme))
    side = min(area.width(), area.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(area.center())
    painter.drawImage(square, image)


def _draw_dots(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    rows = np.linspace(0, len(dataset) - 1, min(len(dataset), _MOST_DOTS)).astype(int)
    places = dataset.inputs
    if places.shape[1] == 1:
        places = np.column_stack([places, dataset.targets.reshape(len(dataset), -1)[:, 0]])
    x, y = places[rows][:, telling_inputs(dataset)].T
    radius = 2.6 if len(rows) <= 12 else 1.2
    inner = area.adjusted(radius, radius, -radius, -radius)
    colors = _dot_colors(dataset, rows, theme)
    painter.setPen(Qt.PenStyle.NoPen)
    for across, up, color in zip(_spread(x), _spread(y), colors, strict=True):
        painter.setBrush(color)
        point = QPointF(inner.left() + across * inner.width(), inner.bottom() - up * inner.height())
        painter.drawEllipse(point, radius, radius)


def _spread(values: np.ndarray) -> np.ndarray:
    """Values as shares of their range, 0 to 1."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.full(len(values), 0.5)


def _dot_colors(dataset: Dataset, rows: np.ndarray, theme: Theme) -> list[QColor]:
    if dataset.is_classification:
        palette = class_colors(theme, len(dataset.class_names))
        return [palette[int(k)] for k in dataset.targets[rows]]
    values = np.asarray(dataset.targets, dtype=float).reshape(len(dataset), -1)[:, 0]
    top = float(np.abs(values).max()) or 1.0
    return [signed_color(theme, float(v) / top) for v in values[rows]]
