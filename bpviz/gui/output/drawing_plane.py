"""A plane that is drawn on: points, a brush, an eraser, with the mouse or with keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from bpviz.gui.output.drawing_stroke import Stroke, begins_with
from bpviz.gui.output.drawing_tools import BRUSH, ERASER, POINT, TOOLS
from bpviz.gui.output.plane import Dots, Plane, dot_size
from bpviz.gui.output.plane_view import PlaneView
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import GAP, SECONDARY, Theme
from bpviz.lab.drawn_samples import Brush, on_plane, sprayed, under_eraser

_LETTERS = {tool.letter: tool.key for tool in TOOLS}
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_STAMPS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
# Pixels that an arrow key moves the tool.
_STEP = 8
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_EMPTY = "Click, or brush points here.\nThe right button erases."


class DrawingPlane(PlaneView):
    """Shows a plane and what is just drawn on it.

    `drawn` carries points, shape (n, 2), when a stroke ends, and `erased` a mask of the dots that
    are gone. `tool_asked` carries a tool's key, `target_asked` the number of a class, `size_asked`
    how many steps larger; `left` says that the person has finished, `moved` that the mouse is
    elsewhere. What is drawn has the colour
    `color`; the brush's chance follows from `seed` and the number of dots.
    """

    drawn = Signal(object)
    erased = Signal(object)
    tool_asked = Signal(str)
    target_asked = Signal(int)
    size_asked = Signal(int)
    left = Signal()
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool = POINT.key
        self.size_share = 0.06
        self.density = 3
        self.seed = 0
        self.color_number = 0
        self._sheet: Dots | None = None
        self._stroke: Stroke | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Sheet to draw samples on")
        self.setAccessibleDescription(
            "Arrow keys move the tool and Enter puts it down; B, P and E choose it, 1 to 9 the "
            "class, square brackets the size; Escape ends drawing"
        )

    def show_plane(self, plane: Plane | None, theme: Theme) -> None:
        """Draw this from now on; its dots are those that can be erased."""
        self._sheet = plane.dots if plane is not None else None
        super().show_plane(plane, theme)
        self.setCursor(Qt.CursorShape.CrossCursor)
        if self._stroke is not None:
            self._show_stroke(self._stroke)

    def use(self, tool: str) -> None:
        """Take another tool; a stroke under way ends."""
        if tool != self.tool:
            self.finish()
            self.tool = tool
            self.update()

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    # Strokes

    def reach(self) -> tuple[float, float]:
        """The radius of brush and eraser in the data's units: a circle on the screen."""
        assert self.plane
        area = self.area()
        radius = self.radius()
        (x0, x1), (y0, y1) = self.plane.x_range, self.plane.y_range
        return radius / area.width() * (x1 - x0), radius / area.height() * (y1 - y0)

    def radius(self) -> float:
        """The same in pixels."""
        area = self.area()
        return self.size_share * min(area.width(), area.height())

    def _begin(self, at: QPointF, erases: bool) -> None:
        if self.plane is None or self._sheet is None or not self.area().contains(at):
            return
        self._stroke = Stroke(erases, gone=np.zeros(len(self._sheet), dtype=bool))
        self._go_on(at)

    def _go_on(self, at: QPointF) -> None:
        stroke, plane = self._stroke, self.plane
        if stroke is None or plane is None or self._sheet is None:
            return
        place = self.to_data(at)
        before = stroke.places[-1] if stroke.places else place
        stroke.places.append(place)
        if stroke.erases:
            passed = under_eraser(
                self._sheet.places, np.array(before), np.array(place), self.reach()
            )
            if not (passed & ~stroke.gone).any():
                return
            stroke.gone |= passed
        else:
            low, high = zip(plane.x_range, plane.y_range, strict=True)
            points = np.array([place])
            if self.tool == BRUSH.key:
                brush = Brush(self.reach(), self.density)
                points = sprayed(np.array(stroke.places), brush, self.seed, len(self._sheet))
            stroke.points = on_plane(points, low, high)
        self._show_stroke(stroke)

    def _show_stroke(self, stroke: Stroke) -> None:
        """The sheet's dots as the stroke has them so far."""
        if self.plane is None or self._sheet is None:
            return
        dots = stroke.on(self._sheet, self.color_number)
        self.plane = replace(self.plane, dots=dots)
        self.update()

    def finish(self) -> None:
        """End the stroke under way, and say what it did."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        if stroke.erases and stroke.gone.any():
            self.erased.emit(stroke.gone)
        elif not stroke.erases and len(stroke.points):
            self.drawn.emit(stroke.points)

    def cancel(self) -> None:
        """Take back the stroke under way."""
        if self._stroke is not None and self.plane is not None:
            self._stroke = None
            self.plane = replace(self.plane, dots=self._sheet)
            self.update()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        erases = {
            Qt.MouseButton.LeftButton: self.tool == ERASER.key,
            Qt.MouseButton.RightButton: True,
        }.get(event.button())
        if erases is not None and self._stroke is None:
            self._begin(event.position(), erases)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None and not event.buttons():
            # The button was let go where this widget did not hear of it.
            self.finish()
        self._go_on(event.position())
        super().mouseMoveEvent(event)
        self.moved.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.moved.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not event.buttons():
            self.finish()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.finish()
        super().hideEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    # Keys

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Or the window would take them. The space bar stays its own, to train and to pause.
            if self._means(event):
                event.accept()
                return True
        return super().event(event)

    def _means(self, event: QKeyEvent) -> bool:
        if event.text() in ("[", "]"):
            return True
        if event.matches(QKeySequence.StandardKey.Undo):
            # What is to be undone is the stroke under way; without one, what the window says.
            return self._stroke is not None
        if event.modifiers() & _COMMANDS:
            return False
        known = event.text().upper() in _LETTERS or event.text() in tuple("123456789")
        return known or event.key() in (*_STEPS, *_STAMPS, Qt.Key.Key_Escape)

    @staticmethod
    def _takes_back(event: QKeyEvent) -> bool:
        undoes = event.matches(QKeySequence.StandardKey.Undo)
        return undoes or event.key() == Qt.Key.Key_Escape

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = Qt.Key(event.key()), event.text().upper()
        if not self._means(event):
            super().keyPressEvent(event)
        elif text in ("[", "]"):
            self.size_asked.emit(1 if text == "]" else -1)
        elif key in _STEPS:
            self._move(*_STEPS[key])
        elif key in _STAMPS:
            self._stamp_here()
        elif self._stroke is not None and self._takes_back(event):
            self.cancel()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif text in _LETTERS:
            self.tool_asked.emit(_LETTERS[text])
        else:
            self.target_asked.emit(int(text) - 1)

    def _tool_place(self) -> QPointF:
        """Where the tool is: under the mouse, where keys moved it, or in the middle."""
        area = self.area()
        if self._mouse is None or not area.contains(QPointF(self._mouse)):
            return area.center()
        return QPointF(self._mouse)

    def _move(self, right: int, down: int) -> None:
        area, at = self.area(), self._tool_place()
        x = min(max(at.x() + _STEP * right, area.left()), area.right() - 1)
        y = min(max(at.y() + _STEP * down, area.top()), area.bottom() - 1)
        self._mouse = QPoint(round(x), round(y))
        self._go_on(QPointF(self._mouse))
        self.update()
        self.moved.emit()

    def _stamp_here(self) -> None:
        """A stroke of one place."""
        if self._stroke is None:
            self._begin(self._tool_place(), self.tool == ERASER.key)
            self.finish()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.plane is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.area()
        painter.setClipRect(area)
        if self.plane.dots is None or not len(self.plane.dots):
            self._paint_hint(painter, area)
        if self._mouse is not None:
            self._paint_tool(painter, self._tool_place())
        painter.end()

    def _paint_hint(self, painter: QPainter, area: QRectF) -> None:
        """In the upper half, clear of the line at 0."""
        painter.setFont(scaled_font(self, SECONDARY))
        room = area.adjusted(GAP, GAP, -GAP, -area.height() / 2)
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        taken = painter.boundingRect(room, how, _EMPTY)
        painter.fillRect(taken.adjusted(-4, -2, 4, 2), QColor(self.theme.card))
        painter.setPen(QColor(self.theme.secondary))
        painter.drawText(room, how, _EMPTY)

    def _paint_readout(self, painter: QPainter, area: QRectF) -> None:
        """It stands below the sheet, of which no place may be covered."""

    def _paint_tool(self, painter: QPainter, at: QPointF) -> None:
        """A ring as large as what the tool reaches, in the colour that it draws with."""
        erases = self._stroke.erases if self._stroke is not None else self.tool == ERASER.key
        ink = QColor(self.theme.text)
        dots = self.plane.dots if self.plane is not None else None
        if not erases and dots is not None:
            ink = dots.colors[min(self.color_number, len(dots.colors) - 1)]
        radius = self.radius()
        if not erases and self.tool == POINT.key:
            radius = (dot_size(dots) if dots is not None else 7) / 2 + 3
        box = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if erases else Qt.PenStyle.SolidLine
        for color, width, line in (
            (QColor(self.theme.card), 4.0, Qt.PenStyle.SolidLine),
            (ink, 2.0, style),
        ):
            painter.setPen(QPen(color, width, line))
            painter.drawEllipse(box)

    def _dots_layer(self, dots: Dots) -> QPixmap:
        """Dots that only grew in number are added to the sheet; any other change draws it anew."""
        before = self._layer_key[0] if self._layer_key else None
        grown = (
            self._layer is not None
            and self._layer_key[1:] == self._setting()
            and isinstance(before, Dots)
            and before is not dots
            and begins_with(dots, before)
        )
        if grown and self._layer is not None and isinstance(before, Dots):
            painter = QPainter(self._layer)
            self._paint_dots(painter, dots, self.devicePixelRatioF(), first=len(before))
            painter.end()
            self._layer_key = (dots, *self._layer_key[1:])
        return super()._dots_layer(dots)
