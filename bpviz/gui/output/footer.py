"""Below the output: which sample is the current one, and in which way the output is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from bpviz.gui.output.presentation import Presentation
from bpviz.gui.output.sample_picker import SamplePicker
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.segmented import SegmentedControl

# Three choices and the picker share the width of a narrow column.
_SMALL_SEGMENTS = 'QToolButton[kind="segment"] { padding: 3px 5px; }'
_CHOICE_NAME = "Show output as"


class OutputFooter(QBoxLayout):
    """Picker and choice side by side, or in two rows; `chosen` carries a presentation's key."""

    chosen = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self._owner = owner
        self._laid: tuple[int, int, tuple[str, str]] = (0, 0, ("", ""))
        self.picker = SamplePicker(owner)
        self.choice = SegmentedControl((), _CHOICE_NAME, owner)
        self.setSpacing(HALF_GAP // 2)
        self.addWidget(self.picker, 0, Qt.AlignmentFlag.AlignLeft)
        self.addStretch(1)
        self.addWidget(self.choice)

    def offer(self, choices: Sequence[Presentation]) -> None:
        """Let a person choose among these."""
        new = SegmentedControl(choices, _CHOICE_NAME, self._owner)
        new.setStyleSheet(_SMALL_SEGMENTS)
        new.chosen.connect(self.chosen)
        self.replaceWidget(self.choice, new)
        self.choice.deleteLater()
        self.choice = new

    def lay(self, room: int) -> None:
        """Use two rows where picker and choice do not fit into this width in one."""
        needed = self.choice.sizeHint().width()
        if (room, needed, self.picker.widest) == self._laid:
            return
        for brief in (False, True):
            self.picker.set_brief(brief)
            beside = self.picker.sizeHint().width() + HALF_GAP + needed <= room
            if beside:
                break
        if not beside:
            self.picker.set_brief(False)
        directions = QBoxLayout.Direction
        self.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._laid = (room, needed, self.picker.widest)
        # A row gives way by taking less, not by cutting words.
        self.choice.setMinimumWidth(min(needed, max(0, room)))
