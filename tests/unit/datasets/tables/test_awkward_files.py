"""Files as people have them that are read as they should, with what is said of them."""

import codecs
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.datasets.tables.sources import TableFile
from tests.unit.datasets.tables.tables import PLAIN, samples, written

INPUTS = [[1, 2.5], [3, -0.4], [5, 6]]
GERMAN = "a;b;größe\n1,5;1.234,5;größer\n−2;7;kleiner\n0,25;8;kleiner\n"
WIDE = "Straße,b,kind\n1,2.5,cät\n3,-0.4,dög\n5,6,cät\n"

# Each: the file's name and content, settings, inputs, class names or target values, reports.
AWKWARD: dict[str, tuple[str, str | bytes, dict[str, Any], Any, Any, list[str]]] = {
    "plain": ("t.csv", PLAIN, {}, INPUTS, ["cat", "dog"], []),
    "tabs": ("t.tsv", PLAIN.replace(",", "\t"), {}, INPUTS, ["cat", "dog"], []),
    "pipes": ("t.txt", PLAIN.replace(",", "|"), {}, INPUTS, ["cat", "dog"], []),
    "spaces": ("t.dat", PLAIN.replace(",", "   "), {}, INPUTS, ["cat", "dog"], []),
    "spaces, indented, quoted": (
        "t.dat",
        '  a  b  kind\n  1  2.5  "big cat"\n  3  -0.4  dog\n  5  6  "big cat" \n',
        {},
        INPUTS,
        ["big cat", "dog"],
        [],
    ),
    "spaces between decimal commas": (
        "t.dat", "a b y\n1,5 2,5 1\n2,5 3,5 7\n", {}, [[1.5, 2.5], [2.5, 3.5]], [[1], [7]],
        ["Numbers are written with a decimal comma."],
    ),
    "Windows line ends": ("t.csv", PLAIN.replace("\n", "\r\n"), {}, INPUTS, ["cat", "dog"], []),
    "old Mac line ends": ("t.csv", PLAIN.replace("\n", "\r"), {}, INPUTS, ["cat", "dog"], []),
    "no line end at the end": ("t.csv", PLAIN.rstrip(), {}, INPUTS, ["cat", "dog"], []),
    "UTF-8 with its mark": (
        "t.csv", codecs.BOM_UTF8 + WIDE.encode(), {}, INPUTS, ["cät", "dög"], [],
    ),
    "UTF-16": (
        "t.csv", WIDE.encode("utf-16"), {}, INPUTS, ["cät", "dög"], ["was read as UTF-16"],
    ),
    "UTF-16 from the other end": (
        "t.csv", codecs.BOM_UTF16_BE + WIDE.encode("utf-16-be"), {}, INPUTS, ["cät", "dög"],
        ["was read as UTF-16"],
    ),
    "UTF-16 without its mark": (
        "t.csv", WIDE.encode("utf-16-le"), {}, INPUTS, ["cät", "dög"], ["was read as UTF-16"],
    ),
    "Windows-1252": (
        "t.csv", WIDE.replace("cät", "c€t").encode("cp1252"), {}, INPUTS, ["c€t", "dög"],
        ["was read as Windows-1252"],
    ),
    "Latin-1": (
        "t.csv", WIDE.replace("cät", "c\x81t").encode("latin-1"), {}, INPUTS, ["c\x81t", "dög"],
        ["was read as Latin-1"],
    ),
    "an encoding that was chosen": (
        "t.csv", WIDE.replace("ä", "ж").replace("ö", "я").replace("ß", "ш").encode("cp1251"),
        {"encoding": "Windows-1251"}, INPUTS, ["cжt", "dяg"], [],
    ),
    "semicolons and decimal commas": (
        "t.csv", GERMAN, {}, [[1.5, 1234.5], [-2, 7], [0.25, 8]], ["größer", "kleiner"],
        ["decimal comma", "Column b has separators of thousands: 1.234,5 was read as 1234.5."],
    ),
    "semicolons and ambiguous commas": (
        "t.csv", "a;y\n1,234;1\n2,345;2\n", {}, [[1.234], [2.345]], [[1], [2]], ["decimal comma"],
    ),
    "a decimal mark that was chosen": (
        "t.csv", "a;y\n1,234;1\n2,345;2\n", {"decimal": "point"}, [[1234], [2345]], [[1], [2]],
        ["Column a has separators of thousands: 1,234 was read as 1234."],
    ),
    "thousands in quotation marks": (
        "t.csv", 'a,y\n"1,234,567.5",1\n999,2\n', {}, [[1234567.5], [999]], [[1], [2]],
        ["1,234,567.5 was read as 1234567.5."],
    ),
    "thousands with thin spaces": (
        "t.tsv", "a\ty\n1\u202f234\t1\n12 345,5\t2\n", {}, [[1234], [12345.5]], [[1], [2]],
        ["decimal comma", "Column a has separators of thousands"],
    ),
    "sep= as Excel writes it": (
        "t.csv", "sep=;\na;b;kind\n1;2.5;cat\n3;-0.4;dog\n5;6;cat\n", {}, INPUTS, ["cat", "dog"],
        [],
    ),
    "a delimiter that was chosen": (
        "t.csv", "a;1,b;1,c;1\n1,2,3\n4,5,7\n", {"delimiter": "comma"}, [[1, 2], [4, 5]],
        [[3], [7]], [],
    ),
    "a line end and a delimiter in a cell": (
        "t.csv", 'a,"b\nB",kind\n1,2.5,"big,\ncat"\n3,-0.4,"a ""dog"""\n5,6,"big,\ncat"\n', {},
        INPUTS, ['a "dog"', "big,\ncat"], [],
    ),
    "names twice and none": (
        "t.csv", "a,a,,y\n1,2,7,1\n3,4,9,2\n", {}, [[1, 2, 7], [3, 4, 9]], [[1], [2]],
        ["Columns without a name are called column 3.", "Names that occur twice are numbered"],
    ),
    "no header": (
        "t.csv", "1,2.5,cat\n3,-0.4,dog\n5,6,cat\n", {}, INPUTS, ["cat", "dog"],
        ["so the columns are called column 1, column 2, column 3."],
    ),
    "a header of numbers that was chosen": (
        "t.csv", "2019,2020\n1,2\n3,4\n", {"header": "yes"}, [[1], [3]], [[2], [4]], [],
    ),
    "trailing delimiters": (
        "t.csv", "a,b,kind\n1,2.5,cat,\n3,-0.4,dog,\n5,6,cat,\n", {}, INPUTS, ["cat", "dog"],
        ["Delimiters at the ends of rows, with nothing behind, are left out."],
    ),
    "trailing delimiters, the header's too": (
        "t.csv", "a,b,kind,,\n1,2.5,cat,,\n3,-0.4,dog,,\n5,6,cat,,\n", {}, INPUTS, ["cat", "dog"],
        ["Columns without name and cells are left out: 2."],
    ),
    "names of rows, as R writes them": (
        "t.csv", "a,b,kind\nr1,1,2.5,cat\nr2,3,-0.4,dog\nr3,5,6,cat\n", {}, INPUTS,
        ["cat", "dog"],
        ["Columns without a name are called column 1.", "every row has another text."],
    ),
    "numbers of rows, as pandas writes them": (
        "t.csv", ",a,b,kind\n0,1,2.5,cat\n1,3,-0.4,dog\n2,5,6,cat\n", {}, INPUTS, ["cat", "dog"],
        ["Columns without a name are called column 1.", "it only counts the rows."],
    ),
    "blank lines and rows of commas": (
        "t.csv", "\n\na,b,kind\n\n1,2.5,cat\n,,\n3,-0.4,dog\n  \n5,6,cat\n\n\n", {}, INPUTS,
        ["cat", "dog"], ["3 rows are empty and left out: row 4, 6, 8."],
    ),
    "comments": (
        "t.csv", "# made by hand\n# in 2024, twice, as one does\n" + PLAIN, {}, INPUTS,
        ["cat", "dog"], ["2 rows are comments, beginning with #, and left out."],
    ),
    "a header behind a #": (
        "t.dat", "# a b kind\n1 2.5 cat\n3 -0.4 dog\n5 6 cat\n", {}, INPUTS, ["cat", "dog"], [],
    ),
    "a column called #": (
        "t.csv", "#,a,b,kind\n1,1,2.5,cat\n2,3,-0.4,dog\n3,5,6,cat\n", {}, INPUTS,
        ["cat", "dog"], ["Column # is left out: it only counts the rows."],
    ),
    "a title above the header": (
        "t.csv", "My animals\n" + PLAIN, {}, INPUTS, ["cat", "dog"],
        ["Row 1 holds one cell, My animals, and is left out as a title."],
    ),
    "missing marks": (
        "t.csv", "a,b,kind\nNA,2.5,cat\n3,?,dog\n5,,cat\n7,-,dog\n9,8,dog\n", {},
        [[np.nan, 2.5], [3, np.nan], [5, np.nan], [7, np.nan], [9, 8]], ["cat", "dog"],
        [
            "Column a: 1 cell counts as missing (1 NA), row 2.",
            "Column b: 3 cells count as missing (1 ?, 1 empty, 1 -), row 3, 4, 5.",
        ],
    ),
    "missing marks that were chosen": (
        "t.csv", "a,b,kind\n999,2.5,none\n3,-0.4,dog\n5,6,none\n", {"missing_marks": ["999"]},
        [[np.nan, 2.5], [3, -0.4], [5, 6]], ["dog", "none"],
        ["Column a: 1 cell counts as missing (1 999), row 2."],
    ),
    "a row without a target": (
        "t.csv", "a,b,kind\n1,2.5,cat\n9,9,\n3,-0.4,dog\n5,6,cat\n", {}, INPUTS, ["cat", "dog"],
        ["1 row has no target in column kind and is left out: row 3."],
    ),
    "a column without values": (
        "t.csv", "a,nothing,b,kind\n1,,2.5,cat\n3,,-0.4,dog\n5,,6,cat\n", {}, INPUTS,
        ["cat", "dog"], ["Column nothing is left out: it has no values."],
    ),
    "a constant column": (
        "t.csv", "a,same,b,kind\n1,7,2.5,cat\n3,7,-0.4,dog\n5,7,6,cat\n", {}, INPUTS,
        ["cat", "dog"], ["Column same is left out: it is always 7."],
    ),
    "dates": (
        "t.csv", "a,when,b,kind\n1,2024-01-31,2.5,cat\n3,2024-02-01,-0.4,dog\n5,2024-02-02,6,cat\n",
        {}, INPUTS, ["cat", "dog"], ["Column when is left out: it holds dates"],
    ),
    "dates that were chosen": (
        "t.csv", "when,y\n2.1.1970,1\n31.12.1969,2\n1.1.70,5\n", {"numbers": ["when"]},
        [[1], [-1], [0]], [[1], [2], [5]], [],
    ),
    "a column of names": (
        "t.csv", "who,a,b,kind\nAnn,1,2.5,cat\nBob,3,-0.4,dog\nCy,5,6,cat\n", {}, INPUTS,
        ["cat", "dog"], ["Column who is left out: every row has another text."],
    ),
    "text called .xlsx": (
        "t.xlsx", PLAIN, {}, INPUTS, ["cat", "dog"],
        ["The file is called .xlsx, but its content is text."],
    ),
    "one row": ("t.csv", "a,b,y\n1,2,3\n", {}, [[1, 2]], [[3]], []),
}  # fmt: skip


