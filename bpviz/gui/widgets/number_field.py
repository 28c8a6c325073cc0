"""A field for one number: plain text, checked against its own range."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from bpviz.engine.settings import Setting, plain
from bpviz.gui.widgets.line import NUMBER_STARTS, Line
from bpviz.gui.widgets.numbers import exact_number, format_number, nice, parse_number
from bpviz.gui.widgets.text import set_property
from bpviz.gui.widgets.tips import wrapped

# Units longer than this are named in the tooltip, not in the field.
_SHORT_UNIT = 2


class NumberField(Line):
    """A number typed as text. Enter or leaving the field commits it, Escape takes it back.

    `committed` carries the new value; `refused` the sentence that says why a text was not taken:
    it also becomes the tooltip, with a red border, and the last good value is shown again when
    the field is left. Up and Down change the last digit shown. Fractions with the unit "%" are
    shown and typed as percentages, and a 0 that is a choice by its name.
    """

    committed = Signal(float)
    refused = Signal(str)

    def __init__(
        self,
        setting: Setting,
        whole: bool = False,
        digits: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """`digits` limits what is shown (not what is held); 0 shows a value exactly."""
        super().__init__(NUMBER_STARTS, parent)
        self._factor = 100.0 if setting.unit == "%" else 1.0
        self._setting = _scaled(setting, self._factor)
        self._whole = whole
        self._digits = digits
        self._value = 0.0
        self._error = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(setting.label)
        self._tip = _tooltip(setting, self._setting)
        self.setToolTip(wrapped(self._tip))
        self.editingFinished.connect(self._commit)
        self.textEdited.connect(lambda _text: self._show_error(""))
        self.show_value()

    @property
    def value(self) -> float:
        return self._value

    @property
    def error(self) -> str:
        """Why the text in the field was refused, or nothing."""
        return self._error

    def set_value(self, value: float) -> None:
        """Show a value in silence; a text that is just being typed is left alone."""
        if value == self._value and not self._error:
            if not self.isModified():
                self.show_value()
            return
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.show_value()

    def show_value(self) -> None:
        """Write the held value into the field, whatever was typed."""
        if self._setting.zero and not self._value:
            self.show_text(self._setting.zero)
            self._show_error("")
            return
        shown = self._value * self._factor
        shown = float(f"{shown:.12g}")
        text = format_number(shown, self._digits) if self._digits else exact_number(shown)
        if self._setting.unit and len(self._setting.unit) <= _SHORT_UNIT:
            text += f" {self._setting.unit}"
        self.show_text(text)
        self._show_error("")

    def read(self, text: str) -> float:
        """The value a text stands for. Raises ValueError with one sentence."""
        if self._setting.zero and text.strip().lower() == self._setting.zero:
            return 0.0
        number = parse_number(text.removesuffix(self._setting.unit)) if text.strip() else None
        name = self._setting.label
        if number is None:
            raise ValueError(f"{name} must be a number, got “{text.strip()}”")
        if self._whole and number != int(number):
            raise ValueError(f"{name} must be a whole number, got {text.strip()}")
        broken = self._setting.broken_bound(number)
        if broken:
            unit = f" {self._setting.unit}" if self._factor != 1 else ""
            raise ValueError(f"{name} must be {broken}{unit}, got {plain(number)}{unit}")
        return float(f"{number / self._factor:.15g}")

    def commit(self) -> str:
        """Take over what was typed; says why it was refused, or "".

        Where the last good value stands in its place again, that is said only once.
        """
        self._commit()
        error = self._error
        if not self.isModified():
            self._show_error("")
        return error

    def _commit(self) -> None:
        if not self.isModified():
            return
        try:
            value = self.read(self.text())
        except ValueError as error:
            self._show_error(str(error))
            self.refused.emit(str(error))
            if not self.hasFocus():
                self.show_value()
                self._show_error(str(error))
            return
        self.setModified(False)
        if value != self._value:
            self._value = value
            self.committed.emit(value)
        self.show_value()

    def _show_error(self, error: str) -> None:
        self._error = error
        set_property(self, "error", bool(error))
        self.setToolTip(wrapped(error or self._tip))

    def step(self, by: int) -> None:
        """Change the value by one step: of the slider's range, or of its second digit.

        What is being typed is committed first; where it is refused there is nothing to step from.
        """
        self._commit()
        if self._error and self.isModified():
            return
        low, high = self._setting.slider or (0.0, 0.0)
        shown = self._value * self._factor
        if high > low and not self._setting.logarithmic:
            size = nice((high - low) / 100, 1)
        else:
            size = nice(abs(shown), 1) / 10 if shown else 0.1
        if self._whole:
            size = max(1.0, round(size))
        self.setText(exact_number(float(f"{shown + by * size:.10g}")))
        self.setModified(True)
        self._commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self.isModified() or self._error):
            self.show_value()
            self.selectAll()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance("0") * 9 + 16
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance("0") * 4 + 16
        return QSize(width, super().minimumSizeHint().height())


def _scaled(setting: Setting, factor: float) -> Setting:
    """The same rules in the unit that is shown."""
    if factor == 1:
        return setting

    def times(bound: float | None) -> float | None:
        return None if bound is None else bound * factor

    slider = setting.slider
    return dataclasses.replace(
        setting,
        above=times(setting.above),
        at_least=times(setting.at_least),
        below=times(setting.below),
        at_most=times(setting.at_most),
        slider=(slider[0] * factor, slider[1] * factor) if slider else None,
    )


def _tooltip(setting: Setting, shown: Setting) -> str:
    bounds = [
        f"{word} {plain(bound)}"
        for word, bound in (
            ("above", shown.above),
            ("at least", shown.at_least),
            ("below", shown.below),
            ("at most", shown.at_most),
        )
        if bound is not None
    ]
    unit = f" {shown.unit}" if shown.unit else ""
    rule = f"{' and '.join(bounds)}{unit}" if bounds else shown.unit
    text = setting.help or setting.label
    return f"{text} ({rule})" if rule else text
