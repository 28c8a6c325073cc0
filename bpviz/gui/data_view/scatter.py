"""The scatter plot of samples: click one, drag around some, step with the arrow keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bpviz.gui.colors import blend
from bpviz.gui.data_view.axis import spread_ticks
from bpviz.gui.data_view.picking import how_of
from bpviz.gui.data_view.scatter_plane import Scatter
from bpviz.gui.output.plane import Dots, Plane
from bpviz.gui.output.plane_dots import MANY
from bpviz.gui.output.plane_view import PlaneView
from bpviz.gui.plots.raster import DotRaster, packed
from bpviz.gui.plots.ticks import tick_text, value_text
from bpviz.gui.theme import Theme
from bpviz.lab.data_columns import DataColumns, Mask

# Fewer are drawn larger.
_FEW, _DOT, _SMALL_DOT = 100, 7, 5
_REACH, _DRAG = 10.0, 4.0
# Of the colours of what is not selected, where something is, and of what is not looked for.
_FADED, _DIM = 0.3, 0.12
_LONGEST_WORD = 64
_SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_UPRIGHT = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}


class ScatterView(PlaneView):
    """Draws a Scatter.

    `chosen` tells dataset rows that a person selected, and how; `none_asked` comes when nothing is
    to be selected.
    """

    chosen = Signal(object, str)
    none_asked = Signal()
    names_below = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scatter: Scatter | None = None
        self._table: DataColumns | None = None
        self._current = -1
        self._share = 1.0
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Samples over two columns")
        self.setToolTip(
            "Drag a rectangle around samples, or click one; Shift adds, Ctrl turns round, Esc "
            "selects none. Arrow keys go to the next sample. Samples of the same word or whole "
            "number are spread a little, so that they do not hide each other"
        )

    def show_scatter(
        self, found: Scatter | None, table: DataColumns | None, current: int, theme: Theme
    ) -> None:
        self._scatter, self._table, self._current = found, table, current
        self.show_plane(None if found is None else found.plane, theme)

    # Words along an axis

    def _x_ticks(self, plane: Plane, width: float) -> list[tuple[float, str]]:
        words = self._scatter.words[0] if self._scatter else ()
        if words:
            return self._words(words, width, False)
        return [(v, tick_text(v, step)) for v, step in spread_ticks(*plane.x_range, width)]

    def _y_ticks(self, plane: Plane, height: float) -> list[tuple[float, str]]:
        words = self._scatter.words[1] if self._scatter else ()
        return self._words(words, height, True) if words else super()._y_ticks(plane, height)

    def _words(self, words: tuple[str, ...], room: float, upright: bool) -> list[tuple[float, str]]:
        """As many words as there is room for, evenly chosen."""
        metrics = self._small_metrics()
        needed = metrics.height() if upright else metrics.horizontalAdvance("mmmm")
        each = room / max(1, len(words))
        step = max(1, -(-int(needed) // max(1, int(each))))
        most = _LONGEST_WORD if upright else int(each * step) - 4
        elide = Qt.TextElideMode.ElideRight
        return [
            (float(k), metrics.elidedText(words[k], elide, most))
            for k in range(0, len(words), step)
        ]

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._dots is not None:
            self._from = self._to = event.position()
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._to = event.position()
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, self._from = self._from, None
        if start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        end, how = event.position(), how_of(event.modifiers())
        if (end - start).manhattanLength() >= _DRAG:
            rows = self.inside(QRectF(start, end).normalized())
        else:
            nearest = self.nearest(end)
            rows = np.empty(0, dtype=np.intp) if nearest < 0 else np.array([nearest])
        self.update()
        if len(rows) or how == "only":
            self.chosen.emit(rows, how)

    @property
    def _dots(self) -> Dots | None:
        return self.plane.dots if self.plane is not None else None

    @property
    def _found(self) -> Mask:
        """The dots that can be chosen."""
        if self._scatter is not None and self._scatter.found is not None:
            return self._scatter.found
        return np.ones(0 if self._dots is None else len(self._dots), dtype=bool)

    def inside(self, box: QRectF) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The dataset rows of dots in a rectangle of the widget."""
        assert self._dots is not None
        x, y = self.to_pixels(self._dots.places).T
        held = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
        return self._dots.rows[held & self._found]

    def nearest(self, point: QPointF) -> int:
        """The dataset row of the dot nearest to a point, -1 where none is near."""
        dots = self._dots
        if dots is None or not self._found.any():
            return -1
        away = np.square(self.to_pixels(dots.places) - (point.x(), point.y())).sum(axis=1)
        away[~self._found] = np.inf
        at = int(np.argmin(away))
        return int(dots.rows[at]) if away[at] <= _REACH**2 else -1

    def readout(self) -> str:
        """The sample under the mouse, in words."""
        if self._mouse is None or self._table is None or self._scatter is None:
            return ""
        row = self.nearest(QPointF(self._mouse))
        if row < 0 or self._from is not None:
            return ""
        table, columns = self._table, (self._scatter.x, self._scatter.y)
        told = [self._value(k, row) for k in dict.fromkeys(columns)]
        kinds = [c for c in table.columns if c.role == "class"]
        told += [c.text(row, None) for c in kinds if table.columns.index(c) not in columns]
        return f"{row + 1:,}: {', '.join(told)}"

    def _value(self, k: int, row: int) -> str:
        assert self._table is not None
        column = self._table.columns[k]
        if column.words:
            return column.text(row, None)
        return value_text(float(column.read(np.array([row]))[0]), 3)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            if self._dots is None or self._dots.marked is None:
                super().keyPressEvent(event)
                return
            self.none_asked.emit()
        elif key in _SIDEWAYS or key in _UPRIGHT:
            upright = key in _UPRIGHT
            self._step(_UPRIGHT[key] if upright else _SIDEWAYS[key], upright, event.modifiers())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _step(self, by: int, upright: bool, modifiers: Qt.KeyboardModifier) -> None:
        """Go to the sample that comes next along an axis."""
        dots = self._dots
        if dots is None or not self._found.any():
            return
        order = np.lexsort((dots.rows, dots.places[:, int(upright)]))
        order = order[self._found[order]]
        at = np.flatnonzero(dots.rows[order] == self._current)
        to = min(max((int(at[0]) if len(at) else 0) + by, 0), len(order) - 1)
        self.chosen.emit(dots.rows[order[to : to + 1]], how_of(modifiers))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.plane is None:
            return
        painter = QPainter(self)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.accent), 1))
            painter.drawRect(self.area().adjusted(0.5, 0.5, -0.5, -0.5))
        if self._from is not None and self._to is not None:
            box = QRectF(self._from, self._to).normalized().intersected(self.area())
            painter.setPen(QPen(QColor(self.theme.accent), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box)
        painter.end()

    def _layers(self, dots: Dots) -> list[tuple[Mask, float]]:
        """From below: what is not looked for, what is not selected, what is; and how strong."""
        found = self._found
        chosen = found if dots.marked is None else dots.marked
        return [(~found & ~chosen, _DIM), (found & ~chosen, _FADED), (chosen, 1.0)]

    def _paint_dots(self, painter: QPainter, dots: Dots, ratio: float, first: int = 0) -> None:
        if len(dots) > MANY:
            self._paint_pixels(painter, dots, ratio)
            return
        size = _DOT if len(dots) <= _FEW else _SMALL_DOT
        drawable: Mask = np.isfinite(dots.places).all(axis=1) & (np.arange(len(dots)) >= first)
        for layer, share in self._layers(dots):
            self._share = share
            colors = self._faded(dots, share)
            self._stamp_dots(painter, dots, drawable & layer, colors, size, ratio)

    def _rim(self, hollow: bool) -> QColor:
        rim = super()._rim(hollow)
        return rim if self._share == 1.0 else blend(self.theme.card, rim, self._share + 0.1)

    def _faded(self, dots: Dots, share: float) -> tuple[QColor, ...]:
        if share == 1.0:
            return dots.colors
        return tuple(blend(self.theme.card, color, share) for color in dots.colors)

    def _paint_pixels(self, painter: QPainter, dots: Dots, ratio: float, first: int = 0) -> None:
        raster = DotRaster(round(self.width() * ratio), round(self.height() * ratio))
        pixels = self.to_pixels(dots.places) * ratio
        for layer, share in self._layers(dots):
            shown = packed(self._faded(dots, share))[dots.color_numbers]
            raster.draw(pixels[layer], shown[layer], 1.5 * ratio)
        image = raster.image()
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)
