"""A strip that says what went wrong and what to try."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bpviz.gui import icons
from bpviz.gui.theme import GAP, Theme
from bpviz.gui.widgets.text import label


class ErrorBanner(QFrame):
    """One sentence and a few suggestions below it.

    Hidden until `show_error`; closed by its × or by `clear`.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, GAP, GAP, GAP)
        row.setSpacing(GAP)
        self._sign = label("", parent=self)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.sentence = label("", "title", self)
        self.sentence.setWordWrap(True)
        self.advice = label("", "secondary", self)
        self.advice.setWordWrap(True)
        words.addWidget(self.sentence)
        words.addWidget(self.advice)
        row.addLayout(words, 1)
        self._close = QToolButton(self)
        self._close.setProperty("kind", "flat")
        self._close.setText("×")
        self._close.setToolTip("Close this message")
        self._close.setAccessibleName("Close this message")
        self._close.clicked.connect(self.clear)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._sign.setPixmap(icons.icon("warning", theme.warning).pixmap(16, 16))

    def show_error(self, sentence: str, suggestions: Sequence[str] = ()) -> None:
        """Say what happened and, each on its own line, what to try."""
        self.sentence.setText(sentence)
        self.advice.setText("\n".join(f"• {text}" for text in suggestions))
        self.advice.setVisible(bool(suggestions))
        self.setAccessibleName(sentence)
        self.show()

    def clear(self) -> None:
        self.hide()
