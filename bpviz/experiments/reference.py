"""What there is to choose from, as data: every algorithm and setting in neutral records.

Everything here is read off the registries and the declarations of settings. The command line's
`list`, the window's reference and the tables in README.md are renderings of it.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.features import FEATURES, Feature
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.initializers import INITIALIZERS
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.schedules import SCHEDULES
from bpviz.engine.settings import Entry, Field, Setting, SettingError, fields_of, plain, to_plain
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.engine.stopping import STOP_RULES
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.explain.names import filled

# A source is what stands in parentheses and has a year in it.
_SOURCE = re.compile(r"\s*\(([^()]*\b(?:1[89]|20)\d\d[a-z]?\b[^()]*)\)")
# A longer default is cut.
_LONGEST = 40
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-ZΔ])")
# An explanation may begin with an equation, which the formula says already; then go words, or
# what the formula leaves open.
_EQUATION = re.compile(r"(?:f\(net\)|out_k|E|Δ[wθ]|Δw\(t\)|v) = |(?:Uniform|Normal)\(|γ\^|1 /|c \+")
_SAYS_MORE = re.compile(
    r"; |: |\.(?: |$)|,? (?=over the|computed|kept|what|made|from|each|then|biases|the |[f∂]\S* =)"
    r"|, (?=(?P<symbol>(?!Δw|a )\S{1,2} (?:=|the|an|and) ))"
)
_MINUS = re.compile(r"(?<=[\s(=/^])-(?=[^\s-])|(?<= )-(?= )")
_UPRIGHT = {name: rf"\mathrm{{{name}}}" for name in ("net", "out", "target", "total")}


@dataclass(frozen=True)
class SettingNote:
    """One setting: its name in files, its label, what it does, its default and what it may be."""

    name: str
    label: str
    help: str
    default: str
    range: str

    @property
    def sentence(self) -> str:
        """What it does and what it may be, in one line."""
        return f"{self.help} ({self.range})" if self.range else self.help


@dataclass(frozen=True)
class Article:
    """One entry: its kind in files, its label, its formula in LaTeX, what it is, where it is from.

    `text` is what its code says of it, paragraphs apart by an empty line, without the source.
    """

    kind: str
    label: str
    text: str
    source: str = ""
    formula: str = ""
    settings: tuple[SettingNote, ...] = ()

    @property
    def first_sentence(self) -> str:
        """For a list and a tooltip."""
        return _SENTENCE.split(self.text.split("\n\n")[0], maxsplit=1)[0]

    @property
    def words(self) -> tuple[str, ...]:
        """The paragraphs of the text that stand below the formula, without repeating it."""
        first, *others = self.text.replace("`", "").split("\n\n")
        if self.formula:
            first = _without_equation(first)
        return tuple(_MINUS.sub("−", part) for part in (first, *others) if part)


@dataclass(frozen=True)
class Chapter:
    """All entries of one registry. `key` is where an experiment file names one of them."""

    name: str
    title: str
    key: str
    articles: tuple[Article, ...]

    def find(self, kind: str) -> Article:
        """An entry by its kind. Raises SettingError when there is none."""
        for article in self.articles:
            if article.kind == kind:
                return article
        raise SettingError(f"there is no {kind!r} among the {self.title.lower()}")


@dataclass(frozen=True)
class _Shelf:
    """Where a chapter comes from; `left` is what its formulas are equal to."""

    title: str
    key: str
    entries: Mapping[str, Any]
    left: str = ""


# The one list of registries.
_SHELVES: dict[str, _Shelf] = {
    "activations": _Shelf(
        "Activations", "network.layers.h1.activation", ACTIVATIONS, r"\mathrm{out}="
    ),
    "errors": _Shelf("Errors", "training.loss", LOSSES, "E="),
    "initialisers": _Shelf("Initialisers", "network.initializer", INITIALIZERS),
    "optimizers": _Shelf("Optimisers", "training.optimizer", OPTIMIZERS),
    "schedules": _Shelf("Schedules", "training.rate_schedule", SCHEDULES),
    "stop-rules": _Shelf("Stop rules", "training.stop", STOP_RULES),
    "data": _Shelf("Data", "data.source", DATASETS),
    "features": _Shelf("Input features", "data.features", FEATURES),
}

# The groups of settings that an experiment file has, by what their names begin with.
_GROUPS: dict[str, type] = {
    "": Experiment,
    "data.": DataConfig,
    "network.": NetworkSpec,
    "network.layers.": LayerSpec,
    "training.": TrainingConfig,
}

TOPICS = tuple(_SHELVES)
# The other spelling of a chapter's name.
_ALSO = {"optimisers": "optimizers", "initializers": "initialisers"}


def spelt(name: str) -> str:
    """A chapter's name as `TOPICS` has it, for either spelling."""
    return _ALSO.get(name, name)


