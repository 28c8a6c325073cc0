"""A row of buttons of which exactly one is chosen."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from bpviz.gui.widgets.text import set_property


class SegmentedControl(QWidget):
    """Exclusive buttons side by side; arrow keys move the choice.

    `options` are (value, text, tooltip). `chosen` is emitted when a person chooses, not when the
    program does.
    """

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str, str]],
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        for k, (value, text, tip) in enumerate(options):
            button = _Segment(self)
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"{name}: {text}" if name else text)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setProperty("place", _place(k, len(options)))
            button.clicked.connect(functools.partial(self._choose, value))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)
        if options:
            self.set_value(options[0][0])

    @property
    def value(self) -> str:
        return next((v for v, button in self.buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Choose without saying so; a value that is no option changes nothing."""
        if value in self.buttons:
            self.buttons[value].setChecked(True)
            for name, button in self.buttons.items():
                focus = Qt.FocusPolicy.TabFocus if name == value else Qt.FocusPolicy.ClickFocus
                button.setFocusPolicy(focus)

    def offer(self, values: Collection[str]) -> None:
        """Show these options alone."""
        shown = [value for value in self.buttons if value in values]
        for value, button in self.buttons.items():
            button.setVisible(value in shown)
        for k, value in enumerate(shown):
            set_property(self.buttons[value], "place", _place(k, len(shown)))

    def _choose(self, value: str) -> None:
        self.set_value(value)
        self.chosen.emit(value)

    def step(self, by: int) -> None:
        """Choose the next (1) or the previous (-1) enabled option, going round."""
        values = [v for v, button in self.buttons.items() if button.isEnabled()]
        if self.value not in values:
            return
        value = values[(values.index(self.value) + by) % len(values)]
        self._choose(value)
        self.buttons[value].setFocus(Qt.FocusReason.TabFocusReason)


class _Segment(QToolButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
        }
        by = steps.get(Qt.Key(event.key()))
        control = self.parent()
        if by and isinstance(control, SegmentedControl):
            control.step(by)
            event.accept()
        else:
            super().keyPressEvent(event)


def _place(index: int, count: int) -> str:
    if count == 1:
        return "only"
    return {0: "first", count - 1: "last"}.get(index, "middle")
