"""Lessons: an experiment and a row of steps, each saying what to do and what is waited for.

Their texts are data, one TOML file per lesson. What a condition and a view mean is not known here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bpviz.engine.settings import SettingError, Settings, fields_of, from_dict, setting

_FOLDER = resources.files("bpviz.resources").joinpath("lessons")


@dataclass(frozen=True)
class LessonView:
    """A view that a step opens: its name, and options that only the view understands."""

    name: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class LessonStep(Settings):
    """One step. Without a `condition` it is only read, and the person goes on.

    `condition` and `view` are tables: a condition's `kind` and settings, a view's `name` and
    options.
    """

    text: str = setting("", "Text", "What is to be known here")
    do: str = setting("", "Do", "What to do; the condition sees that it was done")
    success: str = setting("", "Success", "What is said when it was done")
    hint: str = setting("", "Hint", "How to do it, for whom it is not obvious")
    condition: dict[str, Any] | None = setting(None, "Condition", "What is waited for")
    view: dict[str, Any] | None = setting(None, "View", "A special view to open")
    experiment: str = setting("", "Experiment", "Another experiment, from this step on")
    select: str = setting("", "Select", "Label of a weight or bias to select")
    marks: tuple[tuple[str, ...], ...] = setting(
        (), "Marks", "Groups of weights and biases to light up, each in a colour of its own"
    )
    explain: bool = setting(False, "Explain", "Whether to explain what is selected")
    tab: str = setting("", "Tab", "Tab of the card below the network to open")
    plot: str = setting("", "Plot", "Tab of the plots to open")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.text:
            raise SettingError("a step needs a text", "text")
        for name, key in (("condition", "kind"), ("view", "name")):
            table = getattr(self, name)
            if table is not None and not isinstance(table, Mapping):
                raise SettingError(f"must be a table with {key}, got {table!r}", name)
            if table is not None and not isinstance(table.get(key), str):
                raise SettingError(f"must be a table with a {key}", name)
        if bool(self.do) != (self.condition is not None):
            raise SettingError("what to do and the condition go together", "do")

    @property
    def opens(self) -> LessonView | None:
        """The view that the step opens."""
        if self.view is None:
            return None
        options = dict(self.view)
        return LessonView(options.pop("name"), options)


@dataclass(frozen=True)
class Lesson(Settings):
    """A short guided course through one experiment of the gallery."""

    name: str = setting("", "Name", "Short name, that of its file")
    number: int = setting(0, "Number", "Its place among the lessons", at_least=1)
    title: str = setting("", "Title", "What it is about")
    minutes: int = setting(5, "Minutes", "How long it takes", unit="minutes", at_least=1)
    intro: str = setting("", "Introduction", "What it is about, in a sentence or two")
    experiment: str = setting("", "Experiment", "The experiment of the gallery that it opens")
    closing: str = setting("", "Closing words", "What was shown")
    source: str = setting("", "Source", "Where it comes from")
    speed: int = setting(
        60, "Speed", "How fast it trains; slow enough to be watched", unit="epochs/s", at_least=1
    )
    words: tuple[str, ...] = setting((), "Words", "Words of the glossary that it uses")
    steps: tuple[LessonStep, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("title", "intro", "experiment", "closing", "source"):
            if not getattr(self, name):
                raise SettingError("must not be empty", name)
        if not self.steps:
            raise SettingError("there must be at least one step", "steps")

    def experiment_at(self, index: int) -> str:
        """The experiment that belongs to a step, or (behind the last one) to the closing words."""
        given = [step.experiment for step in self.steps[: index + 1] if step.experiment]
        return given[-1] if given else self.experiment


def lesson_names() -> list[str]:
    """The names of all lessons, in the order in which they are given."""
    return [lesson.name for lesson in lessons()]


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons, in order."""
    found = [
        parse_lesson(file.read_text(encoding="utf-8"), file.name)
        for file in _FOLDER.iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda lesson: lesson.number))


def lesson(name: str) -> Lesson:
    """A lesson by its name. Raises SettingError when there is none of this name."""
    for one in lessons():
        if one.name == name:
            return one
    raise SettingError(f"there is no lesson {name!r}; there are {', '.join(lesson_names())}")


def parse_lesson(text: str, file: str) -> Lesson:
    """Read a lesson from the text of a file. Raises SettingError naming the file and the key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"is not valid TOML: {error}", file) from None
    try:
        return _lesson({"name": file.removesuffix(".toml"), **table})
    except SettingError as error:
        key = f"{file}: {error.key}" if error.key else file
        raise SettingError(error.message, key) from None


def _lesson(table: dict[str, Any]) -> Lesson:
    rows = table.pop("steps", [])
    if not isinstance(rows, list):
        raise SettingError("must be a list of tables", "steps")
    steps = []
    for number, row in enumerate(rows, 1):
        try:
            if not isinstance(row, Mapping):
                raise SettingError(f"must be a table, got {row!r}")
            steps.append(from_dict(LessonStep, row))
        except SettingError as error:
            raise error.under(f"steps.{number}") from None
    for key in table:
        if key not in fields_of(Lesson):
            known = ", ".join((*fields_of(Lesson), "steps"))
            raise SettingError(f"unknown key; expected one of {known}", key)
    return Lesson(**table, steps=tuple(steps))
