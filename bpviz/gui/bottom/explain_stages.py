"""The six stages as chips, and the buttons that step through them."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from bpviz.explain.stages import STAGES
from bpviz.gui.explain.stepping import PACES, Stepper
from bpviz.gui.icons import icon
from bpviz.gui.theme import HALF_GAP, Theme
from bpviz.gui.widgets.text import set_property

Room = Literal["wide", "narrow", "tiny"]

PREVIOUS_KEY, NEXT_KEY, PLAY_KEY = "Shift+X", "X", "P"


class StageBar(QWidget):
    """Six chips, of which the present stage's is filled; ◀ ▶ and play; the way back.

    `left` is emitted when a person wants the derivation again.
    """

    left = Signal()

    def __init__(self, stepper: Stepper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stepper = stepper
        self._theme: Theme | None = None
        self._room: Room = "wide"
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF_GAP)
        self.chips = [self._chip(stage.number) for stage in STAGES]
        for chip in self.chips:
            row.addWidget(chip)
        row.addSpacing(HALF_GAP)
        self.previous = self._button("Previous step", f"One step back ({PREVIOUS_KEY})")
        self.previous.clicked.connect(stepper.previous)
        self.next = self._button("Next step", f"One step on ({NEXT_KEY})")
        self.next.clicked.connect(lambda: stepper.go(1))
        for button in (self.previous, self.next):
            button.setAutoRepeat(True)
        self.play = self._button("Play", f"Go on by itself ({PLAY_KEY})")
        self.play.clicked.connect(lambda: stepper.play(not stepper.playing))
        self.pace = self._button("Pace", "")
        self.pace.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pace.setMenu(self._pace_menu())
        for button in (self.previous, self.next, self.play, self.pace):
            row.addWidget(button)
        self.derivation = QToolButton(self)
        self.derivation.setText("Derivation")
        self.derivation.setProperty("kind", "chip")
        self.derivation.setToolTip("Back to the derivation of the selected weight (Esc)")
        self.derivation.setAccessibleName("Back to the derivation")
        self.derivation.clicked.connect(self.left)
        stepper.changed.connect(self.refresh)
        self._name_pace()
        self.refresh()

    def _chip(self, number: int) -> QToolButton:
        stage = STAGES[number - 1]
        chip = QToolButton(self)
        chip.setText(f"{number} {stage.name}")
        chip.setProperty("kind", "chip")
        chip.setCheckable(True)
        where = " · ".join(part for part in (stage.phase, stage.training_step) if part)
        chip.setToolTip(f"{stage.words}\n{where}")
        chip.setAccessibleName(f"Stage {number}: {stage.name}")
        chip.clicked.connect(lambda: self._stand_at(number))
        return chip

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("kind", "flat")
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _pace_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for pace in PACES:
            action = menu.addAction(_pace_text(pace, long=True))
            action.setCheckable(True)
            action.setChecked(pace == self._stepper.pace)
            action.triggered.connect(lambda _checked=False, chosen=pace: self._set_pace(chosen))
            group.addAction(action)
        return menu

    def _set_pace(self, pace: float) -> None:
        self._stepper.set_pace(pace)
        self._name_pace()

    def _name_pace(self) -> None:
        pace = self._stepper.pace
        self.pace.setText(_pace_text(pace))
        self.pace.setToolTip(f"Play at {_pace_text(pace, long=True)}")

    def _stand_at(self, number: int) -> None:
        self._stepper.enter(number)
        # A click on the filled chip leaves it filled.
        self.refresh()

    def refresh(self) -> None:
        """Show where the stepper stands."""
        stepper = self._stepper
        at = stepper.stage.number if stepper.active else 0
        for number, chip in enumerate(self.chips, 1):
            chip.setChecked(number == at)
        self._name_chips()
        self.previous.setEnabled(stepper.can_go_back)
        self.derivation.setVisible(stepper.active)
        self._dress_play()

    def set_room(self, room: Room) -> None:
        """Leave out the numbers and the pace where there is little room, else most names, too."""
        self._room = room
        narrow = room != "wide"
        for chip in self.chips:
            set_property(chip, "narrow", narrow)
        self.pace.setVisible(not narrow)
        self.derivation.setText("✕" if narrow else "Derivation")
        self._name_chips()

    def _name_chips(self) -> None:
        for stage, chip in zip(STAGES, self.chips, strict=True):
            text = f"{stage.number} {stage.name}"
            if self._room == "narrow":
                text = stage.name
            elif self._room == "tiny" and not chip.isChecked():
                text = str(stage.number)
            chip.setText(text)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        faint = theme.border
        for button, name in ((self.previous, "previous"), (self.next, "play")):
            button.setIcon(icon(name, theme.text, faint))
        self._dress_play()
        self._scale()

    def _scale(self) -> None:
        """Icons grow with the text."""
        self.next.ensurePolished()
        size = round(0.85 * self.next.fontMetrics().ascent()) + 2
        for button in (self.previous, self.next, self.play):
            button.setIconSize(QSize(size, size))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if self._theme is not None and event.type() in (
            QEvent.Type.FontChange,
            QEvent.Type.StyleChange,
        ):
            self._scale()

    def _dress_play(self) -> None:
        playing = self._stepper.playing
        name = "Stop playing" if playing else "Play"
        self.play.setAccessibleName(name)
        if self._theme is not None:
            color = self._theme.accent if playing else self._theme.text
            self.play.setIcon(icon("pause" if playing else "fast", color))


def _pace_text(pace: float, long: bool = False) -> str:
    number = f"{pace:g}"
    if long:
        return f"{number} step{'' if pace == 1 else 's'} a second"
    return f"{number}/s"
