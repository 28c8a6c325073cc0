"""One card of the operation graph: how large it is, how it is painted."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from bpviz.gui.bottom.operations_texts import CardText, Entry, Tone
from bpviz.gui.colors import blend
from bpviz.gui.theme import Theme

_SIDE, _TOP = 8.0, 5.0
_BETWEEN = 8.0
_CAPTION_GAP = 8.0
# Widths grow in steps, so that numbers that change do not move everything.
_STEP = 16.0


@dataclass(frozen=True)
class Fonts:
    """Fonts of a card's name, of its numbers, and of what says what these are."""

    title: QFont
    number: QFont
    caption: QFont


class CardPainter:
    """Measures and paints cards in one set of fonts."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self._title = QFontMetricsF(fonts.title)
        self._number = QFontMetricsF(fonts.number)
        self._caption = QFontMetricsF(fonts.caption)
        self._indent = max(map(self._caption.horizontalAdvance, ("value", "slope", "grad")))

    def size(self, text: CardText) -> tuple[float, float]:
        """Width and height that a card needs."""
        width = self._title.horizontalAdvance(text.title)
        if text.tag:
            width += _BETWEEN + self._caption.horizontalAdvance(text.tag)
        for entry in text.entries:
            width = max(width, self._left(entry) + self._columns(entry)[1])
        rows = sum(len(entry.rows) for entry in text.entries)
        height = 2 * _TOP + self._title.height() + rows * self._number.height()
        return math.ceil((width + 2 * _SIDE) / _STEP) * _STEP, height

    def _left(self, entry: Entry) -> float:
        return self._indent + _CAPTION_GAP if entry.caption else 0.0

    def _columns(self, entry: Entry) -> tuple[list[float], float]:
        """The right edges of the columns of an entry's table, and the width of it all."""
        rights, right = [], 0.0
        full = [row for row in entry.rows if len(row) == len(entry.rows[0])]
        for column in zip(*full, strict=True):
            right += max(map(self._number.horizontalAdvance, column))
            rights.append(right)
            right += _BETWEEN
        return rights, right - _BETWEEN

    def paint(
        self, painter: QPainter, box: QRectF, text: CardText, theme: Theme, frame: QPen
    ) -> None:
        """Paint a card into its box."""
        painter.setPen(frame)
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        x, y = box.left() + _SIDE, box.top() + _TOP
        painter.setFont(self.fonts.title)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(x, y + self._title.ascent()), text.title)
        painter.setFont(self.fonts.caption)
        painter.setPen(QColor(theme.secondary))
        tag = box.right() - _SIDE - self._caption.horizontalAdvance(text.tag)
        painter.drawText(QPointF(tag, y + self._title.ascent()), text.tag)
        y += self._title.height()
        for entry in text.entries:
            y = self._paint_entry(painter, x, y, entry, theme)

    def _paint_entry(
        self, painter: QPainter, x: float, y: float, entry: Entry, theme: Theme
    ) -> float:
        line, ascent = self._number.height(), self._number.ascent()
        painter.setFont(self.fonts.caption)
        painter.setPen(QColor(theme.secondary))
        painter.drawText(QPointF(x, y + ascent), entry.caption)
        painter.setFont(self.fonts.number)
        painter.setPen(_color(theme, entry.tone))
        left, (rights, _) = x + self._left(entry), self._columns(entry)
        for row in entry.rows:
            for text, right in zip(row, rights, strict=False):
                end = left + right - self._number.horizontalAdvance(text)
                painter.drawText(QPointF(end, y + ascent), text)
            y += line
        return y


def _color(theme: Theme, tone: Tone) -> QColor:
    if tone == "faint":
        return blend(theme.secondary, theme.card, 0.3)
    return QColor({"text": theme.text, "slope": theme.accent, "error": theme.violet}[tone])
