"""Marks on a plane: dots with their rims, the ring around a sample, the cross of typed values."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from bpviz.gui.theme import Theme


def stamp_size(size: int) -> int:
    """How large the picture of a dot of this diameter is, in pixels: the rim needs room."""
    return size + 4


def dot_stamp(color: QColor, rim: QColor | None, size: int, ratio: float) -> QPixmap:
    """The picture of a dot, to be put down many times."""
    whole = stamp_size(size)
    stamp = QPixmap(QSize(whole, whole) * ratio)
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen if rim is None else QPen(rim, 1.1))
    painter.setBrush(color)
    painter.drawEllipse(QPointF(whole / 2, whole / 2), size / 2, size / 2)
    painter.end()
    return stamp


def paint_ring(painter: QPainter, at: QPointF, theme: Theme) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((theme.card, 4.0), (theme.text, 2.0)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawEllipse(at, 8.0, 8.0)


def paint_cross(painter: QPainter, at: QPointF, theme: Theme) -> None:
    right, down = QPointF(6, 0), QPointF(0, 6)
    for color, width in ((theme.card, 4.5), (theme.text, 2.0)):
        painter.setPen(QPen(QColor(color), width, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(at - right, at + right)
        painter.drawLine(at - down, at + down)
