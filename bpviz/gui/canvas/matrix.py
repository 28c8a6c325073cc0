"""A block of weights as a matrix image: rows are the units it leads to, columns its sources."""

from __future__ import annotations

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

Array = np.ndarray[Any, Any]

_WORDS = {
    "weight": "Weights",
    "gradient": "Gradient",
    "update": "Last update",
    "velocity": "Velocity",
}

_LARGEST_CELL = 48.0
_ROOMY = QSize(1000, 640)


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
        self._image = QImage()
        self._theme: Theme | None = None
        self._zoom, self._shift = 1.0, QPointF(0, 0)
        self._dragged_from: QPointF | None = None
        self._cell = (-1, -1)

    def sizeHint(self) -> QSize:
        """As large as the matrix with cells that can be told apart, in its own proportions."""
        columns, rows = max(1, self._image.width()), max(1, self._image.height())
        room = _ROOMY.boundedTo(self.screen().availableSize() * 0.8)
        cell = min(_LARGEST_CELL, room.width() / columns, room.height() / rows)
        return QSize(round(cell * columns), round(cell * rows)).expandedTo(self.minimumSize())

    def set_values(self, values: Array, scale: float, theme: Theme) -> None:
        """Show a matrix on the scale ± `scale`."""
        self._theme = theme
        shown = np.nan_to_num(values) / scale if scale else np.zeros_like(values)
        self._image = signed_image(shown, signed_table(theme))
        self.update()

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell lies on the widget."""
        area, cell = self._area()
        return QRectF(area.x() + column * cell, area.y() + row * cell, cell, cell)

    def _area(self) -> tuple[QRectF, float]:
        columns, rows = max(1, self._image.width()), max(1, self._image.height())
        cell = min(self.width() / columns, self.height() / rows)
        cell = min(cell, _LARGEST_CELL) * self._zoom
        width, height = cell * columns, cell * rows
        x = (self.width() - width) / 2 + self._shift.x()
        y = (self.height() - height) / 2 + self._shift.y()
        return QRectF(x, y, width, height), cell

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._theme is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.card))
        area, _ = self._area()
        painter.drawImage(area, self._image)
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
        self._point(int(at.y() / cell) if inside else -1, int(at.x() / cell) if inside else -1)
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
            rows, columns = self._image.height(), self._image.width()
            self._point(min(max(row, 0), rows - 1), min(max(column, 0), columns - 1))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / 1.25 if key == Qt.Key.Key_Minus else 1.25
            self.zoom_by(factor, QPointF(self.rect().center()))
        else:
            super().keyPressEvent(event)

    def _point(self, row: int, column: int) -> None:
        inside = row < self._image.height() and column < self._image.width()
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
        scale = rounded_up(float(np.abs(np.nan_to_num(values)).max(initial=0.0)))
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
