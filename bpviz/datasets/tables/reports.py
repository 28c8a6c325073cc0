"""What is said of a table: all that was not read as plain, by row and column."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

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
            reports += [*_odd_cells(judged.raw, use), *_missing(use), *_numbers_as(use)]
    return [*reports, *_left_out(judged)]


def rows_named(raw: RawTable, rows: Iterable[int]) -> str:
    """The numbers in the file of some rows: "row 3, 17, …"."""
    numbers = [str(raw.rows[k]) for k in rows]
    return f"row {', '.join(numbers[:_ROWS_NAMED])}" + (", …" if numbers[_ROWS_NAMED:] else "")


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
    cells = use.cells
    is_odd = np.isnan(cells.numbers) & ~cells.missing
    rows = np.flatnonzero(is_odd[cells.codes])
    reports = [
        f"Row {raw.rows[row]}, column {use.name}: {_short(cells.texts[cells.codes[row]])!r} is no "
        "number and counts as missing."
        for row in rows[:_NAMED]
    ]
    more = len(rows) - _NAMED
    if more > 0:
        many = "cells are" if more > 1 else "cell is"
        reports.append(f"Column {use.name}: {more:,} more {many} no numbers.")
    return reports


def _missing(use: ColumnUse) -> list[str]:
    if not use.missing or use.role == "target":
        return []
    counts: dict[str, int] = {}
    for k in np.flatnonzero(use.cells.missing):
        text = use.cells.texts[k] or "empty"
        counts[text] = counts.get(text, 0) + int(use.cells.counts[k])
    kinds = ", ".join(f"{count:,} {text}" for text, count in counts.items())
    many = "cells count" if use.missing > 1 else "cell counts"
    return [f"Column {use.name}: {use.missing:,} {many} as missing ({kinds})."]


def _numbers_as(use: ColumnUse) -> list[str]:
    """How numbers were read that can be read in more than one way."""
    if use.kind != "number":
        return []
    example = use.cells.grouped_example()
    if not example:
        return []
    number = use.cells.numbers[use.cells.texts.index(example)]
    return [f"Column {use.name} has separators of thousands: {example} was read as {number:.15g}."]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"
