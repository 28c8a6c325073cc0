"""The samples as the output view shows them: which part, which value, which colour."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtGui import QColor

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.gui.colors import class_colors, signed_color
from bpviz.gui.output.plane import Dots
from bpviz.gui.theme import Theme
from bpviz.lab.evaluation import Evaluation

Rows = np.ndarray[Any, np.dtype[np.intp]]

# Tasks in which an output is a yes or a no, by the threshold.
YES_OR_NO = ("binary", "labels")

# Inputs of more values than these have hardly a sample that agrees with all that is held.
_FEW_VALUES = 4

# Colours of values to predict: so many steps between the lowest and the highest.
_SHADES = 33


@dataclass(frozen=True)
class Showing:
    """How an output is shown: which sample is marked, or typed values, which of the outputs.

    `marked` are the dataset rows that are highlighted.
    """

    sample: int
    typed: tuple[float, ...] | None = None
    show_test: bool = False
    discretise: bool = False
    output: int = 0
    marked: frozenset[int] = frozenset()


def output_map(evaluation: Evaluation, inputs: int) -> Array | None:
    """The output layer's map, if there is one over so many inputs; units come first.

    Values to predict are in their own units.
    """
    maps = evaluation.maps[-1]
    if maps is None or maps.ndim != 1 + inputs:
        return None
    return np.moveaxis(own_units(evaluation.snapshot.data, np.moveaxis(maps, 0, -1)), -1, 0)


def own_units(data: PreparedData, outs: Array) -> Array:
    """Outputs or targets of the network, one in each column, in the units of the data."""
    if data.training.task != "regression" or outs.shape[-1] != len(data.target_scaling.scale):
        return outs
    return data.target_scaling.undo(outs)


def part_rows(data: PreparedData, show_test: bool) -> tuple[Rows, np.ndarray[Any, Any]]:
    """Dataset rows to show, the test part's behind the training part's, and which are test."""
    if not show_test:
        return data.train_rows, np.zeros(len(data.train_rows), dtype=bool)
    rows = np.concatenate([data.train_rows, data.test_rows])
    return rows, np.arange(len(rows)) >= len(data.train_rows)


def target_range(data: PreparedData, output: int = 0) -> tuple[float, float]:
    """The values that are drawn in full orange and in full blue.

    Those that stand for "no" and "yes"; for values to predict their extremes, made symmetric
    about 0 where they have both signs, so that orange stays below zero and blue above it.
    """
    targets = data.training.train.targets[:, output]
    if data.training.task in YES_OR_NO:
        threshold = data.training.threshold
        reach = max(abs(targets - threshold).max(), 1e-12)
        return float(threshold - reach), float(threshold + reach)
    scaling = data.target_scaling
    if data.training.task == "regression":
        targets = targets * scaling.scale[output] + scaling.offset[output]
    low, high = float(targets.min()), float(targets.max())
    if low < 0 < high:
        reach = max(-low, high)
        return -reach, reach
    if high - low < 1e-9 * max(1.0, abs(high)):
        return (0.0, 1.0) if 0.0 <= low <= 1.0 else (min(low, -low), max(low, -low))
    return low, high


def signed(values: Array, bounds: tuple[float, float]) -> Array:
    """Values with `bounds` taken to -1 and 1."""
    low, high = bounds
    return (values - 0.5 * (low + high)) * (2.0 / (high - low))


def dot_colors(
    data: PreparedData, rows: Rows, theme: Theme, output: int = 0
) -> tuple[Rows, tuple[QColor, ...]]:
    """For each of these dataset rows the number of its colour, and the colours."""
    dataset = data.dataset
    if dataset.is_classification:
        return dataset.targets[rows].astype(np.intp), class_colors(theme, len(dataset.class_names))
    if dataset.labels:
        return (dataset.targets[rows, output] > 0.5).astype(np.intp), class_colors(theme, 2)
    shades = signed(np.asarray(dataset.targets[rows, output]), target_range(data, output))
    return shade_numbers(shades), value_colors(theme)


def shade_numbers(shades: Array) -> Rows:
    """For values between -1 and 1 the numbers of their colours among `value_colors`."""
    return np.asarray(np.rint((np.clip(shades, -1, 1) + 1) / 2 * (_SHADES - 1)).astype(np.intp))


@functools.lru_cache(maxsize=4)
def value_colors(theme: Theme) -> tuple[QColor, ...]:
    """The colours of values to predict, from full orange to full blue."""
    return tuple(signed_color(theme, float(v)) for v in np.linspace(-1, 1, _SHADES))


def marked_among(rows: Rows, marked: frozenset[int]) -> np.ndarray[Any, np.dtype[np.bool_]] | None:
    """Which of these dataset rows are highlighted; None when none are."""
    if not marked:
        return None
    found = np.isin(rows, np.fromiter(marked, dtype=np.intp, count=len(marked)))
    return found if found.any() else None


@functools.lru_cache(maxsize=2)
def few_valued(data: PreparedData, axes: tuple[int, int]) -> bool:
    """Whether there are inputs besides these two, and each of them takes only a few values."""
    others = np.delete(data.dataset.inputs, axes, axis=1).T
    return len(others) > 0 and all(
        len(np.unique(column[:500])) <= _FEW_VALUES and len(np.unique(column)) <= _FEW_VALUES
        for column in others
    )


@functools.lru_cache(maxsize=2)
def input_dots(
    data: PreparedData,
    axes: tuple[int, int],
    show_test: bool,
    theme: Theme,
    output: int,
    marked: frozenset[int] = frozenset(),
    held: tuple[float, ...] = (),
) -> Dots:
    """Samples placed by two of their inputs. Kept, because a picture is drawn many times.

    `held` are the values that the other inputs have in the picture. Where these take only a few
    values, the samples that have others lie off the plane; of inputs that are measured, hardly
    any sample would lie on it.
    """
    rows, hollow = part_rows(data, show_test)
    numbers, colors = dot_colors(data, rows, theme, output)
    places = data.dataset.inputs[np.ix_(rows, np.array(axes))]
    off = None
    if held and few_valued(data, axes):
        off = (np.delete(data.dataset.inputs[rows], axes, axis=1) != held).any(axis=1)
    return Dots(places, rows, numbers, colors, hollow, marked_among(rows, marked), off)


def hidden_color(
    data: PreparedData, row: int, show_test: bool, theme: Theme, output: int = 0
) -> QColor | None:
    """The colour of a sample's dot where its part is not shown; None where it is."""
    if show_test or row not in data.test_rows:
        return None
    return sample_color(data, row, theme, output)


def sample_color(data: PreparedData, row: int, theme: Theme, output: int = 0) -> QColor:
    """The colour of the dot of one sample, by its dataset row."""
    numbers, colors = dot_colors(data, np.array([row], dtype=np.intp), theme, output)
    return colors[int(numbers[0])]
