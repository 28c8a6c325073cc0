"""What each column of a table holds and is used for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from bpviz.datasets.tables.cells import Cells
from bpviz.datasets.tables.options import GUESSED, ColumnKind, ColumnRole, Recipe
from bpviz.datasets.tables.progress import GoesOn, portion, to_the_end
from bpviz.datasets.tables.raw_table import RawTable
from bpviz.engine.settings import SettingError

# The reason for leaving a column out that needs no telling.
AS_ASKED = "as was asked for"

# A column in which so many of the cells are numbers (dates) is one of numbers (dates).
_MOST = 0.9
# With more categories than this a column is left out, unless it is asked for.
MOST_CATEGORIES = 50
# Whole numbers with so few different values, each this often, are taken for classes.
_MOST_CLASSES, _TIMES_EACH = 10, 5
# In the order in which they are looked for.
TARGET_NAMES = (
    "target", "class", "label", "species", "outcome", "classification", "category", "y", "output",
)  # fmt: skip
_ROW_NAMES = (
    "id",
    "index",
    "nr",
    "no",
    "no.",
    "row",
    "rownames",
    "row names",
    "unnamed: 0",
    "#",
    "__index_level_0__",
)


@dataclass(frozen=True, eq=False)
class ColumnUse:
    """One column: what it holds, what it is used for, and why when it is left out.

    `missing` counts cells with nothing in them, `odd` those that are no numbers (dates) in a
    column of numbers (dates); they count as missing as well. `distinct` counts the different
    values. `reason` is "" or what follows "column x is left out: ". `day_first` says how dates that
    are used as numbers were read; None for other columns.
    """

    name: str
    cells: Cells
    kind: ColumnKind
    role: ColumnRole
    missing: int
    odd: int
    distinct: int
    reason: str = ""
    day_first: bool | None = None


@dataclass(frozen=True, eq=False)
class JudgedTable:
    """A table whose columns are understood. `guessed` says that nobody chose the target."""

    raw: RawTable
    columns: tuple[ColumnUse, ...]
    guessed: bool

    def used_as(self, role: ColumnRole) -> tuple[ColumnUse, ...]:
        """The columns of one role, in their order."""
        return tuple(column for column in self.columns if column.role == role)


def judge(raw: RawTable, recipe: Recipe = GUESSED, goes_on: GoesOn = to_the_end) -> JudgedTable:
    """Find what each column holds and is used for, as far as the recipe does not say it.

    Raises SettingError when there is one column alone, or the recipe names one that is not there
    or cannot be what it is to be, and Cancelled when `goes_on` says no.
    """
    if len(raw.names) == 1:
        others = ", ".join(name for name in raw.found.sheets if name != raw.found.sheet)
        advice = f"; there are also sheets {others}" if others else ""
        if raw.found.delimiter:
            advice = " (is the delimiter another one?)"
        raise SettingError(
            f"has only one column; a table needs inputs and a target{advice}", raw.name
        )
    _check_names(raw, recipe)
    columns, count = [], len(raw.names)
    for k, name in enumerate(raw.names):
        part = portion(goes_on, 1000 * k // count, 1000 * (k + 1) // count)
        columns.append(_column(raw, name, recipe, part))
    target = recipe.target or _guessed_target(columns, recipe)
    columns = [_as_target(c, recipe) if c.name in target else c for c in columns]
    columns = [_with_role(c, recipe, target) for c in columns]
    return JudgedTable(raw, tuple(columns), not recipe.target)


def judged_alone(raw: RawTable) -> JudgedTable:
    """What each column holds, where they cannot be used together: none has a role."""
    columns = tuple(_column(raw, name, GUESSED, to_the_end) for name in raw.names)
    return JudgedTable(raw, columns, False)


def _check_names(raw: RawTable, recipe: Recipe) -> None:
    for key in ("target", "inputs", "leave_out", "categories", "numbers", "weight"):
        value = getattr(recipe, key)
        for name in (value,) if isinstance(value, str) and value else value:
            if name not in raw.names:
                raise SettingError(
                    f"there is no column {name!r} in {raw.name}; it has {', '.join(raw.names[:20])}"
                    + (", …" if len(raw.names) > 20 else ""),
                    key,
                )


def _column(raw: RawTable, name: str, recipe: Recipe, goes_on: GoesOn) -> ColumnUse:
    """What the column holds, as its cells, the file's own types or the recipe say."""
    cells = raw.cells(name, goes_on)
    given = cells.given_count
    is_typed = name in raw.numbers and cells.number_count > 0
    if name in raw.words and name not in recipe.numbers:
        cells = replace(cells, numbers=np.full_like(cells.numbers, np.nan))
    kind: ColumnKind = "category"
    day_first = None
    if not given:
        kind = "empty"
    elif name in recipe.categories:
        kind = "category"
    elif is_typed or cells.number_count >= _MOST * given:
        kind = "number"
    elif cells.date_count >= _MOST * given:
        kind = "date"
    if name in recipe.numbers and kind in ("category", "date"):
        if kind == "date":
            day_first = cells.day_first()
            cells = replace(cells, numbers=cells.as_days(day_first))
        if not cells.number_count:
            raise SettingError(
                f"column {name} holds no numbers; its first cell is {cells.given[0]!r}", "numbers"
            )
        kind = "number"
    odd = {"number": given - cells.number_count, "date": given - cells.date_count}.get(kind, 0)
    distinct = len(cells.given)
    if kind == "number":
        distinct = len(np.unique(cells.numbers[~np.isnan(cells.numbers)]))
    missing = len(cells.codes) - given
    return ColumnUse(name, cells, kind, "left out", missing, odd, distinct, day_first=day_first)


