"""From a file or a text to a table of cells."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from bpviz.datasets.tables.columnar import read_columnar
from bpviz.datasets.tables.content import Content, file_content, text_content
from bpviz.datasets.tables.delimited import Delimited, Row
from bpviz.datasets.tables.layout import Laid, laid_out
from bpviz.datasets.tables.numerals import number_of
from bpviz.datasets.tables.options import AUTOMATIC, ReadOptions
from bpviz.datasets.tables.progress import GoesOn, portion, to_the_end
from bpviz.datasets.tables.raw_table import Found, RawTable
from bpviz.datasets.tables.workbook import Workbook
from bpviz.engine.settings import SettingError

_FORMS = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"), "workbook"),
    ".parquet": "parquet",
    ".feather": "feather",
}
_CALLED = {
    "text": "text",
    "workbook": "a workbook",
    "parquet": "that of Parquet",
    "feather": "that of Feather",
}
_NAMED = {"workbook": "a workbook", "parquet": "a Parquet file", "feather": "a Feather file"}
# A beginning has so many rows, however long they are.
_FEWEST_ROWS = 200


def read_table(
    path: Path | str,
    options: ReadOptions = AUTOMATIC,
    goes_on: GoesOn = to_the_end,
    usual: str = "",
    most: int = 0,
) -> RawTable:
    """Read a table from a file: text, a workbook, Parquet or Feather, as its content says.

    `usual` is the decimal mark ("point", "comma") where no number tells; "" leaves it to a guess.
    `most` cells, or a few more, are read from its beginning; 0 for all.

    Raises SettingError, one sentence that names the file and where there is one the row, when it
    cannot be read, and Cancelled when `goes_on` says no.
    """
    path = Path(path).expanduser()
    content = file_content(path)
    expected = _FORMS.get(path.suffix.lower(), "text")
    try:
        table = _read(content, options, goes_on, usual, most)
    except SettingError as error:
        if content.form == expected or content.form != "text":
            raise
        raise content.error(
            f"is not {_NAMED[expected]}, and no table as text either: {error.message}"
        ) from None
    if expected != content.form:
        what = _CALLED[content.form]
        table = table.with_reports(f"The file is called {path.suffix}, but its content is {what}.")
    return table


def read_text(
    text: str,
    options: ReadOptions = AUTOMATIC,
    goes_on: GoesOn = to_the_end,
    name: str = "the text",
    most: int = 0,
) -> RawTable:
    """Read a table from a text, such as one that was pasted; as `read_table` does."""
    return _read(text_content(text, name), options, goes_on, most=most)


def _read(
    content: Content, options: ReadOptions, goes_on: GoesOn, usual: str = "", most: int = 0
) -> RawTable:
    marks = frozenset(mark.strip().lower() for mark in options.missing_marks)
    if content.form in ("parquet", "feather"):
        return read_columnar(content, options, marks, goes_on, most)
    if content.is_workbook:
        return _read_workbook(content, options, marks, goes_on, usual, most)
    text = Delimited(content, options, portion(goes_on, 0, 200), usual)
    rows = _Beginning(text.rows(portion(goes_on, 200, 1000)), most)
    table = laid_out(content, iter(rows), options, marks)
    decimal: str = options.decimal
    if decimal == "auto":
        # Where a semicolon divides cells, the comma is free for numbers.
        guess = "comma" if text.delimiter == "semicolon" and _has_commas(table) else "point"
        decimal = table.decimal or usual or guess
    found = Found(text.encoding, text.delimiter, decimal, table.header)
    reports = table.reports
    if text.encoding != "UTF-8" and options.encoding == "auto":
        reports.insert(0, f"The text was read as {text.encoding}.")
    return _raw(content, table, found, marks, options, rows.whole)


def _read_workbook(
    content: Content,
    options: ReadOptions,
    marks: frozenset[str],
    goes_on: GoesOn,
    usual: str,
    most: int,
) -> RawTable:
    book = Workbook(content, options, usual)
    rows = _Beginning(book.rows(portion(goes_on, 0, 1000)), most)
    others = ", ".join(name for name in book.sheets if name != book.sheet)
    try:
        table = laid_out(content, iter(rows), options, marks)
    except SettingError as error:
        if not others:
            raise
        raise content.error(
            f"sheet {book.sheet}: {error.message}; there are also {others}"
        ) from None
    if others:
        table.reports.insert(0, f"Sheet {book.sheet} was read; there are also {others}.")
    found = Found("", "", book.decimal, table.header, book.sheet, book.sheets)
    return _raw(content, table, found, marks, options, rows.whole)


class _Beginning:
    """The first rows, until they have `most` cells, or all where that is 0; `whole` if all."""

    def __init__(self, rows: Iterator[Row], most: int) -> None:
        self._rows, self._most = rows, most
        self.whole = True

    def __iter__(self) -> Iterator[Row]:
        cells = 0
        for count, row in enumerate(self._rows):
            if self._most and cells >= self._most and count > _FEWEST_ROWS:
                self.whole = False
                return
            cells += len(row[1])
            yield row


def _raw(
    content: Content,
    table: Laid,
    found: Found,
    marks: frozenset[str],
    options: ReadOptions,
    whole: bool,
) -> RawTable:
    if found.decimal == "comma" and _has_commas(table):
        table.reports.append("Numbers are written with a decimal comma.")
    return RawTable(
        content.name,
        table.names,
        table.columns,
        table.rows,
        found,
        marks,
        tuple(table.reports),
        options.decimal != "auto",
        whole,
    )


def _has_commas(table: Laid) -> bool:
    """Whether there is a number with a comma, whatever the comma says."""
    return any(
        "," in cell and not math.isnan(number_of(cell, "comma"))
        for cells in table.columns
        for cell in cells[:1000]
    )
