"""Missing inputs: samples are left out, or the gaps filled in from the training part."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.datasets.config import MissingRule
from bpviz.datasets.dataset import Array, Column, Dataset
from bpviz.datasets.encoding import may_have_gaps, near_one
from bpviz.engine.settings import SettingError

# Rows named in a report, at most.
_NAMED = 5


def without_missing(dataset: Dataset, rule: MissingRule) -> tuple[Dataset, tuple[str, ...]]:
    """The dataset, without the samples that lack an input when the rule is to drop them.

    With it come sentences that say what was found and done. Raises SettingError when no sample is
    left.
    """
    if not may_have_gaps(dataset.inputs):
        return dataset, ()
    gaps = np.isnan(dataset.inputs)
    rows = np.flatnonzero(gaps.any(axis=1))
    if not len(rows):
        return dataset, ()
    if rule != "drop":
        return dataset, (f"Missing values are filled in {_filled(dataset, gaps, rule)}.",)
    if len(rows) == len(dataset):
        raise SettingError(
            "every sample has a missing value; fill them in by mean or most frequent instead of "
            "dropping samples",
            "data.missing",
        )
    named = ", ".join(str(row + 1) for row in rows[:_NAMED])
    more = ", …" if len(rows) > _NAMED else ""
    many = "samples" if len(rows) > 1 else "sample"
    report = f"{len(rows)} {many} with missing values left out: number {named}{more}."
    whole = np.flatnonzero(~gaps.any(axis=1))
    return dataset.rows(whole), (report,)


def _filled(dataset: Dataset, gaps: np.ndarray[Any, np.dtype[np.bool_]], rule: MissingRule) -> str:
    """What stands in for how many gaps of which columns: "by the mean: mass (2)"."""
    columns: dict[str, list[str]] = {}
    for column, place in places(dataset):
        count = np.count_nonzero(gaps[:, place.start])
        if count:
            numbers = "mean" if rule == "mean" else "most frequent value"
            how = "most frequent category" if column.categories else numbers
            columns.setdefault(how, []).append(f"{column.name} ({count})")
    return "; ".join(f"by the {how}: {', '.join(names)}" for how, names in columns.items())


def filling(dataset: Dataset, rows: np.ndarray[Any, np.dtype[np.intp]], rule: MissingRule) -> Array:
    """What stands in for a missing input, shape (inputs,), from the samples in these rows.

    NaN when samples with missing inputs are dropped. A category is filled in by the most frequent
    one under either rule. Raises SettingError when a column has no value in these rows at all.
    """
    fill = np.full(dataset.inputs.shape[1], np.nan)
    if rule == "drop":
        return fill
    for column, place in places(dataset):
        values = dataset.inputs[rows, place]
        values = values[~np.isnan(values[:, 0])]
        if not len(values):
            raise SettingError(
                f"column {column.name} has no value in the training part, so its gaps cannot be "
                "filled in; leave the column out",
                "data.missing",
            )
        if column.categories:
            best = int(values.sum(axis=0).argmax())
            fill[place] = np.arange(len(column.categories)) == best
        elif rule == "mean":
            small, exponents = near_one(values)
            fill[place] = np.ldexp(small.mean(dtype=np.float64), exponents)
        else:
            distinct, counts = np.unique(values, return_counts=True)
            fill[place] = distinct[counts.argmax()]
    return fill


def places(dataset: Dataset) -> list[tuple[Column, slice]]:
    """Where in the inputs each column of the table stands."""
    found, start = [], 0
    for column in dataset.table_columns:
        width = len(column.input_names)
        found.append((column, slice(start, start + width)))
        start += width
    return found
