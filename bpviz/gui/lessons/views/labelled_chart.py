"""A chart whose curves carry their names at their ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent

from bpviz.engine.activations import Array
from bpviz.gui.plots.chart import Chart
from bpviz.gui.plots.curve import Curve
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.plots.series import logarithm
from bpviz.gui.theme import CAPTION, Theme

# An error below this is as good as none; the logarithmic axis does not go further down.
_FLOOR, _CEILING = 1e-6, 1e12
# Errors that differ by more than this factor are easier to compare on a logarithmic axis.
_WIDE = 10.0
_LABEL_ROOM = 8


class LabelledChart(Chart):
    """Errors of several runs: a logarithmic axis where it helps, direct labels, a crosshair."""

    def __init__(self, x_name: str) -> None:
        super().__init__(x_name)
        self.set_bounds(np.log10(_FLOOR), np.log10(_CEILING))
        self._look: Theme | None = None
        self._floor = _FLOOR

    def set_theme(self, theme: Theme) -> None:
        self._look = theme
        super().set_theme(theme)

    def set_x_name(self, name: str) -> None:
        """Call the x axis something else."""
        if name != self.x_name:
            self.x_name = name
            if self._look is not None:
                self.set_theme(self._look)

    def show_runs(self, x: Array, curves: Sequence[Curve], floor: float = _FLOOR) -> None:
        """Draw these curves; a logarithmic axis does not go below `floor`."""
        self._floor = floor
        found = [c.values[np.isfinite(c.values) & (c.values >= 0)] for c in curves]
        values = np.concatenate([*found, np.empty(0)])
        wide = bool(len(values)) and float(values.max()) > _WIDE * max(float(values.min()), floor)
        low, high = (np.log10(floor), np.log10(_CEILING)) if wide else (-np.inf, np.inf)
        self._bounds = (low - 0.05, high)
        if wide != self.logarithmic:
            self.set_logarithmic(wide)
        self.show_curves(x, curves)

    def _fit(self, drawn: Sequence[Array]) -> float:
        """As ever, with room for the names at the right."""
        span = super()._fit(drawn)
        box = self.getViewBox()
        measure = QFontMetricsF(scaled_font(self, CAPTION))
        widest = max((measure.horizontalAdvance(c.name) for c in self._curves), default=0.0)
        share = min(0.4, (widest + _LABEL_ROOM) / max(box.width(), 1.0)) if widest else 0.0
        (left, right), _ = box.viewRange()
        box.setXRange(left, left + (right - left) / (1.0 - share), padding=0.0)
        return span

    def label_places(self) -> list[tuple[float, float]]:
        """Where each curve's name goes: right edge and middle, in pixels; NaN for none.

        Names that would lie over each other are moved apart.
        """
        box, area = self.getViewBox(), self.getViewBox().sceneBoundingRect()
        line = self._line_height()
        places = []
        for curve in self._curves:
            finite = np.flatnonzero(np.isfinite(curve.values))
            if not len(finite):
                places.append((np.nan, np.nan))
                continue
            at = int(finite[-1])
            y = float(curve.values[at])
            if self.logarithmic:
                y = float(logarithm(np.array([max(y, self._floor)]))[0])
            end = box.mapViewToScene(QPointF(float(self._x[at]), y))
            places.append((end.x(), min(max(end.y() - line / 2, area.top()), area.bottom() - line)))
        order = sorted(
            (k for k in range(len(places)) if np.isfinite(places[k][1])), key=lambda k: places[k][1]
        )
        # From the bottom upwards, so that nothing leaves the chart below.
        limit = area.bottom()
        for k in reversed(order):
            x, y = places[k]
            y = min(y, limit - line)
            places[k], limit = (x, y), y
        return places

    def _line_height(self) -> float:
        font = scaled_font(self, CAPTION)
        return self.fontMetrics().height() * font.pixelSize() / max(1, self.fontInfo().pixelSize())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._look is None or self.readout():
            return
        painter = QPainter(self.viewport())
        painter.setFont(scaled_font(self, CAPTION))
        area, line = self.getViewBox().sceneBoundingRect(), self._line_height()
        for curve, (x, y) in zip(self._curves, self.label_places(), strict=True):
            if not np.isfinite(y):
                continue
            width = painter.fontMetrics().horizontalAdvance(curve.name) + 8
            left = min(x + 4, area.right() - width)
            box = QRectF(max(area.left(), left), y, width, line)
            painter.fillRect(box, QColor(self._look.card))
            painter.setPen(QColor(curve.color))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, curve.name)
        painter.end()
