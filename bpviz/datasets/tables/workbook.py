"""Workbooks (Excel, OpenDocument) as rows of cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from bpviz.datasets.tables.content import Content
from bpviz.datasets.tables.delimited import Row
from bpviz.datasets.tables.numerals import decimal_mark
from bpviz.datasets.tables.options import ReadOptions
from bpviz.datasets.tables.progress import Cancelled, GoesOn

_ROWS_AT_ONCE = 500
# Above this a number has no decimals, and its digits would be made up.
_WHOLE = 1e15


class Workbook:
    """One sheet of a workbook as rows; `sheets` are the names of those that have cells."""

    def __init__(self, content: Content, options: ReadOptions, usual: str = "") -> None:
        self._content = content
        try:
            from python_calamine import CalamineError, CalamineWorkbook
        except ImportError:
            raise content.error(
                "is a workbook, and reading those needs python-calamine; install it by "
                "pip install python-calamine, or save the sheet as CSV"
            ) from None
        self._failures = (CalamineError, OSError, ValueError)
        try:
            with content.open() as file:
                book = CalamineWorkbook.from_filelike(file)
                sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        except self._failures as error:
            raise self._damaged(error) from None
        self.sheets = tuple(sheet.name for sheet in sheets if sheet.height)
        self._sheet = self._chosen(sheets, options.sheet)
        self.sheet: str = self._sheet.name
        self.decimal: str = options.decimal
        if self.decimal == "auto":
            self.decimal = decimal_mark(self._texts()) or usual or "point"

    def rows(self, goes_on: GoesOn) -> Iterator[Row]:
        """All rows of the sheet. Raises SettingError when it is damaged, and Cancelled."""
        mark = "," if self.decimal == "comma" else "."
        total = self._sheet.total_height
        try:
            for number, values in enumerate(self._sheet.iter_rows(), 1):
                if number % _ROWS_AT_ONCE == 1 and not goes_on(number, total):
                    raise Cancelled
                yield number, [cell_text(value, mark) for value in values]
        except self._failures as error:
            raise self._damaged(error) from None

    def _chosen(self, sheets: list[Any], wanted: str) -> Any:
        names = ", ".join(sheet.name for sheet in sheets)
        if wanted:
            for sheet in sheets:
                if sheet.name == wanted:
                    return sheet
            raise self._content.error(f"has no sheet {wanted!r}; it has {names}")
        for sheet in sheets:
            if sheet.height:
                return sheet
        raise self._content.error("has no cells with anything in them")

    def _texts(self) -> list[str]:
        """What is text in the first rows; numbers have no decimal mark of their own."""
        texts: list[str] = []
        for number, values in enumerate(self._sheet.iter_rows()):
            texts += [value for value in values if isinstance(value, str) and value]
            if number > _ROWS_AT_ONCE:
                break
        return texts

    def _damaged(self, error: Exception) -> Exception:
        if "assword" in f"{type(error).__name__} {error}":
            return self._content.error(
                "is protected by a password; save a copy of it without one, or as CSV"
            )
        return self._content.error("is damaged or not a workbook that can be read")


def cell_text(value: Any, mark: str) -> str:
    """A cell as a person would write it, with this decimal mark."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _WHOLE:
            return str(int(value))
        return repr(value).replace(".", mark)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
