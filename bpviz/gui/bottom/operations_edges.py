"""The lines between the cards of an operation graph."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from bpviz.gui.bottom.operations_layout import COLUMN_GAP, Arrangement, Box

_DIP = 9.0
# How far below the top of a card its lines begin and end.
_ANCHOR = 27.0


def edge_path(places: Arrangement, source: int, consumer: int) -> QPainterPath:
    """The line along which a value goes from one card to another."""
    a, b = places.boxes[source], places.boxes[consumer]
    if places.columns[source] == places.columns[consumer]:
        middle = b.x + b.width / 2
        path = QPainterPath(QPointF(middle, a.y + a.height))
        path.lineTo(middle, b.y)
        return path
    start = QPointF(a.x + a.width, a.y + _ANCHOR)
    end = QPointF(b.x, b.y + _ANCHOR)
    if consumer in places.above or source in places.above:
        return _curve(start, end)
    between = (places.columns[source], places.columns[consumer])
    if _is_clear(places, *between, start.y()):
        # Along its own row, and over to the other in the last gap.
        turn = QPointF(max(start.x(), end.x() - COLUMN_GAP), start.y())
        return _curve(turn, end, start)
    if _is_clear(places, *between, end.y()):
        turn = QPointF(min(end.x(), start.x() + COLUMN_GAP), end.y())
        path = _curve(start, turn)
        path.lineTo(end)
        return path
    return _below(start, end, max(places.floors[source], places.floors[consumer]) + _DIP)


def _is_clear(places: Arrangement, first: int, last: int, y: float) -> bool:
    """Whether no card stands at this height between two columns."""
    return not any(
        first < places.columns[k] < last and _covers(box, y) for k, box in places.boxes.items()
    )


def _covers(box: Box, y: float) -> bool:
    return box.y <= y <= box.y + box.height


def _curve(start: QPointF, end: QPointF, before: QPointF | None = None) -> QPainterPath:
    """From one height to another, perhaps after a straight way."""
    path = QPainterPath(start if before is None else before)
    path.lineTo(start)
    bend = max(12.0, (end.x() - start.x()) / 2)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return path


def _below(start: QPointF, end: QPointF, floor: float) -> QPainterPath:
    """Down, along below the cards between, and up again."""
    path = QPainterPath(start)
    path.cubicTo(
        start + QPointF(20, 0), QPointF(start.x() + 2, floor), QPointF(start.x() + 24, floor)
    )
    path.lineTo(end.x() - 24, floor)
    path.cubicTo(QPointF(end.x() - 2, floor), end - QPointF(20, 0), end)
    return path
