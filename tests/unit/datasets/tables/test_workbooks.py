"""Excel and OpenDocument workbooks."""

import sys
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from bpviz.datasets.tables.reading import read_table
from bpviz.datasets.tables.sources import TableFile
from bpviz.engine.settings import SettingError
from bpviz.lab.import_preview import Previewer
from bpviz.lab.table_experiment import suited_data
from tests.unit.datasets.tables.tables import saved, workbook, written

ROWS = [["a", "b", "kind"], [1, 2.5, "cat"], [3, -0.4, "dog"], [5, 6, "cat"]]
INPUTS = [[1, 2.5], [3, -0.4], [5, 6]]


def test_the_first_sheet_with_cells_is_read_and_the_others_named(tmp_path: Path) -> None:
    path = written(tmp_path, "t.xlsx", workbook(notes=[], animals=ROWS, more=[["x", "y"], [1, 2]]))
    raw = read_table(path)
    assert raw.found.sheet == "animals"
    assert raw.found.sheets == ("animals", "more")
    assert raw.reports == ("Sheet animals was read; there are also more.",)
    data = TableFile(path=str(path)).load(0)
    assert data.inputs.tolist() == INPUTS
    assert data.class_names == ("cat", "dog")


def test_a_sheet_can_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, "t.xlsx", workbook(animals=ROWS, more=[["x", "y"], [1, 2], [3, 5]]))
    assert TableFile(path=str(path), sheet="more").load(0).inputs.tolist() == [[1], [3]]
    with pytest.raises(SettingError, match=r"^t.xlsx: has no sheet 'moor'; it has animals, more$"):
        TableFile(path=str(path), sheet="moor").load(0)


def test_a_merged_title_empty_rows_and_a_table_in_the_middle(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["C3"] = "Animals of 2024"
    sheet.merge_cells("C3:E3")
    for k, row in enumerate(ROWS):
        # An empty row lies between any two.
        for column, value in zip("CDE", row, strict=True):
            sheet[f"{column}{5 + 2 * k}"] = value
    raw = read_table(written(tmp_path, "t.xlsx", saved(book)))
    assert raw.names == ("a", "b", "kind")
    assert list(raw.rows) == [7, 9, 11]
    assert raw.columns[1] == ["2.5", "-0.4", "6"]
    assert raw.reports == (
        "4 rows are empty and left out: row 4, 6, 8, 10.",
        "Row 3 holds one cell, Animals of 2024, and is left out as a title.",
    )


def test_cells_of_all_kinds(tmp_path: Path) -> None:
    rows = [
        ["n", "text", "flag", "day", "moment", "gap"],
        [1, "x", True, date(2024, 1, 2), datetime(2024, 1, 2, 13, 30), None],  # noqa: DTZ001
        [0.1, "007", False, date(2024, 1, 3), datetime(2024, 1, 3), "=1/0"],  # noqa: DTZ001
        [1e300, "", True, None, None, ""],
    ]
    raw = read_table(written(tmp_path, "t.xlsx", workbook(s=rows)))
    assert raw.columns[:5] == (
        ["1", "0.1", "1e+300"],
        ["x", "007", ""],
        ["true", "false", "true"],
        ["2024-01-02", "2024-01-03", ""],
        ["2024-01-02T13:30:00", "2024-01-03", ""],
    )


def test_numbers_kept_as_text_have_decimal_commas(tmp_path: Path) -> None:
    rows = [["a", "b", "y"], ["1,5", 0.25, 1], ["2,75", 1.5, 2], ["3", 2, 5]]
    data = TableFile(path=str(written(tmp_path, "t.xlsx", workbook(s=rows)))).load(0)
    assert data.inputs.tolist() == [[1.5, 0.25], [2.75, 1.5], [3, 2]]


def test_a_workbook_called_csv(tmp_path: Path) -> None:
    data = TableFile(path=str(written(tmp_path, "t.csv", workbook(s=ROWS)))).load(0)
    assert data.inputs.tolist() == INPUTS
    assert data.reports[0] == "The file is called .csv, but its content is a workbook."


def test_a_workbook_without_cells(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^t.xlsx: has no cells with anything in them$"):
        TableFile(path=str(written(tmp_path, "t.xlsx", workbook(a=[], b=[])))).load(0)


def test_damage_inside_a_workbook(tmp_path: Path) -> None:
    content = bytearray(workbook(s=ROWS * 50))
    place = content.index(b"xl/worksheets/sheet1.xml") + 40
    content[place : place + 60] = bytes(60)
    path = written(tmp_path, "t.xlsx", bytes(content))
    with pytest.raises(SettingError, match=r"^t.xlsx: is damaged"):
        TableFile(path=str(path)).load(0)


def test_without_the_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = written(tmp_path, "t.xlsx", workbook(s=ROWS))
    with pytest.raises(SettingError, match="pip install python-calamine, or save the sheet as CSV"):
        TableFile(path=str(path)).load(0)


def test_missing_cells_and_categories(tmp_path: Path) -> None:
    rows = [
        ["size", "colour", "y"],
        [1, "red", 1],
        [None, "blue", 2],
        [3, None, 3.5],
        [4, "red", 9],
    ]
    data = TableFile(path=str(written(tmp_path, "t.xlsx", workbook(s=rows)))).load(0)
    gap = np.nan
    np.testing.assert_array_equal(data.inputs, [[1, 0, 1], [gap, 1, 0], [3, gap, gap], [4, 0, 1]])
    assert data.input_names == ("size", "colour = blue", "colour = red")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["a", "b"]], "sheet Notes: has column names but no rows below them; there are also Data"),
        ([["a"], [1], [2]], "needs inputs and a target; there are also sheets Data"),
    ],
)
def test_other_sheets_are_told_where_one_is_no_table(
    tmp_path: Path, rows: list[list[object]], said: str
) -> None:
    path = written(tmp_path, "my.xlsx", workbook(Notes=rows, Data=[["a", "y"], [1, 2], [2, 3]]))
    with pytest.raises(SettingError, match=said):
        TableFile(path=str(path)).load(0)
    shown = Previewer().preview(suited_data(TableFile(path=str(path))), 0)
    assert said in shown.refusal
    assert shown.found.sheets == ("Notes", "Data")


@pytest.mark.parametrize("name", ["my.xlsx", "my.feather", "my.parquet"])
def test_what_is_neither_what_it_is_called_nor_text_is_refused(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, "PK nope")
    with pytest.raises(SettingError, match=r"is not a .*, and no table as text either"):
        TableFile(path=str(path)).load(0)
