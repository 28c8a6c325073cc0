"""The log file, to read and to copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit, QWidget

from bpviz.gui.dialogs.telling import Telling
from bpviz.gui.widgets.text import label

# The end of a log says what happened last.
_LAST_CHARACTERS = 200_000


class LogDialog(Telling):
    """The end of the log file, to read and to copy into a report."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__("Log", parent)
        where = label(str(path), "secondary", self)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        where.setWordWrap(True)
        self.body.addWidget(where)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Log")
        self.text.setToolTip("What the program noted down; the latest stands at the bottom")
        self.text.setPlainText(_end_of(path))
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.body.addWidget(self.text, 1)
        copy = self.buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip("Copy the whole text")
        copy.clicked.connect(self._copy)
        self.resize(720, 480)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


def _end_of(path: Path) -> str:
    try:
        text = path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return "Nothing has been logged yet."
    except OSError as error:
        return f"The log cannot be read: {error.strerror}."
    return text[-_LAST_CHARACTERS:] or "Nothing has been logged yet."
