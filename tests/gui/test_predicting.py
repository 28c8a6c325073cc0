"""Predicting a table from the window: saved with class names, refused in a sentence, stopped."""

from __future__ import annotations

import csv
import threading

import pytest
from PySide6.QtWidgets import QFileDialog

from bpviz.gui.predicting import Predictor
from bpviz.lab import prediction_task
from tests.gui.gate import Gate
from tests.gui.without_threads import Bench

NEW_ROWS = """sepal length,sepal width,petal length,petal width,garden
5.1,3.5,1.4,0.2,north
6.7,3.0,5.2,2.3,south
"""


@pytest.fixture
def bench(qtbot):
    made = Bench("iris")
    made.laboratory.train_epochs(20)
    made.pump()
    while made.laboratory.runner.is_running:
        made.pump()
    made.pump()
    return made


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def predictor(bench, gate):
    made = Predictor(bench.session, gate)
    yield made
    gate.open()
    made.shut()


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "new.csv"
    path.write_text(NEW_ROWS)
    return path


def table(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_rows_are_saved_with_class_names(qtbot, bench, predictor, rows, tmp_path):
    out = tmp_path / "out.csv"
    predictor.predict(rows, out)
    assert predictor.text == "Stop predicting"
    qtbot.waitUntil(lambda: not predictor.running)
    written = table(out)
    assert [row["garden"] for row in written] == ["north", "south"]
    assert [row["predicted species"] for row in written] == ["setosa", "virginica"]
    assert bench.said[-1].startswith(
        "Predicted 2 rows with the weights of epoch 20 and saved them as out.csv."
    )
    assert "garden" in bench.said[-1]
    assert predictor.text == "Predict a table…"


def test_a_table_without_the_columns_is_refused(qtbot, bench, predictor, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    out = tmp_path / "out.csv"
    predictor.predict(path, out)
    qtbot.waitUntil(lambda: not predictor.running)
    assert bench.said[-1].startswith("Nothing was predicted: ")
    assert "petal length" in bench.said[-1]
    assert not out.exists()


@pytest.mark.parametrize("out", ["new.csv", "out.xlsx", "nowhere/out.csv"])
def test_a_file_that_cannot_be_written_is_refused(qtbot, bench, predictor, rows, out, tmp_path):
    predictor.predict(rows, tmp_path / out)
    qtbot.waitUntil(lambda: not predictor.running)
    assert bench.said[-1].startswith("Nothing was predicted: ")
    assert rows.read_text() == NEW_ROWS


def test_a_missing_file_is_refused(qtbot, bench, predictor, tmp_path):
    predictor.predict(tmp_path / "gone.csv", tmp_path / "out.csv")
    qtbot.waitUntil(lambda: not predictor.running)
    assert bench.said[-1].startswith("Nothing was predicted: ")


def test_it_can_be_stopped(qtbot, bench, predictor, gate, rows, tmp_path):
    gate.shut()
    predictor.predict(rows, tmp_path / "out.csv")
    assert gate.reached.wait(20)
    predictor.ask(None)
    gate.open()
    qtbot.waitUntil(lambda: not predictor.running)
    assert bench.said[-1] == "Predicting was stopped; nothing was saved."
    assert not (tmp_path / "out.csv").exists()


def test_the_window_tells_how_far_it_is_and_cancels(qtbot, window, monkeypatch, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x1,x2\n0,0\n5,5\n")
    reached, go = threading.Event(), threading.Event()
    predict = prediction_task.predict_rows

    def held(network, rows, goes_on):
        goes_on(430, 1000)
        reached.set()
        go.wait(20)
        return predict(network, rows, goes_on=goes_on)

    monkeypatch.setattr(prediction_task, "predict_rows", held)
    said = []
    window.session.said.connect(lambda text, _is_error: said.append(text))
    bar = window.loading_bar
    try:
        window.predictor.predict(path, tmp_path / "out.csv")
        qtbot.waitUntil(lambda: bar.isVisible() and bar.share.text() == "43%")
        assert bar.words.text() == "Predicting points.csv"
        bar.cancel_button.click()
    finally:
        go.set()
    qtbot.waitUntil(lambda: not window.predictor.running)
    assert bar.isHidden()
    assert said == ["Predicting was stopped; nothing was saved."]


def test_the_menu_says_once_what_it_does(window, monkeypatch):
    action = window.actions_by_name["Predict a table…"]
    menu = window.menuBar().actions()[0].menu()
    for running, text in ((False, "Predict a table…"), (True, "Stop predicting")):
        with monkeypatch.context() as patch:
            patch.setattr(type(window.predictor), "running", running)
            menu.aboutToShow.emit()
        assert action.text() == text
        assert action.isEnabled()


def test_the_menu_asks_for_both_files(qtbot, window, monkeypatch, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x1,x2\n0,0\n5,5\n")
    kind = "TSV (*.tsv)"
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))

    def save(_parent, _title, proposed, kinds):
        asked.append((proposed, kinds))
        return str(tmp_path / "answers"), kind

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    window.actions_by_name["Predict a table…"].trigger()
    out = tmp_path / "answers.tsv"
    qtbot.waitUntil(lambda: not window.predictor.running and out.exists(), timeout=10_000)
    assert asked == [(str(tmp_path / "points-predicted.csv"), f"CSV (*.csv);;{kind}")]
    assert len(table(out, "\t")) == 2
