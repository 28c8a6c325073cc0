"""What the glossary and the reference have in common: a search, a list, and what was chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from bpviz.gui.dialogs.telling import Telling
from bpviz.gui.theme import GAP

_UP_AND_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_LIST, _PAGE, _HEIGHT = 224, 496, 520


class Lookup(Telling):
    """Type to search, arrow keys choose; what is chosen stands in `page`, above all in `text`.

    One that derives from it fills `list` in `_search` and shows an item in `_show_chosen`.
    """

    def __init__(self, title: str, of: str, parent: QWidget | None) -> None:
        """`of` is what is searched, as in "Search the glossary"."""
        super().__init__(title, parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(f"Search the {of}")
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.currentItemChanged.connect(self._show_chosen)
        self.text = QTextBrowser(self)
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setProperty("role", "page")
        self.text.document().setDocumentMargin(0)
        self.text.setAccessibleName("Explanation")
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(2 * GAP)
        left, self.page = QVBoxLayout(), QVBoxLayout()
        for column in (left, self.page):
            side = QWidget(split)
            side.setLayout(column)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GAP)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        self.page.addWidget(self.text, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([_LIST, _PAGE])
        self.body.addWidget(split, 1)
        self.resize(_LIST + _PAGE + 3 * GAP, _HEIGHT)

    def _search(self, text: str) -> None:
        raise NotImplementedError

    def _show_chosen(self, item: QListWidgetItem | None) -> None:
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The arrow keys of the search field choose in the list beside it.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _UP_AND_DOWN:
                self.list.event(event)
                return True
        return super().eventFilter(watched, event)
