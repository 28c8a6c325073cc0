"""From rows of cells to columns with names: header, titles, comments, blank and ragged rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from bpviz.datasets.tables.content import Content
from bpviz.datasets.tables.delimited import Row
from bpviz.datasets.tables.numerals import decimal_mark, looks_like_number
from bpviz.datasets.tables.options import ReadOptions

# Rows that are looked at before the shape of the table is decided.
_HEAD = 200
_CHUNK = 2000
_NAMED = 5


@dataclass(eq=False)
class Laid:
    """A table in columns; `decimal` is "" where no number tells the mark."""

    names: tuple[str, ...] = ()
    columns: tuple[list[str], ...] = ()
    rows: list[int] = field(default_factory=list)
    header: bool = True
    decimal: str = ""
    reports: list[str] = field(default_factory=list)


def laid_out(
    content: Content, rows: Iterator[Row], options: ReadOptions, marks: frozenset[str]
) -> Laid:
    """Rows as columns. Raises SettingError for ragged rows, and where nothing is left."""
    table = Laid()
    wanted = _rows_with_cells(rows, table.reports)
    head = _without_titles(list(islice(wanted, _HEAD)), table.reports)
    if not head:
        raise content.error("there are no rows in it")
    width = len(head[0][1])
    names: list[str] | None = None
    if options.header == "yes" or (options.header == "auto" and _has_header(head, marks)):
        names = [cell.strip() for cell in head.pop(0)[1]]
        if not head:
            raise content.error("has column names but no rows below them")
        names = _fitting(names, head)
        width = len(names)
    elif len(head) > 1:
        width = _usual_width(head)
    table.header = names is not None
    table.columns = tuple([] for _ in range(width))
    _fill(content, table, chain(head, wanted), width)
    table.names = unique_names(names or [""] * width, names is not None, table)
    table.decimal = decimal_mark(cell for cells in table.columns for cell in cells[:_CHUNK])
    return table


def _rows_with_cells(rows: Iterator[Row], reports: list[str]) -> Iterator[Row]:
    """All rows in which there is something, without comments."""
    seen = list(islice(rows, _HEAD))
    head = [row for row in seen if any(row[1])]
    width = _usual_width(head) if head else 0
    hashed = [_is_hashed(row) for row in head]
    leading = hashed.index(False) if False in hashed else 0
    comments = leading
    names = _names_behind(head[leading - 1][1], width) if leading else []
    if names and any(map(looks_like_number, head[leading][1])):
        comments -= 1
        yield head[leading - 1][0], names
    start = head[leading][0] if head else 0
    empty: list[int] = []
    waiting: list[int] = []
    for number, cells in chain(seen, rows):
        if number < start:
            continue
        if not any(cells):
            waiting.append(number)
            continue
        empty += waiting
        waiting.clear()
        if cells[0].startswith("#") and len(cells) != width:
            comments += 1
            continue
        yield number, cells
    if empty:
        reports.append(_empty_rows(empty))
    if comments:
        many = "rows are comments" if comments > 1 else "row is a comment"
        reports.append(f"{comments} {many}, beginning with #, and left out.")


def _empty_rows(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:_NAMED])) + ", …" * (len(numbers) > _NAMED)
    many = "rows are" if len(numbers) > 1 else "row is"
    return f"{len(numbers)} {many} empty and left out: row {named}."


def _is_hashed(row: Row) -> bool:
    return row[1][0].startswith("#")


def _names_behind(cells: list[str], width: int) -> list[str]:
    """The names in a row that begins with #, such as "# a b"; [] when they are too few or many."""
    if len(cells) == width:
        return [cells[0].strip("# ") or cells[0], *cells[1:]]
    names = [cell for cell in cells if cell.strip("# ")]
    return names if len(names) == width else []


def _usual_width(rows: Sequence[Row]) -> int:
    return Counter(len(cells) for _, cells in rows).most_common(1)[0][0]


