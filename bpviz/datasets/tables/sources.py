"""Samples from people's own tables: a file on disk, or text that was pasted."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.datasets.file_source import FileSource, read_only
from bpviz.datasets.tables.content import Content, file_content, text_content
from bpviz.datasets.tables.options import ReadOptions, Recipe
from bpviz.datasets.tables.progress import GoesOn, portion
from bpviz.engine.settings import SettingError, Settings, setting

# A pasted text lies in the experiment itself.
LONGEST_TEXT = 200_000

_EXAMPLE = "x1,x2,either\n0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n"

TABLE_ENDINGS = (
    ".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods",
    ".parquet", ".feather",
)  # fmt: skip

_SUGGESTED = {
    "test_fraction": 0.25,
    "scaling": "standardise",
    "missing": "mean",
    "scale_targets": True,
}


@dataclass(frozen=True)
class _Path(Settings):
    path: str = setting(
        "", "File", "The file: .csv, .tsv, .txt, .xlsx, .xls, .ods, .parquet or .feather"
    )


@dataclass(frozen=True)
class _Text(Settings):
    text: str = setting(_EXAMPLE, "Text", "The table as text, names of the columns first")

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.text) > LONGEST_TEXT:
            raise SettingError(
                f"must have at most {LONGEST_TEXT:,} letters, got {len(self.text):,}; save the "
                "table as a file",
                "text",
            )


# The settings of the last base come first.
@DATASETS.register
@dataclass(frozen=True)
class TableFile(FileSource, Recipe, ReadOptions, _Path):
    """A table from a file: text (CSV, TSV), a workbook (Excel, OpenDocument), Parquet, Feather.

    What was read is kept, until the file is another one.
    """

    kind: ClassVar[str] = "file"
    label: ClassVar[str] = "a file"
    group: ClassVar[str] = "own"
    suggested: ClassVar[Mapping[str, Any]] = _SUGGESTED

    @classmethod
    def reads(cls, name: str, start: bytes) -> bool:
        return name.endswith(TABLE_ENDINGS)

    def content(self) -> Content:
        """The bytes of the file. Raises SettingError when there is none, or it is no table."""
        return file_content(self.file)

    def read_anew(self, goes_on: GoesOn) -> Dataset:
        from bpviz.datasets.tables.judging import judge
        from bpviz.datasets.tables.reading import read_table
        from bpviz.datasets.tables.samples import samples_of

        raw = read_table(self.path, self, portion(goes_on, 0, 700))
        return samples_of(judge(raw, self, portion(goes_on, 700, 1000)))


@DATASETS.register
@dataclass(frozen=True)
class TableText(DataSource, Recipe, ReadOptions, _Text):
    """A table that was pasted as text; it is kept in the experiment's own file."""

    kind: ClassVar[str] = "text"
    label: ClassVar[str] = "pasted text"
    group: ClassVar[str] = "own"
    suggested: ClassVar[Mapping[str, Any]] = _SUGGESTED

    def content(self) -> Content:
        """The bytes of the text. Raises SettingError when there is nothing in it."""
        return text_content(self.text, "the text")

    def state(self) -> object:
        """What tells whether the table is another one than before."""
        return self.text

    def load(self, seed: int) -> Dataset:
        return _of_text(self)


@functools.lru_cache(maxsize=4)
def _of_text(source: TableText) -> Dataset:
    from bpviz.datasets.tables.judging import judge
    from bpviz.datasets.tables.reading import read_text
    from bpviz.datasets.tables.samples import samples_of

    return read_only(samples_of(judge(read_text(source.text, source), source)))
