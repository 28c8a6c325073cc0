"""What stands before the text of a table's cell: the dot of a class, a small picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap

from bpviz.gui.colors import blend
from bpviz.gui.theme import Theme

DOT = 10


def dot_icon(color: QColor, theme: Theme, ratio: float) -> QIcon:
    """A class's dot, with the rim that dots have elsewhere."""
    pixmap = QPixmap(QSize(DOT, DOT) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(blend(theme.card, theme.secondary, 0.7))
    painter.setBrush(color)
    painter.drawEllipse(QRectF(1, 1, DOT - 2, DOT - 2))
    painter.end()
    return _steady(pixmap)


def picture_icon(image: QImage, size: QSize, ratio: float) -> QIcon:
    """A picture that fits into a cell, its pixels sharp where they are enlarged."""
    size = size * ratio
    smaller = image.width() > size.width() or image.height() > size.height()
    how = (
        Qt.TransformationMode.SmoothTransformation
        if smaller
        else Qt.TransformationMode.FastTransformation
    )
    pixmap = QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, how))
    pixmap.setDevicePixelRatio(ratio)
    return _steady(pixmap)


def _steady(pixmap: QPixmap) -> QIcon:
    """An icon that keeps its colours in a chosen row, too."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
