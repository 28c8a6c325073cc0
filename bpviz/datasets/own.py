"""One's own samples: typed into a table or pasted as text."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.dataset import DATASETS, Array, Dataset, DataSource
from bpviz.datasets.tables.delimited import DELIMITERS, found_delimiter, split
from bpviz.engine.settings import SettingError, setting


@DATASETS.register
@dataclass(frozen=True)
class OwnSamples(DataSource):
    """A table of samples: in each row the inputs, then the values to predict.

    With `class_names` there is one column behind the inputs and it holds class numbers 0, 1, ….
    """

    kind: ClassVar[str] = "own"
    # Few samples, each of which is to be learned.
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.0, "scaling": "none"}
    label: ClassVar[str] = "own samples"
    group: ClassVar[str] = "own"

    input_names: tuple[str, ...] = setting(("x1", "x2"), "Inputs", "Names of the input columns")
    target_names: tuple[str, ...] = setting(("y",), "Targets", "Names of the target columns")
    class_names: tuple[str, ...] = setting(
        (), "Classes", "Names of the classes; none when values are to be predicted"
    )
    rows: tuple[tuple[float, ...], ...] = setting(
        ((0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)),
        "Samples",
        "One row per sample: its inputs, then its targets",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.input_names or not self.target_names:
            raise SettingError("samples need at least one input and one target column")
        if not self.rows:
            raise SettingError("there must be at least one sample", "rows")
        if self.class_names and (len(self.class_names) < 2 or len(self.target_names) != 1):
            raise SettingError(
                "there must be two classes or more, and one target column", "class_names"
            )
        self._check_rows()

    def _check_rows(self) -> None:
        width = len(self.input_names) + len(self.target_names)
        for number, row in enumerate(self.rows, 1):
            if len(row) != width:
                raise SettingError(f"row {number} must have {width} values, got {len(row)}", "rows")
            if self.class_names and row[-1] not in range(len(self.class_names)):
                raise SettingError(
                    f"row {number} must end in a class number from 0 to "
                    f"{len(self.class_names) - 1}, got {row[-1]:g}",
                    "rows",
                )

    @cached_property
    def table(self) -> Array:
        """The rows as a table, shape (samples, columns), read-only."""
        table = np.array(self.rows, dtype=np.float64)
        table.flags.writeable = False
        return table

    def with_rows_added(self, rows: Array) -> OwnSamples:
        """The same table with more rows, shape (rows, columns); only they are checked."""
        if not len(rows):
            return self
        self._check_added(rows)
        listed = (*self.rows, *map(tuple, rows.tolist()))
        return self._with_checked(listed, np.concatenate([self.table, rows]))

    def _check_added(self, rows: Array) -> None:
        """Check them at once; what is wrong with them is then found row by row."""
        width = len(self.input_names) + len(self.target_names)
        right = rows.ndim == 2 and rows.shape[1] == width and np.isfinite(rows).all()
        if right and self.class_names:
            right = np.isin(rows[:, -1], np.arange(len(self.class_names))).all()
        if not right:
            replace(self, rows=tuple(map(tuple, rows.tolist())))

    def with_rows_kept(self, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> OwnSamples:
        """The table of the rows that are marked, shape (samples,), at least one of them."""
        if not kept.any():
            raise SettingError("there must be at least one sample", "rows")
        listed = tuple(self.rows[k] for k in np.flatnonzero(kept).tolist())
        return self._with_checked(listed, self.table[kept])

    def with_class_names(self, names: tuple[str, ...]) -> OwnSamples:
        """The same samples where the classes have other names, and perhaps there are more of them.

        Raises SettingError when there are fewer.
        """
        if len(names) < len(self.class_names):
            raise SettingError("no class can be left out that there may be samples of")
        return replace(self, rows=self.rows[:1], class_names=names)._with_checked(
            self.rows, self.table
        )

    def _with_checked(self, rows: tuple[tuple[float, ...], ...], table: Array) -> OwnSamples:
        """With rows of which each was checked before; thousands take longer than a frame."""
        made = copy(self)
        table.flags.writeable = False
        made.__dict__.update(rows=rows, table=table)
        return made

    def load(self, seed: int) -> Dataset:
        inputs, targets = np.split(self.table.copy(), [len(self.input_names)], axis=1)
        if self.class_names:
            targets = targets[:, 0].astype(np.intp)
        return Dataset(inputs, targets, self.input_names, self.target_names, self.class_names)


def parse_samples(text: str, targets: int = 1) -> OwnSamples:
    """Read pasted samples; the last `targets` columns are what is to be predicted.

    Columns are separated by tabs, semicolons, commas or spaces; a first line without any number
    names them. A single target column of words gives classes, in order of appearance. Raises
    SettingError naming the row, as counted in the text, and the column that cannot be read.
    """
    lines = text.splitlines(keepends=True)
    mark = DELIMITERS[found_delimiter(lines)]
    try:
        rows = list(split(lines, mark))
    except csv.Error:
        raise SettingError("a quotation mark is not closed") from None
    cells = [(k, [cell.strip() for cell in row]) for k, row in rows if any(map(str.strip, row))]
    if not cells:
        raise SettingError("there are no samples in the text")
    names: list[str] = []
    has_header = not any(_number(cell) is not None for cell in cells[0][1])
    if has_header:
        names = cells.pop(0)[1]
        if not cells:
            raise SettingError("there are column names but no samples below them")
    width = len(names or cells[0][1])
    if width <= targets:
        raise SettingError(
            f"each row must have at least {targets + 1} columns, inputs and then "
            f"{targets} target{'s' if targets > 1 else ''}, got {width}"
        )
    names = names or _default_names(width - targets, targets)
    for number, row in cells:
        if len(row) != width:
            raise SettingError(f"row {number} must have {width} columns, got {len(row)}")
    classes: tuple[str, ...] = ()
    if targets == 1 and _is_word(cells[0][1][-1]):
        classes = tuple(dict.fromkeys(row[-1] for _, row in cells))
        if len(classes) == 1:
            raise SettingError(
                f"column {names[-1]}: every sample is of class {classes[0]!r}; two are needed"
            )
        cells = [(k, [*row[:-1], str(classes.index(row[-1]))]) for k, row in cells]
    return OwnSamples(
        input_names=tuple(names[:-targets]),
        target_names=tuple(names[-targets:]),
        class_names=classes,
        rows=tuple(_row(number, row, names) for number, row in cells),
    )


def format_samples(samples: OwnSamples) -> str:
    """The samples as text that `parse_samples` and spreadsheets read: tabs, names first."""
    lines = ["\t".join((*samples.input_names, *samples.target_names))]
    for row in samples.rows:
        cells = [f"{value!r}".removesuffix(".0") for value in row]
        if samples.class_names:
            cells[-1] = samples.class_names[int(row[-1])]
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def _number(cell: str) -> float | None:
    try:
        value = float(cell.replace("−", "-").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_word(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return bool(cell) and _number(cell) is None
    return False


def _row(number: int, cells: Sequence[str], names: Sequence[str]) -> tuple[float, ...]:
    values = []
    for name, cell in zip(names, cells, strict=True):
        value = _number(cell)
        if value is None:
            raise SettingError(f"row {number}, column {name}: must be a number, got {cell!r}")
        values.append(value)
    return tuple(values)


def _default_names(inputs: int, targets: int) -> list[str]:
    outputs = ["y"] if targets == 1 else [f"y{k}" for k in range(1, targets + 1)]
    return [f"x{k}" for k in range(1, inputs + 1)] + outputs
