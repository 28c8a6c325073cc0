"""Pictures side by side, such as what each output looks at."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.output.picture import fitted
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.results.content import Pictures
from bpviz.gui.theme import CAPTION, GAP, HALF_GAP, LIGHT, Theme

_LARGEST = 220.0
_RAMP_HEIGHT = 8
_RAMP_SIZE = (64, _RAMP_HEIGHT)


class PicturesView(QWidget):
    """Draws Pictures in as many rows as make them largest, with a line of words below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content: Pictures | None = None
        self.theme: Theme = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 80)

    def show_pictures(self, content: Pictures, theme: Theme) -> None:
        self.content, self.theme = content, theme
        self.setAccessibleName(content.name)
        self.setAccessibleDescription(content.words)
        self.setToolTip(content.words)
        self.update()

    def cells(self) -> list[QRectF]:
        """Where each picture with its title goes."""
        assert self.content is not None
        line = self._line()
        room_height = self.height() - line - 2
        count = len(self.content.pictures)
        best = (0.0, 1)
        for rows in range(1, count + 1):
            columns = math.ceil(count / rows)
            width = (self.width() - (columns - 1) * GAP) / columns
            height = (room_height - (rows - 1) * GAP) / rows - line
            best = max(best, (min(width, height, _LARGEST), rows))
        side, rows = max(8.0, best[0]), best[1]
        columns = math.ceil(count / rows)
        return [
            QRectF(
                k % columns * (side + GAP), k // columns * (side + line + GAP), side, side + line
            )
            for k in range(count)
        ]

    def _line(self) -> int:
        return self.fontMetrics().height()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.content is None:
            return
        painter = QPainter(self)
        painter.setFont(scaled_font(self, CAPTION))
        metrics, line = painter.fontMetrics(), self._line()
        for cell, (title, image) in zip(self.cells(), self.content.pictures, strict=True):
            painter.setPen(QColor(self.theme.text))
            text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(cell.width()))
            head = QRectF(cell.left(), cell.top(), cell.width(), line)
            painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            box = fitted(image.size(), cell.adjusted(0.5, line + 0.5, -0.5, -0.5))
            painter.drawImage(box, image)
            painter.setPen(QPen(QColor(self.theme.border), 1))
            painter.drawRect(box)
        self._paint_foot(painter, self.content)
        painter.end()

    def _paint_foot(self, painter: QPainter, content: Pictures) -> None:
        """The scale, from its lowest to its highest value, and the words."""
        metrics, line, theme = painter.fontMetrics(), self._line(), self.theme
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        top, x = self.height() - line, 0.0
        painter.setPen(QColor(theme.text))
        for k, end in enumerate(content.ends):
            width = metrics.horizontalAdvance(end)
            painter.drawText(QRectF(x, top, width + 1, line), middle, end)
            x += width + HALF_GAP
            if k == 0:
                ramp = QRectF(round(x) + 0.5, top + (line - _RAMP_HEIGHT) // 2 + 0.5, *_RAMP_SIZE)
                painter.drawImage(ramp, content.ramp)
                painter.setPen(QPen(QColor(theme.border), 1))
                painter.drawRect(ramp)
                painter.setPen(QColor(theme.text))
                x = ramp.right() + HALF_GAP
        painter.setPen(QColor(theme.secondary))
        foot = QRectF(x + GAP, top, self.width() - x - GAP, line)
        words = metrics.elidedText(content.words, Qt.TextElideMode.ElideRight, int(foot.width()))
        painter.drawText(foot, middle, words)
