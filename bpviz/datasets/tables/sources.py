"""Samples from people's own tables: a file on disk, or text that was pasted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.datasets.tables.options import ReadOptions, Recipe
from bpviz.datasets.tables.raw_table import GoesOn, to_the_end
from bpviz.engine.settings import SettingError, Settings, setting

# A pasted text lies in the experiment itself.
LONGEST_TEXT = 200_000

_EXAMPLE = "x1,x2,either\n0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n"

_SUGGESTED = {
    "test_fraction": 0.25,
    "scaling": "standardise",
    "missing": "mean",
    "scale_targets": True,
}


@dataclass(frozen=True)
class _Path(Settings):
    path: str = setting("", "File", "The file: .csv, .tsv, .txt, .xlsx, .xls or .ods")


@dataclass(frozen=True)
class _Text(Settings):
    text: str = setting(_EXAMPLE, "Text", "The table as text, names of the columns first")


# The last base's settings come first.
@DATASETS.register
@dataclass(frozen=True)
class TableFile(DataSource, Recipe, ReadOptions, _Path):
    """A table from a file: text with delimiters (CSV, TSV) or a workbook (Excel, OpenDocument)."""

    kind: ClassVar[str] = "file"
    label: ClassVar[str] = "a file"
    group: ClassVar[str] = "own"
    suggested: ClassVar[Mapping[str, Any]] = _SUGGESTED
    slow: ClassVar[bool] = True

    def load(self, seed: int) -> Dataset:
        return self.read()

    def read(self, goes_on: GoesOn = to_the_end) -> Dataset:
        """The samples, with progress; `load` then has them at hand.

        Raises SettingError as `load` does, and Cancelled when `goes_on` says no.
        """
        raise SettingError("choose a file first", "path")


@DATASETS.register
@dataclass(frozen=True)
class TableText(DataSource, Recipe, ReadOptions, _Text):
    """A table that was pasted as text; it is kept in the experiment's own file."""

    kind: ClassVar[str] = "text"
    label: ClassVar[str] = "pasted text"
    group: ClassVar[str] = "own"
    suggested: ClassVar[Mapping[str, Any]] = _SUGGESTED

    def load(self, seed: int) -> Dataset:
        raise SettingError("paste a table first", "text")


def table_path(source: TableFile) -> Path:
    """Where the file is."""
    return Path(source.path).expanduser()
