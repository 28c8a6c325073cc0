"""Results as tables and pictures: scores, sensitivity, the hardest samples; choosing, copying."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from bpviz.datasets.config import DataConfig
from bpviz.datasets.pictures import Drawing
from bpviz.engine.spec import stack
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.results.content import (
    Pictures,
    Rows,
)
from bpviz.lab.edits import Change
from tests.gui.results.looking import plane, texts


def test_scores_are_those_of_the_assessment(page):
    found = page.bench.session.evaluation.assessment.test.classes
    rows = texts(page)
    assert [row[0] for row in rows] == [
        "setosa",
        "versicolor",
        "virginica",
        "mean",
        "mean by samples",
    ]
    assert [row[1] for row in rows[:3]] == [f"{v:.3f}" for v in found.precision]
    assert [row[2] for row in rows[:3]] == [f"{v:.3f}" for v in found.recall]
    assert rows[3][3] == f"{found.macro[2]:.3f}"
    assert [row[4] for row in rows] == ["20", "20", "20", "60", "60"]
    assert page.note.text().endswith(" of 60 right")


def test_a_click_makes_a_hard_sample_the_current_one(qtbot, page):
    content = page.show_view_now("hardest")
    session = page.bench.session
    assert isinstance(content, Rows)
    place = page.table.visualRect(page.table.rows_model.index(3, 1)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.request.sample == content.samples[3]
    assert session.request.typed is None
    qtbot.keyClick(page.table, Qt.Key.Key_Up)
    assert session.request.sample == content.samples[2]
    session.ask(sample=content.samples[0])
    assert page.table.currentIndex().row() == 0
    session.ask(sample=int(session.snapshot.data.train_rows[0]))
    assert not page.table.selectionModel().hasSelection()
    page.table.setCurrentIndex(page.table.rows_model.index(1, 0))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert session.request.sample == content.samples[1]


def test_the_hardest_say_what_was_taken_for_what(page):
    page.show_view_now("hardest")
    hardest = page.bench.session.evaluation.assessment.test.hardest
    names = page.bench.session.snapshot.data.dataset.class_names
    targets = page.bench.session.snapshot.data.dataset.targets
    first = texts(page)[0]
    assert first[2] == names[targets[hardest.rows[0]]]
    assert first[3] == names[hardest.taken[0]]
    assert "petal length" in first[4]


def test_pictures_are_listed_as_pictures(opened):
    page = opened("digits", 1)
    page.show_view_now("hardest")
    model = page.table.rows_model
    assert not model.index(0, 0).data(Qt.ItemDataRole.DecorationRole).isNull()
    content = page.show_view_now("sensitivity")
    assert isinstance(content, Pictures)
    assert [name for name, _ in content.pictures] == [str(k) for k in range(10)]
    assert page.pictures.rect().contains(page.pictures.cells()[-1].toRect())


def test_the_table_is_copied(qtbot, page):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:5] == ["Class", "Precision", "Recall", "F1", "Samples"]
    assert len(lines) == 6
    assert page.bench.said[-1] == "Copied 5 rows."


def with_long_names():
    """Irises whose measures have forty characters each."""
    dataset = gallery_experiment("iris").data.source.load(0)
    rows = tuple(
        (*map(float, x), float(t)) for x, t in zip(dataset.inputs, dataset.targets, strict=True)
    )
    names = tuple(f"extraordinarily long name of column {k} xy" for k in range(4))
    source = {"kind": "own", "rows": rows, "input_names": names, "class_names": ("a", "b", "c")}
    return Change("data.source", source)


def test_long_names_of_inputs_leave_room_for_values(opened):
    page = opened("iris", 2, with_long_names())
    content = page.show_view_now("hardest")
    shown = page.bench.session.snapshot.data.dataset.inputs[content.samples[0]]
    cell = content.cells[0][-1]
    for k, value in enumerate(shown):
        text = value_text(float(value), 3)
        assert f"extrao… {k} xy {text}" in cell.text
        assert f"extraordinarily long name of column {k} xy {text}" in cell.tip


@pytest.mark.parametrize("edits", [(), (plane(),)], ids=["classes", "values"])
def test_nothing_scrolls_in_a_window_of_1280_and_bars_have_a_heading(qtbot, opened, edits):
    page = opened("playground" if edits else "iris", 2, *edits)
    page.window().resize(650, 240)
    content = page.show_view_now("scores")
    qtbot.waitUntil(lambda: page.table.horizontalScrollBar().maximum() == 0)
    assert page.table.width() < 650
    last = len(content.heads) - 1
    assert not page.table.isColumnHidden(last)
    assert content.heads[last].name == ("R², 0 – 1" if edits else "F1, 0 – 1")


def test_pictures_of_sensitivity_have_a_scale(opened):
    page = opened("digits", 1)
    content = page.show_view_now("sensitivity")
    found = page.bench.session.evaluation.assessment.sensitivity
    assert content.ends[0] == "0"
    assert float(content.ends[1]) == pytest.approx(found.means.max(), rel=0.2)
    theme = page.bench.session.theme
    assert content.ramp.pixelColor(0, 0).name() == theme.card
    assert content.ramp.pixelColor(255, 0).name() == theme.text


def test_thumbnails_are_made_once(opened):
    page = opened("digits", 1)
    first = page.show_view_now("hardest").cells[0][0].image
    again = page.show_view_now("hardest").cells[0][0].image
    assert again is first


def test_answers_that_are_pictures_have_no_columns(opened):
    data = DataConfig(Drawing(samples=12, size="16×16", shapes=4))
    page = opened(Experiment(network=stack(8, 4, 256), data=data), 1)
    content = page.show_view_now("hardest")
    assert [head.name for head in content.heads] == ["Sample", "Error", "Inputs"]
    assert {len(row) for row in content.cells} == {3}
    assert content.cells[0][0].text.startswith("t")
