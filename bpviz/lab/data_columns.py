"""Samples as a table of columns in their own units: what each is, its values, its order.

Nothing is copied before it is asked for: a table of 60,000 × 784 is a list of names.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.missing import places
from bpviz.engine.activations import Array
from bpviz.engine.randomness import rng
from bpviz.explain.error_function import even_rows
from bpviz.lab.picture_columns import MADE_OF_PICTURES, Directions
from bpviz.lab.zero_one import one_hot_groups, yes_words

Rows = np.ndarray[Any, np.dtype[np.intp]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Role = Literal["number", "split", "class", "labels", "target", "weight", "input"]

# A column's number of decimals is judged by so many of its values.
_JUDGED, _JUDGED_SLOWLY, _JUDGED_PIXELS = 1000, 30, 1_000_000
_MOST_DIGITS, _MOST_DECIMALS = 5, 6
# Whole numbers of so many values are few.
MOST_VALUES = 24
# How far samples of the same word, or the same whole number, are spread apart.
_WORD_SPREAD, _NUMBER_SPREAD = 0.64, 0.3
# Pictures of more pixels have no column for each.
_MOST_PIXELS = 256


@dataclass(frozen=True, eq=False)
class DataColumn:
    """One column. `read(rows)` are its values in some rows (or all, by `slice(None)`), as numbers.

    With `words`, a value is the number of a word. `listed` says that it has its place in the
    table; others can only be drawn. `slow` ones take a while for all rows. `filled` marks the
    values that were missing and filled in; None when none were.
    """

    name: str
    role: Role
    read: Callable[[Any], Array]
    words: tuple[str, ...] = ()
    listed: bool = True
    slow: bool = False
    filled: Mask | None = None
    meaning: str = ""

    def values(self) -> Array:
        """All values, shape (samples,)."""
        return np.asarray(self.read(slice(None)))

    def text(self, row: int, decimals: int | None) -> str:
        """One value as a person reads it, as many decimals as asked for (None: as it needs)."""
        value = float(self.read(np.array([row]))[0])
        if self.words:
            return self.words[int(value)]
        if decimals is None:
            return f"{value:.4g}".replace("-", "−")
        return f"{value:.{decimals}f}".replace("-", "−")


class DataColumns:
    """The columns of prepared data: number, split, class or targets, weight, inputs."""

    def __init__(self, data: PreparedData) -> None:
        self.data = data
        self.is_test: Mask = np.zeros(len(data.dataset), dtype=bool)
        self.is_test[data.test_rows] = True
        self._decimals: dict[int, int | None] = {}
        self.columns = (
            *_first(data, self.is_test),
            *_targets(data.dataset),
            *_weight(data),
            *(_picture(data.dataset) if data.dataset.image_shape else ()),
            *_inputs(data),
        )

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self.data.dataset)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def listed(self) -> tuple[int, ...]:
        """Numbers of the columns that the table shows."""
        return tuple(k for k, column in enumerate(self.columns) if column.listed)

    @cached_property
    def drawn(self) -> tuple[int, ...]:
        """Numbers of the columns that can be drawn: inputs first, then what is to be learned."""
        roles = ("input", "class", "target", "weight")
        known = [(roles.index(c.role), k) for k, c in enumerate(self.columns) if c.role in roles]
        return tuple(k for _, k in sorted(known))

    def named(self, name: str) -> int | None:
        """The number of the column of this name, large and small letters alike."""
        wanted = name.strip().casefold()
        for k, column in enumerate(self.columns):
            if column.name.casefold() == wanted:
                return k
        return None

    def decimals(self, k: int) -> int | None:
        """Decimals that show every value of a column in full, or to five digits; None: no such."""
        if k not in self._decimals:
            column = self.columns[k]
            rows = even_rows(len(self), min(self._judged(column), len(self)))
            if column.filled is not None:
                rows = rows[~column.filled[rows]]
            known = len(rows) > 0 and (column.listed or not column.slow)
            self._decimals[k] = _decimals(column.read(rows)) if known else None
        return self._decimals[k]

    def _judged(self, column: DataColumn) -> int:
        """In how many samples it is looked how many decimals a column needs."""
        if not column.slow:
            return _JUDGED
        dataset = self.data.dataset
        width: int = max(dataset.inputs[0].size, dataset.targets[0].size)
        return max(1, min(_JUDGED_SLOWLY, _JUDGED_PIXELS // width))

    def text(self, k: int, row: int) -> str:
        """A cell of the table."""
        return self.columns[k].text(row, self.decimals(k))

    def numbers(self, *columns: int) -> int:
        """How many numbers must be looked at to know all values of these columns."""
        slow = any(self.columns[k].slow for k in columns)
        each = self.data.dataset.inputs.shape[1] if slow else max(1, len(columns))
        return len(self) * each

    def order(self, k: int, descending: bool = False) -> Rows:
        """Rows sorted by a column; those of equal values stay in their order."""
        values = self.columns[k].values()
        return np.argsort(-values if descending else values, kind="stable")

    def place(self, k: int, upright: bool) -> Array:
        """Where samples stand along an axis: at their values.

        Those of words, and of few whole numbers, are spread around them by chance, so that they do
        not hide each other.
        """
        column = self.columns[k]
        values = np.asarray(column.values(), dtype=np.float64)
        spread = _WORD_SPREAD if column.words else _NUMBER_SPREAD * _repeats(values)
        if not spread:
            return values
        chance = rng(0, f"spread {'upwards' if upright else 'across'}").random(len(values))
        return values + spread * (chance - 0.5)

    def groups(self) -> tuple[Rows, int]:
        """The class of each sample and how many there are; one group where there are none."""
        dataset = self.data.dataset
        if dataset.is_classification:
            return np.asarray(dataset.targets, dtype=np.intp), len(dataset.class_names)
        return np.zeros(len(dataset), dtype=np.intp), 1

    def summary(self, marked: Mask) -> str:
        """What marked samples are: how many, of which part, their means."""
        count, tested = int(marked.sum()), int((marked & self.is_test).sum())
        total = len(self)
        if not count:
            return f"{total:,} sample{'s' * (total != 1)}, none selected"
        parts = f"{count - tested:,} training, {tested:,} test"
        return f"{count:,} of {total:,} samples selected: {parts}"

    def means(self, marked: Mask, most: int) -> tuple[tuple[str, str], ...]:
        """Names and means of the marked samples of the first columns of numbers."""
        rows = np.flatnonzero(marked)
        found: list[tuple[str, str]] = []
        for k in self.drawn:
            column = self.columns[k]
            if len(found) >= most or not len(rows):
                break
            if not column.words and not column.slow:
                found.append((column.name, f"{float(column.read(rows).mean()):.4g}"))
        return tuple(found)


def _repeats(values: Array) -> bool:
    """Whether these are few whole numbers, and each comes several times."""
    low, high = float(values.min()), float(values.max())
    if high - low >= MOST_VALUES or not (values == np.rint(values)).all():
        return False
    return len(values) > 2 * len(np.unique(values))


def _decimals(values: Array) -> int | None:
    """As few decimals as show these values; None where plain figures would be too long."""
    largest = float(np.abs(values).max(initial=0.0))
    if not math.isfinite(largest) or largest >= 1e7:
        return None
    before = max(1, math.floor(math.log10(largest)) + 1) if largest > 0 else 1
    most = max(0, min(_MOST_DECIMALS, _MOST_DIGITS - before))
    for decimals in range(most):
        if np.allclose(values, np.round(values, decimals), rtol=1e-9, atol=0):
            return decimals
    if 0 < largest < 10.0 ** (1 - most):
        return None
    if np.allclose(values, np.round(values, most), rtol=1e-9, atol=0):
        return most
    # Longer than it can be shown: four digits of the largest tell samples apart.
    return max(0, min(_MOST_DECIMALS, 4 - before))


def _first(data: PreparedData, is_test: Mask) -> tuple[DataColumn, ...]:
    numbers = np.arange(1, len(data.dataset) + 1)
    return (
        DataColumn("#", "number", numbers.__getitem__, meaning="Number of the sample"),
        DataColumn(
            "split",
            "split",
            is_test.astype(np.intp).__getitem__,
            ("training", "test"),
            meaning="The part that the sample is in: learned from, or only tested on",
        ),
    )


def _targets(dataset: Dataset) -> tuple[DataColumn, ...]:
    targets = dataset.targets
    if dataset.is_classification:
        name = dataset.target_names[0] if dataset.target_names else "class"
        meaning = "The class to be learned"
        return (
            DataColumn(
                name, "class", targets.__getitem__, dataset.class_names, True, False, None, meaning
            ),
        )

    if dataset.target_shape is not None:
        return (
            DataColumn(
                "target ink",
                "target",
                lambda rows: np.asarray(targets[rows].mean(axis=1)),
                slow=True,
                meaning="The mean of all pixels of the picture to be learned",
            ),
        )
    together = _labels(dataset) if dataset.labels else ()

    def target(k: int) -> DataColumn:
        name = dataset.target_names[k]
        if not dataset.labels:
            column = targets[:, k]
            return DataColumn(name, "target", column.__getitem__, meaning="A value to be learned")
        yes = (targets[:, k] > 0.5).astype(np.intp)
        meaning = "A label to be learned, yes or no"
        listed = not together
        return DataColumn(name, "target", yes.__getitem__, ("no", "yes"), listed, meaning=meaning)

    return (*together, *(target(k) for k in range(targets.shape[1])))


def _labels(dataset: Dataset) -> tuple[DataColumn, ...]:
    """All labels of a sample in one cell."""
    found = yes_words(np.asarray(dataset.targets > 0.5), dataset.target_names)
    if found is None:
        return ()
    words, numbers = found
    meaning = "The labels to be learned that are yes"
    return (DataColumn("yes for", "labels", numbers.__getitem__, words, meaning=meaning),)


def _weight(data: PreparedData) -> tuple[DataColumn, ...]:
    train, test = data.training.train.weights, data.training.test.weights
    if train is None or test is None:
        return ()
    weights = np.ones(len(data.dataset))
    weights[data.train_rows], weights[data.test_rows] = train.ravel(), test.ravel()
    meaning = "How much the sample's error counts"
    return (DataColumn("weight", "weight", weights.__getitem__, meaning=meaning),)


def _picture(dataset: Dataset) -> tuple[DataColumn, ...]:
    directions = Directions(dataset)
    return tuple(
        DataColumn(
            made.name,
            "input",
            lambda rows, made=made: made.values(dataset, directions, rows),  # type: ignore[misc]
            listed=made.listed,
            slow=True,
            meaning=made.meaning,
        )
        for made in MADE_OF_PICTURES
    )


def _inputs(data: PreparedData) -> tuple[DataColumn, ...]:
    dataset, inputs = data.dataset, data.dataset.inputs
    pictures = dataset.image_shape is not None
    if pictures and inputs.shape[1] > _MOST_PIXELS:
        return ()
    groups = (
        () if pictures or dataset.columns or data.filled is not None else one_hot_groups(inputs)
    )
    missing: Mask = np.zeros(0, bool) if data.filled is None else np.any(data.filled, axis=0)
    found = [_one_of(dataset, group) for group in groups]
    listed = not pictures and not groups
    for column, place in places(dataset):
        start = place.start
        filled = None
        if data.filled is not None and missing[start]:
            filled = data.filled[:, start]
        read = _category(inputs[:, place]) if column.categories else inputs[:, start].__getitem__
        found.append(
            DataColumn(column.name, "input", read, column.categories, listed, False, filled)
        )
    return tuple(found)


def _one_of(dataset: Dataset, group: slice) -> DataColumn:
    """Inputs of which a single one is 1: its name."""
    name, names = f"inputs {group.start + 1}–{group.stop}", dataset.input_names[group]
    read = _category(dataset.inputs[:, group])
    return DataColumn(name, "input", read, names, meaning="The one of these inputs that is 1")


def _category(codes: Array) -> Callable[[Any], Array]:
    return lambda rows: np.argmax(codes[rows], axis=1)
