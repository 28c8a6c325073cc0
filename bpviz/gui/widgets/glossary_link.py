"""Controls that a word of the glossary or an entry of the reference explains, and finding it."""

from __future__ import annotations

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from bpviz.engine.settings import Entry
from bpviz.experiments.glossary import glossary
from bpviz.experiments.reference import place_of
from bpviz.gui.widgets.tips import wrapped

_PROPERTY, _ENTRY = "glossary", "entry"
KEY = "Shift+F1"


def tip_of_setting(name: str, tip: str) -> str:
    """The tooltip of a setting; where the glossary has a word for it, with the key to it."""
    word = glossary().of_setting(name)
    return wrapped(with_word(word.name, tip) if word is not None else tip)


def with_word(word: str, tip: str) -> str:
    """A tooltip that says where to read more."""
    return f"{tip}\nMore: “{word}” in the glossary ({KEY})"


def link_setting(widget: QWidget, name: str) -> None:
    """Let a control, and all in it, lead to the word for a setting, where there is one."""
    word = glossary().of_setting(name)
    if word is not None:
        link_word(widget, word.name)


def link_word(widget: QWidget, word: str) -> None:
    """Let a control, and all in it, lead to a word."""
    widget.setProperty(_PROPERTY, word)


def link_entry(widget: QWidget, entry: type[Entry]) -> None:
    """Let a control lead to what the reference says of the entry that it shows."""
    widget.setProperty(_ENTRY, "/".join(place_of(entry)))


def entry_of(widget: QWidget | None) -> tuple[str, str]:
    """Chapter and kind that a control leads to, unless a word stands nearer; two "" for none."""
    while widget is not None:
        place = widget.property(_ENTRY)
        if isinstance(place, str):
            chapter, _, kind = place.partition("/")
            return chapter, kind
        if widget.property(_PROPERTY):
            break
        widget = widget.parentWidget()
    return "", ""


def word_of(widget: QWidget | None) -> str:
    """The word that a control, or the nearest one around it, leads to; "" for none."""
    while widget is not None:
        word = widget.property(_PROPERTY)
        if isinstance(word, str) and word:
            return word
        widget = widget.parentWidget()
    return ""


def asked_for() -> tuple[str, tuple[str, str]]:
    """The word or the entry for what the mouse points at, else for what has the focus."""
    for widget in (QApplication.widgetAt(QCursor.pos()), QApplication.focusWidget()):
        entry = entry_of(widget)
        if all(entry):
            return "", entry
        word = word_of(widget)
        if word:
            return word, ("", "")
    return "", ("", "")
