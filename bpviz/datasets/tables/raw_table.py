"""A table as it was read: cells as text, and what was found out about how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bpviz.datasets.tables.cells import Cells, cells_of
from bpviz.datasets.tables.progress import GoesOn, to_the_end


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
    in small letters. `decimal_given` says that the person chose the decimal mark; else a column
    may have one of its own. `whole` is False for the first rows alone. `words` are columns of
    texts by the file's own types, though they may look like numbers, `numbers` those of numbers,
    though many may be infinite. `reports` are sentences on
    what was not plain.
    """

    name: str
    names: tuple[str, ...]
    columns: tuple[list[str], ...]
    rows: Sequence[int]
    found: Found
    missing_marks: frozenset[str]
    reports: tuple[str, ...] = ()
    decimal_given: bool = False
    whole: bool = True
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    taken_apart: dict[str, Cells] = field(default_factory=dict)

    def cells(self, name: str, goes_on: GoesOn = to_the_end, decimal: str = "") -> Cells:
        """A column taken apart; done once. Raises Cancelled when `goes_on` says no.

        `decimal` is the mark where the column's own cells do not tell; "" that of the table.
        """
        if name not in self.taken_apart:
            texts = self.columns[self.names.index(name)]
            self.taken_apart[name] = cells_of(
                texts,
                self.missing_marks,
                decimal or self.found.decimal,
                goes_on,
                self.decimal_given,
            )
        return self.taken_apart[name]

    def __len__(self) -> int:
        return len(self.rows)

    def head(self, count: int) -> list[tuple[str, ...]]:
        """The first rows, for a person to look at."""
        return list(zip(*(cells[:count] for cells in self.columns), strict=True))

    def with_reports(self, *sentences: str) -> RawTable:
        """The table with more to tell of it."""
        return replace(self, reports=(*sentences, *self.reports))
