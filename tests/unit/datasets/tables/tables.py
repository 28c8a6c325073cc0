"""What the tests of tables share."""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.tables.judging import JudgedTable, judge
from bpviz.datasets.tables.options import GUESSED, Recipe
from bpviz.datasets.tables.reading import read_text
from bpviz.datasets.tables.samples import samples_of

PLAIN = "a,b,kind\n1,2.5,cat\n3,-4e-1,dog\n5,6,cat\n"


def judged(text: str, recipe: Recipe = GUESSED) -> JudgedTable:
    return judge(read_text(text), recipe)


def samples(text: str, **recipe: Any) -> Dataset:
    return samples_of(judged(text, Recipe(**recipe)))


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of these sheets, row by row."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.created = book.properties.modified = datetime(2024, 1, 1)  # noqa: DTZ001
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
