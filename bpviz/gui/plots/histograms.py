"""How the weights of each layer are spread, layer above layer on one common axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.engine.activations import Array
from bpviz.gui.colors import blend
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.ticks import linear_ticks, nice_step, tick_text, value_text
from bpviz.gui.theme import CAPTION, HALF_GAP, LIGHT, Theme
from bpviz.lab.snapshot import Snapshot

_BINS = 40
# Of larger layers so many weights, evenly spaced, stand for all.
_SAMPLED = 20_000
_TICK_GAP = 56


@dataclass(frozen=True, eq=False)
class Ridge:
    """The weights of one layer: how many of them lie in each bin."""

    name: str
    counts: Array
    count: int
    spread: float


@dataclass(frozen=True, eq=False)
class Ridges:
    """All layers, over bins from -reach to reach."""

    reach: float
    rows: tuple[Ridge, ...]


def ridges_of(snapshot: Snapshot, names: dict[str, str]) -> Ridges:
    """Count the weights of each layer, without biases; `names` are the layers' headings by id."""
    per_layer: dict[str, list[Array]] = {}
    for block in snapshot.layout.weight_blocks:
        run = snapshot.theta[block.start : block.stop]
        sampled = run[:: max(1, len(run) // _SAMPLED)]
        per_layer.setdefault(block.layer, []).append(sampled[np.isfinite(sampled)])
    values = {layer: np.concatenate(runs) for layer, runs in per_layer.items()}
    largest = max((float(np.abs(v).max(initial=0.0)) for v in values.values()), default=0.0)
    step = nice_step(largest or 1.0, 4)
    reach = step * np.ceil((largest or 1.0) / step)
    rows = tuple(
        Ridge(
            names.get(layer, layer),
            np.histogram(v, _BINS, (-reach, reach))[0].astype(np.float64),
            sum(b.size for b in snapshot.layout.weight_blocks if b.layer == layer),
            float(v.std()) if len(v) else 0.0,
        )
        for layer, v in values.items()
    )
    return Ridges(float(reach), rows)


class HistogramView(QWidget):
    """One histogram per layer; bars left of zero orange, right of it blue, as everywhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.ridges: Ridges | None = None
        self.setAccessibleName("Histogram of the weights of each layer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 100)

    def show_ridges(self, ridges: Ridges, theme: Theme) -> None:
        self.ridges, self.theme = ridges, theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.ridges is None or not self.ridges.rows:
            return
        painter = QPainter(self)
        painter.setFont(scaled_font(self, CAPTION))
        line = painter.fontMetrics().height()
        area = QRectF(0, 0, self.width(), self.height() - line - HALF_GAP)
        left, right = HALF_GAP + 8.0, area.right() - 12.0
        self._paint_axis(painter, area, left, right)
        height = area.height() / len(self.ridges.rows)
        for k, ridge in enumerate(self.ridges.rows):
            row = QRectF(left, area.top() + k * height, right - left, height)
            self._paint_ridge(painter, row, ridge)
        painter.end()

    def _paint_axis(self, painter: QPainter, area: QRectF, left: float, right: float) -> None:
        assert self.ridges
        reach, metrics = self.ridges.reach, painter.fontMetrics()
        step = nice_step(2 * reach, max(2, int((right - left) / _TICK_GAP)))
        for value in linear_ticks(-reach, reach, max(2, int((right - left) / _TICK_GAP))):
            x = round(left + (value + reach) / (2 * reach) * (right - left)) + 0.5
            zero = abs(value) < step * 1e-6
            painter.setPen(QColor(self.theme.border if zero else self.theme.grid))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            text = tick_text(value, step, reach)
            width = metrics.horizontalAdvance(text)
            painter.setPen(QColor(self.theme.secondary))
            at = min(max(0.0, x - width / 2), self.width() - width)
            painter.drawText(QPointF(at, area.bottom() + HALF_GAP + metrics.ascent()), text)

    def _paint_ridge(self, painter: QPainter, row: QRectF, ridge: Ridge) -> None:
        theme, metrics = self.theme, painter.fontMetrics()
        named = row.height() >= 1.5 * metrics.height()
        roomy = row.height() >= 3 * metrics.height()
        top = row.top() + (metrics.height() + HALF_GAP if roomy else 2)
        height = row.bottom() - top - 1
        peak = ridge.counts.max() or 1.0
        width = row.width() / len(ridge.counts)
        middle = len(ridge.counts) // 2
        colors = [blend(theme.card, c, 0.85) for c in (theme.negative, theme.positive)]
        for k, count in enumerate(ridge.counts.tolist()):
            if count:
                x0, x1 = round(row.left() + k * width), round(row.left() + (k + 1) * width)
                size = max(1.0, count / peak * height)
                bar = QRectF(x0, row.bottom() - size, max(1, x1 - x0 - 1), size)
                painter.fillRect(bar, colors[k >= middle])
        painter.setPen(QColor(theme.border))
        base = round(row.bottom()) + 0.5
        painter.drawLine(QPointF(row.left(), base), QPointF(row.right(), base))
        if named:
            self._paint_name(painter, row, ridge)

    def _paint_name(self, painter: QPainter, row: QRectF, ridge: Ridge) -> None:
        """The layer's name, and beside it, where there is room, how many weights it has."""
        metrics: QFontMetrics = painter.fontMetrics()
        text = ridge.name
        more = f"{ridge.count:,} weights, σ {value_text(ridge.spread, 2)}"
        width = metrics.horizontalAdvance(text)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QPointF(row.left(), row.top() + 2 + metrics.ascent()), text)
        wide = metrics.horizontalAdvance(more)
        if width + wide + 60 <= row.width():
            box = QRectF(row.right() - wide - 2, row.top() + 2, wide + 2, metrics.height())
            painter.setPen(QColor(self.theme.secondary))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, more)
