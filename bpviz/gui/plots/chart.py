"""The chart of the window: curves over epochs, quiet axes, a crosshair that reads them off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bpviz.gui.plots.curve import Curve
from bpviz.gui.plots.painting import picture_of, scaled_font
from bpviz.gui.plots.series import Array, finite_range, logarithm, thin
from bpviz.gui.plots.ticks import (
    linear_ticks,
    log_tick_text,
    log_ticks,
    nice_step,
    tick_text,
    value_text,
)
from bpviz.gui.theme import CAPTION, Theme

_PAD = 8
# A curve that goes up and down by more pixels than this is drawn as a hairline.
_LONG_WAY = 3000.0


class TickAxis(pg.AxisItem):
    """An axis with marks at round numbers; on a log axis the values are exponents."""

    def __init__(self, orientation: str, spacing: int, unit: str = "") -> None:
        super().__init__(orientation, maxTickLength=0)
        self._unit = unit
        self.logarithmic = False
        self._spacing = spacing
        self._step, self._largest = 1.0, 0.0
        self.enableAutoSIPrefix(False)
        self.setStyle(tickAlpha=255, tickTextOffset=6, hideOverlappingLabels=False)

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """The marks as pyqtgraph wants them: one level of (spacing, values)."""
        count = max(2, int(size / self._spacing))
        if self.logarithmic:
            return [(1.0, log_ticks(minVal, maxVal, count + 1))]
        self._step = nice_step(maxVal - minVal, count)
        ticks = linear_ticks(minVal, maxVal, count)
        self._largest = max(map(abs, ticks), default=0.0)
        if self.orientation == "bottom":
            # pyqtgraph drops a label that does not fit at the end, but draws its line.
            room = (maxVal - minVal) / max(size, 1.0)
            ticks = [v for v in ticks if (maxVal - v) >= room * self.half_width(v)]
        return [(self._step, ticks)]

    def half_width(self, value: float) -> float:
        """How far a mark's label reaches to either side, in pixels."""
        font = self.style["tickFont"] or QFont()
        text = self._text(value)
        return 0.5 * QFontMetricsF(font).horizontalAdvance(text) + 2

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """What the marks say."""
        if self.logarithmic:
            return [log_tick_text(v) for v in values]
        return [self._text(v) for v in values]

    def _text(self, value: float) -> str:
        return tick_text(value, self._step, self._largest) + self._unit


