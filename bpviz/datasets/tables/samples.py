"""From a table whose columns are understood to samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpviz.datasets.dataset import Array, Column, Dataset
from bpviz.datasets.reading import Reading
from bpviz.datasets.table_inputs import coded
from bpviz.datasets.tables.cells import Cells
from bpviz.datasets.tables.facts import facts_of
from bpviz.datasets.tables.judging import ColumnUse, JudgedTable
from bpviz.datasets.tables.raw_table import RawTable
from bpviz.datasets.tables.reports import reports_of, rows_named
from bpviz.engine.settings import SettingError

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_MOST_CLASSES = 100


def samples_of(judged: JudgedTable) -> Dataset:
    """The samples of a table: inputs in the order of the columns, categories one-hot.

    Rows without a target are left out, and the dataset's reports say so. Raises SettingError when
    the columns make no samples: no inputs, one class, nothing to predict.
    """
    targets, inputs = judged.used_as("target"), judged.used_as("input")
    if not inputs:
        raise SettingError(
            "no column is left as an input: " + "; ".join(_reasons(judged)), judged.raw.name
        )
    rows = rows_with_target(judged.raw, targets)
    values, class_names = _targets(judged, targets, rows)
    columns = tuple(Column(c.name, _categories(c)) for c in inputs)
    parts = [_inputs(column, use.cells) for column, use in zip(columns, inputs, strict=True)]
    has_categories = any(column.categories for column in columns)
    return Dataset(
        inputs=np.hstack(parts)[rows],
        targets=values,
        input_names=tuple(name for column in columns for name in column.input_names),
        target_names=tuple(c.name for c in targets),
        class_names=class_names,
        note=_note(judged),
        columns=columns if has_categories else (),
        weights=_weights(judged, rows) if judged.used_as("weight") else None,
        reports=(*judged.raw.reports, *reports_of(judged), *_left_out(judged.raw, rows, targets)),
        facts=facts_of(judged),
        reading=_reading(judged.raw, inputs),
    )


def category_names(cells: Cells) -> list[str]:
    """What each text of a column is called as a category: 1.0 and 1 are the same, if all are
    numbers."""
    if np.isnan(cells.numbers[~cells.missing]).any():
        return list(cells.texts)
    return [f"{number:.15g}" for number in cells.numbers]


def _categories(use: ColumnUse) -> tuple[str, ...]:
    """The categories of an input column; () for numbers."""
    return tuple(_in_order(use.cells)) if use.kind == "category" else ()


def _in_order(cells: Cells) -> list[str]:
    """The different categories in alphabetical order, those that are numbers by size."""
    names = category_names(cells)
    given = {names[k] for k in np.flatnonzero(~cells.missing)}
    if np.isnan(cells.numbers[~cells.missing]).any():
        return sorted(given)
    return sorted(given, key=float)


def _inputs(column: Column, cells: Cells) -> Array:
    if not column.categories:
        return cells.values[:, np.newaxis]
    names = category_names(cells)
    known = [None if gone else name for name, gone in zip(names, cells.missing, strict=True)]
    return coded(column, known)[cells.codes]


def _reading(raw: RawTable, inputs: Sequence[ColumnUse]) -> Reading:
    """How the cells were read, as far as new rows are to be read alike."""
    decimal = raw.found.decimal
    # The numbers of a workbook have no mark.
    told = raw.found.delimiter and any(_has_mark(c.cells) for c in inputs if c.day_first is None)
    return Reading(
        missing_marks=tuple(sorted(raw.missing_marks)),
        decimal=decimal if told or decimal == "comma" or raw.decimal_given else "",
        decimal_given=raw.decimal_given,
        own_decimals={c.name: c.cells.decimal for c in inputs if c.cells.decimal != decimal},
        day_first={c.name: c.day_first for c in inputs if c.day_first is not None},
    )


def _has_mark(cells: Cells) -> bool:
    """Whether a number has a point or a comma."""
    return any(
        "." in text or "," in text
        for text, number in zip(cells.texts, cells.numbers, strict=True)
        if not np.isnan(number)
    )


def rows_with_target(raw: RawTable, targets: Sequence[ColumnUse]) -> Mask:
    """Which rows have a value to predict. Raises SettingError when none has."""
    rows = np.ones(len(raw), dtype=bool)
    for use in targets:
        cells = use.cells
        usable = ~np.isnan(cells.numbers) if use.kind == "number" else ~cells.missing
        rows &= usable[cells.codes]
    if not rows.any():
        names = ", ".join(use.name for use in targets)
        raise SettingError(f"column {names}: no row has a value to predict", raw.name)
    return rows


def _targets(
    judged: JudgedTable, targets: Sequence[ColumnUse], rows: Mask
) -> tuple[np.ndarray[Any, Any], tuple[str, ...]]:
    """Class numbers and the classes' names, or values, shape (samples, targets), and ()."""
    name = judged.raw.name
    if len(targets) > 1:
        for use in targets:
            if use.kind != "number":
                raise SettingError(
                    f"column {use.name}: several targets must all be numbers, and this holds "
                    f"{_content(use)}",
                    name,
                )
    elif targets[0].kind != "number":
        return _classes(targets[0], rows, name)
    values = np.column_stack([use.cells.values for use in targets])[rows]
    for k, use in enumerate(targets):
        if len(values) > 1 and values[:, k].min() == values[:, k].max():
            raise SettingError(
                f"column {use.name} is {values[0, k]:g} in every row, so there is nothing to "
                "predict; choose another target",
                name,
            )
    return values, ()


