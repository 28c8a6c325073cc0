"""The tables that come with bpviz; resources/tables/LICENSES.md tells their origin and licences."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource


@DATASETS.register
@dataclass(frozen=True)
class Iris(DataSource):
    """150 irises of three species, four lengths of each (Fisher 1936)."""

    kind: ClassVar[str] = "iris"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.4, "scaling": "standardise"}
    label: ClassVar[str] = "iris"
    group: ClassVar[str] = "table"

    def load(self, seed: int) -> Dataset:
        return _iris()


@DATASETS.register
@dataclass(frozen=True)
class Digits(DataSource):
    """1,797 handwritten digits, 8×8 grey values from 0 to 16 (Alpaydin & Kaynak 1998)."""

    kind: ClassVar[str] = "digits"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.3, "scaling": "none"}
    label: ClassVar[str] = "digits 8×8"
    group: ClassVar[str] = "table"

    def load(self, seed: int) -> Dataset:
        return _digits()


def _table(name: str) -> bytes:
    return resources.files("bpviz.resources").joinpath("tables", name).read_bytes()


@functools.cache
def _iris() -> Dataset:
    header, *rows = csv.reader(io.StringIO(_table("iris.csv").decode()))
    names = tuple(dict.fromkeys(row[-1] for row in rows))
    inputs = np.array([row[:-1] for row in rows], dtype=np.float64)
    targets = np.array([names.index(row[-1]) for row in rows])
    return _read_only(
        Dataset(
            inputs,
            targets,
            tuple(header[:-1]),
            (header[-1],),
            names,
            note="Lengths in cm. R. A. Fisher, 1936; UCI Machine Learning Repository, CC BY 4.0.",
        )
    )


@functools.cache
def _digits() -> Dataset:
    with np.load(io.BytesIO(_table("digits.npz")), allow_pickle=False) as arrays:
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
            note="Grey values 0 to 16. E. Alpaydin and C. Kaynak, 1998; "
            "UCI Machine Learning Repository, CC BY 4.0.",
        )
    )


def _read_only(dataset: Dataset) -> Dataset:
    # One copy serves all callers.
    dataset.inputs.flags.writeable = False
    dataset.targets.flags.writeable = False
    return dataset