class Chart(pg.PlotWidget):
    """Curves over one x. `show_curves` is all there is to it; the range follows the data.

    `hovered` tells the row of x under the crosshair, -1 when there is none.
    """

    hovered = Signal(int)

    def __init__(
        self,
        x_name: str,
        logarithmic: bool = False,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._axes = {"left": TickAxis("left", 44, unit), "bottom": TickAxis("bottom", 52)}
        super().__init__(parent=parent, axisItems=self._axes, enableMenu=False)
        # Even switched off, pyqtgraph's menu is made, with no parent; ours goes with the chart.
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self, menu.windowFlags())
        self.x_name = x_name
        self.unit = unit
        self._curves: tuple[Curve, ...] = ()
        self._x: Array = np.empty(0)
        self._items: list[pg.PlotCurveItem] = []
        self._at = -1
        self._logarithmic = False
        self._bounds = (-np.inf, np.inf)
        self._theme: Theme | None = None
        for axis in self._axes.values():
            axis.setZValue(-100)  # grid lines lie behind the curves
        self.setMouseTracking(True)
        self.hideButtons()
        self.setMouseEnabled(False, False)
        self.getViewBox().setDefaultPadding(0.0)
        self.getPlotItem().setContentsMargins(0, 6, 8, 0)
        self.setAntialiasing(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.set_logarithmic(logarithmic)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 100)

    def set_bounds(self, low: float, high: float) -> None:
        """Values cannot lie beyond these, so the y axis does not go further (but for a hair)."""
        hair = 0.01 * (high - low)
        self._bounds = (low - hair, high + hair)

    @property
    def logarithmic(self) -> bool:
        """Whether y is on a logarithmic axis."""
        return self._logarithmic

    def set_logarithmic(self, on: bool) -> None:
        """Put y on a logarithmic axis, or not."""
        self._logarithmic = self._axes["left"].logarithmic = on
        self._axes["left"].picture = None
        self.show_curves(self._x, self._curves)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        self._theme = theme
        self.setBackground(theme.card)
        font = scaled_font(self, CAPTION)
        for name, axis in self._axes.items():
            axis.setTickFont(font)
            axis.setTextPen(theme.secondary)
            axis.setPen(pg.mkPen(theme.card))
            axis.setTickPen(pg.mkPen(theme.grid))
            axis.setGrid(255)
            if name == "bottom":
                style = {"color": theme.secondary, "font-size": f"{font.pixelSize()}px"}
                axis.setLabel(self.x_name, **style)
                axis.setHeight(round(36 * font.pixelSize() / CAPTION))
            else:
                axis.setWidth(round(42 * font.pixelSize() / CAPTION))
        self.show_curves(self._x, self._curves)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._theme is not None:
            self.set_theme(self._theme)

    def show_curves(self, x: Array, curves: Sequence[Curve]) -> None:
        """Draw these curves over x, which is sorted; values that are not finite leave gaps."""
        self._x, self._curves = x, tuple(curves)
        while len(self._items) < len(curves):
            item = pg.PlotCurveItem(connect="finite", antialias=True)
            self.addItem(item)
            self._items.append(item)
        buckets = max(50, int(self.getViewBox().width()))
        drawn = []
        for curve in curves:
            thin_x, y = thin(x, curve.values, buckets)
            y = logarithm(y) if self._logarithmic else np.where(np.isfinite(y), y, np.nan)
            drawn.append((thin_x, y))
        span = self._fit([y for _, y in drawn])
        for item, curve, (thin_x, y) in zip(self._items, curves, drawn, strict=False):
            item.setPen(self._pen(curve, y, span))
            item.setData(thin_x, y)
            item.setVisible(True)
        for item in self._items[len(curves) :]:
            item.setVisible(False)
        # pyqtgraph moves its axes while it paints, and then paints again; so they move now.
        self.scene().prepareForPaint()
        if self._at >= len(x):
            self._point_at(-1)

    def _pen(self, curve: Curve, y: Array, span: float) -> QPen:
        """The curve's pen; a hairline when it runs up and down a lot.

        Qt needs a hundred times as long for a wide line that crosses itself, and a band of noise
        reads better in thin strokes anyway.
        """
        travel = float(np.nansum(np.abs(np.diff(y)))) / span * self.getViewBox().height()
        width = curve.width if travel < _LONG_WAY else 1.0
        style = Qt.PenStyle.DotLine if curve.dashed else Qt.PenStyle.SolidLine
        return pg.mkPen(curve.color, width=width, style=style)

    def _fit(self, drawn: Sequence[Array]) -> float:
        """Let the axes hold all of this; returns the length of y's range."""
        low, high = finite_range(*drawn) or (0.0, 1.0)
        margin = 0.05 * (high - low) or (0.3 if self._logarithmic else 0.5 * abs(high) or 1.0)
        low, high = max(low - margin, self._bounds[0]), min(high + margin, self._bounds[1])
        right = max(float(self._x[-1]) if len(self._x) else 0.0, 10.0)
        # A mark at the very edge would go unpainted: a little room left of 0.
        # And right of the last mark for the half of its label, and a pixel for rounding.
        half = self._axes["bottom"].half_width(right) + 1
        share = min(0.2, half / max(self.getViewBox().width(), 1.0))
        end = right * (1.0 + 0.02 * share) / (1.0 - share)
        self.getViewBox().setRange(
            xRange=(-0.02 * right, end), yRange=(low, high), padding=0.0, update=True
        )
        return high - low

    # The crosshair

    def mouseMoveEvent(self, event: Any) -> None:
        super().mouseMoveEvent(event)
        box = self.getViewBox()
        if not len(self._x) or not box.sceneBoundingRect().contains(QPointF(event.position())):
            self._point_at(-1)
            return
        x = box.mapSceneToView(QPointF(event.position())).x()
        after = int(np.clip(np.searchsorted(self._x, x), 0, len(self._x) - 1))
        before = max(0, after - 1)
        nearer = before if abs(self._x[before] - x) < abs(self._x[after] - x) else after
        self._point_at(nearer)

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    def _point_at(self, row: int) -> None:
        if row != self._at:
            self._at = row
            self.hovered.emit(row)
            self.viewport().update()

    def readout(self) -> list[str]:
        """The lines of the crosshair's card, none when the mouse is elsewhere."""
        if not 0 <= self._at < len(self._x):
            return []
        row = self._at
        return [
            f"{self.x_name} {self._x[row]:,.0f}",
            *(f"{c.name} {value_text(float(c.values[row]))}{self.unit}" for c in self._curves),
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        lines = self.readout()
        if lines and self._theme:
            painter = QPainter(self.viewport())
            self._paint_crosshair(painter, lines, self._theme)
            painter.end()

    def _paint_crosshair(self, painter: QPainter, lines: list[str], theme: Theme) -> None:
        area = self.getViewBox().sceneBoundingRect()
        x = self.getViewBox().mapViewToScene(QPointF(self._x[self._at], 0.0)).x()
        painter.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(
            QPointF(round(x) + 0.5, area.top()), QPointF(round(x) + 0.5, area.bottom())
        )
        painter.setFont(scaled_font(self, CAPTION))
        line_height = painter.fontMetrics().height() + 3
        width = max(painter.fontMetrics().horizontalAdvance(line) for line in lines) + 2 * _PAD
        left = x + _PAD if x + _PAD + width <= area.right() else x - _PAD - width
        left = max(area.left(), left)
        card = QRectF(round(left) + 0.5, area.top() + 0.5, width, line_height * len(lines) + _PAD)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(card, 4, 4)
        colors = [theme.secondary, *(c.color for c in self._curves)]
        for k, (line, color) in enumerate(zip(lines, colors, strict=True)):
            painter.setPen(QColor(color))
            row = QRectF(
                card.left() + _PAD, card.top() + _PAD / 2 + k * line_height, width, line_height
            )
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)

    def render_image(self) -> QImage:
        """The chart as a picture, at twice the screen's resolution."""
        return picture_of(self)
