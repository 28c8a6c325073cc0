"""Controls that a word of the glossary explains, and finding that word again."""

from __future__ import annotations

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from bpviz.experiments.glossary import glossary

_PROPERTY = "glossary"
KEY = "Shift+F1"


def tip_of_setting(name: str, tip: str) -> str:
    """The tooltip of a setting; where the glossary has a word for it, with the key to it."""
    word = glossary().of_setting(name)
    return with_word(word.name, tip) if word is not None else tip


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


def word_of(widget: QWidget | None) -> str:
    """The word that a control, or the nearest one around it, leads to; "" for none."""
    while widget is not None:
        word = widget.property(_PROPERTY)
        if isinstance(word, str) and word:
            return word
        widget = widget.parentWidget()
    return ""


def word_asked_for() -> str:
    """The word for what the mouse points at, else for what has the focus; "" for none."""
    return word_of(QApplication.widgetAt(QCursor.pos())) or word_of(QApplication.focusWidget())
