"""From the cells of a table to a network's inputs: numbers as they are, categories one-hot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpviz.datasets.dataset import Array, Column
from bpviz.engine.settings import SettingError

# A number, or its text; a category's name; None where the table has nothing.
Cell = str | float | None


def coded(column: Column, cells: Sequence[Cell]) -> Array:
    """The inputs that a column's cells become, shape (rows, inputs of the column).

    A category is 1 in its own input and 0 in the others'. A missing cell (None) is NaN in all of
    them. Raises SettingError naming the row, counted from 1, and the column when a cell is no
    number, or none of the column's categories.
    """
    code = _category if column.categories else _number
    inputs = np.full((len(cells), len(column.input_names)), np.nan)
    for row, cell in enumerate(cells):
        if cell is not None:
            try:
                inputs[row] = code(column, cell)
            except ValueError:
                raise SettingError(
                    f"row {row + 1}, column {column.name}: must be {_expected(column)}, "
                    f"got {cell!r}"
                ) from None
    return inputs


def coded_rows(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Array:
    """The inputs, shape (rows, inputs), of a table given row by row, a cell for each column."""
    parts = [coded(column, [row[k] for row in rows]) for k, column in enumerate(columns)]
    return np.hstack(parts) if parts else np.empty((len(rows), 0))


def categories_of(cells: Sequence[Cell]) -> tuple[str, ...]:
    """The different categories in a column's cells, in alphabetical order."""
    return tuple(sorted({str(cell) for cell in cells if cell is not None}))


def _number(_column: Column, cell: str | float) -> float:
    return float(cell)


def _category(column: Column, cell: str | float) -> Array:
    place = column.categories.index(str(cell))
    return (np.arange(len(column.categories)) == place).astype(np.float64)


def _expected(column: Column) -> str:
    if not column.categories:
        return "a number"
    return f"one of {', '.join(column.categories)}"
