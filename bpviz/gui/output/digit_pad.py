"""A square to write a digit in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import LIGHT, SECONDARY, Theme

_PEN = 0.075
_STEP = 0.05
_STEPS = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_STEP),
    Qt.Key.Key_Down: (0.0, _STEP),
}
_KEYS = (*_STEPS, Qt.Key.Key_Space, Qt.Key.Key_C)
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class DigitPad(QWidget):
    """Strokes drawn with the mouse, or with arrow keys and Space; C clears.

    `drawn` is emitted as they grow and when they are cleared. `strokes` are lists of points on a
    square of side 1, y downwards.
    """

    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.strokes: list[list[tuple[float, float]]] = []
        self._drawing = False
        self._pen = (0.5, 0.2)
        self._pen_down = False
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Drawing pad")
        self.setToolTip(
            "Write with the mouse; or move with the arrow keys,\n"
            "Space puts the pen down or lifts it. C clears."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(150, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def clear(self) -> None:
        """Wipe the pad."""
        self.strokes = []
        self._drawing = self._pen_down = False
        self._changed()

    def square(self) -> QRectF:
        """The part of the widget that is written in."""
        side = min(self.width(), self.height()) - 2
        return QRectF(1, 1, side, side)

    def _changed(self) -> None:
        self.update()
        self.drawn.emit()

    def _place(self, point: QPointF) -> tuple[float, float]:
        box = self.square()
        x = (point.x() - box.left()) / box.width()
        y = (point.y() - box.top()) / box.height()
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawing = True
            self.strokes.append([self._place(event.position())])
            self._changed()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawing and self.strokes:
            self.strokes[-1].append(self._place(event.position()))
            self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drawing = False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Or the space bar would train, as everywhere else in the window.
            if event.key() in _KEYS and not event.modifiers() & _COMMANDS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_C and not event.modifiers():
            self.clear()
        elif key == Qt.Key.Key_Space:
            self._pen_down = not self._pen_down
            if self._pen_down:
                self.strokes.append([self._pen])
                self._changed()
        elif key in _STEPS:
            dx, dy = _STEPS[key]
            x, y = self._pen[0] + dx, self._pen[1] + dy
            self._pen = (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
            if self._pen_down and self.strokes:
                self.strokes[-1].append(self._pen)
                self._changed()
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box, theme = self.square(), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(theme.accent if focused else theme.border), 1))
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if not self.strokes:
            painter.setPen(QColor(theme.secondary))
            painter.setFont(scaled_font(self, SECONDARY))
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box.adjusted(12, 12, -12, -12), wrap, "Write a digit here")
        painter.setClipRect(box)
        pen = QPen(QColor(theme.text), _PEN * box.width())
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self.strokes:
            points = [
                QPointF(box.left() + x * box.width(), box.top() + y * box.height())
                for x, y in stroke
            ]
            if len(points) == 1:
                painter.drawPoint(points[0])
            else:
                painter.drawPolyline(points)
        if focused and not self._drawing:
            self._paint_pen(painter, box)
        painter.end()

    def _paint_pen(self, painter: QPainter, box: QRectF) -> None:
        at = QPointF(
            box.left() + self._pen[0] * box.width(), box.top() + self._pen[1] * box.height()
        )
        painter.setBrush(QColor(self.theme.accent) if self._pen_down else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.accent), 1.5))
        painter.drawEllipse(at, 4, 4)
