"""The reference: every algorithm, error, schedule and kind of data there is to choose from."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from bpviz.experiments.reference import Article, Chapter, chapters
from bpviz.gui.dialogs.telling import Telling
from bpviz.gui.explain.formula_label import FormulaLabel
from bpviz.gui.explain.typesetter import Typesetter
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import label

_UP_AND_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_PLACE = Qt.ItemDataRole.UserRole


class AlgorithmsDialog(Telling):
    """Type to search, arrow keys choose; all of it is read off the registries."""

    def __init__(
        self,
        typesetter: Typesetter,
        at: tuple[str, str] = ("activations", "sigmoid"),
        parent: QWidget | None = None,
    ) -> None:
        """`at` is the chapter and the kind that is shown first."""
        super().__init__("Algorithms", parent)
        self._chapters = chapters()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search the algorithms")
        self.search.setToolTip("Part of a name, or of what is said of it; ↑ and ↓ choose")
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Algorithms")
        self.list.setToolTip("What an experiment can choose from, by kind")
        self.list.currentItemChanged.connect(self._show_chosen)
        self.title = label("", "title", self)
        self.formula = FormulaLabel(typesetter, self)
        self.text = QTextBrowser(self)
        self.text.setAccessibleName("Explanation")
        self.text.setToolTip("What it is, where it comes from, and its settings")
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(GAP)
        split.addWidget(_column(self.search, self.list))
        split.addWidget(_column(self.title, self.formula, self.text))
        split.setStretchFactor(1, 1)
        split.setSizes([224, 496])
        self.body.addWidget(split, 1)
        self.resize(760, 520)
        self._search("")
        self.show_article(*at)
        self.search.setFocus()

    @property
    def shown(self) -> tuple[str, str]:
        """Chapter and kind of what is shown; two empty texts for nothing."""
        item = self.list.currentItem()
        return item.data(_PLACE) if item is not None else ("", "")

    def show_article(self, chapter: str, kind: str) -> None:
        """Show one entry; where a search hides it, the search ends."""
        for _ in range(2):
            for row in range(self.list.count()):
                if self.list.item(row).data(_PLACE) == (chapter, kind):
                    self.list.setCurrentRow(row)
                    return
            self.search.clear()

    def _search(self, text: str) -> None:
        before, wanted = self.shown, text.strip().casefold()
        self.list.clear()
        for chapter in self._chapters:
            found = [article for article in chapter.articles if _says(article, wanted)]
            if wanted in chapter.title.casefold():
                found = list(chapter.articles)
            if found:
                self._add_heading(chapter.title)
            for article in found:
                item = QListWidgetItem(article.label, self.list)
                item.setData(_PLACE, (chapter.name, article.kind))
        self._choose(before)

    def _add_heading(self, title: str) -> None:
        item = QListWidgetItem(title, self.list)
        font = self.list.font()
        font.setBold(True)
        item.setFont(font)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(_PLACE, ("", ""))

    def _choose(self, place: tuple[str, str]) -> None:
        """The entry that was shown before or, where it is hidden, the first one."""
        places = [self.list.item(row).data(_PLACE) for row in range(self.list.count())]
        if place in places and place[1]:
            self.list.setCurrentRow(places.index(place))
        elif places:
            self.list.setCurrentRow(1)
        else:
            self._show_chosen(None)

    def _show_chosen(self, item: QListWidgetItem | None) -> None:
        name, kind = item.data(_PLACE) if item is not None else ("", "")
        chapter = next((chapter for chapter in self._chapters if chapter.name == name), None)
        if chapter is None:
            self.title.setText("" if item is not None else "Nothing is called so.")
            self.formula.show_formula("")
            self.text.clear()
            return
        article = chapter.find(kind)
        self.title.setText(article.label[:1].upper() + article.label[1:])
        self.formula.show_formula(article.formula)
        quiet = self.palette().placeholderText().color().name()
        self.text.setHtml(_page(chapter, article, quiet))

    def changeEvent(self, event: QEvent) -> None:
        """Another theme has other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_chosen(self.list.currentItem())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The arrow keys of the search field choose in the list below it.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _UP_AND_DOWN:
                self.list.event(event)
                return True
        return super().eventFilter(watched, event)


def _column(*widgets: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP)
    for widget in widgets:
        column.addWidget(widget)
    return made


def _says(article: Article, wanted: str) -> bool:
    """Whether an entry is found by a text in lower case."""
    words = (article.kind, article.label, article.text, article.source)
    return any(wanted in word.casefold() for word in words)


def _page(chapter: Chapter, article: Article, secondary: str) -> str:
    """An entry as HTML; `secondary` is the colour of what is said in passing."""
    paragraphs = article.text.replace("`", "").split("\n\n")
    parts = [f"<p>{html.escape(part)}</p>" for part in paragraphs]
    quiet = f'style="color: {secondary}"'
    if article.source:
        parts.append(f"<p {quiet}>{html.escape(article.source)}</p>")
    if article.settings:
        parts.append(_settings(article, quiet))
    chosen = f"In files and on the command line: {chapter.key} = {article.kind}"
    parts.append(f"<p {quiet}>{html.escape(chosen)}</p>")
    return "".join(parts)


def _settings(article: Article, quiet: str) -> str:
    """A row per setting: label and name; what it does, what it may be and what it is by default."""
    rows = [
        f'<tr><td width="30%"><b>{html.escape(note.label)}</b><br>'
        f"<span {quiet}>{note.name}</span></td><td>{html.escape(note.sentence)}<br>"
        f"<span {quiet}>default {html.escape(note.default)}</span></td></tr>"
        for note in article.settings
    ]
    return f'<table cellpadding="4" width="100%">{"".join(rows)}</table>'
