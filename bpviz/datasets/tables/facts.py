"""What a table is like: how it is written, and what each of its columns is used for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpviz.datasets.tables.options import ColumnKind, ColumnRole
from bpviz.datasets.tables.raw_table import Found

if TYPE_CHECKING:
    from bpviz.datasets.tables.judging import JudgedTable


@dataclass(frozen=True)
class ColumnFact:
    """One column, as ColumnUse has it, without its cells.

    `as_input` says whether it is an input where nobody says what it is used for.
    """

    name: str
    kind: ColumnKind
    role: ColumnRole
    missing: int
    odd: int
    distinct: int
    reason: str = ""
    as_input: bool = True


@dataclass(frozen=True)
class TableFacts:
    """The table that samples were read from. `rows` counts those below its header."""

    name: str
    rows: int
    found: Found
    columns: tuple[ColumnFact, ...]


def facts_of(judged: JudgedTable) -> TableFacts:
    """What there is to say of a table, without its cells."""
    from bpviz.datasets.tables.judging import why_not

    columns = tuple(
        ColumnFact(c.name, c.kind, c.role, c.missing, c.odd, c.distinct, c.reason, not why_not(c))
        for c in judged.columns
    )
    return TableFacts(judged.raw.name, len(judged.raw), judged.raw.found, columns)
