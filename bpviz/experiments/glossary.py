"""The glossary: the words of the field in a sentence or two each, and a short history."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bpviz.engine.settings import SettingError, Settings, from_dict, setting

# In a text, [[word]] leads to a word and [[shown|word]] does so under another name.
_LINK = re.compile(r"\[\[([^\]|]+)(?:\|([^\]]+))?\]\]")


@dataclass(frozen=True)
class Word(Settings):
    """One word. `also` are other names for it, `settings` those of the settings it explains."""

    name: str = setting("", "Word", "As a sentence uses it")
    text: str = setting("", "Text", "What it means, in a sentence or two")
    also: tuple[str, ...] = setting((), "Also", "Other names")
    settings: tuple[str, ...] = setting((), "Settings", "Settings that it explains")
    source: str = setting("", "Source", "Where it comes from")

    @property
    def links(self) -> tuple[str, ...]:
        """The words that its text leads to."""
        return links_of(self.text)


@dataclass(frozen=True)
class Event(Settings):
    """One line of the history."""

    year: int = setting(1986, "Year", "When")
    who: str = setting("", "Who", "Who did it")
    what: str = setting("", "What", "What was new")
    source: str = setting("", "Source", "Where it was published")


@dataclass(frozen=True)
class Glossary:
    """All words in alphabetical order, and the history in order of years."""

    words: tuple[Word, ...]
    history: tuple[Event, ...]

    def find(self, name: str) -> Word:
        """A word by its name or another name of it. Raises SettingError when there is none."""
        wanted = name.strip().casefold()
        for word in self.words:
            if wanted in (word.name.casefold(), *(other.casefold() for other in word.also)):
                return word
        raise SettingError(f"there is no word {name!r} in the glossary")

    def search(self, text: str) -> tuple[Word, ...]:
        """Words that a search finds: first those whose names begin with it, then the others."""
        wanted = text.strip().casefold()
        if not wanted:
            return self.words
        ranks = [(_rank(word, wanted), word) for word in self.words]
        found = [(rank, word) for rank, word in ranks if rank is not None]
        return tuple(word for _, word in sorted(found, key=lambda pair: pair[0]))

    def of_setting(self, name: str) -> Word | None:
        """The word that explains a setting, by the setting's name."""
        return next((word for word in self.words if name in word.settings), None)


def _rank(word: Word, wanted: str) -> int | None:
    names = [name.casefold() for name in (word.name, *word.also)]
    if any(name.startswith(wanted) for name in names):
        return 0
    if any(wanted in name for name in names):
        return 1
    return 2 if wanted in plain(word.text).casefold() else None


def links_of(text: str) -> tuple[str, ...]:
    """The words that a text leads to."""
    return tuple((match[2] or match[1]) for match in _LINK.finditer(text))


def plain(text: str) -> str:
    """The text without its links."""
    return _LINK.sub(lambda match: match[1], text)


def linked(text: str, link: str = '<a href="{word}">{shown}</a>') -> str:
    """The text with its links written as `link` says; everything else escaped for HTML."""
    parts: list[str] = []
    at = 0
    for match in _LINK.finditer(text):
        parts.append(_escaped(text[at : match.start()]))
        word, shown = _escaped(match[2] or match[1]), _escaped(match[1])
        parts.append(link.format(word=word, shown=shown))
        at = match.end()
    return "".join((*parts, _escaped(text[at:])))


def _escaped(text: str) -> str:
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, name)
    return text


@cache
def glossary() -> Glossary:
    """The glossary that comes with bpviz."""
    file = resources.files("bpviz.resources").joinpath("glossary.toml")
    return parse_glossary(file.read_text(encoding="utf-8"), file.name)


def parse_glossary(text: str, file: str) -> Glossary:
    """Read a glossary from the text of a file. Raises SettingError naming the file and the key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"is not valid TOML: {error}", file) from None
    try:
        words = _rows(table.get("words", []), Word, "words")
        history = _rows(table.get("history", []), Event, "history")
    except SettingError as error:
        raise SettingError(error.message, f"{file}: {error.key}") from None
    return Glossary(
        tuple(sorted(words, key=lambda word: word.name.casefold())),
        tuple(sorted(history, key=lambda event: event.year)),
    )


def _rows(rows: Any, cls: type[Any], key: str) -> list[Any]:
    if not isinstance(rows, list):
        raise SettingError("must be a list of tables", key)
    made = []
    for number, row in enumerate(rows, 1):
        try:
            if not isinstance(row, Mapping):
                raise SettingError(f"must be a table, got {row!r}")
            made.append(from_dict(cls, row))
        except SettingError as error:
            raise error.under(f"{key}.{number}") from None
    return made
