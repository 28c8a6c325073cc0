"""The numbers a trainer learns from: inputs and targets, for training and for testing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.settings import SettingError

Task = Literal["binary", "classes", "labels", "regression"]


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs, shape (samples, inputs), and targets, shape (samples, outputs).

    `weights`, shape (samples,), are what each sample's error is multiplied with; None: all 1.
    Raises SettingError when they are not tables with equally many rows, or a weight is negative.
    """

    inputs: Array
    targets: Array
    weights: Array | None = None

    def __post_init__(self) -> None:
        shapes = np.shape(self.inputs), np.shape(self.targets)
        if len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][0] != shapes[1][0]:
            raise SettingError(
                "inputs and targets must be tables with equally many rows, "
                f"got shapes {shapes[0]} and {shapes[1]}",
                "data",
            )
        if self.weights is not None:
            if np.shape(self.weights) != shapes[0][:1]:
                raise SettingError(
                    f"there must be one weight for each of {shapes[0][0]} samples, "
                    f"got shape {np.shape(self.weights)}",
                    "data",
                )
            if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
                raise SettingError("sample weights must be finite and not negative", "data")

    def __len__(self) -> int:
        return len(self.inputs)

    def astype(self, dtype: str) -> Samples:
        """The same samples in a number format, contiguous in memory."""
        with np.errstate(over="ignore"):
            return Samples(
                np.ascontiguousarray(self.inputs, dtype),
                np.ascontiguousarray(self.targets, dtype),
                None if self.weights is None else np.ascontiguousarray(self.weights, dtype),
            )

    def rows(self, rows: np.ndarray[Any, np.dtype[np.intp]] | slice) -> Samples:
        """Some of the samples, by their numbers."""
        weights = None if self.weights is None else self.weights[rows]
        return Samples(self.inputs[rows], self.targets[rows], weights)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The training and the test part, and how outputs are to be read.

    For task "binary" an output above `threshold` means yes; for "classes" the largest output wins;
    for "labels" each output above it is a yes of its own, and a sample is right when all are; for
    "regression" there are no classes and no accuracy.
    """

    train: Samples
    test: Samples
    task: Task = "regression"
    threshold: float = 0.5

    def astype(self, dtype: str) -> TrainingData:
        return replace(self, train=self.train.astype(dtype), test=self.test.astype(dtype))
