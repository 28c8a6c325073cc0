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
_MOST_DOTS = 200
# Up to this many dots are drawn large.
_FEW_DOTS = 12
# Of more patterns than this, some are shown.
_MOST_PATTERNS = 8
# Pictures stand in so many rows and columns.
_MOSAIC = 2


def draw_miniature(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    """Draw a dataset into `area`.

    Images, as inputs or as values to predict: some of them. Patterns of zeros and ones: a row of
    squares each, filled for a one. Else dots over the two inputs that say most, or over input and
    value.
    """
    if not len(dataset):
        return
    if dataset.image_shape is not None:
        rows = _different(dataset)
        _draw_pictures(painter, area, dataset.inputs, rows, dataset.image_shape, theme)
    elif dataset.target_shape is not None:
        rows = list(range(min(len(dataset), _MOSAIC**2)))
        _draw_pictures(painter, area, dataset.targets, rows, dataset.target_shape, theme)
    elif _are_patterns(dataset):
        _draw_patterns(painter, area, dataset, theme)
    else:
        _draw_dots(painter, area, dataset, theme)


def _draw_pictures(
    painter: QPainter,
    area: QRectF,
    pictures: np.ndarray,
    rows: list[int],
    shape: tuple[int, int],
    theme: Theme,
) -> None:
    """The pictures of these rows, from paper (0) to ink (the largest value)."""
    top = float(pictures[rows].max()) or 1.0
    height, width = shape
    gap = 2.0
    room = (min(area.width(), area.height()) - gap * (_MOSAIC - 1)) / _MOSAIC
    unit = room / max(shape)
    painter.save()
    # At a few pixels a picture, whole pixels would be torn.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for place, row in enumerate(rows):
        down, across = divmod(place, _MOSAIC)
        values = pictures[row].reshape(shape)
        grey = np.clip(values * (255 / top), 0, 255).astype(np.uint8)
        square = QRectF(0, 0, width * unit, height * unit)
        middle = (_MOSAIC - 1) / 2
        offset = QPointF(across - middle, down - middle) * (room + gap)
        square.moveCenter(area.center() + offset)
        painter.drawImage(square, indexed_image(grey, grey_table(theme)))
    painter.restore()


def _different(dataset: Dataset) -> list[int]:
    """Row numbers of pictures to show: the first of each class, then others."""
    count = _MOSAIC**2
    firsts: list[int] = []
    if dataset.is_classification:
        firsts = sorted(np.unique(dataset.targets, return_index=True)[1].tolist())
    others = [row for row in range(min(len(dataset), count)) if row not in firsts]
    return [*firsts, *others][:count]


def _are_patterns(dataset: Dataset) -> bool:
    """Whether these are patterns of three bits or more, rather than points somewhere."""
    inputs = dataset.inputs
    return bool(inputs.shape[1] > 2 and len(dataset) > 1 and np.isin(inputs, (0.0, 1.0)).all())


def _draw_patterns(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    rows = np.linspace(0, len(dataset) - 1, min(len(dataset), _MOST_PATTERNS)).round().astype(int)
    # Of more inputs than fit, neighbours share a square, which is filled when one of them is on.
    width = dataset.inputs.shape[1]
    columns = np.array_split(np.arange(width), min(width, _MOST_PATTERNS))
    side = min(area.width(), area.height())
    cell = side / max(len(rows), len(columns))
    left = area.center().x() - cell * len(columns) / 2
    top = area.center().y() - cell * len(rows) / 2
    painter.setPen(Qt.PenStyle.NoPen)
    # Values to predict may be many for each pattern, so that none of them is its colour.
    colors = [QColor(theme.positive)] * len(rows)
    if dataset.is_classification:
        colors = _dot_colors(dataset, rows, theme)
    for down, (row, color) in enumerate(zip(rows, colors, strict=True)):
        for across, inputs in enumerate(columns):
            on = dataset.inputs[row, inputs].any()
            painter.setBrush(color if on else QColor(theme.zero))
            square = QRectF(left + across * cell, top + down * cell, cell, cell)
            painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), 1.0, 1.0)


def _draw_dots(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    places = dataset.inputs
    if places.shape[1] == 1:
        places = np.column_stack([places, dataset.targets.reshape(len(dataset), -1)[:, 0]])
    places = places[:, telling_inputs(dataset)]
    known = np.flatnonzero(~np.isnan(places).any(axis=1))
    if not len(known):
        return
    rows = known[np.linspace(0, len(known) - 1, min(len(known), _MOST_DOTS)).astype(int)]
    x, y = places[rows].T
    radius = 2.6 if len(rows) <= _FEW_DOTS else 1.1
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
