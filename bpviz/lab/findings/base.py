"""What a trained network is famous for, as data: a verdict, sentences, and pictures of numbers.

A finding looks at a network and its data and says what it sees; views draw what it says and work
nothing out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.network import Network
from bpviz.engine.settings import Entry, Registry
from bpviz.engine.spec import ParameterId


@dataclass(frozen=True, eq=False)
class Grid:
    """A small picture of numbers: `values` of shape (rows, columns).

    Of scale "signed" they are weights: a colour for the sign, a size for the magnitude, drawn in
    proportion to `largest`. Of scale "share" they run from 0 to 1. Names that are all "" are not
    written and take no room. `parameters` are the weights and biases that the cells show, row by
    row, None for a cell that shows none; () when no cell does. `column_feet` are names below the
    columns, for the lower half of the rows, where one name cannot be for all of them.
    """

    title: str
    values: Array
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    largest: float
    scale: Literal["signed", "share"] = "signed"
    caption: str = ""
    parameters: tuple[ParameterId | None, ...] = ()
    column_feet: tuple[str, ...] = ()

    def names_of(self, row: int, column: int) -> tuple[str, str]:
        """What a cell's row and column are called."""
        lower = self.column_feet and 2 * row >= len(self.row_names)
        return self.row_names[row], (self.column_feet if lower else self.column_names)[column]


@dataclass(frozen=True)
class Lines:
    """A small table of words: `rows` of as many cells as `headers`; `right` marks each row."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool | None, ...] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """What a finding saw. `holds` says whether it is there yet; `headline` is one short sentence.

    `sentences` say it in words and numbers, for a report; `panels` show it. When `refused`, this
    network or its data cannot be looked at in this way: the headline says why, and that is all.
    """

    holds: bool
    headline: str
    sentences: tuple[str, ...] = ()
    panels: tuple[Grid | Lines, ...] = ()
    refused: bool = False


@dataclass(frozen=True)
class Finding(Entry):
    """Something to look for in a trained network."""

    source: ClassVar[str] = ""

    def refusal(self, network: Network, data: PreparedData) -> str:
        """Why this network cannot be looked at in this way; "" when it can."""
        return ""

    def look(self, network: Network, data: PreparedData) -> Found:
        """What there is to see with these weights. Called only when nothing is refused."""
        raise NotImplementedError


FINDINGS: Registry[Finding] = Registry("finding")
