"""Parquet and Feather: the same samples as from text, with the types that the file tells."""

from __future__ import annotations

import builtins
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.datasets.tables.columnar import _Feather
from bpviz.datasets.tables.feather_sizes import unpacked_size
from bpviz.datasets.tables.progress import Cancelled
from bpviz.datasets.tables.reading import read_table
from bpviz.datasets.tables.sources import TableFile
from bpviz.engine.settings import SettingError
from bpviz.lab.import_preview import Previewer
from bpviz.lab.table_experiment import suited_data

pa = pytest.importorskip("pyarrow")
feather = pytest.importorskip("pyarrow.feather")
parquet = pytest.importorskip("pyarrow.parquet")

FORMS = ["parquet", "feather"]


def table(rows: int = 40) -> Any:
    random = np.random.default_rng(1)
    first = random.normal(size=rows)
    return pa.table(
        {
            "length": first,
            "count": pa.array([None if k == 3 else k % 7 for k in range(rows)], pa.int32()),
            "code": pa.array([f"0{k % 3}" for k in range(rows)]),
            "place": pa.array(["here", "there"] * (rows // 2)).dictionary_encode(),
            "wet": pa.array([k % 4 == 0 for k in range(rows)]),
            "price": pa.array([Decimal(k) / 4 for k in range(rows)]),
            "day": pa.array([dt.date(2024, 1, 1 + k % 28) for k in range(rows)]),
            "at": pa.array(
                [1_700_000_000_000_000_001 + k for k in range(rows)], pa.timestamp("ns")
            ),
            "many": pa.array([[k] for k in range(rows)]),
            "kind": pa.array([("a", "b")[k % 2] for k in range(rows)]),
        }
    )


def write(path: Path, made: Any, rows_together: int = 60_000) -> Path:
    if path.suffix == ".parquet":
        parquet.write_table(made, path, row_group_size=rows_together)
    else:
        feather.write_feather(made, path, compression="zstd", chunksize=rows_together)
    return path


@pytest.fixture(params=FORMS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path / f"my.{request.param}", table())


def test_values_are_exact_and_types_are_kept(path: Path) -> None:
    data = TableFile(path=str(path)).load(0)
    kinds = {column.name: (column.kind, column.role) for column in data.facts.columns}
    assert kinds == {
        "length": ("number", "input"),
        "count": ("number", "input"),
        "code": ("category", "input"),
        "place": ("category", "input"),
        "wet": ("category", "input"),
        "price": ("number", "input"),
        "day": ("date", "left out"),
        "at": ("date", "left out"),
        "kind": ("category", "target"),
    }
    np.testing.assert_array_equal(data.inputs[:, 0], table()["length"].to_numpy())
    assert np.isnan(data.inputs[3, 1])
    assert data.input_names[2:5] == ("code = 00", "code = 01", "code = 02")
    assert any("many" in report for report in data.reports)


def test_texts_may_be_read_as_numbers_all_the_same(path: Path) -> None:
    data = TableFile(path=str(path), numbers=("code",)).load(0)
    assert set(data.inputs[:, 2]) == {0.0, 1.0, 2.0}


def test_it_gives_what_the_same_table_gives_as_text(path: Path, tmp_path: Path) -> None:
    names = ["length", "count", "place", "wet", "kind"]
    rows = table().select(names).to_pylist()
    lines = [",".join("" if row[n] is None else str(row[n]).lower() for n in names) for row in rows]
    text = tmp_path / "my.csv"
    text.write_text("\n".join([",".join(names), *lines]), encoding="utf-8")
    other = TableFile(path=str(text)).load(0)
    data = TableFile(path=str(write(path, table().select(names)))).load(0)
    np.testing.assert_array_equal(data.inputs, other.inputs)
    np.testing.assert_array_equal(data.targets, other.targets)
    assert data.input_names == other.input_names


def test_numbers_of_less_precision_are_written_with_their_own_digits(tmp_path: Path) -> None:
    made = pa.table({"x": pa.array([0.1, 2.0, None], pa.float32()), "y": [1, 2, 3]})
    raw = read_table(write(tmp_path / "my.parquet", made))
    assert raw.columns[0] == ["0.1", "2", ""]


def test_numbers_are_numbers_whatever_the_decimal_mark(path: Path) -> None:
    data = TableFile(path=str(path), decimal="comma").load(0)
    np.testing.assert_array_equal(data.inputs[:, 0], table()["length"].to_numpy())


def test_a_preview_reads_the_beginning(tmp_path: Path) -> None:
    path = write(tmp_path / "my.parquet", table(20_000))
    shown = Previewer().preview(suited_data(TableFile(path=str(path))), 0)
    assert not shown.whole
    assert shown.judged_rows < 20_000
    assert shown.columns[2].cells[1].text == "01"
    assert not shown.lines


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_breaks_off_is_refused(tmp_path: Path, form: str, share: float) -> None:
    path = write(tmp_path / f"my.{form}", table())
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(SettingError, match=r"is damaged, or not a (Parquet|Feather) file") as found:
        TableFile(path=str(path)).load(0)
    assert str(found.value).startswith(f"my.{form}: ")


def test_texts_that_lie_outside_the_file_are_refused(tmp_path: Path) -> None:
    made = pa.table({"a": ["x", "y"] * 20, "b": np.arange(40.0)})
    path = tmp_path / "my.feather"
    feather.write_feather(made, path, compression="uncompressed")
    ends = np.arange(41, dtype="<i4").tobytes()
    wrong = np.concatenate([np.arange(40), [1 << 30]]).astype("<i4").tobytes()
    assert path.read_bytes().count(ends) == 1
    path.write_bytes(path.read_bytes().replace(ends, wrong))
    with pytest.raises(SettingError, match="is damaged, or not a Feather file"):
        TableFile(path=str(path)).load(0)


def test_numbers_stay_numbers_though_many_are_infinite(path: Path) -> None:
    length = np.where(np.arange(40) % 3, np.arange(40.0), np.inf)
    made = pa.Table.from_arrays(
        [pa.nulls(40), pa.array(length), pa.array(["0", "1"] * 20)], ["", "length", "kind"]
    )
    data = TableFile(path=str(write(path, made))).load(0)
    kinds = {column.name: column.kind for column in data.facts.columns}
    assert kinds == {"length": "number", "kind": "category"}
    np.testing.assert_array_equal(data.inputs[:, 0], np.where(np.isinf(length), np.nan, length))
    assert any("'inf' is no number" in report for report in data.reports)


def test_what_holds_no_table_is_refused(tmp_path: Path) -> None:
    empty = write(tmp_path / "a.parquet", pa.table({"x": pa.array([], pa.int32())}))
    with pytest.raises(SettingError, match="there are no rows in it"):
        TableFile(path=str(empty)).load(0)
    nested = write(tmp_path / "b.parquet", pa.table({"x": [[1], [2]]}))
    with pytest.raises(SettingError, match="no columns of numbers, texts or dates"):
        TableFile(path=str(nested)).load(0)
    with pytest.raises(SettingError, match="there is no column 'q'"):
        TableFile(path=str(write(tmp_path / "c.parquet", table())), target=("q",)).load(0)
    (tmp_path / "old.feather").write_bytes(b"FEA1" + bytes(200) + b"FEA1")
    with pytest.raises(SettingError, match="not a Feather file that can be read"):
        TableFile(path=str(tmp_path / "old.feather")).load(0)


@pytest.mark.parametrize("form", FORMS)
def test_very_many_cells_are_refused_before_they_are_read(tmp_path: Path, form: str) -> None:
    # Equal values take hardly any room.
    column = pa.array(np.zeros(2_000_000, np.int8))
    made = pa.table(dict.fromkeys(map(str, range(26)), column))
    path = write(tmp_path / f"my.{form}", made, 2_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(SettingError, match="2,000,000 rows of 26 columns, more than can be read"):
        TableFile(path=str(path)).load(0)


def test_long_texts_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for values in (pa.array(["a" * 100_000] * 20), pa.array(["a" * 2_000_000]).dictionary_encode()):
        path = write(tmp_path / "my.feather", pa.table({"a": values}))
        assert path.stat().st_size < 20_000
        monkeypatch.setattr("bpviz.datasets.tables.columnar.LARGEST_UNPACKED", 1_000_000)
        monkeypatch.setattr("bpviz.datasets.tables.columnar._texts", pytest.fail)
        with pytest.raises(SettingError, match="unpacks to more than 1 MB"):
            TableFile(path=str(path)).load(0)


@pytest.mark.parametrize("packing", ["zstd", "lz4", "uncompressed"])
def test_the_size_of_a_feather_file_is_what_arrow_says(tmp_path: Path, packing: str) -> None:
    made = pa.table({"a": np.arange(1000.0), "b": ["here", "there"] * 500})
    for rows in (1000, 300):
        feather.write_feather(made, tmp_path / "a", compression=packing, chunksize=rows)
        with (tmp_path / "a").open("rb") as file:
            found = unpacked_size(file)
        batches = made.to_batches(rows)
        assert found[0] == 1000
        # Buffers are padded, and small ones have headers.
        assert found[1] == pytest.approx(max(b.nbytes for b in batches), abs=200)


def test_a_feather_file_is_not_unpacked_to_learn_its_size(tmp_path: Path) -> None:
    path = write(tmp_path / "my.feather", pa.table({"a": np.zeros(2_000_000)}), 2_000_000)
    before = pa.total_allocated_bytes()
    with path.open("rb") as file:
        reader = _Feather(file)
        assert reader.rows == 2_000_000
        assert reader.at_once == 16_000_000
        assert pa.total_allocated_bytes() - before < 1_000_000


@pytest.mark.parametrize("form", FORMS)
def test_dates_that_python_does_not_know_are_told(tmp_path: Path, form: str) -> None:
    seconds = [10**12 if k == 3 else 86_400 * k for k in range(20)]
    made = pa.table(
        {
            "day": pa.array(seconds, pa.timestamp("s")),
            "at": pa.array(range(1, 21), pa.time64("ns")),
            "x": np.arange(20.0),
            "kind": ["a", "b"] * 10,
        }
    )
    raw = read_table(write(tmp_path / f"my.{form}", made))
    assert raw.columns[0][2:5] == ["1970-01-03", "not in the years 1 to 9999", "1970-01-05"]
    data = TableFile(path=str(tmp_path / f"my.{form}"), numbers=("day",)).load(0)
    assert data.inputs[:5, 0].tolist()[:3] == [0.0, 1.0, 2.0]
    assert np.isnan(data.inputs[3, 0])
    assert any("not in the years 1 to 9999" in report for report in data.reports)


def test_another_name_is_told(path: Path) -> None:
    other = path.rename(path.with_suffix(".csv"))
    said = TableFile(path=str(other)).load(0).reports[0]
    assert said.startswith("The file is called .csv, but its content is that of ")


def test_reading_can_be_stopped(path: Path) -> None:
    with pytest.raises(Cancelled):
        read_table(path, goes_on=lambda _done, _total: False)


def test_what_is_missing_for_it_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return really(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingError, match=r"install it by pip install bpviz\[parquet\], or save"):
        read_table(path)
