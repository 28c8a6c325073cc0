"""Which source of data reads a file, by its name or its first bytes."""

from __future__ import annotations

from pathlib import Path

from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.file_source import FileSource
from bpviz.datasets.tables.sources import TableFile


def file_kind(path: Path | str) -> type[FileSource]:
    """The kind of source for a file; that of tables for what no other one reads."""
    file = Path(path).expanduser()
    name = file.name.lower()
    start = b""
    try:
        # Opening a named pipe would wait for somebody to write into it.
        if file.is_file():
            with file.open("rb") as opened:
                start = opened.read(64)
    except (OSError, ValueError):
        pass
    kinds = [cls for cls in DATASETS.values() if issubclass(cls, FileSource)]
    return next((cls for cls in kinds if cls.reads(name, start)), TableFile)


def file_source(path: Path | str) -> FileSource:
    """The source for a file, as `file_kind` chooses it; all else about it is guessed."""
    return file_kind(path)(path=str(path))


def is_data_file(path: Path | str) -> bool:
    """Whether a file holds samples, by its name."""
    name = Path(path).name.lower()
    kinds = [cls for cls in DATASETS.values() if issubclass(cls, FileSource)]
    return any(cls.reads(name, b"") for cls in kinds)
