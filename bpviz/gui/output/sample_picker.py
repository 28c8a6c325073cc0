"""Which sample is the current one: previous, next, and of which part."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from bpviz.datasets.encoding import PreparedData
from bpviz.gui.theme import HALF_GAP


def sample_text(data: PreparedData, row: int) -> str:
    """A dataset row as a person counts it, within its part: "training sample 1 of 250"."""
    for part, rows in (("training", data.train_rows), ("test", data.test_rows)):
        at = np.flatnonzero(rows == row)
        if len(at):
            return f"{part} sample {int(at[0]) + 1:,} of {len(rows):,}"
    return f"sample {row + 1:,} of {len(data.dataset):,}"


class SamplePicker(QWidget):
    """◀ training sample 17 of 250 ▶. `picked` tells the dataset row that a person went to."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: PreparedData | None = None
        self._row = 0
        self._typed = False
        self._brief = False
        self._widest: tuple[str, str] = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(HALF_GAP // 2)
        self.previous = self._arrow("◀", "Previous sample", ",", -1)
        self.part = QToolButton(self)
        self.part.setProperty("kind", "flat")
        self.part.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.part.setToolTip("The current sample; choose the training or the test part")
        self.part.setAccessibleName("Current sample")
        menu = QMenu(self.part)
        for text, tested in (("Training samples", False), ("Test samples", True)):
            action = menu.addAction(text)
            action.triggered.connect(lambda checked=False, t=tested: self.go_to_part(t))
        self.part.setMenu(menu)
        self.next = self._arrow("▶", "Next sample", ".", 1)
        for button in (self.previous, self.part, self.next):
            line.addWidget(button)

    def _arrow(self, text: str, name: str, key: str, by: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("kind", "flat")
        button.setFixedWidth(20)
        button.setToolTip(f"{name} ({key})")
        button.setAccessibleName(name)
        button.setShortcut(key)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAutoRepeat(True)
        button.clicked.connect(lambda: self.step(by))
        return button

    def show_sample(self, data: PreparedData, row: int, typed: bool) -> None:
        """Show which sample it is; `typed` says that typed or drawn values stand in for it."""
        self._data, self._row, self._typed = data, row, typed
        drawn = data.dataset.image_shape is not None
        text = self._words(row)
        if typed:
            text = "drawn" if drawn else "typed in"
        if text != self.part.text():
            self.part.setText(text)
        self._keep_width()
        self.part.menu().actions()[1].setEnabled(len(data.test_rows) > 0)

    @property
    def widest(self) -> tuple[str, str]:
        """The widest text there may be, and the font it is in."""
        return self._widest

    def set_brief(self, brief: bool) -> None:
        """Leave out the word "sample" where there is little room."""
        if brief != self._brief and self._data is not None:
            self._brief = brief
            self.show_sample(self._data, self._row, self._typed)

    def _words(self, row: int) -> str:
        assert self._data
        text = sample_text(self._data, row)
        return text.replace(" sample", "") if self._brief else text

    def _keep_width(self) -> None:
        """Make room for the widest number, so that the arrows stay under the pointer."""
        self.part.ensurePolished()
        rows, _ = self._rows()
        widest = self._words(int(rows[-1])), self.part.font().key()
        if widest == self._widest:
            return
        self._widest = widest
        measure = self.part.fontMetrics()
        self.part.setMinimumWidth(0)
        frame = self.part.sizeHint().width() - measure.horizontalAdvance(self.part.text())
        self.part.setMinimumWidth(frame + measure.horizontalAdvance(widest[0]))

    def _rows(self) -> tuple[np.ndarray[Any, np.dtype[np.intp]], bool]:
        """The rows of the part that the current sample is in, and whether that is the test part."""
        assert self._data
        if np.any(self._data.test_rows == self._row):
            return self._data.test_rows, True
        return self._data.train_rows, False

    def step(self, by: int) -> None:
        """Go on (1) or back (-1) within the part, round at its ends."""
        if self._data is None:
            return
        rows, _ = self._rows()
        at = int(np.flatnonzero(rows == self._row)[0])
        self.picked.emit(int(rows[(at + by) % len(rows)]))

    def go_to_part(self, tested: bool) -> None:
        """Go to the first sample of a part."""
        if self._data is None:
            return
        rows = self._data.test_rows if tested else self._data.train_rows
        if len(rows):
            self.picked.emit(int(rows[0]))
