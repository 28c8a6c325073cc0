"""The reference: every algorithm, error, schedule and kind of data there is to choose from."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QListWidgetItem, QWidget

from bpviz.experiments.reference import Article, Chapter, chapters
from bpviz.gui.dialogs.lookup import Lookup
from bpviz.gui.explain.formula_label import FormulaLabel
from bpviz.gui.explain.typesetter import Typesetter
from bpviz.gui.widgets.text import label

_PLACE = Qt.ItemDataRole.UserRole
# Settings start at the edge of the text.
_ROW = 'style="padding: 4px 8px 4px 0"'


class AlgorithmsDialog(Lookup):
    """Type to search, arrow keys choose; all of it is read off the registries."""

    def __init__(
        self,
        typesetter: Typesetter,
        at: tuple[str, str] = ("activations", "sigmoid"),
        parent: QWidget | None = None,
    ) -> None:
        """`at` is the chapter and the kind that is shown first."""
        super().__init__("Algorithms", "algorithms", parent)
        self._chapters = chapters()
        self.search.setToolTip("Part of a name, or of what is said of it; ↑ and ↓ choose")
        self.list.setAccessibleName("Algorithms")
        self.list.setToolTip("What an experiment can choose from, by kind")
        self.text.setToolTip("What it is, where it comes from, and its settings")
        self.title = label("", "title", self)
        self.formula = FormulaLabel(typesetter, self)
        self.page.insertWidget(0, self.title)
        self.page.insertWidget(1, self.formula)
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


def _says(article: Article, wanted: str) -> bool:
    """Whether an entry is found by a text in lower case."""
    words = (article.kind, article.label, article.text, article.source)
    return any(wanted in word.casefold() for word in words)


def _page(chapter: Chapter, article: Article, secondary: str) -> str:
    """An entry as HTML; `secondary` is the colour of what is said in passing."""
    parts = [f"<p>{html.escape(part)}</p>" for part in article.words if part]
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
        f'<tr><td width="30%" {_ROW}><b>{html.escape(note.label)}</b><br>'
        f"<span {quiet}>{note.name}</span></td><td {_ROW}>{html.escape(note.sentence)}<br>"
        f"<span {quiet}>default {html.escape(note.default)}</span></td></tr>"
        for note in article.settings
    ]
    return f'<table cellspacing="0" width="100%" style="margin-top: 8px">{"".join(rows)}</table>'
