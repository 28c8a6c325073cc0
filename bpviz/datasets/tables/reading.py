"""From a file or a text to a table of cells."""

from __future__ import annotations

import math
from pathlib import Path

from bpviz.datasets.tables.content import Content, file_content, text_content
from bpviz.datasets.tables.delimited import Delimited
from bpviz.datasets.tables.layout import Laid, laid_out
from bpviz.datasets.tables.numerals import number_of
from bpviz.datasets.tables.options import AUTOMATIC, ReadOptions
from bpviz.datasets.tables.progress import GoesOn, portion, to_the_end
from bpviz.datasets.tables.raw_table import Found, RawTable
from bpviz.datasets.tables.workbook import Workbook

_BOOK_ENDINGS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


def read_table(
    path: Path | str,
    options: ReadOptions = AUTOMATIC,
    goes_on: GoesOn = to_the_end,
    usual: str = "",
) -> RawTable:
    """Read a table from a file: text with delimiters, or a workbook; its content decides which.

    `usual` is the decimal mark ("point", "comma") where no number tells; "" leaves it to a guess.

    Raises SettingError, one sentence that names the file and where there is one the row, when it
    cannot be read, and Cancelled when `goes_on` says no.
    """
    path = Path(path).expanduser()
    content = file_content(path)
    table = _read(content, options, goes_on, usual)
    named_book = path.suffix.lower() in _BOOK_ENDINGS
    if named_book != content.is_workbook:
        kind = "a workbook" if content.is_workbook else "text"
        table = table.with_reports(f"The file is called {path.suffix}, but its content is {kind}.")
    return table


def read_text(
    text: str,
    options: ReadOptions = AUTOMATIC,
    goes_on: GoesOn = to_the_end,
    name: str = "the text",
) -> RawTable:
    """Read a table from a text, such as one that was pasted; as `read_table` does."""
    return _read(text_content(text, name), options, goes_on)


def _read(content: Content, options: ReadOptions, goes_on: GoesOn, usual: str = "") -> RawTable:
    marks = frozenset(mark.strip().lower() for mark in options.missing_marks)
    if content.is_workbook:
        return _read_workbook(content, options, marks, goes_on, usual)
    text = Delimited(content, options, portion(goes_on, 0, 200), usual)
    table = laid_out(content, text.rows(portion(goes_on, 200, 1000)), options, marks)
    decimal: str = options.decimal
    if decimal == "auto":
        # Where a semicolon divides cells, the comma is free for numbers.
        guess = "comma" if text.delimiter == "semicolon" and _has_commas(table) else "point"
        decimal = table.decimal or usual or guess
    found = Found(text.encoding, text.delimiter, decimal, table.header)
    reports = table.reports
    if text.encoding != "UTF-8" and options.encoding == "auto":
        reports.insert(0, f"The text was read as {text.encoding}.")
    return _raw(content, table, found, marks, options)


def _read_workbook(
    content: Content, options: ReadOptions, marks: frozenset[str], goes_on: GoesOn, usual: str
) -> RawTable:
    book = Workbook(content, options, usual)
    table = laid_out(content, book.rows(portion(goes_on, 0, 1000)), options, marks)
    if len(book.sheets) > 1:
        others = ", ".join(name for name in book.sheets if name != book.sheet)
        table.reports.insert(0, f"Sheet {book.sheet} was read; there are also {others}.")
    found = Found("", "", book.decimal, table.header, book.sheet, book.sheets)
    return _raw(content, table, found, marks, options)


def _raw(
    content: Content, table: Laid, found: Found, marks: frozenset[str], options: ReadOptions
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
    )


def _has_commas(table: Laid) -> bool:
    """Whether there is a number with a comma, whatever the comma says."""
    return any(
        "," in cell and not math.isnan(number_of(cell, "comma"))
        for cells in table.columns
        for cell in cells[:1000]
    )
