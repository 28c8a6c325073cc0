"""From samples in their own units to the numbers that a network works with, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpviz.datasets.dataset import Array, Dataset
from bpviz.datasets.features import FEATURES, feature_names
from bpviz.engine.data import TrainingData


@dataclass(frozen=True, eq=False)
class Scaling:
    """x ↦ (x - offset) / scale, column by column; fitted on the training part alone."""

    offset: Array
    scale: Array

    @property
    def changes_nothing(self) -> bool:
        return not self.offset.any() and bool((self.scale == 1.0).all())

    def apply(self, values: np.ndarray[Any, Any]) -> Array:
        """The scaled values, perhaps the very same array; float32 stays float32."""
        values = _as_float(values)
        if self.changes_nothing:
            return values
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = values - self.offset.astype(values.dtype)
            scaled /= self.scale.astype(values.dtype)
            return scaled

    def undo(self, values: np.ndarray[Any, Any]) -> Array:
        """The inverse: z ↦ z · scale + offset."""
        return values * self.scale + self.offset


def _as_float(values: np.ndarray[Any, Any]) -> Array:
    """The values as float64, or as float32 where they are: large data would not fit twice."""
    return values if values.dtype == np.float32 else np.asarray(values, dtype=np.float64)


def may_have_gaps(values: np.ndarray[Any, Any]) -> bool:
    """Whether a value may be NaN: a sum tells, without a mark for each of them."""
    if values.dtype.kind != "f":
        return False
    with np.errstate(all="ignore"):
        return math.isnan(np.add.reduce(values, axis=None))


def near_one(values: Array) -> tuple[Array, np.ndarray[Any, np.dtype[np.intc]]]:
    """The columns divided by powers of two, which are returned with them, to lie within ±1.

    The bits of means and deviations stay, and squares neither overflow nor vanish.
    """
    largest = np.abs(np.where(np.isnan(values), 0.0, values)).max(axis=0, initial=0.0)
    exponents = np.frexp(largest)[1]
    return np.ldexp(values, -exponents), exponents


def no_scaling(columns: int) -> Scaling:
    """x ↦ x."""
    return Scaling(np.zeros(columns), np.ones(columns))


@dataclass(frozen=True, eq=False)
class Encoding:
    """How inputs become a network's: missing ones are filled in, features made, all scaled.

    `fill`, shape (inputs,), stands where an input is missing (NaN); NaN itself where samples with
    missing inputs were left out. `features` are kinds of FEATURES, () for the inputs as they are.
    `scaling` is that of the features.
    """

    fill: Array
    features: tuple[str, ...]
    scaling: Scaling

    def apply(self, inputs: np.ndarray[Any, Any]) -> Array:
        """The network's inputs, shape (samples, features), for inputs in their own units."""
        return self.scaling.apply(made_features(self.features, self.filled(inputs)))

    def filled(self, inputs: np.ndarray[Any, Any]) -> Array:
        """The inputs with what is missing filled in."""
        values = _as_float(inputs)
        if not may_have_gaps(values):
            return values
        missing = np.isnan(values)
        if not missing.any():
            return values
        return np.where(missing, self.fill.astype(values.dtype), values)

    def names(self, input_names: tuple[str, ...]) -> tuple[str, ...]:
        """What the network's inputs are called."""
        return feature_names(self.features, input_names)


def made_features(features: tuple[str, ...], inputs: Array) -> Array:
    """The columns that these features make of two inputs; () leaves the inputs as they are."""
    if not features:
        return inputs
    return np.column_stack([FEATURES[kind].compute(*inputs.T) for kind in features])


def plain_encoding(inputs: int) -> Encoding:
    """Inputs as they are."""
    return Encoding(np.full(inputs, np.nan), (), no_scaling(inputs))


@dataclass(frozen=True, eq=False)
class PreparedData:
    """A dataset split, scaled and coded for one network.

    `dataset` is what is left of the source's samples, with missing inputs filled in and labels as
    they are learned. `train_rows` and `test_rows` are row numbers of it: sample k of
    `training.train` is row train_rows[k]. `low` and `high` bound each input, in its own units,
    with a little margin. `target_scaling` turns values to predict into the network's targets; its
    `undo` turns outputs into values. `reports` are sentences on what was done to the data; `gaps`
    counts the inputs that were missing. `filled`, shape (samples, inputs), marks those that were
    filled in; None when none were.
    """

    dataset: Dataset
    training: TrainingData
    encoding: Encoding
    target_scaling: Scaling
    train_rows: np.ndarray[Any, np.dtype[np.intp]]
    test_rows: np.ndarray[Any, np.dtype[np.intp]]
    low: Array
    high: Array
    reports: tuple[str, ...] = ()
    gaps: int = 0
    filled: np.ndarray[Any, np.dtype[np.bool_]] | None = None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What the network's inputs are called."""
        return self.encoding.names(self.dataset.input_names)