def chapter(name: str) -> Chapter:
    """A chapter by its name in `TOPICS`, as the registries are at this moment.

    Raises SettingError when there is none of this name.
    """
    name = spelt(name)
    if name not in _SHELVES:
        raise SettingError(f"there is no list of {name!r}; expected one of {', '.join(TOPICS)}")
    shelf = _SHELVES[name]
    articles = tuple(_article(entry, shelf.left) for entry in shelf.entries.values())
    return Chapter(name, shelf.title, shelf.key, articles)


def chapters() -> tuple[Chapter, ...]:
    """All chapters."""
    return tuple(map(chapter, TOPICS))


def place_of(entry: type[Entry]) -> tuple[str, str]:
    """The chapter and the kind by which an entry is found; two empty texts for none."""
    for name, shelf in _SHELVES.items():
        if entry in shelf.entries.values():
            return name, entry.kind
    return "", ""


def settings_of(name: str) -> tuple[SettingNote, ...]:
    """The settings of one group ("data", "network", "network.layers", "training", "")."""
    prefix = f"{name}." if name else ""
    return notes_of(_GROUPS[prefix], prefix)


def setting_groups() -> tuple[str, ...]:
    """The groups of settings, in the order of an experiment file."""
    return tuple(prefix.removesuffix(".") for prefix in _GROUPS)


def notes_of(cls: type, prefix: str = "") -> tuple[SettingNote, ...]:
    """What is to be known of the settings that a class declares."""
    return tuple(
        SettingNote(
            f"{prefix}{name}",
            field.setting.label,
            field.setting.help,
            default_text(field.default),
            range_text(field),
        )
        for name, field in fields_of(cls).items()
    )


def default_text(value: Any) -> str:
    """A default as an experiment file would have it, without quotes."""
    if isinstance(value, Entry):
        return value.kind
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if value is None or value in ((), ""):
        return "none"
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(to_plain(value))
    return textwrap.shorten(text, _LONGEST, placeholder=" …")


def range_text(field: Field) -> str:
    """What a setting may be, in words: bounds and unit, or the names to choose from."""
    if field.setting.registry is not None:
        named = (name for name, s in _SHELVES.items() if s.entries is field.setting.registry)
        return f"see {next(named, field.setting.registry.noun)}"
    if field.choices:
        return ", ".join(field.choices)
    return bounds_text(field.setting)


def bounds_text(setting: Setting) -> str:
    """The bounds of a number in words: "above 0 and below 1"."""
    bounds = (
        ("above", setting.above),
        ("at least", setting.at_least),
        ("below", setting.below),
        ("at most", setting.at_most),
    )
    return " and ".join(f"{word} {plain(bound)}" for word, bound in bounds if bound is not None)


def _article(entry: Any, left: str) -> Article:
    if isinstance(entry, Feature):
        name = entry.name.format("x₁", "x₂")
        return Article(entry.kind, name, f"The input {name}.", formula=entry.formula)
    text, source = _text_and_source(entry)
    formula = filled(getattr(entry, "formula", ""), _UPRIGHT)
    return Article(
        kind=entry.kind,
        label=entry.label or entry.kind.replace("_", " "),
        text=text,
        source=source,
        formula=f"{left}{formula}" if formula else "",
        settings=notes_of(entry),
    )


def _without_equation(text: str) -> str:
    """What a paragraph goes on to say after the equation that it begins with, if it does."""
    more = _SAYS_MORE.search(text) if _EQUATION.match(text) else None
    if more is None:
        return text
    rest = text[more.end() :]
    word = rest.split(" ")[0]
    if more["symbol"]:
        return f"With {rest}"
    return rest[:1].upper() + rest[1:] if word.isascii() and word.isalpha() else rest


def _text_and_source(cls: type) -> tuple[str, str]:
    """What a class says of itself, and the sources it names."""
    paragraphs = inspect.cleandoc(cls.__doc__ or "").split("\n\n")
    words = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return _SOURCE.sub("", words), "; ".join(_SOURCE.findall(words))
