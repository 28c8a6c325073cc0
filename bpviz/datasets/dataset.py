"""A table of samples as people know it, and where such tables come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from bpviz.datasets.reading import Reading
from bpviz.engine.data import Task
from bpviz.engine.settings import Entry, Registry

if TYPE_CHECKING:
    from bpviz.datasets.tables.facts import TableFacts

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Column:
    """How one column of a table becomes inputs: one number, or one input per category.

    `categories` is empty for numbers; else a cell becomes 1 in its category's input and 0 in the
    others' (one-hot).
    """

    name: str
    categories: tuple[str, ...] = ()

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of the inputs it becomes: "length", or "island = Biscoe" for each category."""
        if not self.categories:
            return (self.name,)
        return tuple(f"{self.name} = {category}" for category in self.categories)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples in their own units.

    `inputs` has shape (samples, inputs). With `class_names`, `targets` holds class numbers, shape
    (samples,); without, the values to predict, shape (samples, outputs). `image_shape` is
    (height, width) when the inputs are the grey values of a picture, row by row; `target_shape`
    when the values to predict are. With `labels`, the values to predict are 1 or 0, yes or no, and
    several of a sample may be 1.

    An input that is NaN is missing (all inputs of a category that is). `columns` say how a table's
    columns became the inputs; () when each input is a number of its own. `weights`, shape
    (samples,), are what each sample's error counts. `note` tells the origin; `reports` are
    sentences on what was not read as plain, which a person should see. `facts` tell of the table
    that the samples were read from, if they were, and `reading` of how, for new rows. `test_part`,
    shape (samples,), marks samples that their source keeps for testing; None: it keeps none.
    `any_order`: chance has made the samples, so that no number of theirs means anything.
    """

    inputs: Array
    targets: np.ndarray[Any, Any]
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    note: str = ""
    columns: tuple[Column, ...] = ()
    weights: Array | None = None
    reports: tuple[str, ...] = ()
    facts: TableFacts | None = None
    reading: Reading | None = None
    labels: bool = False
    test_part: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    target_shape: tuple[int, int] | None = None
    any_order: bool = False

    def __len__(self) -> int:
        return len(self.inputs)

    def rows(self, rows: np.ndarray[Any, Any]) -> Dataset:
        """Some of the samples, by their numbers or by a mask."""
        return replace(
            self,
            inputs=self.inputs[rows],
            targets=self.targets[rows],
            weights=None if self.weights is None else self.weights[rows],
            test_part=None if self.test_part is None else self.test_part[rows],
        )

    @cached_property
    def value_range(self) -> tuple[float, float]:
        """The lowest and the highest input of all."""
        return float(self.inputs.min()), float(self.inputs.max())

    @cached_property
    def target_range(self) -> tuple[float, float]:
        """The lowest and the highest of all values to predict."""
        return float(self.targets.min()), float(self.targets.max())

    @property
    def task(self) -> Task:
        """What there is to learn: one of two classes, of more, several yes or no, or values."""
        if self.is_classification:
            return "binary" if self.outputs == 1 else "classes"
        return "labels" if self.labels else "regression"

    @property
    def is_classification(self) -> bool:
        return bool(self.class_names)

    @property
    def outputs(self) -> int:
        """How many output units a network needs: one for two classes, else one per class/value."""
        if self.is_classification:
            return 1 if len(self.class_names) == 2 else len(self.class_names)
        return int(self.targets.shape[1])

    @property
    def table_columns(self) -> tuple[Column, ...]:
        """How its columns become inputs, one by one also where each is a number."""
        return self.columns or tuple(Column(name) for name in self.input_names)


@dataclass(frozen=True)
class DataSource(Entry):
    """Where samples come from: a generator, a bundled table, a file, one's own samples.

    `group` sorts the sources in the window ("plane", "regression", "table", "pictures", "logic",
    "own"); `caption` stands where its label has no room, or its kind without one; `suggested` are
    the settings of split, scaling and missing values that suit the samples.
    """

    group: ClassVar[str] = "plane"
    caption: ClassVar[str] = ""
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.5, "scaling": "none"}

    @property
    def slow(self) -> bool:
        """Whether loading takes longer than a frame, and is better done in the background."""
        return False

    @property
    def name(self) -> str:
        """What an experiment on it is called."""
        return self.kind

    def from_folder(self, folder: Path) -> Self:
        """The source as an experiment file in this folder means it: files are found from there."""
        return self

    def for_folder(self, folder: Path) -> Self:
        """The source as an experiment file in this folder writes it, `from_folder`'s inverse."""
        return self

    def load(self, seed: int) -> Dataset:
        """The samples. The same seed gives the same ones.

        Raises SettingError, one sentence, when there are none to be had.
        """
        raise NotImplementedError


DATASETS: Registry[DataSource] = Registry("data source")
