"""What stands in the Explain page while there is nothing to explain: a sentence, a way on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import label

INVITATION = (
    "Click a weight or a bias in the network, also while it learns, to read why it changes.\n"
    "Or go through the six stages above, step by step."
)


class EmptyState(QWidget):
    """One sentence in the middle, and perhaps a `button` that selects something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label("", "secondary", self)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setMaximumWidth(560)
        self.button = QPushButton("Explain the weight with the largest gradient", self)
        self.button.setAutoDefault(False)
        self.button.setToolTip("Select the weight or bias that the error depends on most now")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addStretch(1)
        for widget, share in ((self.words, 8), (self.button, 0)):
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(widget, share)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(1)

    def say(self, text: str, invite: bool) -> None:
        """Show a sentence; `invite` shows the button, too."""
        self.words.setText(text)
        self.button.setVisible(invite)
