"""The tables that come with bpviz; resources/tables/LICENSES.md tells their origin and licences.

Each is a file resources/tables/KIND.csv with a header and the target in the last column, and a
declaration here.
"""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.dataset import DATASETS, Column, Dataset, DataSource
from bpviz.datasets.table_inputs import Cell, categories_of, coded_rows

_UCI = "UCI Machine Learning Repository, CC BY 4.0."


@dataclass(frozen=True)
class BundledTable(DataSource):
    """A table that comes with bpviz, read from the file of its kind's name.

    `classes` are the words in the target column, in the order of the output units; () when the
    target is a value to predict. `note` tells units and origin.
    """

    group: ClassVar[str] = "table"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.3, "scaling": "standardise"}
    classes: ClassVar[tuple[str, ...]] = ()
    note: ClassVar[str] = ""

    def load(self, seed: int) -> Dataset:
        return _table(self.kind, self.classes, self.note)


@DATASETS.register
@dataclass(frozen=True)
class Iris(BundledTable):
    """150 irises of three species, four lengths of each (Fisher 1936)."""

    kind: ClassVar[str] = "iris"
    label: ClassVar[str] = "iris"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.4, "scaling": "standardise"}
    classes: ClassVar[tuple[str, ...]] = ("setosa", "versicolor", "virginica")
    note: ClassVar[str] = f"Lengths in cm. R. A. Fisher, 1936; {_UCI}"


@DATASETS.register
@dataclass(frozen=True)
class Wine(BundledTable):
    """178 wines from three cultivars of one region, 13 chemical measurements (Forina 1988)."""

    kind: ClassVar[str] = "wine"
    label: ClassVar[str] = "wine"
    classes: ClassVar[tuple[str, ...]] = ("cultivar 1", "cultivar 2", "cultivar 3")
    note: ClassVar[str] = (
        "Chemical analysis of wines grown in one region of Italy. M. Forina and others, PARVUS, "
        f"1988; S. Aeberhard, D. Coomans and O. de Vel, 1992; {_UCI}"
    )


@DATASETS.register
@dataclass(frozen=True)
class BreastCancer(BundledTable):
    """569 breast tumours, benign or malignant, by 30 measures of cell nuclei (Street 1993)."""

    kind: ClassVar[str] = "cancer"
    label: ClassVar[str] = "breast cancer"
    # The finding that one looks for is class 1, the "yes" of a single output.
    classes: ClassVar[tuple[str, ...]] = ("benign", "malignant")
    note: ClassVar[str] = (
        "Mean, standard error and worst value of ten measures of cell nuclei. W. N. Street, "
        f"W. H. Wolberg and O. L. Mangasarian, 1993; {_UCI}"
    )


@DATASETS.register
@dataclass(frozen=True)
class Penguins(BundledTable):
    """344 penguins of three species: four measures, island and sex, some missing (Gorman 2014)."""

    kind: ClassVar[str] = "penguins"
    label: ClassVar[str] = "penguins"
    suggested: ClassVar[Mapping[str, Any]] = {
        "test_fraction": 0.3,
        "scaling": "standardise",
        "missing": "mean",
    }
    classes: ClassVar[tuple[str, ...]] = ("Adelie", "Chinstrap", "Gentoo")
    note: ClassVar[str] = (
        "Lengths in mm, mass in g; Palmer Archipelago, Antarctica, 2007 to 2009. K. B. Gorman, "
        "T. D. Williams and W. R. Fraser, 2014; A. M. Horst, A. P. Hill and K. B. Gorman, 2020; "
        "CC0."
    )


@DATASETS.register
@dataclass(frozen=True)
class Diabetes(BundledTable):
    """442 patients: how far diabetes goes in a year, by ten measures (Efron et al. 2004)."""

    kind: ClassVar[str] = "diabetes"
    label: ClassVar[str] = "diabetes"
    suggested: ClassVar[Mapping[str, Any]] = {
        "test_fraction": 0.3,
        "scaling": "standardise",
        "scale_targets": True,
    }
    note: ClassVar[str] = (
        "Progression one year after the measurements. B. Efron, T. Hastie, I. Johnstone and "
        "R. Tibshirani, 2004; scikit-learn's copy, BSD 3-Clause."
    )


@DATASETS.register
@dataclass(frozen=True)
class Digits(DataSource):
    """1,797 handwritten digits, 8×8 grey values from 0 to 16 (Alpaydin & Kaynak 1998)."""

    kind: ClassVar[str] = "digits"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.3, "scaling": "none"}
    label: ClassVar[str] = "digits 8×8"
    group: ClassVar[str] = "pictures"

    def load(self, seed: int) -> Dataset:
        return _digits()


def _file(name: str) -> bytes:
    return resources.files("bpviz.resources").joinpath("tables", name).read_bytes()


@functools.cache
def _table(kind: str, classes: tuple[str, ...], note: str) -> Dataset:
    text = _file(f"{kind}.csv").decode()
    header, *rows = csv.reader(io.StringIO(text))
    cells: list[list[Cell]] = [[cell or None for cell in row[:-1]] for row in rows]
    columns = tuple(_column(name, [row[k] for row in cells]) for k, name in enumerate(header[:-1]))
    targets = [row[-1] for row in rows]
    return _read_only(
        Dataset(
            coded_rows(columns, cells),
            np.array([classes.index(word) for word in targets])
            if classes
            else np.array(targets, dtype=np.float64)[:, np.newaxis],
            tuple(name for column in columns for name in column.input_names),
            (header[-1],),
            classes,
            note=note,
            columns=columns if any(column.categories for column in columns) else (),
        )
    )


def _column(name: str, cells: list[Cell]) -> Column:
    """A column of numbers, or of categories when one of its cells is a word."""
    try:
        coded_rows((Column(name),), [(cell,) for cell in cells])
    except ValueError:
        return Column(name, categories_of(cells))
    return Column(name)


@functools.cache
def _digits() -> Dataset:
    with np.load(io.BytesIO(_file("digits.npz")), allow_pickle=False) as arrays:
        inputs = arrays["images"].astype(np.float64)
        targets = arrays["labels"].astype(np.intp)
    return _read_only(
        Dataset(
            inputs,
            targets,
            tuple(f"row {row + 1} column {column + 1}" for row in range(8) for column in range(8)),
            ("digit",),
            tuple("0123456789"),
            image_shape=(8, 8),
            note=f"Grey values 0 to 16. E. Alpaydin and C. Kaynak, 1998; {_UCI}",
        )
    )


def _read_only(dataset: Dataset) -> Dataset:
    # One copy serves all callers.
    dataset.inputs.flags.writeable = False
    dataset.targets.flags.writeable = False
    return dataset
