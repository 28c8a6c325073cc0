"""A slider over a range of numbers, linear or logarithmic."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from bpviz.gui.widgets.numbers import nice

_STEPS = 400


class Slider(QSlider):
    """A slider that speaks in values. A click jumps there and can be dragged on at once.

    `moved` carries the new value when a person moves it; `set_value` moves it in silence. Values
    beyond the range are shown at its end. The mouse wheel is left to the panel that scrolls.
    """

    moved = Signal(float)

    def __init__(
        self,
        low: float,
        high: float,
        logarithmic: bool = False,
        whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._silent = False
        self.set_range(low, high, logarithmic, whole)
        self.setSingleStep(4)
        self.setPageStep(40)
        self.valueChanged.connect(self._report)

    def set_range(
        self, low: float, high: float, logarithmic: bool = False, whole: bool = False
    ) -> None:
        """Change what the two ends stand for; a logarithmic range must be above 0."""
        self._low, self._high = low, high
        self._logarithmic = logarithmic and low > 0
        self._whole = whole
        self._silent = True
        self.setRange(0, _STEPS)
        self._silent = False

    def value_at(self, position: int) -> float:
        """The value a position stands for, rounded to as few digits as the slider can resolve."""
        t = position / _STEPS
        if self._logarithmic:
            value = self._low * (self._high / self._low) ** t
            # One digit where the slider cannot tell the difference, else two.
            round_value = nice(value, 1)
            near = self.position_of(round_value) == position
            value = min(self._high, max(self._low, round_value if near else nice(value)))
        else:
            value = self._low + (self._high - self._low) * t
            grain = nice((self._high - self._low) / 100, 1) or 1.0
            value = min(self._high, max(self._low, round(value / grain) * grain))
            value = float(f"{value:.10g}")
        return float(round(value)) if self._whole else value

    def position_of(self, value: float) -> int:
        if self._high <= self._low:
            return 0
        if self._logarithmic:
            value = max(value, self._low)
            t = math.log(value / self._low) / math.log(self._high / self._low)
        else:
            t = (value - self._low) / (self._high - self._low)
        return round(min(1.0, max(0.0, t)) * _STEPS)

    def set_value(self, value: float) -> None:
        """Show a value without reporting it; a drag in progress is left alone."""
        if self.isSliderDown() or self.value_at(self.value()) == value:
            return
        self._silent = True
        self.setValue(self.position_of(value))
        self._silent = False

    def _report(self, position: int) -> None:
        if not self._silent:
            self.moved.emit(self.value_at(position))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._position_under(event.position().toPoint()))
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._position_under(event.position().toPoint()))
            event.accept()
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _position_under(self, point: QPoint) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        span = self.width() - handle.width()
        return QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), point.x() - handle.width() // 2, span
        )
