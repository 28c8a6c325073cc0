"""What a preview of a table shows is what is learned from when it is opened."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DataSource
from bpviz.datasets.files import file_source
from bpviz.datasets.own import OwnSamples
from bpviz.datasets.preprocessing import prepare
from bpviz.datasets.tables.sources import TableFile, TableText
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.data import Samples
from bpviz.engine.spec import LayerSpec
from bpviz.lab.import_preview import SHOWN_COLUMNS, Preview, Previewer, PreviewTask
from bpviz.lab.table_experiment import suited_data

_TABLE = (
    "id;length;island;weight;kind\n"
    "7;1,5;A;1;x\n3;NA;B;1;y\n9;2,5;;3;x\n2;odd;A;1;\n" + "5;3;B;1;y\n1;4,5;A;1;x\n" * 10
)


def preview(source: DataSource, **settings: object) -> Preview:
    return Previewer().preview(replace(suited_data(source), **settings), 3)


def text(**said: object) -> TableText:
    return TableText(text=_TABLE, weight="weight", **said)  # type: ignore[arg-type]


def weights(part: Samples) -> np.ndarray:
    return np.ones(len(part)) if part.weights is None else part.weights


def column(shown: Preview, name: str) -> object:
    return next(column for column in shown.columns if column.name == name)


def test_what_was_found_is_told() -> None:
    shown = preview(text())
    assert (shown.found.encoding, shown.found.delimiter, shown.found.decimal) == (
        "UTF-8",
        "semicolon",
        "comma",
    )
    assert [(c.name, c.kind, c.role) for c in shown.columns] == [
        ("id", "number", "input"),
        ("length", "number", "input"),
        ("island", "category", "input"),
        ("weight", "number", "weight"),
        ("kind", "category", "target"),
    ]
    assert shown.marks == (("", 2), ("NA", 1))
    assert shown.whole
    assert shown.judged_rows == 24
    assert shown.samples == 23
    assert shown.rows[:2] == (2, 3)
    assert shown.lines[:2] == ("id;length;island;weight;kind", "7;1,5;A;1;x")
    assert shown.remarks[3] == "left out: it has no value to predict"
    assert shown.guessed_target
    assert not shown.refusal


def test_cells_say_what_is_missing_or_odd() -> None:
    cells = column(preview(text()), "length").cells
    assert [(cell.text, cell.missing, cell.odd) for cell in cells[:4]] == [
        ("1,5", False, False),
        ("NA", True, False),
        ("2,5", False, False),
        ("odd", False, True),
    ]
    assert column(preview(text()), "island").cells[0].category == "A"


@pytest.mark.parametrize("scaling", ["none", "standardise", "min-max"])
@pytest.mark.parametrize("missing", ["drop", "mean", "most frequent"])
@pytest.mark.parametrize("target", ["kind", "length"])
def test_the_numbers_shown_are_those_that_train(scaling: str, missing: str, target: str) -> None:
    source = text(target=(target,))
    data = replace(suited_data(source), scaling=scaling, missing=missing)
    shown = Previewer().preview(data, 3)
    softmax = target == "kind"
    output = LayerSpec(
        "out", 1, ACTIVATIONS.make("sigmoid" if softmax else "identity"), sources=("h",)
    )
    prepared = prepare(data, 3, output)
    order = np.concatenate([prepared.train_rows, prepared.test_rows])
    trains = np.empty((len(order), prepared.training.train.inputs.shape[1] + 2))
    both = (prepared.training.train, prepared.training.test)
    trains[order] = np.vstack(
        [np.column_stack([part.inputs, part.targets, weights(part)]) for part in both]
    )
    used = [k for k, remark in enumerate(shown.remarks) if not remark]
    roles = ("input", "target", "weight")
    rows = [
        [v for role in roles for c in shown.columns if c.role == role for v in c.cells[k].values]
        for k in used
    ]
    np.testing.assert_array_equal(rows, trains)
    assert shown.samples == len(trains)


def test_a_row_that_is_left_out_has_no_numbers() -> None:
    shown = preview(text(), missing="drop")
    assert shown.remarks[1] == "left out: a value is missing"
    assert [c.cells[1].values for c in shown.columns] == [()] * 5


def test_every_choice_of_reading_changes_what_is_shown() -> None:
    assert column(preview(text(missing_marks=("odd",))), "length").odd == 1
    assert len(preview(text(header="no")).rows) == 25
    assert column(preview(text(decimal="point")), "length").kind == "category"
    assert column(preview(text(categories=("length",))), "length").kind == "category"
    assert column(preview(text(leave_out=("id",))), "id").role == "left out"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (TableFile(), "no file was chosen yet"),
        (text(delimiter="comma"), "row 3 has 1 column where 2 are expected"),
        (text(target=("colour",)), "there is no column 'colour'"),
        (text(leave_out=("id", "length", "island")), "no column is left as an input"),
        (TableText(text="a\n1\n2\n"), "has only one column"),
    ],
)
def test_what_cannot_be_learned_from_is_a_refusal(source: DataSource, said: str) -> None:
    shown = preview(source)
    assert said in shown.refusal
    assert not shown.samples


def test_a_refused_table_is_shown_as_far_as_it_was_read() -> None:
    lost = preview(text(target=("colour",)))
    assert [c.name for c in lost.columns] == ["id", "length", "island", "weight", "kind"]
    assert lost.columns[0].cells[0].text == "7"
    assert preview(text(delimiter="comma")).lines[1] == "7;1,5;A;1;x"
    assert preview(TableText(text="a\n1\n2\n")).columns[0].kind == "number"


def test_a_large_table_is_judged_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    rows = (f"{k % 7},{k % 5},{'yes' if k % 3 else 'no'}\n" for k in range(60_000))
    path.write_text("a,b,c\n" + "".join(rows), encoding="utf-8")
    shown = preview(TableFile(path=str(path)))
    assert not shown.whole
    assert 10_000 < shown.judged_rows < 60_000
    assert "rows were looked at" in shown.reports[0]
    assert len(shown.rows) == 50


def test_a_target_that_does_not_change_at_the_beginning_is_found(tmp_path: Path) -> None:
    path = tmp_path / "sorted.csv"
    rows = (f"{k % 7},{k % 5},{'yes' if k < 50_000 else 'no'}\n" for k in range(60_000))
    path.write_text("a,b,c\n" + "".join(rows), encoding="utf-8")
    shown = preview(TableFile(path=str(path)))
    assert shown.whole
    assert shown.class_names == ("no", "yes")


def test_a_file_is_read_again_only_when_it_must_be(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text("a,b\n1,2\n3,4\n5,7\n", encoding="utf-8")
    previewer = Previewer()
    data = suited_data(TableFile(path=str(path)))
    assert previewer.preview(data, 0).columns[0].cells[0].text == "1"
    path.write_text("a,b\n8,2\n3,4\n5,7\n9,1\n", encoding="utf-8")
    assert previewer.preview(data, 0).columns[0].cells[0].text == "8"


def test_a_source_without_a_table_shows_its_samples() -> None:
    shown = preview(OwnSamples())
    assert [(c.name, c.role) for c in shown.columns] == [
        ("x1", "input"),
        ("x2", "input"),
        ("y", "target"),
    ]
    assert shown.columns[0].cells[2].values == (1.0,)


def test_samples_without_a_table_are_shown_as_they_are_learned_from() -> None:
    rows = tuple((float(k), float(k * k % 5), float(k % 3)) for k in range(12))
    classes = OwnSamples(("a", "b"), ("kind",), ("x", "y", "z"), rows)
    values = OwnSamples(("a", "b"), ("t",), (), rows)
    for source, output in ((classes, 3), (values, 1)):
        data = replace(
            suited_data(source), scaling="standardise", scale_targets=True, test_fraction=0.25
        )
        kind = ACTIVATIONS.make("softmax" if output == 3 else "identity")
        trained = prepare(data, 3, LayerSpec("out", output, sources=("in",), activation=kind))
        shown = Previewer().preview(data, 3)
        assert {k for k, is_test in enumerate(shown.tested) if is_test} == set(trained.test_rows)
        assert shown.test_samples == len(trained.test_rows)
        learned = np.array(
            [[x for c in shown.columns for x in c.cells[k].values] for k in range(12)]
        )
        part = trained.training.train
        expected = np.hstack([part.inputs, part.targets])
        np.testing.assert_allclose(learned[trained.train_rows], expected)


def test_a_cancelled_preview_is_none(tmp_path: Path) -> None:
    task = PreviewTask(Previewer(), DataConfig(source=text()), 0)
    task.cancel()
    task.run()
    assert task.preview is None
    task = PreviewTask(Previewer(), DataConfig(source=text()), 0)
    task.run()
    assert task.preview is not None
    assert task.done == task.total
    assert not math.isnan(task.seconds_left)


def test_rows_of_the_test_part_are_told() -> None:
    source = text(target=("kind",))
    shown = preview(source, missing="drop", test_fraction=0.25)
    data = prepare(
        replace(suited_data(source), missing="drop", test_fraction=0.25),
        3,
        LayerSpec("out", 1, sources=("in",), activation=ACTIVATIONS.make("sigmoid")),
    )
    learned = [k for k, remark in enumerate(shown.remarks) if not remark]
    tested = {k for k, is_test in enumerate(shown.tested) if is_test}
    assert tested == {learned[row] for row in data.test_rows}
    assert shown.test_samples == len(data.test_rows)


def test_columns_say_whether_they_are_inputs_unless_told_otherwise() -> None:
    shown = preview(TableText(text="id,a,b\n1,2,x\n2,3,y\n3,1,x\n", leave_out=("a",)))
    assert [(c.role, c.as_input) for c in shown.columns] == [
        ("left out", False),
        ("left out", True),
        ("target", True),
    ]


def test_arrays_that_give_no_samples_are_shown_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "my.npz"
    np.savez(path, X=np.arange(8.0).reshape(4, 2), y=[1.0, np.nan, 2.0, 3.0], name=["a", "b"])
    shown = Previewer().preview(suited_data(file_source(path)), 0)
    assert "missing or infinite" in shown.refusal
    assert [(c.name, c.kind, c.role) for c in shown.columns] == [
        ("X 1", "number", "input"),
        ("X 2", "number", "input"),
        ("y", "number", "target"),
        ("name", "category", "left out"),
    ]
    assert [c.text for c in shown.columns[1].cells] == ["1", "3", "5", "7"]
    assert [c.missing for c in shown.columns[2].cells] == [False, True, False, False]
    assert [c.text for c in shown.columns[3].cells] == ["a", "b", "", ""]
    assert [array.name for array in shown.outline.arrays] == ["X", "y", "name"]


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_targets_of_arrays_are_those_that_train(tmp_path: Path, outputs: int) -> None:
    random = np.random.default_rng(1)
    # Two classes, labels, three classes.
    targets = (np.arange(40) % 2, random.integers(0, 2, (40, 2)), np.arange(40) % 3)[outputs - 1]
    np.savez(tmp_path / "my.npz", x=random.normal(size=(40, 3)), y=targets)
    source = file_source(tmp_path / "my.npz")
    data = replace(suited_data(source), target_margin=0.2)
    shown = Previewer().preview(data, 3)
    activation = ACTIVATIONS.make("softmax" if outputs == 3 else "sigmoid")
    made = prepare(data, 3, LayerSpec("out", outputs, activation, sources=("h",)))
    trains = np.empty((40, outputs))
    trains[made.train_rows] = made.training.train.targets
    trains[made.test_rows] = made.training.test.targets
    columns = [c for c in shown.columns if c.role == "target"]
    rows = [[v for c in columns for v in c.cells[k].values] for k in range(40)]
    np.testing.assert_array_equal(rows, trains)
    assert {0.2, 0.8} >= set(trains.ravel().round(12))


def test_arrays_that_are_damaged_behind_their_headers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "my.npz"
    np.savez(path, X=np.arange(8000.0).reshape(4000, 2), y=np.arange(4000) % 2)
    content = bytearray(path.read_bytes())
    content[30_000] ^= 1
    path.write_bytes(content)
    shown = Previewer().preview(suited_data(file_source(path)), 0)
    assert shown.refusal == "my.npz: is damaged: its arrays cannot be read"
    assert shown.columns == ()
    assert [array.name for array in shown.outline.arrays] == ["X", "y"]


def test_of_very_many_arrays_some_columns_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "my.npz"
    others = {f"w{k}": np.zeros((4, 90)) for k in range(6)}
    np.savez(path, **others, X=np.eye(4), y=np.full(4, np.nan))
    shown = Previewer().preview(suited_data(file_source(path)), 0)
    assert [c.name for c in shown.columns[:6]] == ["X 1", "X 2", "X 3", "X 4", "y", "w0 1"]
    assert len(shown.columns) == 2 * SHOWN_COLUMNS


def test_pictures_are_shown_as_such(tmp_path: Path) -> None:
    grey = np.zeros((60, 2, 3), np.uint8)
    grey[:, 1, 2] = np.arange(60) * 4
    np.savez(tmp_path / "my.npz", x=grey, y=np.arange(60) % 2)
    shown = Previewer().preview(suited_data(file_source(tmp_path / "my.npz")), 0)
    assert len(shown.pictures) == len(shown.rows) == 50
    np.testing.assert_array_equal(shown.pictures[7], [[0, 0, 0], [0, 0, 1]])
    assert not preview(text()).pictures
