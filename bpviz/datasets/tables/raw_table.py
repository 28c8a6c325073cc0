"""A table as it was read: cells as text, and what was found out about how it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Told how much is done of how much; answers whether to go on.
GoesOn = Callable[[int, int], bool]


class Cancelled(Exception):
    """The person no longer wants the table that was being read."""


def to_the_end(_done: int, _total: int) -> bool:
    """Go on whatever comes."""
    return True


@dataclass(frozen=True)
class Found:
    """How a table is written. `encoding` and `delimiter` are "" for a workbook.

    `decimal` is "point" or "comma"; `sheets` are the names of a workbook's sheets that have cells.
    """

    encoding: str = ""
    delimiter: str = ""
    decimal: str = "point"
    header: bool = True
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class RawTable:
    """Cells as text, column by column, without blanks around them.

    `name` is what to call the table, `rows[k]` the number of its k-th row as counted in the file
    from 1 (the line on which it begins), `names` are unique and never empty. `missing_marks` are
    in small letters. `reports` are sentences on what was not plain.
    """

    name: str
    names: tuple[str, ...]
    columns: tuple[list[str], ...]
    rows: Sequence[int]
    found: Found
    missing_marks: frozenset[str]
    reports: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def head(self, count: int) -> list[tuple[str, ...]]:
        """The first rows, for a person to look at."""
        return list(zip(*(cells[:count] for cells in self.columns), strict=True))
