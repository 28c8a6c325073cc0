"""The tab Results: what it asks for, what it shows, choosing samples, empty states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.results.content import (
    Cell,
    Lines,
    Pictures,
    Plot,
    Rows,
    Words,
    figure_text,
    share_text,
)
from bpviz.gui.results.registry import VIEWS
from bpviz.gui.theme import DARK
from bpviz.lab.assessment import Assess
from bpviz.lab.edits import Change, SetLayer
from bpviz.lab.evaluator import evaluate
from tests.gui.without_threads import Bench

CLASSES = ["scores", "roc", "precision-recall", "calibration", "sensitivity", "hardest"]
VALUES = ["scores", "residuals", "sensitivity", "hardest"]


@pytest.fixture
def opened(qtbot):
    """The page on an experiment, after some epochs; `show` brings up one of its views."""
    cards = []

    def make(experiment, epochs=0, *edits):
        bench = Bench(experiment)
        for edit in edits:
            bench.session.apply(edit)
        if epochs:
            bench.laboratory.train_epochs(epochs)
            bench.pump()
            while bench.laboratory.runner.is_running:
                bench.pump()
        bench.pump()
        card = BottomCard(bench.session)
        qtbot.addWidget(card)
        cards.append(card)
        card.resize(800, card.height())
        card.show()
        card.show_tab("Results")
        page = card.pages["Results"]
        page.bench = bench

        def show(key):
            page.show_view(key)
            bench.pump()
            page._live.now()
            return page.content

        page.show_view_now = show
        show("scores")
        return page

    yield make
    for card in cards:
        card.shut()


@pytest.fixture
def page(opened):
    return opened("iris", 20)


def texts(page):
    model = page.table.rows_model
    return [
        [str(model.index(r, c).data()) for c in range(model.columnCount())]
        for r in range(model.rowCount())
    ]


def mouse_move(at):
    nothing = Qt.MouseButton.NoButton
    none = Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(at), nothing, nothing, none)


def offered(page):
    return [key for key, button in page.controls.views.buttons.items() if button.isVisibleTo(page)]


def plane() -> Change:
    return Change("data.source", {"kind": "plane"})


def test_it_asks_only_while_it_is_shown(opened):
    page = opened("iris")
    session, card = page.bench.session, page.window()
    assert session.request.want_assessment == Assess("test", 0, False)
    card.show_tab("Watch")
    assert session.request.want_assessment is None
    page.bench.pump()
    assert session.evaluation.assessment is None
    card.show_tab("Results")
    assert session.request.want_assessment is not None


def test_sensitivity_is_asked_for_only_by_its_view(page):
    session = page.bench.session
    page.show_view_now("sensitivity")
    assert session.request.want_assessment.sensitivity
    page.show_view_now("roc")
    assert not session.request.want_assessment.sensitivity


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


def test_it_follows_training(page):
    bench = page.bench
    before = texts(page)
    bench.laboratory.train_epochs(60)
    bench.pump()
    while bench.laboratory.runner.is_running:
        bench.pump()
    bench.pump()
    page._live.now()
    found = bench.session.evaluation.assessment
    assert found.snapshot.epoch == 80
    assert texts(page) != before
    assert texts(page)[1][1] == f"{found.test.classes.precision[1]:.3f}"


def test_it_is_drawn_a_few_times_a_second_at_most(page, monkeypatch):
    drawn = []
    monkeypatch.setattr(page, "_draw", drawn.append)
    page._live.now()
    for _ in range(30):
        page.bench.session.evaluation_changed.emit()
    assert len(drawn) == 1


def test_the_part_of_the_data_is_chosen(qtbot, page):
    qtbot.mouseClick(page.controls.part.buttons["training"], Qt.MouseButton.LeftButton)
    page.bench.pump()
    page._live.now()
    assert page.bench.session.request.want_assessment.part == "training"
    assert texts(page)[0][4] == "30"


@pytest.mark.parametrize(
    ("experiment", "keys", "edits"),
    [("iris", CLASSES, ()), ("playground", VALUES, (plane(),)), ("playground", CLASSES, ())],
    ids=["several classes", "values", "two classes"],
)
def test_the_views_that_suit_the_data_are_offered(opened, experiment, keys, edits):
    page = opened(experiment, 2, *edits)
    assert offered(page) == keys
    for key in keys:
        content = page.show_view_now(key)
        assert not isinstance(content, Words), key
        assert page.controls.view == key
        assert not page.grab().isNull()


def test_other_data_brings_other_views(opened):
    page = opened("playground", 2)
    page.show_view_now("roc")
    page.bench.session.apply(plane())
    page.bench.pump()
    page._live.now()
    assert offered(page) == VALUES
    assert page.view.key == "scores"
    page.bench.session.undo()
    page.bench.pump()
    assert page.view.key == "roc"


def test_the_keyboard_goes_through_the_views(qtbot, page):
    views = page.controls.views
    views.buttons["scores"].setFocus()
    qtbot.keyClick(views.buttons["scores"], Qt.Key.Key_Right)
    assert page.view.key == "roc"
    qtbot.keyClick(views.buttons["roc"], Qt.Key.Key_Left)
    assert page.view.key == "scores"
    for button in (*views.buttons.values(), *page.controls.part.buttons.values()):
        assert button.toolTip()
        assert button.accessibleName()


def test_curves_are_about_the_class_that_is_chosen(page):
    page.show_view_now("roc")
    choice = page.controls.choice
    assert choice.isVisibleTo(page)
    assert choice.value == 0
    choice.setCurrentIndex(2)
    choice.chosen.emit(2)
    page.bench.pump()
    page._live.now()
    found = page.bench.session.evaluation.assessment
    assert found.ask.positive == 2
    assert isinstance(page.content, Plot)
    areas = [f"{part.roc.area:.3f}" for part in (found.training, found.test)]
    assert page.content.figures[0].values == tuple(areas)
    assert "“virginica”" in page.content.words
    page.show_view_now("scores")
    assert not choice.isVisibleTo(page)


def test_of_two_classes_the_second_is_looked_for(opened):
    page = opened("playground", 2)
    page.show_view_now("roc")
    assert page.bench.session.request.want_assessment.positive == 1
    assert page.controls.choice.currentText() == "inside"


def test_both_parts_are_drawn_and_read_off(page):
    content = page.show_view_now("roc")
    theme = page.bench.session.theme
    colors = [color.name() for _, color, dashed in content.plane.lines if not dashed]
    assert colors == [theme.text, theme.violet]
    assert [name for name, _ in content.columns] == ["training", "test"]
    assert content.plane.read(0.0, 1.0).startswith("Test, threshold ")
    page.show_view_now("calibration")
    assert page.content.plane.read(0.95, 0.5).startswith("Test, called 90–100 %: ")


def test_the_mouse_reads_a_curve_off_beside_it(page):
    content = page.show_view_now("roc")
    words, plane_view = page.plot.words, page.plot.plane
    assert words.text() == content.words
    middle = plane_view.area().center().toPoint()
    QApplication.sendEvent(plane_view, mouse_move(middle))
    assert "false alarms" in words.text()
    at = plane_view.to_data(QPointF(middle))
    assert plane_view.plane.mark == content.nearest(*at)
    roc = page.bench.session.evaluation.assessment.test.roc
    assert plane_view.plane.mark in list(zip(roc.x, roc.y, strict=True))
    QApplication.sendEvent(plane_view, QEvent(QEvent.Type.Leave))
    assert words.text() == content.words
    assert plane_view.plane.mark is None


def test_tab_goes_from_the_views_to_what_they_are_of(page):
    page.show_view_now("roc")
    place = page.controls.views.buttons["hardest"]
    order = []
    for _ in range(200):
        place = place.nextInFocusChain()
        order.append(place)
    controls = page.controls
    first = order.index(controls.part.buttons["test"])
    assert order.index(controls.part.buttons["training"]) < first
    assert first < order.index(controls.choice) < order.index(page.table)


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


def test_a_residual_is_a_sample_to_click(qtbot, opened):
    page = opened("playground", 5, plane())
    content = page.show_view_now("residuals")
    plane_view = page.plot.plane
    place = plane_view.to_pixels(content.plane.dots.places[7:8])[0]
    qtbot.mouseClick(
        plane_view, Qt.MouseButton.LeftButton, pos=QPointF(*place).toPoint() + QPoint(0, 0)
    )
    picked = page.bench.session.request.sample
    data = page.bench.session.snapshot.data
    assert picked in data.test_rows
    at = list(content.plane.dots.rows).index(picked)
    assert np.hypot(*(plane_view.to_pixels(content.plane.dots.places[at : at + 1])[0] - place)) < 2


def test_one_of_several_outputs_is_shown(opened):
    page = opened("worked-2-2-2")
    content = page.show_view_now("residuals")
    assert content.plane.x_name == "predicted o₁"
    page.controls.choice.setCurrentIndex(1)
    page.controls.choice.chosen.emit(1)
    assert page.content.plane.x_name == "predicted o₂"
    found = page.bench.session.evaluation.assessment.training.residuals
    expected = [[found.predicted[0, 1], found.residuals[0, 1]]]
    np.testing.assert_array_equal(page.content.plane.dots.places, expected)
    assert page.content.figures[0].values == ("not defined",)


def test_without_a_test_part_the_training_part_is_shown(opened):
    page = opened("worked-2-2-2")
    assert page.controls.part.value == "training"
    test = page.controls.part.buttons["test"]
    assert not test.isEnabled()
    assert "no test part" in test.toolTip()
    assert page.note.text() == "1 sample"


def test_a_network_of_no_numbers_is_said(page):
    session = page.bench.session
    theta = np.full_like(session.snapshot.theta, np.nan)
    session.snapshot = replace(session.snapshot, theta=theta)
    session.evaluation = evaluate(session.snapshot, session.request)
    session.evaluation_changed.emit()
    page._live.now()
    for key in CLASSES:
        page.show_view(key)
        assert isinstance(page.content, Words)
        assert "not finite" in page.words.text()


def test_outputs_that_are_no_probabilities_are_said(opened):
    page = opened(
        "playground",
        0,
        Change("training.loss", {"kind": "half_squared"}),
        SetLayer("y", "activation", "identity"),
    )
    content = page.show_view_now("calibration")
    assert isinstance(content, Words)
    assert "no probabilities" in content.text
    assert isinstance(page.show_view_now("roc"), Plot)


def test_a_class_that_is_not_there_has_no_curve(opened):
    rows = tuple((float(k), float(k), 0.0 if k < 7 else 1.0) for k in range(8))
    source = {"kind": "own", "rows": rows, "class_names": ("a", "b")}
    page = opened(
        "playground",
        0,
        Change("data.source", source),
        Change("data.test_fraction", 0.125),
        Change("data.stratify", False),
    )
    data = page.bench.session.snapshot.data
    only = data.dataset.targets[data.test_rows]
    assert len(set(only)) == 1
    content = page.show_view_now("roc")
    assert isinstance(content, Words)
    assert "test part holds" in content.text
    scores = page.show_view_now("scores")
    tips = [cell.tip for row in scores.cells for cell in row]
    assert any("not defined" in tip for tip in tips)


def test_the_table_is_copied(qtbot, page):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:5] == ["Class", "Precision", "Recall", "F1", "Samples"]
    assert len(lines) == 6
    assert page.bench.said[-1] == "Copied 5 rows."


def test_long_names_and_narrow_cards_cut_nothing_but_names(opened):
    names = tuple(f"a very long name of class number {k}, as files have them" for k in range(3))
    iris = gallery_experiment("iris")
    dataset = iris.data.source.load(0)
    rows = tuple(
        (*map(float, x), float(t)) for x, t in zip(dataset.inputs, dataset.targets, strict=True)
    )
    source = {
        "kind": "own",
        "rows": rows,
        "input_names": dataset.input_names,
        "class_names": names,
    }
    page = opened(iris, 2, Change("data.source", source))
    page.window().resize(400, 260)
    for view in VIEWS:
        if view.key in offered(page):
            page.show_view_now(view.key)
            controls = page.controls
            for part in (controls.views, controls.part, controls.choice):
                if part.isVisible():
                    assert controls.rect().contains(part.geometry()), view.key


def test_a_score_has_as_many_digits_as_it_needs():
    assert share_text(0.5) == "0.500"
    assert share_text(-1.6054) == "−1.605"
    assert share_text(-1234.5) == "−1234"
    assert share_text(-1e9) == "−10⁹"
    assert share_text(float("nan")) == "–"
    assert figure_text(float("nan")) == "not defined"


def test_long_lists_are_made_where_they_are_looked_at():
    made = []
    lines = Lines(200, lambda k: made.append(k) or (Cell(str(k)),))
    assert len(lines) == 200
    assert lines[7][0].text == lines[7][0].text == "7"
    assert made == [7]
    with pytest.raises(IndexError):
        lines[200]
    assert [line[0].text for line in lines[197:]] == ["197", "198", "199"]


def test_it_is_live_in_the_window(qtbot, window):
    window.bottom.show_tab("Results")
    page = window.bottom.page
    qtbot.waitUntil(lambda: page.shown is not None, timeout=10_000)
    seen = {page.shown.assessment.snapshot.epoch}
    window.laboratory.train()

    def moved():
        seen.add(page.shown.assessment.snapshot.epoch)
        return len(seen) >= 3

    qtbot.waitUntil(moved, timeout=10_000)
    window.laboratory.pause()
    qtbot.waitUntil(
        lambda: (
            page.shown.assessment.snapshot is window.session.snapshot
            and not window.session.snapshot.running
        ),
        timeout=10_000,
    )
    window.bottom.show_tab("Watch")
    assert window.session.request.want_assessment is None


def test_it_wears_both_themes(page):
    page.bench.session.show(theme=DARK)
    assert page.table.rows_model.theme is DARK
    content = page.show_view_now("roc")
    assert content.columns[1][1] == DARK.violet
    assert page.plot.plane.theme is DARK
