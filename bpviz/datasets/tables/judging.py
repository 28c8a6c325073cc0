"""What each column of a table holds and is used for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bpviz.datasets.tables.options import Recipe
from bpviz.datasets.tables.raw_table import GoesOn, RawTable, to_the_end

ColumnKind = Literal["number", "category", "date", "empty"]
ColumnRole = Literal["input", "target", "weight", "left out"]


@dataclass(frozen=True, eq=False)
class ColumnUse:
    """One column: what it holds, what it is used for, and why when it is left out.

    `missing` counts cells with nothing in them, `odd` are (row in the file, cell) of those that
    are no numbers in a column of numbers and count as missing as well; `distinct` counts the
    different values. `reason` is "" or what follows "column x is left out: ".
    """

    name: str
    kind: ColumnKind
    role: ColumnRole
    missing: int
    odd: tuple[tuple[int, str], ...]
    distinct: int
    reason: str = ""


@dataclass(frozen=True, eq=False)
class JudgedTable:
    """A table whose columns are understood. `reports` include those of reading."""

    raw: RawTable
    columns: tuple[ColumnUse, ...]
    reports: tuple[str, ...]
    values: dict[str, np.ndarray[Any, Any]]


def judge(raw: RawTable, recipe: Recipe = Recipe(), goes_on: GoesOn = to_the_end) -> JudgedTable:
    """Find what each column holds and is used for, as far as the recipe does not say it.

    Raises SettingError when the recipe names a column that is not there, Cancelled when `goes_on`
    says no.
    """
    raise NotImplementedError
