"""Histograms of columns, stacked by class: what is selected in full colour, the rest paler."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.canvas.names import pretty
from bpviz.gui.colors import blend, class_colors
from bpviz.gui.data_view.axis import spread_ticks
from bpviz.gui.data_view.picking import how_of
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.ticks import tick_text
from bpviz.gui.theme import CAPTION, GAP, LIGHT, Theme
from bpviz.lab.data_bins import Bins
from bpviz.lab.data_columns import DataColumn, DataColumns, Mask, Rows

# Of the colours of what is not selected, where something is, and of what is not looked for.
_FADED, _DIM = 0.3, 0.12
# A histogram of several is at least so wide.
_NARROWEST = 84
# Room for the arrow above the bar of the current sample.
_ARROW = 7
_NONE = (-1, -1)


@dataclass(frozen=True, eq=False)
class Histogram:
    """One histogram: its column, its bins, how many of each are selected, where the current is.

    `found` is how many of each a person looks for; None: all.
    """

    column: DataColumn
    bins: Bins
    marked: Rows | None
    current: int
    found: Rows | None = None


class BarsView(QWidget):
    """Draws histograms side by side, one alone with its axis.

    `chosen` tells dataset rows that a person selected, and how; `pointed` words on the bar under
    the mouse, or "".
    """

    chosen = Signal(object, str)
    none_asked = Signal()
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.histograms: tuple[Histogram, ...] = ()
        self._table: DataColumns | None = None
        # (histogram, bar) under the mouse or chosen by keys, and where a drag began.
        self._at, self._from = _NONE, _NONE
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("How values of a column are spread")
        self.setToolTip(
            "Click a bar, or drag over some, to select their samples; Shift adds, Ctrl turns "
            "round, Esc selects none. Arrow keys go from bar to bar, Enter selects"
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 80)

    def show_histograms(
        self, histograms: tuple[Histogram, ...], table: DataColumns | None, theme: Theme
    ) -> None:
        self.histograms, self._table, self.theme = histograms, table, theme
        at, bar = self._at
        if at >= len(histograms) or (at >= 0 and bar >= histograms[at].bins.counts.shape[1]):
            self._at = self._from = _NONE
        self.update()

    # Places

    def cells(self) -> list[QRectF]:
        """Where each histogram goes, its axis or name included."""
        count = len(self.histograms)
        if not count:
            return []
        columns = min(count, max(1, int((self.width() + GAP) / (_NARROWEST + GAP))))
        rows = math.ceil(count / columns)
        columns = math.ceil(count / rows)
        width = (self.width() - (columns - 1) * GAP) / columns
        height = self.height() / rows
        return [
            QRectF(k % columns * (width + GAP), k // columns * height, width, height)
            for k in range(count)
        ]

    def _area(self, cell: QRectF) -> QRectF:
        """Where the bars of a cell stand."""
        line = self._line()
        if len(self.histograms) == 1:
            return cell.adjusted(1, line + _ARROW + 2, -1, -line - 2)
        return cell.adjusted(0, line + _ARROW, 0, -4)

    def _line(self) -> int:
        return self.fontMetrics().height()

    def bar(self, histogram: int, bar: int) -> QRectF:
        """The place of a bar, as high as there is room."""
        area = self._area(self.cells()[histogram])
        count = self.histograms[histogram].bins.counts.shape[1]
        left = round(area.left() + bar / count * area.width())
        right = round(area.left() + (bar + 1) / count * area.width())
        return QRectF(left, area.top(), max(1, right - left - (right - left > 3)), area.height())

    def _under(self, point: QPointF) -> tuple[int, int]:
        for k, cell in enumerate(self.cells()):
            if cell.contains(point):
                area = self._area(cell)
                count = self.histograms[k].bins.counts.shape[1]
                at = int((point.x() - area.left()) / area.width() * count)
                return k, min(max(at, 0), count - 1)
        return _NONE

    # The mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = self._at = self._under(event.position())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._under(event.position())
        if self._from != _NONE:
            # A drag stays in its histogram.
            at = at if at[0] == self._from[0] else self._at
        if at != self._at:
            self._at = at
            self.pointed.emit(self.words(*at))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, self._from = self._from, _NONE
        if event.button() == Qt.MouseButton.LeftButton and start != _NONE:
            rows = self.histograms[start[0]].bins.rows(start[1], self._at[1])
            self.chosen.emit(rows, how_of(event.modifiers()))

    def leaveEvent(self, event: QEvent) -> None:
        self._at = _NONE
        self.pointed.emit("")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, (histogram, bar) = Qt.Key(event.key()), self._at
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in steps and self.histograms:
            histogram = max(0, histogram)
            last = self.histograms[histogram].bins.counts.shape[1] - 1
            self._at = histogram, min(max(bar + steps[key], 0), last)
            self.pointed.emit(self.words(*self._at))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and bar >= 0:
            rows = self.histograms[histogram].bins.rows(bar, bar)
            self.chosen.emit(rows, how_of(event.modifiers()))
        elif key == Qt.Key.Key_Escape and any(h.marked is not None for h in self.histograms):
            self.none_asked.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def words(self, histogram: int, bar: int) -> str:
        """What a bar holds: "5.0 to 5.5: 18 samples, 4 selected"."""
        if histogram < 0:
            return ""
        shown = self.histograms[histogram]
        count = int(shown.bins.counts[:, bar].sum())
        text = f"{self._span(shown, bar)}: {count:,}"
        if shown.found is not None:
            text += f", {int(shown.found[:, bar].sum()):,} found"
        if shown.marked is not None:
            text += f", {int(shown.marked[:, bar].sum()):,} selected"
        if len(self.histograms) > 1:
            text = f"{pretty(shown.column.name)} {text}"
        return text

    def _span(self, shown: Histogram, bar: int) -> str:
        edges = shown.bins.edges
        if shown.column.words:
            return shown.column.words[bar]
        low, high = float(edges[bar]), float(edges[bar + 1])
        step = high - low
        if step == 1.0 and low % 1.0 == 0.5:
            return tick_text(low + 0.5, 1.0)
        return f"{tick_text(low, step)} – {tick_text(high, step)}"

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(scaled_font(self, CAPTION))
        for k, (cell, shown) in enumerate(zip(self.cells(), self.histograms, strict=True)):
            self._paint_bars(painter, k, shown)
            if len(self.histograms) == 1:
                self._paint_axis(painter, self._area(cell), shown)
            else:
                self._paint_name(painter, cell, shown)
        painter.end()

    def _colors(self, groups: int) -> tuple[QColor, ...]:
        theme = self.theme
        if groups > 1:
            return class_colors(theme, groups)
        return (blend(theme.card, theme.text, 0.6),)

    def _paint_bars(self, painter: QPainter, k: int, shown: Histogram) -> None:
        theme, counts = self.theme, shown.bins.counts
        area, peak = self._area(self.cells()[k]), max(1, int(counts.sum(axis=0).max()))
        colors, accent = self._colors(len(counts)), QColor(theme.accent)
        layers = self._layers(shown, colors)
        first = min(self._from[1], self._at[1]) if self._from[0] == k else self._at[1]
        last = max(self._from[1], self._at[1]) if self._from[0] == k else self._at[1]
        for bar in range(counts.shape[1]):
            place = self.bar(k, bar)
            if self._at[0] == k and first <= bar <= last:
                painter.fillRect(place, blend(theme.card, theme.text, 0.07))
            top = place.bottom()
            for layer, tones in layers:
                top = self._stack(painter, place, layer[:, bar], peak, tones)
            if shown.marked is not None and top < place.bottom():
                painter.fillRect(QRectF(place.left(), top - 2, place.width(), 2), accent)
        painter.setPen(QColor(theme.border))
        base = round(area.bottom()) + 0.5
        painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base))
        if shown.current >= 0:
            self._paint_current(painter, self.bar(k, shown.current), counts, peak, shown.current)

    def _layers(
        self, shown: Histogram, colors: tuple[QColor, ...]
    ) -> list[tuple[Rows, tuple[QColor, ...]]]:
        """From below: all, what is looked for, what is selected; the last in full colour."""
        counts = [(shown.bins.counts, _FADED if shown.found is None else _DIM)]
        counts += [(shown.found, _FADED)] if shown.found is not None else []
        counts += [(shown.marked, 1.0)] if shown.marked is not None else []
        counts[-1] = counts[-1][0], 1.0
        card = self.theme.card
        return [
            (
                layer,
                colors if share == 1.0 else tuple(blend(card, color, share) for color in colors),
            )
            for layer, share in counts
        ]

    def _stack(
        self,
        painter: QPainter,
        place: QRectF,
        counts: Rows,
        peak: int,
        colors: tuple[QColor, ...],
    ) -> float:
        """Draw one bar, group on group from below; where it ends."""
        total, below = 0, place.bottom()
        for count, color in zip(counts.tolist(), colors, strict=True):
            if not count:
                continue
            total += count
            # Few samples beside many are seen, too.
            top = min(place.bottom() - total / peak * place.height(), below - 1)
            painter.fillRect(QRectF(place.left(), top, place.width(), below - top), color)
            below = top
        return below

    def _paint_current(
        self, painter: QPainter, place: QRectF, counts: Rows, peak: int, bar: int
    ) -> None:
        """A small arrow above the bar that the current sample is in."""
        top = place.bottom() - counts[:, bar].sum() / peak * place.height() - 3
        middle = place.center().x()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.text))
        painter.drawPolygon(
            [QPointF(middle - 4, top - 5), QPointF(middle + 4, top - 5), QPointF(middle, top)]
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_axis(self, painter: QPainter, area: QRectF, shown: Histogram) -> None:
        metrics, edges = painter.fontMetrics(), shown.bins.edges
        painter.setPen(QPen(QColor(self.theme.secondary)))
        height, middle = self._line(), Qt.AlignmentFlag.AlignCenter
        if shown.column.words:
            count = len(shown.column.words)
            each = area.width() / count
            step = max(1, math.ceil(metrics.horizontalAdvance("mmmm") / each))
            for k in range(0, count, step):
                room = QRectF(area.left() + k * each, area.bottom() + 2, each * step, height)
                word = shown.column.words[k]
                text = metrics.elidedText(word, Qt.TextElideMode.ElideRight, int(room.width()) - 2)
                painter.drawText(room, middle, text)
        else:
            low, high = float(edges[0]), float(edges[-1])
            for value, rounding in spread_ticks(low, high, area.width()):
                x = area.left() + (value - low) / (high - low) * area.width()
                text = tick_text(value, rounding)
                width = metrics.horizontalAdvance(text)
                left = min(max(0.0, x - width / 2), self.width() - width - 1.0)
                painter.drawText(QRectF(left, area.bottom() + 2, width + 2, height), middle, text)
        peak = int(shown.bins.counts.sum(axis=0).max())
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), height), side, f"up to {peak:,} in a bar")

    def _paint_name(self, painter: QPainter, cell: QRectF, shown: Histogram) -> None:
        painter.setPen(QColor(self.theme.secondary))
        text = painter.fontMetrics().elidedText(
            pretty(shown.column.name), Qt.TextElideMode.ElideRight, int(cell.width())
        )
        painter.drawText(
            QRectF(cell.left(), cell.top(), cell.width(), self._line()),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            text,
        )


def histogram(
    table: DataColumns, bins: Bins, marked: Mask, current: int, found: Mask | None = None
) -> Histogram:
    """A histogram with what is selected and found of it, and where the current sample is."""
    groups, _ = table.groups()
    counts = bins.counted(groups, marked) if marked.any() else None
    at = int(bins.bin_of[current]) if 0 <= current < len(bins.bin_of) else -1
    looked_for = None if found is None else bins.counted(groups, found)
    return Histogram(table.columns[bins.column], bins, counts, at, looked_for)
