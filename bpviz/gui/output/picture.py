"""A sample that is a picture, and how likely the network finds each class."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.datasets.dataset import Dataset
from bpviz.engine.activations import Array
from bpviz.gui.colors import blend, grey_table, indexed_image
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import CAPTION, GAP, HALF_GAP, LIGHT, SECONDARY, Theme


def grey_range(dataset: Dataset) -> tuple[float, float]:
    """The values of paper and of full ink."""
    low, high = dataset.value_range
    return low, high if high > low else low + 1.0


def grey_image(values: Array, dataset: Dataset, theme: Theme) -> QImage:
    """A sample of grey values, shape (inputs,), as a picture, one pixel per value."""
    assert dataset.image_shape
    low, high = grey_range(dataset)
    return shaded_image((values - low) / (high - low), dataset.image_shape, theme)


def shaded_image(shades: Array, shape: tuple[int, int], theme: Theme) -> QImage:
    """Shades, 0 for paper to 1 for full ink, as a picture of (height, width)."""
    grey = np.clip(np.nan_to_num(shades), 0.0, 1.0) * 255
    return indexed_image(grey.astype(np.uint8).reshape(shape), grey_table(theme))


class PictureView(QWidget):
    """One picture, pixel by pixel, as large as its place allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image: QImage | None = None
        self.theme: Theme = LIGHT
        self.setAccessibleName("Current sample")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(150, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    def show_image(self, image: QImage, theme: Theme) -> None:
        self.image, self.theme = image, theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image is None:
            return
        painter = QPainter(self)
        box = fitted(self.image.size(), QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.drawImage(box, self.image)
        painter.setPen(QPen(QColor(self.theme.border), 1))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()


def fitted(size: QSize, box: QRectF) -> QRectF:
    """The largest rectangle with a picture's proportions in `box`, in its upper left corner."""
    scale = min(box.width() / size.width(), box.height() / size.height())
    width, height = int(size.width() * scale), int(size.height() * scale)
    return QRectF(box.left(), box.top(), width, height)


class BarsView(QWidget):
    """The outputs as bars, one a class; the largest is bold, the true class has a tick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.values: Array = np.empty(0)
        self.true: int | None = None
        self.theme: Theme = LIGHT
        self.setAccessibleName("Output of each class")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(140, 180)

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetrics(scaled_font(self, SECONDARY))
        return QSize(metrics.horizontalAdvance("✓ 0 0.000") + 56, 120)

    def show_values(
        self, names: tuple[str, ...], values: Array, true: int | None, theme: Theme
    ) -> None:
        self.names, self.values, self.true, self.theme = names, values, true, theme
        self.update()

    @property
    def winner(self) -> int | None:
        """The class with the largest output."""
        if not len(self.values) or not np.isfinite(self.values).any():
            return None
        return int(np.nanargmax(self.values))

    def paintEvent(self, event: QPaintEvent) -> None:
        count = len(self.names)
        if not count or len(self.values) != count:
            return
        painter = QPainter(self)
        height = min(24.0, self.height() / count)
        font = scaled_font(self, SECONDARY if height >= 16 else CAPTION if height >= 13 else 9)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        name_width = min(
            max(metrics.horizontalAdvance(name) for name in self.names) + 2, 0.4 * self.width()
        )
        tick = metrics.horizontalAdvance("✓") + 2
        figure = metrics.horizontalAdvance("0.000")
        winner = self.winner
        for k in range(count):
            row = QRectF(0, k * height, self.width(), height)
            self._paint_bar(painter, row, k, k == winner, (tick, name_width, figure))
        painter.end()

    def _paint_bar(
        self,
        painter: QPainter,
        row: QRectF,
        k: int,
        strong: bool,
        widths: tuple[float, float, float],
    ) -> None:
        theme, (tick, name_width, figure) = self.theme, widths
        metrics = painter.fontMetrics()
        font = painter.font()
        font.setBold(strong)
        painter.setFont(font)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.text if strong else theme.secondary))
        name = metrics.elidedText(self.names[k], Qt.TextElideMode.ElideRight, int(name_width) + 2)
        painter.drawText(
            QRectF(tick, row.top(), name_width + 4, row.height()),
            middle | Qt.AlignmentFlag.AlignLeft,
            name,
        )
        value = float(self.values[k])
        text = f"{value:.3f}".replace("-", "−") if np.isfinite(value) else "–"
        right = QRectF(row.right() - figure - 4, row.top(), figure + 4, row.height())
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, text)
        font.setBold(False)
        painter.setFont(font)
        if k == self.true:
            painter.setPen(QColor(theme.accent))
            painter.drawText(QRectF(0, row.top(), tick, row.height()), middle, "✓")
        left = tick + name_width + GAP
        track = QRectF(left, row.center().y() - 4, right.left() - HALF_GAP - left, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.grid))
        painter.drawRoundedRect(track, 3, 3)
        share = min(max(value, 0.0), 1.0) if np.isfinite(value) else 0.0
        if share * track.width() >= 1:
            filled = QRectF(track.left(), track.top(), share * track.width(), track.height())
            color = QColor(theme.text) if strong else blend(theme.card, theme.text, 0.45)
            painter.setBrush(color)
            painter.drawRoundedRect(filled, min(3.0, filled.width() / 2), 3)
