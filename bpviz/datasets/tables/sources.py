"""Samples from people's own tables: a file on disk, or text that was pasted."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, Self

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.datasets.tables.content import Content, file_content, text_content
from bpviz.datasets.tables.options import ReadOptions, Recipe
from bpviz.datasets.tables.progress import GoesOn, portion, to_the_end
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
class TableFile(DataSource, Recipe, ReadOptions, _Path):
    """A table from a file: text with delimiters (CSV, TSV) or a workbook (Excel, OpenDocument).

    What was read is kept, until the file is another one.
    """

    kind: ClassVar[str] = "file"
    label: ClassVar[str] = "a file"
    group: ClassVar[str] = "own"
    suggested: ClassVar[Mapping[str, Any]] = _SUGGESTED

    @property
    def slow(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return Path(self.path).stem or self.kind

    def content(self) -> Content:
        """The bytes of the file. Raises SettingError when there is none, or it is no table."""
        if not self.path:
            raise SettingError("no file was chosen yet", "path")
        return file_content(Path(self.path).expanduser())

    def state(self) -> object:
        """What tells whether the table is another one than before."""
        return self.path, _state(self)

    def load(self, seed: int) -> Dataset:
        return self.read()

    def read(self, goes_on: GoesOn = to_the_end) -> Dataset:
        """The samples, with progress; `load` then has them at hand.

        Raises SettingError as `load` does, and Cancelled when `goes_on` says no.
        """
        if not self.path:
            raise SettingError("no file was chosen yet", "path")
        dataset = _kept.get(self)
        if dataset is None:
            from bpviz.datasets.tables.judging import judge
            from bpviz.datasets.tables.reading import read_table
            from bpviz.datasets.tables.samples import samples_of

            state = _state(self)
            raw = read_table(self.path, self, portion(goes_on, 0, 700))
            dataset = samples_of(judge(raw, self, portion(goes_on, 700, 1000)))
            _kept.put(self, state, dataset)
        return dataset

    def from_folder(self, folder: Path) -> Self:
        if not self.path or Path(self.path).expanduser().is_absolute():
            return self
        return replace(self, path=str(folder / self.path))

    def for_folder(self, folder: Path) -> Self:
        path = Path(self.path).expanduser().absolute()
        if not self.path:
            return self
        if path.is_relative_to(folder.absolute()):
            return replace(self, path=path.relative_to(folder.absolute()).as_posix())
        return replace(self, path=str(path))


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


def remember(source: TableFile, dataset: Dataset) -> None:
    """Keep samples that were just made from the source's file, so that `load` has them."""
    _kept.put(source, _state(source), dataset)


@functools.lru_cache(maxsize=4)
def _of_text(source: TableText) -> Dataset:
    from bpviz.datasets.tables.judging import judge
    from bpviz.datasets.tables.reading import read_text
    from bpviz.datasets.tables.samples import samples_of

    return _read_only(samples_of(judge(read_text(source.text, source), source)))


class _Kept:
    """The datasets of the files used last; one is given only while its file is unchanged."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._datasets: OrderedDict[TableFile, tuple[object, Dataset]] = OrderedDict()
        self._lock = Lock()

    def get(self, source: TableFile) -> Dataset | None:
        with self._lock:
            state, dataset = self._datasets.get(source, (None, None))
            if dataset is None or state is None or state != _state(source):
                self._datasets.pop(source, None)
                return None
            self._datasets.move_to_end(source)
            return dataset

    def put(self, source: TableFile, state: object, dataset: Dataset) -> None:
        with self._lock:
            self._datasets[source] = (state, _read_only(dataset))
            self._datasets.move_to_end(source)
            while len(self._datasets) > self._most:
                self._datasets.popitem(last=False)


_kept = _Kept(4)


def _state(source: TableFile) -> object:
    """What tells that a file is another one than before; None when it is gone."""
    try:
        stat = Path(source.path).expanduser().stat()
    except (OSError, ValueError):
        return None
    return stat.st_mtime_ns, stat.st_size


def _read_only(dataset: Dataset) -> Dataset:
    # One copy serves all callers.
    for array in (dataset.inputs, dataset.targets, dataset.weights):
        if array is not None:
            array.flags.writeable = False
    return dataset
