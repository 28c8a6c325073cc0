"""The glossary: a search, the words, what each means, and the history."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem, QWidget

from bpviz.engine.settings import SettingError
from bpviz.experiments.glossary import Glossary, Word, glossary, linked
from bpviz.gui.dialogs.lookup import Lookup

HISTORY = "A short history"


class GlossaryDialog(Lookup):
    """Type to search, arrow keys choose, links lead from word to word."""

    def __init__(self, word: str = "", parent: QWidget | None = None) -> None:
        super().__init__("Glossary", "glossary", parent)
        self._glossary: Glossary = glossary()
        self.search.setToolTip("Part of a word, or of its explanation; ↑ and ↓ choose")
        self.list.setAccessibleName("Words")
        self.list.setToolTip("The words of the field; the history stands at the end")
        self.text.setToolTip("Underlined words lead to their own explanation")
        self.text.anchorClicked.connect(lambda url: self.show_word(url.toString()))
        self._search("")
        self.show_word(word or "backpropagation")
        self.search.setFocus()

    @property
    def word(self) -> str:
        """The name of what is shown."""
        item = self.list.currentItem()
        return item.text() if item is not None else ""

    def show_word(self, name: str) -> None:
        """Show a word by its name or another name of it; an unknown one is searched for."""
        try:
            name = name if name == HISTORY else self._glossary.find(name).name
        except SettingError:
            self.search.setText(name)
            return
        if not self.list.findItems(name, Qt.MatchFlag.MatchExactly):
            self.search.clear()
        items = self.list.findItems(name, Qt.MatchFlag.MatchExactly)
        self.list.setCurrentItem(items[0])

    def _search(self, text: str) -> None:
        before = self.word
        names = [word.name for word in self._glossary.search(text)]
        if not text.strip() or text.strip().casefold() in HISTORY.casefold() or not names:
            names.append(HISTORY)
        self.list.clear()
        self.list.addItems(names)
        kept = names.index(before) if before in names and not text.strip() else 0
        self.list.setCurrentRow(kept)

    def _show_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            self.text.clear()
        elif item.text() == HISTORY:
            self.text.setHtml(self._history())
        else:
            self.text.setHtml(_page(self._glossary.find(item.text())))

    def _history(self) -> str:
        lines = [
            f"<p><b>{event.year}</b>&nbsp; {html.escape(event.who)}<br>{linked(event.what)}<br>"
            f"<small>{html.escape(event.source)}</small></p>"
            for event in self._glossary.history
        ]
        return f"<h3>{HISTORY}</h3>{''.join(lines)}"


def _page(word: Word) -> str:
    also = f"<p><small>Also: {html.escape(', '.join(word.also))}</small></p>" if word.also else ""
    source = f"<p><small>{html.escape(word.source)}</small></p>" if word.source else ""
    return f"<h3>{html.escape(word.name)}</h3><p>{linked(word.text)}</p>{also}{source}"
