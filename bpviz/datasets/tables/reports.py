"""What is said of a table: all that was not read as plain, by row and column."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bpviz.datasets.tables.cells import Cells
from bpviz.datasets.tables.dates import iso_date, reads_two_ways
from bpviz.datasets.tables.judging import AS_ASKED, ColumnUse, JudgedTable
from bpviz.datasets.tables.raw_table import RawTable

# Cells and rows named one by one, at most.
_NAMED = 3
_ROWS_NAMED = 8


def reports_of(judged: JudgedTable) -> list[str]:
    """One sentence for all that a person may want to know of the columns."""
    reports = _target(judged)
    for use in judged.columns:
        if use.role != "left out":
            reports += [*_odd_cells(judged.raw, use), *_missing(judged.raw, use)]
            if use.kind == "number":
                reports += read_as(use.name, use.cells, use.day_first)
    return [*reports, *_left_out(judged)]


def rows_named(raw: RawTable, rows: Iterable[int]) -> str:
    """The numbers in the file of some rows: "row 3, 17 and 2 more"."""
    numbers = [raw.rows[k] for k in rows]
    named = ", ".join(map(str, numbers[:_ROWS_NAMED]))
    more = len(numbers) - _ROWS_NAMED
    return f"row {named} and {more:,} more" if more > 0 else f"row {named}"


def read_as(name: str, cells: Cells, day_first: bool | None) -> list[str]:
    """How a column's numbers, or dates, were read that can be read in more than one way."""
    if day_first is not None:
        example = next(filter(reads_two_ways, cells.given), "")
        if not example:
            return []
        date = iso_date(cells.numbers[cells.texts.index(example)])
        order = "day before the month" if day_first else "month before the day"
        return [f"Column {name} has the {order}: {example} was read as {date}."]
    example = cells.grouped_example()
    if not example:
        return []
    number = cells.numbers[cells.texts.index(example)]
    return [f"Column {name} has separators of thousands: {example} was read as {number:.15g}."]


def _target(judged: JudgedTable) -> list[str]:
    if not judged.guessed:
        return []
    targets = judged.used_as("target")
    as_classes = [use for use in targets if use.kind == "category" and use.cells.number_count]
    kind = ""
    if as_classes:
        kind = ", its numbers being names of classes"
    return [f"Column {use.name} was taken for the target{kind}." for use in targets]


def _left_out(judged: JudgedTable) -> list[str]:
    """Columns that nobody asked to leave out, and why; many for one reason are told together."""
    reasons: dict[str, list[str]] = {}
    for use in judged.used_as("left out"):
        if use.reason != AS_ASKED:
            reasons.setdefault(use.reason, []).append(use.name)
    reports = []
    for reason, names in reasons.items():
        reports += [f"Column {name} is left out: {reason}." for name in names[:_NAMED]]
        if len(names) > _NAMED:
            more = ", ".join(names[_NAMED:])
            reports.append(f"Left out for the same reason: {more}.")
    return reports


def _odd_cells(raw: RawTable, use: ColumnUse) -> list[str]:
    if not use.odd or use.kind != "number":
        return []
    cells, one, several = use.cells, "number", "numbers"
    if use.day_first is not None:
        one, several = "date", "dates"
    is_odd = np.isnan(cells.numbers) & ~cells.missing
    rows = np.flatnonzero(is_odd[cells.codes])
    reports = [
        f"Row {raw.rows[row]}, column {use.name}: {_short(cells.texts[cells.codes[row]])!r} is no "
        f"{one} and counts as missing."
        for row in rows[:_NAMED]
    ]
    more = len(rows) - _NAMED
    if more > 0:
        many = "cells are" if more > 1 else "cell is"
        reports.append(f"Column {use.name}: {more:,} more {many} no {several}.")
    return reports


def _missing(raw: RawTable, use: ColumnUse) -> list[str]:
    if not use.missing or use.role == "target":
        return []
    counts: dict[str, int] = {}
    for k in np.flatnonzero(use.cells.missing):
        text = use.cells.texts[k] or "empty"
        counts[text] = counts.get(text, 0) + int(use.cells.counts[k])
    kinds = ", ".join(f"{count:,} {text}" for text, count in counts.items())
    many = "cells count" if use.missing > 1 else "cell counts"
    rows = np.flatnonzero(use.cells.missing[use.cells.codes])
    where = rows_named(raw, rows)
    return [f"Column {use.name}: {use.missing:,} {many} as missing ({kinds}), {where}."]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"
