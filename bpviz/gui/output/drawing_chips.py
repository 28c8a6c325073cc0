"""Colours below the drawing sheet: of the classes that can be drawn, and of the value."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from bpviz.gui.colors import blend
from bpviz.gui.theme import Theme

CHIP_SIZE = 20


class ClassChip(QAbstractButton):
    """A disc in a class's colour; a ring says that it is drawn."""

    def __init__(self, number: int, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._color, self._ring, self._focus = QColor(), QColor(), QColor()
        self.setCheckable(True)
        self.setFixedSize(CHIP_SIZE, CHIP_SIZE)
        self.setAccessibleName(f"Class {name}")
        key = f" ({number + 1})" if number < 9 else ""
        self.setToolTip(f"Draw points of class {name}{key}")
        # A click leaves the keys to the sheet.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def dress(self, color: QColor, theme: Theme, chosen: bool) -> None:
        self._color, self._ring = color, QColor(theme.accent)
        self._focus = blend(theme.card, theme.secondary, 0.7)
        self.setChecked(chosen)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawEllipse(box.adjusted(5, 5, -5, -5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(self._ring, 2))
            painter.drawEllipse(box.adjusted(2, 2, -2, -2))
        elif self.hasFocus() or self.underMouse():
            painter.setPen(QPen(self._focus, 1))
            painter.drawEllipse(box.adjusted(2, 2, -2, -2))
        painter.end()


class Swatch(QWidget):
    """The colour of the value that is drawn."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._color, self._edge = QColor(), QColor()
        self.setFixedSize(14, 14)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_color(self, color: QColor, theme: Theme) -> None:
        self._color, self._edge = color, QColor(theme.border)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._edge)
        painter.setBrush(self._color)
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()
