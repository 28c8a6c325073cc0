"""What cannot be read is refused in one sentence that names file, row and column."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bpviz.datasets.tables.options import Recipe
from bpviz.datasets.tables.reading import read_text
from bpviz.datasets.tables.sources import LONGEST_TEXT, TableFile, TableText
from bpviz.engine.settings import SettingError
from tests.unit.datasets.tables.tables import PLAIN, samples, workbook, written

REFUSED: dict[str, tuple[str, str | bytes, dict[str, Any], str]] = {
    "empty": ("t.csv", "", {}, "t.csv: is empty"),
    "blank": ("t.csv", "\n \n\n", {}, "t.csv: there are no rows in it"),
    "a header alone": (
        "t.csv", "a,b,kind\n", {}, "t.csv: has column names but no rows below them",
    ),
    "a short row": (
        "t.csv", "a,b,kind\n1,2,cat\n3,dog\n5,6,cat\n", {},
        "t.csv: row 3 has 2 columns where 3 are expected",
    ),
    "a long row": (
        "t.csv", "a,b,kind\n1,2,cat\n\n3,4,dog,5\n5,6,cat\n", {},
        "t.csv: row 4 has 4 columns where 3 are expected",
    ),
    "a row cut off after many": (
        "t.csv", "a,b,kind\n" + "1,2,cat\n3,4,dog\n" * 2000 + "5,6", {},
        "t.csv: row 4002 has 2 columns where 3 are expected",
    ),
    "a quotation mark not closed": (
        "t.csv", PLAIN + '7,8,"cat\n' + "1,2,cat\n" * 20_000, {},
        "t.csv: row 5 has a cell of more than 131,072 letters; is a quotation mark not closed?",
    ),
    "one column": (
        "t.csv", "a\n1\n2\n", {},
        "t.csv: has only one column; a table needs inputs and a target (is the delimiter",
    ),
    "binary": ("t.csv", b"a,b\n1,2\n\x00\x01\x02,3\n", {}, "t.csv: is not a table: it holds"),
    "a PDF": ("t.csv", b"%PDF-1.7 \x00", {}, "t.csv: is not a table but a PDF document"),
    "a picture": ("t.csv", b"\x89PNG\r\n\x1a\n", {}, "t.csv: is not a table but a PNG picture"),
    "gzip": ("t.csv.gz", b"\x1f\x8b\x08", {}, "t.csv.gz: is not a table but a gzip archive"),
    "a damaged workbook": (
        "t.xlsx", workbook(s=[[1, 2], [3, 4]])[:3000], {},
        "t.xlsx: is damaged: it begins like a workbook and breaks off",
    ),
    "an old workbook that is none": (
        "t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), {},
        "t.xls: is damaged or not a workbook that can be read",
    ),
    "not in this encoding": (
        "t.csv", PLAIN.replace("cat", "kät").encode("cp1252"), {"encoding": "UTF-8"},
        "t.csv: cannot be read as UTF-8; choose another encoding, such as UTF-16, Windows-1252",
    ),
    "one class": (
        "t.csv", "a,kind\n1,cat\n2,cat\n", {},
        "t.csv: column kind: every row is of class 'cat'; two classes are needed",
    ),
    "one value": (
        "t.csv", "a,b\n1,7\n2,7\n", {"target": ["b"]},
        "t.csv: column b is 7 in every row, so there is nothing to predict; choose another target",
    ),
    "a text of its own in each row": (
        "t.csv", "a,who\n1,Ann\n2,Bob\n3,Cy\n", {"target": ["who"]},
        "t.csv: column who has another text in every row, so it cannot be a target",
    ),
    "too many classes": (
        "t.csv", "a,kind\n" + "".join(f"{k},c{k % 150}\n" for k in range(300)), {},
        "t.csv: column kind has 150 classes, and 100 are the most; choose another target",
    ),
    "dates to predict": (
        "t.csv", "a,when\n1,2024-01-01\n2,2024-01-02\n", {"target": ["when"]},
        "t.csv: column when holds dates, which cannot be a target; choose another one, or have it",
    ),
    "nothing to predict": (
        "t.csv", "a,y\n1,\n2,NA\n", {"target": ["y"]},
        "t.csv: column y: no row has a value to predict",
    ),
    "no inputs": (
        "t.csv", "who,same,y\nAnn,1,1\nBob,1,2\nCy,1,5\n", {},
        "t.csv: no column is left as an input: who, every row has another text; same, it is always",
    ),
    "several targets, one of words": (
        "t.csv", PLAIN, {"target": ["b", "kind"]},
        "t.csv: column kind: several targets must all be numbers, and this holds words",
    ),
    "an unknown target": (
        "t.csv", PLAIN, {"target": ["sort"]},
        "target: there is no column 'sort' in t.csv; it has a, b, kind",
    ),
    "words that should be numbers": (
        "t.csv", PLAIN, {"target": ["a"], "numbers": ["kind"]},
        "numbers: column kind holds no numbers; its first cell is 'cat'",
    ),
    "an input without values": (
        "t.csv", "a,b,y\n1,,2\n2,,3\n", {"inputs": ["b"]}, "inputs: column b has no values",
    ),
    "a weight below 0": (
        "t.csv", "a,w,y\n1,1,2\n2,-1,3\n", {"weight": "w"},
        "t.csv: row 3, column w: a weight must be a number of at least 0, got '-1'",
    ),
    "a weight that is missing": (
        "t.csv", "a,w,y\n1,,2\n2,1,3\n", {"weight": "w"},
        "t.csv: row 2, column w: a weight must be a number of at least 0, got ''",
    ),
    "all weights 0": (
        "t.csv", "a,w,y\n1,0,2\n2,0,3\n", {"weight": "w"}, "t.csv: column w: all weights are 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case: str, tmp_path: Path) -> None:
    name, content, settings, sentence = REFUSED[case]
    path = written(tmp_path, name, content)
    with pytest.raises(SettingError) as error:
        TableFile(path=str(path), **settings).load(0)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)


def test_200_megabytes_are_refused_before_a_byte_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(SettingError, match=r"^big.csv: is 200 MB large, .* 100 MB can be read; "):
        TableFile(path=str(path)).load(0)


@pytest.mark.parametrize(
    ("entry", "what"),
    [("word/document.xml", "a Word document"), ("readme.txt", "a ZIP archive")],
)
def test_other_archives_are_refused(tmp_path: Path, entry: str, what: str) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "x")
    with pytest.raises(SettingError, match=f"^t.xlsx: is not a table but {what}$"):
        TableFile(path=str(path)).load(0)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            file.write(b"0")
        archive.infolist()[0].file_size = 2_000_000_000
    with pytest.raises(SettingError, match=r"^t.xlsx: (unpacks to 2,000 MB|is damaged)"):
        TableFile(path=str(path)).load(0)


def test_a_folder_and_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="is a folder, not a table"):
        TableFile(path=str(tmp_path)).load(0)
    with pytest.raises(SettingError, match="there is no such file"):
        TableFile(path=str(tmp_path / "no.csv")).load(0)
    with pytest.raises(SettingError, match="no file was chosen yet"):
        TableFile().load(0)
    with pytest.raises(SettingError, match="cannot be read"):
        TableFile(path="a\0b.csv").load(0)


def test_a_pipe_is_no_table(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SettingError, match=r"^pipe.csv: is not a file$"):
        TableFile(path=str(tmp_path / "pipe.csv")).load(0)


def test_a_file_one_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "t.csv", PLAIN)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SettingError, match=r"t\.csv: cannot be read: Permission denied$"):
        TableFile(path=str(path)).load(0)


def test_a_file_that_vanishes_or_changes_after_it_was_read(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv", PLAIN)
    source = TableFile(path=str(path))
    first = source.load(0)
    assert source.load(0) is first
    path.write_text(PLAIN + "7,8,dog\n")
    assert len(source.load(0)) == 4
    path.unlink()
    with pytest.raises(SettingError, match="there is no such file"):
        source.load(0)


def test_pasted_text_has_a_limit() -> None:
    with pytest.raises(
        SettingError, match=r"^text: must have at most 200,000 letters, got 200,001"
    ):
        TableText(text="1" * (LONGEST_TEXT + 1))
    with pytest.raises(SettingError, match=r"^the text: there are no rows in it$"):
        TableText(text="  ").load(0)


def test_a_column_cannot_be_two_things() -> None:
    with pytest.raises(SettingError, match="column a cannot be in inputs as well"):
        Recipe(target=("a",), inputs=("a", "b"))
    with pytest.raises(SettingError, match="column a cannot be in numbers as well"):
        Recipe(categories=("a",), numbers=("a",))


def test_an_error_far_down_names_the_row_of_the_file() -> None:
    text = 'a,b\n"two\nlines",2\n\n3\n'
    with pytest.raises(SettingError, match="row 5 has 1 column where 2 are expected"):
        read_text(text)


def test_all_rows_without_a_target_leave_nothing() -> None:
    with pytest.raises(SettingError, match="no column is left that could be the target"):
        samples("a,b\n1,2\n3,4\n", inputs=("a", "b"))
