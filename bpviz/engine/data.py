"""The numbers a trainer learns from: inputs and targets, for training and for testing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array

Task = Literal["binary", "classes", "regression"]


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs, shape (samples, inputs), and targets, shape (samples, outputs)."""

    inputs: Array
    targets: Array

    def __len__(self) -> int:
        return len(self.inputs)

    def astype(self, dtype: str) -> Samples:
        """The same samples in a number format, contiguous in memory."""
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
