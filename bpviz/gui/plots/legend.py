"""The line below a chart that names its curves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import CAPTION, LIGHT, Theme

_SWATCH = 9
_GAP = 12


class Legend(QWidget):
    """Names with a swatch of their colour, side by side, over several lines if they must."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[tuple[str, str, bool], ...] = ()
        self.theme: Theme = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: Sequence[tuple[str, str, bool]], theme: Theme) -> None:
        """Name these curves: (name, colour, whether it is dotted)."""
        if tuple(entries) != self.entries or theme != self.theme:
            self.entries, self.theme = tuple(entries), theme
            self.setAccessibleName("Curves: " + ", ".join(name for name, _, _ in entries))
            self.updateGeometry()
            self.update()

    def _places(self) -> tuple[list[QPointF], int]:
        """Where each entry begins, and the height of all."""
        metrics = QFontMetrics(scaled_font(self, CAPTION))
        line = metrics.height() + 2
        places, x, y = [], 0, 0
        for name, _, _ in self.entries:
            width = _SWATCH + 4 + metrics.horizontalAdvance(name)
            if x and x + width > self.width():
                x, y = 0, y + line
            places.append(QPointF(x, y))
            x += width + _GAP
        return places, y + line

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(scaled_font(self, CAPTION))
        width = sum(
            _SWATCH + 4 + metrics.horizontalAdvance(name) + _GAP for name, _, _ in self.entries
        )
        return QSize(width, self._places()[1])

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._places()[1])

    def resizeEvent(self, event: object) -> None:
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(scaled_font(self, CAPTION))
        metrics = painter.fontMetrics()
        for place, (name, color, dotted) in zip(self._places()[0], self.entries, strict=True):
            middle = place.y() + metrics.height() / 2 + 1
            if dotted:
                painter.setPen(QPen(QColor(color), 2, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(place.x(), middle), QPointF(place.x() + _SWATCH, middle))
            else:
                swatch = QRectF(place.x(), round(middle) - 1.5, _SWATCH, 3)
                painter.fillRect(swatch, QColor(color))
            painter.setPen(QColor(self.theme.secondary))
            text = QPointF(place.x() + _SWATCH + 4, place.y() + 1 + metrics.ascent())
            painter.drawText(text, name)
        painter.end()
