"""From a file or a text to a table of cells."""

from __future__ import annotations

from pathlib import Path

from bpviz.datasets.tables.options import ReadOptions
from bpviz.datasets.tables.raw_table import GoesOn, RawTable, to_the_end


def read_table(
    path: Path | str, options: ReadOptions = ReadOptions(), goes_on: GoesOn = to_the_end
) -> RawTable:
    """Read a table from a file: text with delimiters, or a workbook; its content decides which.

    Raises SettingError, one sentence that names the file and where there is one the row, when it
    cannot be read, and Cancelled when `goes_on` says no.
    """
    raise NotImplementedError


def read_text(
    text: str,
    options: ReadOptions = ReadOptions(),
    goes_on: GoesOn = to_the_end,
    name: str = "the text",
) -> RawTable:
    """Read a table from a text, such as one that was pasted; as `read_table` does."""
    raise NotImplementedError
