"""A block of weights as a matrix image: rows are the units it leads to, columns its sources."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bpviz.engine.parameters import Block
from bpviz.gui.canvas.color_bar import ColorBar
from bpviz.gui.canvas.names import Naming, layer_names
from bpviz.gui.canvas.scale import exact, rounded_up
from bpviz.gui.colors import signed_image, signed_table
from bpviz.gui.session import Session
from bpviz.gui.theme import Theme
from bpviz.gui.widgets.text import ElidedLabel, label
from bpviz.lab.snapshot import Quantity, Snapshot

Array = np.ndarray[Any, Any]

_WORDS = {
    "weight": "Weights",
    "gradient": "Gradient",
    "update": "Last update",
    "velocity": "Velocity",
}

_LARGEST_CELL = 48.0
# A matrix so many times as wide as high, or as high as wide, fills its room.
_LONG = 20
# The largest value of a larger block is that of the whole network.
_MANY = 1_000_000
_ROOMY = QSize(1000, 640)


def _cell(width: float, height: float, rows: int, columns: int) -> tuple[float, float]:
    """Width and height of a cell where a matrix is to be seen as a whole."""
    across = min(_LARGEST_CELL, width / columns)
    down = min(_LARGEST_CELL, height / rows)
    if max(across, down) > _LONG * min(across, down) and min(across, down) < 1:
        return across, down
    return min(across, down), min(across, down)


def _seen(start: float, cell: float, room: float, cells: int) -> tuple[int, int]:
    """The first cell of a row that lies in a room from 0 on, and the one behind the last."""
    first = max(0, math.floor(-start / cell))
    return first, min(cells, max(first, math.ceil((room - start) / cell)))


def _sampled(first: int, stop: int, pixels: float) -> Array:
    """The numbers of these cells, or, where each has less than a pixel, of one per pixel."""
    count = stop - first
    shown = count if pixels >= 1 else max(1, round(count * pixels))
    return first + ((np.arange(shown) + 0.5) * (count / shown)).astype(np.intp)


def _largest(values: Array, snapshot: Snapshot, quantity: Quantity) -> float:
    """How far the values of a block reach; of a very large block, those of the whole network."""
    if values.size > _MANY:
        return snapshot.reduction(quantity).largest if snapshot.has(quantity) else 0.0
    return float(np.abs(np.nan_to_num(values)).max(initial=0.0))


class MatrixView(QWidget):
    """The image itself. The wheel zooms about the pointer, dragging moves it.

    `pointed` carries row and column under the pointer, or (-1, -1).
    """

    pointed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 96)
        self.setAccessibleName("Matrix of weights")
        self._values: Array = np.zeros((1, 1))
        self._scale = 0.0
        self._image = QImage()
        self._image_key: tuple[Any, ...] = ()
        self._theme: Theme | None = None
        self._zoom, self._shift = 1.0, QPointF(0, 0)
        self._dragged_from: QPointF | None = None
        self._cell = (-1, -1)

    def sizeHint(self) -> QSize:
        """As large as the matrix with cells that can be told apart, in its own proportions."""
        rows, columns = self._values.shape
        room = _ROOMY.boundedTo(self.screen().availableSize() * 0.8)
        width, height = _cell(room.width(), room.height(), rows, columns)
        return QSize(round(width * columns), round(height * rows)).expandedTo(self.minimumSize())

    def set_values(self, values: Array, scale: float, theme: Theme) -> None:
        """Show a matrix on the scale ± `scale`."""
        self._values, self._scale, self._theme = values, scale, theme
        self._image_key = ()
        self.update()

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell lies on the widget."""
        area, (width, height) = self._area()
        return QRectF(area.x() + column * width, area.y() + row * height, width, height)

    def _area(self) -> tuple[QRectF, tuple[float, float]]:
        rows, columns = self._values.shape
        cell = _cell(self.width(), self.height(), rows, columns)
        cell = (cell[0] * self._zoom, cell[1] * self._zoom)
        width, height = cell[0] * columns, cell[1] * rows
        x = (self.width() - width) / 2 + self._shift.x()
        y = (self.height() - height) / 2 + self._shift.y()
        return QRectF(x, y, width, height), cell

    def _paint_cells(self, painter: QPainter, theme: Theme) -> None:
        """Those that are to be seen; of more than there are pixels, one for each pixel."""
        area, (width, height) = self._area()
        ratio = self.devicePixelRatioF()
        left, right = _seen(area.x(), width, self.width(), self._values.shape[1])
        top, bottom = _seen(area.y(), height, self.height(), self._values.shape[0])
        if left >= right or top >= bottom:
            return
        key = (left, right, top, bottom, width, height, ratio)
        if key != self._image_key:
            self._image_key = key
            rows = _sampled(top, bottom, height * ratio)
            columns = _sampled(left, right, width * ratio)
            part = np.nan_to_num(self._values[rows[:, None], columns])
            shown = part / self._scale if self._scale else np.zeros_like(part)
            self._image = signed_image(shown, signed_table(theme))
        at = QPointF(area.x() + left * width, area.y() + top * height)
        painter.drawImage(
            QRectF(at.x(), at.y(), (right - left) * width, (bottom - top) * height), self._image
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._theme is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.card))
        area, _ = self._area()
        self._paint_cells(painter, self._theme)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(area)
        if self._cell[0] >= 0:
            painter.setPen(QColor(self._theme.magenta))
            painter.drawRect(self.cell_rect(*self._cell).adjusted(-1, -1, 0, 0))
        painter.end()

    def zoom_by(self, factor: float, about: QPointF) -> None:
        """Zoom; the point of the picture at `about` stays where it is."""
        before, _ = self._area()
        zoom = min(60.0, max(1.0, self._zoom * factor))
        ratio = zoom / self._zoom
        self._zoom = zoom
        centre = before.center()
        moved = about + (centre - about) * ratio
        self._shift += moved - centre
        if zoom == 1.0:
            self._shift = QPointF(0, 0)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            self._shift += event.position() - self._dragged_from
            self._dragged_from = event.position()
        area, cell = self._area()
        at = event.position() - area.topLeft()
        inside = area.contains(event.position())
        row, column = int(at.y() / cell[1]), int(at.x() / cell[0])
        self._point(*((row, column) if inside else (-1, -1)))
        self.update()

    def leaveEvent(self, event: Any) -> None:
        self._point(-1, -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if key in steps:
            row, column = (max(0, a) + b for a, b in zip(self._cell, steps[key], strict=True))
            rows, columns = self._values.shape
            self._point(min(max(row, 0), rows - 1), min(max(column, 0), columns - 1))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / 1.25 if key == Qt.Key.Key_Minus else 1.25
            self.zoom_by(factor, QPointF(self.rect().center()))
        else:
            super().keyPressEvent(event)

    def _point(self, row: int, column: int) -> None:
        inside = row < self._values.shape[0] and column < self._values.shape[1]
        cell = (row, column) if inside else (-1, -1)
        if cell != self._cell:
            self._cell = cell
            self.pointed.emit(*cell)
            self.update()


class MatrixDialog(QDialog):
    """A block of weights as an image that follows the training."""

    def __init__(self, session: Session, layer: str, source: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._ends = (layer, source)
        self._cell = (-1, -1)
        self.view = MatrixView(self)
        self.view.pointed.connect(self._pointed)
        self.heading = label("", "title", self)
        self.readout = ElidedLabel("", "secondary", self)
        # Its words are many; they must not make a narrow matrix wide.
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.bar = ColorBar(session, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch(1)
        top.addWidget(self.bar)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self.readout)
        session.snapshot_changed.connect(self._follow)
        session.look_changed.connect(self._follow)
        self._follow()
        self.resize(self.sizeHint().expandedTo(QSize(440, 0)))

    def _block(self) -> Block | None:
        snapshot = self._session.snapshot
        return None if snapshot is None else snapshot.layout.block(*self._ends)

    def _follow(self) -> None:
        snapshot, block = self._session.snapshot, self._block()
        if snapshot is None or block is None:
            self.close()
            return
        quantity = self._session.look.quantity
        values = block.view(snapshot.quantity(quantity))
        scale = rounded_up(_largest(values, snapshot, quantity))
        names = layer_names(snapshot.spec)
        words = f"{_WORDS[quantity]}, {names[self._ends[1]]} → {names[self._ends[0]]}"
        self.setWindowTitle(words)
        self.heading.setText(f"{words}: {block.shape[0]:,} × {block.shape[1]:,}")
        self.bar.set_scale(scale)
        self.view.set_values(values, scale, self._session.theme)
        self._pointed(*self._cell)

    def _pointed(self, row: int, column: int) -> None:
        self._cell = (row, column)
        snapshot, block = self._session.snapshot, self._block()
        inside = block is not None and row < block.shape[0] and column < block.shape[1]
        if snapshot is None or block is None or row < 0 or not inside:
            self.readout.setText(
                "Rows are the units the weights lead to, columns the units they come from. "
                "Point at a cell; the wheel zooms, dragging moves."
            )
            return
        index = block.start + row * block.shape[1] + column
        value = float(snapshot.quantity(self._session.look.quantity)[index])
        naming = Naming(snapshot.layout, snapshot.data)
        self.readout.setText(f"{naming.title(index)}:  {exact(value)}")
