"""Bundled and random tables, written as other programs write them, are read back equal."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bpviz.datasets.bundled import BreastCancer, Diabetes, Digits, Iris, Penguins, Wine
from bpviz.datasets.dataset import Dataset
from bpviz.datasets.missing import places
from bpviz.datasets.tables.cells import cells_of
from bpviz.datasets.tables.delimited import DELIMITERS
from bpviz.datasets.tables.options import ReadOptions
from bpviz.datasets.tables.progress import to_the_end
from bpviz.datasets.tables.reading import read_text
from bpviz.datasets.tables.sources import TableFile
from tests.unit.datasets.tables.tables import workbook, written

SOURCES = (Iris, Wine, BreastCancer, Penguins, Diabetes, Digits)


def rows_of(data: Dataset) -> list[list[Any]]:
    """The dataset as a table: a header, then a cell for each column; None where there is none."""
    rows: list[list[Any]] = [[c.name for c in data.table_columns] + [data.target_names[0]]]
    for inputs, target in zip(data.inputs, data.targets, strict=True):
        cells: list[Any] = []
        for column, place in places(data):
            values = inputs[place]
            if np.isnan(values[0]):
                cells.append(None)
            elif column.categories:
                cells.append(column.categories[int(values.argmax())])
            else:
                cells.append(float(values[0]))
        cells.append(data.class_names[target] if data.class_names else float(target[0]))
        rows.append(cells)
    return rows


def as_text(rows: list[list[Any]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.kind)
def test_a_bundled_table_reads_back_equal(source: Any, ending: str, tmp_path: Path) -> None:
    before = source().load(0)
    rows = rows_of(before)
    content: str | bytes
    if ending == ".xlsx":
        content = workbook(table=rows)
    else:
        content = as_text(rows, "\t" if ending == ".tsv" else ",")
    path = written(tmp_path, f"table{ending}", content)
    # Two of the digits' pixels, always dark, would be left out.
    wanted = tuple(column.name for column in before.table_columns)
    after = TableFile(path=str(path), inputs=wanted).load(0)
    np.testing.assert_array_equal(after.inputs, before.inputs)
    np.testing.assert_array_equal(after.targets, before.targets)
    assert after.input_names == before.input_names
    assert after.target_names == before.target_names
    assert after.class_names == before.class_names
    assert after.columns == before.columns


# Letters that a table may have to put in quotation marks, and such as no table can tell from
# blanks around cells.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf"])
    | st.sampled_from(",;|\"'\n\t #"),
    max_size=8,
).map(lambda text: " ".join(text.split(" ")).strip())


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    names = draw(st.lists(texts.filter(bool), min_size=width, max_size=width, unique_by=plain))
    rows = draw(
        st.lists(
            st.lists(texts, min_size=width, max_size=width).filter(any), min_size=1, max_size=8
        )
    )
    return [names, *rows]


def plain(name: str) -> str:
    return " ".join(name.split())


@given(
    tables(),
    st.sampled_from(("comma", "semicolon", "tab", "pipe")),
    st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC)),
    st.sampled_from(("\n", "\r\n")),
)
def test_cells_come_back_as_they_were_written(
    table: list[list[str]], delimiter: str, quoting: Any, line_end: str
) -> None:
    assume(not any(row[0].startswith("#") for row in table))
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=DELIMITERS[delimiter], quoting=quoting, lineterminator=line_end
    )
    writer.writerows(table)
    options = ReadOptions(delimiter=delimiter, header="yes")  # type: ignore[arg-type]
    raw = read_text(text.getvalue(), options)
    assume("is left out as a title" not in " ".join(raw.reports))
    assert list(raw.names) == [plain(name) for name in table[0]]
    assert list(zip(*raw.columns, strict=True)) == [tuple(row) for row in table[1:]]


numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(
    st.lists(st.tuples(numbers, numbers, numbers), min_size=2, max_size=12),
    st.sampled_from((",", ";", "\t", "|", " ")),
    st.booleans(),
    st.booleans(),
)
def test_numbers_come_back_in_any_dialect(
    rows: list[tuple[float, ...]], delimiter: str, comma: bool, header: bool
) -> None:
    assume(not comma or delimiter != ",")
    lines = [[repr(x).replace(".", ",") if comma else repr(x) for x in row] for row in rows]
    if header:
        lines.insert(0, ["first", "second", "third"])
    text = "\n".join(map(delimiter.join, lines))
    raw = read_text(text)
    assert raw.found.header is header
    for k, column in enumerate(raw.columns):
        mark = "comma" if comma else "point"
        cells = cells_of(column, frozenset(), mark, to_the_end, True)
        assert cells.values.tolist() == [row[k] for row in rows]