def _guessed_target(columns: list[ColumnUse], recipe: Recipe) -> tuple[str, ...]:
    """The column that is most likely to be predicted: by its name, else the last usable one."""
    free = [
        c
        for c in columns
        if c.name not in (*recipe.inputs, *recipe.leave_out, recipe.weight)
        and c.kind in ("number", "category")
        and not _is_text(c)
    ]
    for wanted in TARGET_NAMES:
        for column in free:
            if column.name.lower() == wanted:
                return (column.name,)
    usable = [c for c in columns if c.name not in (*recipe.inputs, *recipe.leave_out)]
    last = (free or usable)[-1:]
    if not last:
        raise SettingError(
            "choose at least one input and a target; no column is left that could be the target",
            "target",
        )
    return (last[0].name,)


def _as_target(column: ColumnUse, recipe: Recipe) -> ColumnUse:
    """A few whole numbers, each many times, are classes when they are to be predicted."""
    if column.kind != "number" or len(recipe.target) > 1 or column.name in recipe.numbers:
        return column
    values = column.cells.numbers[~np.isnan(column.cells.numbers)]
    low, high = values.min(), values.max()
    signs = column.distinct == 2 and (low, high) == (-1.0, 1.0)
    in_a_row = low in (0.0, 1.0) and high - low == column.distinct - 1
    often = column.cells.number_count >= _TIMES_EACH * column.distinct
    few = 2 <= column.distinct <= _MOST_CLASSES and not column.odd
    if few and often and (values == np.round(values)).all() and (signs or in_a_row):
        return replace(column, kind="category")
    return column


def _with_role(column: ColumnUse, recipe: Recipe, target: Iterable[str]) -> ColumnUse:
    name = column.name
    if name in target:
        return replace(column, role="target")
    if name == recipe.weight:
        return replace(column, role="weight")
    if name in recipe.leave_out or (recipe.inputs and name not in recipe.inputs):
        return replace(column, reason=AS_ASKED)
    if name in recipe.inputs:
        return _as_wished(column)
    reason = why_not(column)
    return replace(column, role="left out" if reason else "input", reason=reason)


def _as_wished(column: ColumnUse) -> ColumnUse:
    """An input that was asked for by name, though it would be left out otherwise."""
    if column.kind == "empty":
        raise SettingError(f"column {column.name} has no values", "inputs")
    if column.kind == "date":
        day_first = column.cells.day_first()
        cells = replace(column.cells, numbers=column.cells.as_days(day_first))
        distinct = len(np.unique(cells.numbers[~np.isnan(cells.numbers)]))
        use = replace(column, cells=cells, distinct=distinct, day_first=day_first)
        return replace(use, kind="number", role="input")
    if column.kind == "category" and column.distinct > 20 * MOST_CATEGORIES:
        raise SettingError(
            f"column {column.name} has {column.distinct:,} different texts, too many for inputs",
            "inputs",
        )
    return replace(column, role="input")


def _is_text(column: ColumnUse) -> bool:
    """Whether every row says something else, as names, numbers of members or remarks do."""
    return column.kind == "category" and column.distinct == column.cells.given_count > 2


def why_not(column: ColumnUse) -> str:
    """Why a column is of no use as an input; "" when it is of use."""
    rows = len(column.cells.codes)
    if column.kind == "empty":
        return "it has no values"
    if column.kind == "date":
        return "it holds dates; read as numbers they are days since 1970-01-01"
    if _is_text(column):
        return "every row has another text"
    if column.kind == "category" and column.distinct > MOST_CATEGORIES:
        return f"it has {column.distinct:,} different texts, more than {MOST_CATEGORIES}"
    if column.distinct == 1 and rows > 1:
        return f"it is always {column.cells.given[0]}"
    if _counts_rows(column):
        return "it only counts the rows"
    return ""


def _counts_rows(column: ColumnUse) -> bool:
    name = column.name.lower()
    if column.kind != "number" or not (name in _ROW_NAMES or name == "column 1"):
        return False
    values = column.cells.values
    return len(values) > 2 and bool((np.diff(values) == 1).all())
