"""`bpviz list`: the gallery, and all that an experiment can choose from."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Sequence

from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment, gallery_names
from bpviz.experiments.reference import (
    TOPICS,
    Article,
    SettingNote,
    chapter,
    setting_groups,
    settings_of,
    spelt,
)

_SETTINGS = "settings"
_WIDTH = 96


def list_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "topic",
        nargs="?",
        metavar="WHAT",
        help=f"one of {', '.join((*TOPICS, _SETTINGS))}; nothing: the gallery, name and title",
    )


def list_all(options: argparse.Namespace) -> int:
    if options.topic is None:
        lines = _table([(name, gallery_experiment(name).title) for name in gallery_names()])
    elif options.topic == _SETTINGS:
        lines = _settings()
    elif spelt(options.topic) in TOPICS:
        lines = _chapter(options.topic)
    else:
        known = ", ".join((*TOPICS, _SETTINGS))
        raise SettingError(f"there is no list of {options.topic!r}; expected one of {known}")
    print("\n".join(lines))
    return 0


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in rows)
    return (f"{name:{width}}  {text}".rstrip() for name, text in rows)


def _chapter(name: str) -> Iterator[str]:
    """Each entry's kind, label and first sentence, and under it its settings."""
    found = chapter(name)
    width = max(len(article.kind) for article in found.articles)
    for article in found.articles:
        yield f"{article.kind:{width}}  {article.label}"
        yield from _paragraph(_sentence(article), width + 2)
        for note in article.settings:
            yield from _paragraph(_setting(note), width + 4)
    yield ""
    yield f"chosen by {found.key}"


def _settings() -> Iterator[str]:
    for group in setting_groups():
        for note in settings_of(group):
            yield f"{note.name} = {note.default}"
            yield from _paragraph(note.sentence, 4)


def _sentence(article: Article) -> str:
    if not article.source:
        return article.first_sentence
    return f"{article.first_sentence.rstrip('.')} ({article.source})."


def _setting(note: SettingNote) -> str:
    return f"{note.name} = {note.default}: {note.sentence}"


def _paragraph(text: str, indent: int) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(text, _WIDTH, initial_indent=blank, subsequent_indent=blank)