@pytest.mark.parametrize("case", AWKWARD)
def test_it_reads_as_it_should(case: str, tmp_path: Path) -> None:
    name, content, settings, inputs, target, reports = AWKWARD[case]
    path = written(tmp_path, name, content)
    data = TableFile(path=str(path), **settings).load(0)
    np.testing.assert_array_equal(data.inputs, inputs)
    if data.is_classification:
        assert list(data.class_names) == target
    else:
        assert data.targets.tolist() == target
    told = [r for r in data.reports if "was taken for the target" not in r]
    assert len(told) == len(reports), told
    for expected, sentence in zip(reports, told, strict=True):
        assert expected in sentence


def test_mixed_cells_in_a_column_of_numbers_are_named(tmp_path: Path) -> None:
    rows = [f"{k},{k % 7},{'yes' if k % 3 else 'no'}" for k in range(60)]
    for row, cell in ((3, "abc"), (10, "1.2.3.4"), (20, "inf"), (30, "1_000"), (40, "twelve")):
        rows[row] = rows[row].replace(f"{row},", f"{cell},", 1)
    data = TableFile(path=str(written(tmp_path, "t.csv", "\n".join(["age,b,y", *rows])))).load(0)
    assert np.flatnonzero(np.isnan(data.inputs[:, 0])).tolist() == [3, 10, 20, 30, 40]
    assert "Row 5, column age: 'abc' is no number and counts as missing." in data.reports
    assert "Row 12, column age: '1.2.3.4' is no number and counts as missing." in data.reports
    assert "Column age: 2 more cells are no numbers." in data.reports


def test_too_many_words_in_a_column_make_it_one_of_categories() -> None:
    data = samples("size,y\n1,2\nbig,3\n1,5\nbig,6\n2,9\n")
    assert data.input_names == ("size = 1", "size = 2", "size = big")
    assert data.inputs.tolist()[1] == [0, 0, 1]


def test_names_and_classes_keep_their_letters(tmp_path: Path) -> None:
    data = TableFile(
        path=str(written(tmp_path, "t.csv", GERMAN.replace("−", "-").encode("cp1252")))
    ).load(0)
    assert data.input_names == ("a", "b")
    assert data.target_names == ("größe",)
    assert data.class_names == ("größer", "kleiner")
    assert data.targets.tolist() == [0, 1, 1]
