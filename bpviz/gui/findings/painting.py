"""Paints a finding's panels: squares for weights, greys for shares, words in tables."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from bpviz.gui.canvas.names import pretty
from bpviz.gui.colors import blend
from bpviz.gui.findings.arrangement import CELL_GAP, GridPlace, LinesPlace
from bpviz.gui.theme import GAP, HALF_GAP, Theme
from bpviz.lab.findings import Grid

# How dark a share of 1 is, on the way from the card to the text's colour.
_DARKEST = 0.85
# A square's share of its cell, from side to side.
_FULL = 0.92
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | _MIDDLE
_RIGHT = Qt.AlignmentFlag.AlignRight | _MIDDLE


class PanelPainter:
    """Paints places with the fonts of titles, names and tables, in one theme."""

    def __init__(
        self, painter: QPainter, theme: Theme, title: QFont, names: QFont, words: QFont
    ) -> None:
        self._painter, self._theme = painter, theme
        self._title, self._names, self._words = title, names, words

    def paint_grid(self, place: GridPlace, focus: tuple[int, int] | None) -> None:
        """Title, names, cells and caption of a grid; one cell may be outlined."""
        self._paint_title(place.panel.title, place.box)
        self._paint_cells(place)
        if focus is not None:
            pen = QPen(QColor(self._theme.accent), 2.0)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            self._painter.setPen(pen)
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRect(place.cell(*focus))
        self._painter.setFont(self._names)
        self._painter.setPen(QColor(self._theme.secondary))
        if place.panel.caption:
            wrapped = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            self._painter.drawText(place.caption, int(wrapped), place.panel.caption)
        self._painter.setPen(QColor(self._theme.text))
        if place.row_names:
            self._paint_row_names(place)
        if place.column_names:
            self._paint_column_names(place, place.panel.column_names, above=True)
        if place.column_feet:
            self._paint_column_names(place, place.panel.column_feet, above=False)

    def _paint_title(self, title: str, box: QRectF) -> None:
        painter = self._painter
        painter.setFont(self._title)
        painter.setPen(QColor(self._theme.text))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(box.width()) + 1)
        painter.drawText(
            QRectF(box.left(), box.top(), box.width() + 2, metrics.height()), _LEFT, text
        )

    def _paint_cells(self, place: GridPlace) -> None:
        painter, theme, panel = self._painter, self._theme, place.panel
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(place.cells, QColor(theme.grid))
        rows, columns = panel.values.shape
        for row in range(rows):
            for column in range(columns):
                value = float(panel.values[row, column])
                self._paint_cell(place.cell(row, column), panel, value)
        pen = QPen(QColor(theme.card), 1.0)
        painter.setPen(pen)
        box = place.cells
        for row in range(rows + 1):
            y = round(box.top() + row * place.side)
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        for column in range(columns + 1):
            x = round(box.left() + column * place.side)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _paint_cell(self, cell: QRectF, panel: Grid, value: float) -> None:
        theme = self._theme
        if not math.isfinite(value):
            return
        if panel.scale == "share":
            shade = min(1.0, max(0.0, value)) * _DARKEST
            self._painter.fillRect(cell, blend(theme.grid, theme.text, shade))
            return
        side = square_side(value, panel.largest) * cell.width()
        if side >= 0.5:
            color = theme.negative if value < 0 else theme.positive
            square = QRectF(0.0, 0.0, side, side)
            square.moveCenter(cell.center())
            self._painter.fillRect(square, QColor(color))

    def _paint_row_names(self, place: GridPlace) -> None:
        painter = self._painter
        metrics = painter.fontMetrics()
        left = place.cells.left() - HALF_GAP - place.row_names
        for row, name in enumerate(place.panel.row_names):
            middle = place.cell(row, 0).center().y()
            room = QRectF(left, middle - metrics.height() / 2, place.row_names, metrics.height())
            painter.drawText(room, int(_RIGHT), self._cut(pretty(name), place.row_names))

    def _paint_column_names(self, place: GridPlace, names: tuple[str, ...], above: bool) -> None:
        """Names over the columns, or below them; turned ones rise from the cells, or fall."""
        painter = self._painter
        line = painter.fontMetrics().height()
        foot = place.cells.top() - 2 if above else place.cells.bottom() + 2
        for column, name in enumerate(names):
            middle = place.cell(0, column).center().x()
            if not place.turned:
                top = foot - line if above else foot
                room = QRectF(middle - place.side, top, 2 * place.side, line)
                painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), pretty(name))
                continue
            painter.save()
            # The near end of a name stands in the middle of its column.
            painter.translate(middle, foot)
            painter.rotate(-place.turned if above else place.turned)
            shift = 0.5 if place.turned == 90 else 0.75 if above else 0.25
            room = QRectF(0.0, -shift * line, 10.0 * place.column_names, line)
            painter.drawText(room, int(_LEFT), self._cut(pretty(name), self._longest(place)))
            painter.restore()

    def _longest(self, place: GridPlace) -> float:
        """How long a turned name may be."""
        if place.turned == 90:
            return place.column_names
        return place.column_names / math.sqrt(0.5)

    def _cut(self, name: str, room: float) -> str:
        metrics = self._painter.fontMetrics()
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, math.ceil(room) + 1)

    def paint_lines(self, place: LinesPlace, seen: QRectF) -> None:
        """Title, headers and those rows of a table that are seen."""
        panel, painter = place.panel, self._painter
        self._paint_title(panel.title, place.box)
        y = place.box.bottom() - place.row * len(panel.rows)
        painter.setFont(self._names)
        painter.setPen(QColor(self._theme.secondary))
        if any(panel.headers):
            self._paint_words(place, panel.headers, y - place.row)
            painter.setPen(QPen(QColor(self._theme.border), 1))
            painter.drawLine(
                QPointF(place.box.left(), y - 0.5), QPointF(place.box.right(), y - 0.5)
            )
        painter.setFont(self._words)
        first = max(0, int((seen.top() - y) / place.row))
        last = min(len(panel.rows), int((seen.bottom() - y) / place.row) + 1)
        for k in range(first, last):
            top = y + k * place.row
            right = panel.right[k] if k < len(panel.right) else None
            if right is not None:
                painter.setPen(QColor(self._theme.accent if right else self._theme.warning))
                sign = QRectF(place.box.left(), top, place.mark, place.row)
                painter.drawText(sign, int(_LEFT), "✓" if right else "✗")
            painter.setPen(QColor(self._theme.text))
            self._paint_words(place, panel.rows[k], top)

    def _paint_words(self, place: LinesPlace, words: tuple[str, ...], top: float) -> None:
        x = place.box.left() + place.mark
        for text, width in zip(words, place.widths, strict=False):
            room = QRectF(x, top, width + GAP, place.row)
            self._painter.drawText(room, int(_LEFT), self._cut(text, width))
            x += width + CELL_GAP


def square_side(value: float, largest: float) -> float:
    """The side of a weight's square as a share of its cell's: its area goes with the magnitude."""
    if not largest > 0:
        return 0.0
    return _FULL * math.sqrt(min(1.0, abs(value) / largest))
