"""Sentences on what was not read as plain: a foldable, quiet list that can be copied."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QPushButton, QTextEdit, QVBoxLayout, QWidget

from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.card import Section

_HIGHEST = 168
_BETWEEN = 4
# Long names of columns are broken at their underscores.
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"


class Remarks(QWidget):
    """How many there are, and unfolded all of them; hidden where there are none.

    `copied` carries a sentence that says so.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentences: tuple[str, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        self.section = Section("Remarks", "data-remarks", folded=True, minor=True)
        self.text = _Sentences(self)
        self.text.setReadOnly(True)
        self.text.setProperty("role", "remarks")
        self.text.setAccessibleName("Remarks on the data")
        self.text.setToolTip("What was not read as plain, and what was done about it")
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setTabChangesFocus(True)
        self.copy_button = QPushButton("Copy remarks", self)
        self.copy_button.setProperty("kind", "link")
        self.copy_button.setToolTip("Copy all remarks as text, one to a line")
        self.copy_button.clicked.connect(self.copy)
        self.text.document().setDocumentMargin(0)
        self.section.folded_changed.connect(self._fit)
        self.section.body.addWidget(self.text)
        self.section.body.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.section)
        self.hide()

    def show_sentences(self, sentences: tuple[str, ...]) -> None:
        if sentences == self.sentences:
            return
        self.sentences = sentences
        count = len(sentences)
        self.section.set_title(f"{count} remark{'s' if count > 1 else ''} on the data")
        self._write(sentences)
        self.setVisible(bool(sentences))
        self._fit()

    def copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self.sentences) + "\n")
        self.copied.emit(f"Copied {len(self.sentences)} remarks.")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _write(self, sentences: tuple[str, ...]) -> None:
        """A paragraph for each."""
        self.text.setPlainText("\n".join(sentences).replace("_", f"_{_MAY_BREAK}"))
        apart = QTextBlockFormat()
        apart.setBottomMargin(_BETWEEN)
        cursor = QTextCursor(self.text.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(apart)

    def _fit(self) -> None:
        """As high as the sentences are, up to a few lines; the rest is scrolled to."""
        if not self.text.isVisible():
            return
        document = self.text.document()
        document.setTextWidth(self.text.viewport().width())
        frame = self.text.height() - self.text.viewport().height()
        self.text.setFixedHeight(min(round(document.size().height()) + frame, _HIGHEST))


class _Sentences(QTextEdit):
    """What is copied by hand has no marks in it of where names may be broken."""

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        text = self.textCursor().selectedText().replace("\N{PARAGRAPH SEPARATOR}", "\n")
        data.setText(text.replace(_MAY_BREAK, ""))
        return data
