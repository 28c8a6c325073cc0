"""The tab Results: what it asks for, which views it offers, its part of the data, empty states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.results.content import (
    Rows,
    Words,
)
from bpviz.gui.results.registry import VIEWS
from bpviz.gui.theme import DARK
from bpviz.lab.assessment import Assess
from bpviz.lab.edits import AddLayer, Change, SetLayer, SetWeights
from bpviz.lab.evaluator import evaluate
from tests.gui.results.looking import offered, plane, texts

CLASSES = ["scores", "roc", "precision-recall", "calibration", "sensitivity", "hardest"]
VALUES = ["scores", "residuals", "sensitivity", "hardest"]


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


def test_weights_put_in_by_hand_may_lead_there(opened):
    """The largest weights there may be, through enough layers, are beyond float32."""
    layers = (AddLayer("h1"), AddLayer("h1"), AddLayer("h1"), AddLayer("h1"), AddLayer("h1"))
    wide = (Change("network.dtype", "float32"), SetLayer("y", "activation", "identity"))
    page = opened("playground", 0, plane(), *wide, *layers)
    session = page.bench.session
    for layer in session.snapshot.spec.layers[1:-1]:
        session.apply(SetLayer(layer.id, "activation", "relu"))
    page.bench.pump()
    session.apply(SetWeights(np.full_like(session.snapshot.theta, 1e6)))
    page.bench.pump()
    page._live.now()
    assert isinstance(page.content, Words)
    assert "not finite" in page.words.text()
    session.undo()
    page.bench.pump()
    page._live.now()
    assert isinstance(page.content, Rows)


@pytest.mark.parametrize(("width", "there"), [(800, True), (360, False)])
def test_how_many_are_right_stands_beside_the_tabs_where_there_is_room(page, width, there):
    page.window().resize(width, 260)
    accuracy = page.bench.session.evaluation.assessment.test.classes.accuracy
    assert page.note.text() == f"{100 * accuracy:.1f} % of 60 right"
    assert page.note.isVisibleTo(page.window()) == there
    if there:
        assert page.note.width() >= page.note.fontMetrics().horizontalAdvance(page.note.text())
    page.window().show_tab("Watch")
    assert not page.note.isVisibleTo(page.window())


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
