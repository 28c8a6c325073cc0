"""The axes of a plane: numbers along them, lines of a grid, and names."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from bpviz.gui.output.plane import Plane
from bpviz.gui.plots.ticks import linear_ticks, nice_step, tick_text
from bpviz.gui.theme import HALF_GAP, Theme

# A place on an axis, and what stands there.
Tick = tuple[float, str]

# Pixels from tick to tick at least, across and up, and how many ticks there are upwards at least.
_X_GAP, _Y_GAP, _FEWEST = 48, 28, 3


def x_ticks(plane: Plane, width: float) -> list[Tick]:
    return list(_ticks(plane.x_range, max(2, int(width / _X_GAP))))


def y_ticks(plane: Plane, height: float) -> list[Tick]:
    count = max(_FEWEST, int(height / _Y_GAP))
    ticks = _ticks(plane.y_range, count)
    return list(ticks if len(ticks) >= _FEWEST else _ticks(plane.y_range, 2 * count))


# A plane asks several times a picture, and from picture to picture for the same.
@lru_cache(maxsize=64)
def _ticks(bounds: tuple[float, float], count: int) -> tuple[Tick, ...]:
    step = nice_step(bounds[1] - bounds[0], count)
    return tuple((v, tick_text(v, step)) for v in linear_ticks(bounds[0], bounds[1], count))


def paint_x_axis(
    painter: QPainter, area: QRectF, plane: Plane, ticks: list[Tick], theme: Theme
) -> None:
    """Below an area of a widget, in the painter's font."""
    height, most = painter.fontMetrics().height(), painter.device().width()
    x0, x1 = plane.x_range
    for value, text in ticks:
        x = round(area.left() + (value - x0) / (x1 - x0) * area.width())
        if plane.image is None and plane.grid:
            painter.setPen(QColor(theme.grid))
            painter.drawLine(QPointF(x + 0.5, area.top()), QPointF(x + 0.5, area.bottom()))
        painter.setPen(QColor(theme.secondary))
        width = painter.fontMetrics().horizontalAdvance(text)
        left = min(x - width / 2, most - width)
        box = QRectF(left, area.bottom() + 2, width + 1, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def paint_y_axis(
    painter: QPainter, area: QRectF, plane: Plane, ticks: list[Tick], theme: Theme
) -> None:
    """To the left of an area, in the painter's font."""
    height = painter.fontMetrics().height()
    y0, y1 = plane.y_range
    how = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for value, text in ticks:
        y = round(area.bottom() - (value - y0) / (y1 - y0) * area.height())
        if plane.image is None and plane.grid:
            painter.setPen(QColor(theme.grid))
            painter.drawLine(QPointF(area.left(), y + 0.5), QPointF(area.right(), y + 0.5))
        painter.setPen(QColor(theme.secondary))
        top = min(max(y - height / 2, 0.0), area.bottom() - height + 3)
        painter.drawText(QRectF(0, top, area.left() - HALF_GAP, height), how, text)


def paint_names(painter: QPainter, area: QRectF, plane: Plane, theme: Theme) -> None:
    """Below the numbers of the x axis."""
    metrics = painter.fontMetrics()
    top, width = area.bottom() + 1 + metrics.height(), painter.device().width() - area.left()
    names = f"→ {plane.x_name}    ↑ {plane.y_name}"
    names = metrics.elidedText(names, Qt.TextElideMode.ElideRight, int(width))
    how = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.setPen(QColor(theme.secondary))
    painter.drawText(QRectF(area.left(), top, width, metrics.height()), how, names)