def _classes(use: ColumnUse, rows: Mask, name: str) -> tuple[np.ndarray[Any, Any], tuple[str, ...]]:
    """Class numbers, and the classes."""
    if use.kind == "date":
        raise SettingError(
            f"column {use.name} holds dates, which cannot be a target; choose another one, or have "
            "it read as numbers (days since 1970-01-01)",
            name,
        )
    names = category_names(use.cells)
    order = _in_order(use.cells)
    if len(order) == 1:
        raise SettingError(
            f"column {use.name}: every row is of class {order[0]!r}; two classes are needed", name
        )
    if len(order) == use.cells.given_count > 2:
        raise SettingError(
            f"column {use.name} has another text in every row, so it cannot be a target; choose "
            "another one",
            name,
        )
    if len(order) > _MOST_CLASSES:
        raise SettingError(
            f"column {use.name} has {len(order):,} classes, and {_MOST_CLASSES} are the most; "
            "choose another target",
            name,
        )
    place = {text: k for k, text in enumerate(order)}
    numbers = np.array([place.get(text, -1) for text in names], dtype=np.intp)
    return numbers[use.cells.codes][rows], tuple(order)


def _weights(judged: JudgedTable, rows: Mask) -> Array:
    """What each sample's error counts; rows that are left out need no weight."""
    (use,) = judged.used_as("weight")
    weights = use.cells.values
    wrong = np.flatnonzero(~(weights >= 0) & rows)
    if len(wrong):
        row = int(wrong[0])
        text = use.cells.texts[use.cells.codes[row]]
        raise SettingError(
            f"row {judged.raw.rows[row]}, column {use.name}: a weight must be a number of at least "
            f"0, got {text!r}",
            judged.raw.name,
        )
    if not weights[rows].any():
        raise SettingError(f"column {use.name}: all weights are 0", judged.raw.name)
    return weights[rows]


def _left_out(raw: RawTable, rows: Mask, targets: Sequence[ColumnUse]) -> list[str]:
    gone = np.flatnonzero(~rows)
    if not len(gone):
        return []
    names = ", ".join(use.name for use in targets)
    many, are = ("rows have", "are") if len(gone) > 1 else ("row has", "is")
    named = rows_named(raw, gone)
    return [f"{len(gone):,} {many} no target in column {names} and {are} left out: {named}."]


def _reasons(judged: JudgedTable) -> list[str]:
    return [f"{c.name}, {c.reason}" for c in judged.used_as("left out")[:5]] or [
        "there is only the target"
    ]


def _content(use: ColumnUse) -> str:
    return {"date": "dates", "empty": "nothing"}.get(use.kind, "words")


def _note(judged: JudgedTable) -> str:
    targets = ", ".join(use.name for use in judged.used_as("target"))
    inputs = len(judged.used_as("input"))
    return (
        f"{judged.raw.name}: {len(judged.raw):,} rows; {targets} from {inputs} "
        f"column{'s' if inputs > 1 else ''}."
    )