def _without_titles(head: list[Row], reports: list[str]) -> list[Row]:
    """The rows from the header on: a single cell above a table of three columns is a title."""
    while len(head) > 2:
        number, cells = head[0]
        full = [cell for cell in cells if cell.strip()]
        below = Counter(sum(map(bool, cells)) for _, cells in head[1:]).most_common(1)[0][0]
        if len(full) != 1 or below < 3:
            break
        reports.append(
            f"Row {number} holds one cell, {_short(full[0])}, and is left out as a title."
        )
        head = head[1:]
    return head


def _has_header(head: Sequence[Row], marks: frozenset[str]) -> bool:
    """Whether the first row names the columns: numbers or the same words below tell."""
    if len(head) == 1:
        return not any(looks_like_number(cell.strip()) for cell in head[0][1])
    votes = 0
    first = [cell.strip() for cell in head[0][1]]
    for k, cell in enumerate(first):
        below = [cells[k].strip() for _, cells in head[1:] if k < len(cells)]
        below = [text for text in below if text and text.lower() not in marks]
        if not cell or not below:
            continue
        numbers = sum(map(looks_like_number, below)) > 0.5 * len(below)
        if looks_like_number(cell):
            votes -= 1
        elif cell.lower() in marks:
            continue
        elif numbers:
            votes += 1
        elif cell in below:
            votes -= 1
    return votes > 0 or (votes == 0 and len(set(first)) == len(first) and all(first))


def _fitting(names: list[str], head: Sequence[Row]) -> list[str]:
    """The names, one more for a first column of row names, without those of trailing delimiters."""
    usual = _usual_width(head)
    full = [cells for _, cells in head if len(cells) == usual]
    if usual == len(names) + 1 and any(cells[-1] for cells in full):
        return ["", *names]
    if usual < len(names) and not any(names[usual:]):
        return names[:usual]
    return names


def _fill(content: Content, table: Laid, rows: Iterator[Row], width: int) -> None:
    trailing = False
    chunk: list[list[str]] = []
    for number, cells in rows:
        if len(cells) != width:
            if len(cells) < width or any(cells[width:]):
                raise content.error(
                    f"row {number} has {_columns(len(cells))} where {width} "
                    f"{'are' if width > 1 else 'is'} expected"
                )
            trailing = True
            cells = cells[:width]
        table.rows.append(number)
        chunk.append(cells)
        if len(chunk) == _CHUNK:
            _append(table, chunk)
            chunk = []
    _append(table, chunk)
    if trailing:
        table.reports.append("Delimiters at the ends of rows, with nothing behind, are left out.")


def _columns(count: int) -> str:
    return f"{count} columns" if count > 1 else f"{count} column"


def _append(table: Laid, chunk: list[list[str]]) -> None:
    for column, cells in zip(table.columns, zip(*chunk, strict=True), strict=False):
        column.extend(map(str.strip, cells))


def unique_names(given: list[str], named: bool, table: Laid) -> tuple[str, ...]:
    """A name of its own for every column; what has neither name nor cells is no column."""
    kept = [k for k, name in enumerate(given) if name or not named or any(table.columns[k])]
    if len(kept) < len(given):
        table.columns = tuple(table.columns[k] for k in kept)
        table.reports.append(
            f"Columns without name and cells are left out: {len(given) - len(kept)}."
        )
    names: list[str] = []
    filled, renamed = [], []
    taken = {name for name in given if name}
    for k in kept:
        wanted = " ".join(given[k].split())
        name = wanted or f"column {k + 1}"
        count = 1
        while name in names or ((count > 1 or not wanted) and name in taken):
            count += 1
            name = f"{wanted or f'column {k + 1}'} ({count})"
        if named and not wanted:
            filled.append(name)
        elif name != wanted and wanted:
            renamed.append(name)
        names.append(name)
    if filled:
        table.reports.append(f"Columns without a name are called {_some(filled)}.")
    if renamed:
        table.reports.append(f"Names that occur twice are numbered: {_some(renamed)}.")
    if not named:
        table.reports.append(
            f"The first row holds no names, so the columns are called {_some(names)}."
        )
    return tuple(names)


def _some(texts: Sequence[str]) -> str:
    return ", ".join(map(_short, texts[:_NAMED])) + (", …" if len(texts) > _NAMED else "")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"
