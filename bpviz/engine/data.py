"""The numbers a trainer learns from: inputs and targets, for training and for testing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.settings import SettingError

Task = Literal["binary", "classes", "regression"]


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs, shape (samples, inputs), and targets, shape (samples, outputs).

    Raises SettingError when they are not two tables with equally many rows.
    """

    inputs: Array
    targets: Array

    def __post_init__(self) -> None:
        shapes = np.shape(self.inputs), np.shape(self.targets)
        if len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][0] != shapes[1][0]:
            raise SettingError(
                "inputs and targets must be tables with equally many rows, "
                f"got shapes {shapes[0]} and {shapes[1]}",
                "data",
            )

    def __len__(self) -> int:
        return len(self.inputs)

    def astype(self, dtype: str) -> Samples:
        """The same samples in a number format, contiguous in memory."""
        with np.errstate(over="ignore"):
            return Samples(
                np.ascontiguousarray(self.inputs, dtype), np.ascontiguousarray(self.targets, dtype)
            )


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The training and the test part, and how outputs are to be read.

    For task "binary" an output above `threshold` means yes; for "classes" the largest output wins;
    for "regression" there are no classes and no accuracy.
    """

    train: Samples
    test: Samples
    task: Task = "regression"
    threshold: float = 0.5

    def astype(self, dtype: str) -> TrainingData:
        return TrainingData(
            self.train.astype(dtype), self.test.astype(dtype), self.task, self.threshold
        )
