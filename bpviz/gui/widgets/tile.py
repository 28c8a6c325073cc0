"""A small square with a drawing and a name under it, that can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from bpviz.gui.colors import blend
from bpviz.gui.theme import Theme

NAME_HEIGHT = 14
_NAME_SIZE = 9
_STEPS = {
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Up: (0, -1),
}


class Tile(QAbstractButton):
    """A button with a picture; an accent border says that it is chosen.

    A subclass draws the picture in `_draw`. `moved` says which way an arrow key goes: columns,
    rows.
    """

    moved = Signal(int, int)
    # Room at both sides of the name.
    margin = 2

    def __init__(self, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.drawing: QPixmap | None = None
        self.setText(text)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def draw(self) -> None:
        """Make the picture anew."""
        ratio = self.devicePixelRatioF()
        drawing = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        drawing.setDevicePixelRatio(ratio)
        drawing.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, self._picture_area())
        painter.end()
        self.drawing = drawing
        self.update()

    def _draw(self, painter: QPainter, area: QRectF) -> None:
        raise NotImplementedError

    def _picture_area(self) -> QRectF:
        room = QRectF(0, 4, self.width(), self.height() - NAME_HEIGHT - 4)
        side = min(room.width() - 8, room.height())
        area = QRectF(0, 0, side, side)
        area.moveCenter(room.center())
        return area

    def short_text(self) -> str:
        """What is written where the text does not fit."""
        return self.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if self.isChecked() else 1.0
        edge = theme.accent if self.isChecked() else theme.border
        painter.setPen(QPen(blend(edge, theme.text, 0.15 if self.underMouse() else 0.0), width))
        painter.setBrush(blend(theme.field, theme.text, 0.05 if self.underMouse() else 0.0))
        inset = width / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 5.0, 5.0
        )
        if self.drawing is not None:
            painter.drawPixmap(0, 0, self.drawing)
        if self.hasFocus():
            self._draw_focus(painter)
        font = QFont(self.font())
        font.setPixelSize(_NAME_SIZE)
        painter.setFont(font)
        painter.setPen(QColor(theme.text if self.isChecked() else theme.secondary))
        room = self.rect().adjusted(self.margin, self.height() - NAME_HEIGHT, -self.margin, -3)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._name_for(painter, room.width()))
        painter.end()

    def _draw_focus(self, painter: QPainter) -> None:
        """A dotted ring inside the border: the keyboard is here, but that is no choice."""
        painter.setPen(QPen(QColor(self.theme.secondary), 1.0, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 3.0, 3.0)

    def _name_for(self, painter: QPainter, room: int) -> str:
        metrics = painter.fontMetrics()
        if metrics.horizontalAdvance(self.text()) <= room:
            return self.text()
        return metrics.elidedText(self.short_text(), Qt.TextElideMode.ElideRight, room)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(*step)
            event.accept()
        else:
            super().keyPressEvent(event)
