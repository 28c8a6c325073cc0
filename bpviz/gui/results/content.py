"""What a view of results consists of, before it is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from PySide6.QtGui import QColor, QImage

from bpviz.gui.output.plane import Plane
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.theme import Theme
from bpviz.lab.assessment import Assessment, PartAssessment, PartName

NOT_DEFINED = "not defined"
# A score as large as this needs no decimals: R² can be anything below 1.
_LARGE = 100.0


@dataclass(frozen=True)
class Shown:
    """What is shown of an assessment: which part, which output, which sample is the current one."""

    assessment: Assessment
    part: PartName
    output: int
    sample: int
    theme: Theme

    @property
    def results(self) -> PartAssessment:
        """The results on the part that is shown; without a test part, on the training part."""
        return self.assessment.part(self.part) or self.assessment.training

    @property
    def parts(self) -> tuple[tuple[PartName, PartAssessment, str], ...]:
        """Name, results and colour of each part there is."""
        found: list[tuple[PartName, PartAssessment, str]] = [
            ("training", self.assessment.training, self.theme.text)
        ]
        if self.assessment.test is not None:
            found.append(("test", self.assessment.test, self.theme.violet))
        return tuple(found)


@dataclass(frozen=True)
class Words:
    """One sentence in place of results."""

    text: str


@dataclass(frozen=True)
class Head:
    """A column of a table, as wide as `widest`; one that stretches takes what is left."""

    name: str
    tip: str
    widest: str
    number: bool = True
    stretch: bool = False


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell: its text, a dot or a picture before it, or a bar that fills a share of it."""

    text: str = ""
    tip: str = ""
    dot: QColor | None = None
    image: QImage | None = None
    share: float | None = None
    quiet: bool = False


class Lines(Sequence[tuple[Cell, ...]]):
    """The lines of a long table, each made when it is looked at."""

    def __init__(self, count: int, make: Callable[[int], tuple[Cell, ...]]) -> None:
        self._count, self._make = count, make
        self._made: dict[int, tuple[Cell, ...]] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> tuple[Cell, ...]: ...

    @overload
    def __getitem__(self, index: slice) -> list[tuple[Cell, ...]]: ...

    def __getitem__(self, index: int | slice) -> tuple[Cell, ...] | list[tuple[Cell, ...]]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(self._count))]
        if not 0 <= index < self._count:
            raise IndexError(index)
        if index not in self._made:
            self._made[index] = self._make(index)
        return self._made[index]


@dataclass(frozen=True, eq=False)
class Rows:
    """A table. `samples` are the dataset rows that its rows stand for, () when they stand for none.

    `current` is the row of the current sample, -1 when it is not there; `tall` makes room for
    pictures.
    """

    name: str
    heads: tuple[Head, ...]
    cells: Sequence[tuple[Cell, ...]]
    samples: tuple[int, ...] = ()
    current: int = -1
    tall: bool = False


@dataclass(frozen=True)
class Figure:
    """A number for each part: its name, what it means, its values as text."""

    name: str
    tip: str
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Plot:
    """A plane with numbers and a sentence beside it; `columns` are (name, colour) of the parts.

    `nearest` gives the point that is read off at a place of the plane; `picks` says that its dots
    are samples, which can be chosen.
    """

    name: str
    plane: Plane
    columns: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    words: str
    nearest: Callable[[float, float], tuple[float, float]] | None = None
    picks: bool = False


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures side by side, each with a title; `ramp` is their scale, from and to `ends`."""

    name: str
    pictures: tuple[tuple[str, QImage], ...]
    words: str
    ramp: QImage
    ends: tuple[str, str]


Content = Words | Rows | Plot | Pictures


def cut(name: str, most: int) -> str:
    """A name of so many characters at most, cut in the middle: names often differ at their ends."""
    if len(name) <= most:
        return name
    return f"{name[: most // 2]}…{name[len(name) - (most - 1) // 2 :]}"


def share_text(value: float) -> str:
    """A score with three decimals; a dash where it is not defined."""
    if math.isnan(value) or abs(value) >= _LARGE:
        return value_text(value, 3)
    return f"{value:.3f}".replace("-", "−")


def figure_text(value: float) -> str:
    """A score for a figure: three decimals, or that there is none."""
    return NOT_DEFINED if math.isnan(value) else share_text(value)
