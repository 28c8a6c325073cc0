"""A table of samples as people know it, and the same samples as the trainer gets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bpviz.engine.data import TrainingData
from bpviz.engine.settings import Entry, Registry

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples in their own units.

    `inputs` has shape (samples, inputs). With `class_names`, `targets` holds class numbers, shape
    (samples,); without, the values to predict, shape (samples, outputs). `image_shape` is
    (height, width) when the inputs are the grey values of a picture, row by row.
    """

    inputs: Array
    targets: np.ndarray[Any, Any]
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    note: str = ""

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def is_classification(self) -> bool:
        return bool(self.class_names)

    @property
    def outputs(self) -> int:
        """How many output units a network needs: one for two classes, else one per class/value."""
        if self.is_classification:
            return 1 if len(self.class_names) == 2 else len(self.class_names)
        return int(self.targets.shape[1])


@dataclass(frozen=True)
class DataSource(Entry):
    """Where samples come from: a generator, a bundled table, one's own samples.

    `group` sorts the sources in the window ("plane", "regression", "table", "logic", "own");
    `suggested` are the settings of split and scaling that suit the samples.
    """

    group: ClassVar[str] = "plane"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.5, "scaling": "none"}

    def load(self, seed: int) -> Dataset:
        """The samples. The same seed gives the same ones."""
        raise NotImplementedError


DATASETS: Registry[DataSource] = Registry("data source")


@dataclass(frozen=True, eq=False)
class Scaling:
    """x ↦ (x - offset) / scale, column by column; fitted on the training part alone."""

    offset: Array
    scale: Array

    def apply(self, inputs: np.ndarray[Any, Any]) -> Array:
        return (inputs - self.offset) / self.scale


@dataclass(frozen=True, eq=False)
class PreparedData:
    """A dataset split, scaled and coded for one network.

    `train_rows` and `test_rows` are row numbers of the dataset: sample k of `training.train` is
    row train_rows[k]. `low` and `high` bound each input, in its own units, with a little margin.
    """

    dataset: Dataset
    training: TrainingData
    scaling: Scaling
    train_rows: np.ndarray[Any, np.dtype[np.intp]]
    test_rows: np.ndarray[Any, np.dtype[np.intp]]
    low: Array
    high: Array
