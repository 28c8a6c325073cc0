"""How far the reading of a table is."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget


class ReadingBar(QProgressBar):
    """It keeps its room while nothing is read."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setFixedWidth(120)
        keeps = self.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keeps)
        self.setAccessibleName("Reading of the table")

    def show_progress(self, busy: bool, done: int, total: int) -> None:
        """So much is read of the total, 0 where that is not known."""
        self.setVisible(busy)
        # Either call paints at once, whatever it changes.
        if busy and self.maximum() != total:
            self.setRange(0, total)
        if busy and self.value() != done:
            self.setValue(done)
