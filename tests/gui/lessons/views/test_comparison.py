"""Variants side by side as a person runs them: curves, figures, stop, refusal."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt

from bpviz.engine.training import Trainer
from bpviz.gui.lessons.views.comparison import ComparisonView, curve_colors
from bpviz.gui.theme import DARK, LIGHT
from bpviz.lab.edits import SetParameters
from tests.gui.without_threads import Bench

UPDATES = (
    {"name": "By sample", "changes": {"update": "sample"}, "words": "Quick to start."},
    {"name": "Mini-batches", "changes": {"update": "mini-batch"}, "words": "Steady."},
    {"name": "Far too high", "changes": {"learning_rate": 1e200}, "words": "Lost."},
)


@pytest.fixture
def bench(qtbot):
    return Bench("update-modes")


@pytest.fixture
def view(qtbot, bench):
    made = ComparisonView(bench.session, variants=UPDATES, epochs=4)
    qtbot.addWidget(made)
    made.resize(720, 520)
    made.show()
    yield made
    made.shut()


def run(qtbot, view):
    with qtbot.waitSignal(view.done, timeout=20_000):
        qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)


def test_curves_and_figures_are_those_of_the_trainer(qtbot, bench, view):
    assert "3 variants, one start, 4 epochs" in view.sentence.text()
    run(qtbot, view)
    assert not view.running
    alone = bench.experiment.trainer()
    losses = [alone.evaluate().train_loss]
    alone.run(4, lambda metrics: losses.append(metrics.train_loss))
    curve = view.chart._curves[1]
    assert (curve.name, list(curve.values)) == ("Mini-batches", losses)
    assert view.rows[1].error.text() == f"{losses[-1]:.4f}"
    assert view.rows[0].words.text() == "Quick to start."
    assert view.rows[2].error.text() == "∞"
    assert view.rows[2].error.toolTip() == "Infinite in epoch 1"
    assert view.button.text() == "Run again"
    assert not view.progress.isVisible()


def test_the_first_layers_gradient(qtbot, view):
    run(qtbot, view)
    qtbot.mouseClick(view.quantity.buttons["gradient"], Qt.MouseButton.LeftButton)
    curve = view.chart._curves[0]
    assert np.isnan(curve.values[0])
    assert list(curve.values[1:]) == [row[2] for row in view.comparison.runs[0].rows[1:]]


def test_edited_initial_weights_are_the_start_of_all(qtbot, bench, view):
    parameter = bench.session.snapshot.layout.id_of(0)
    bench.session.apply(SetParameters({parameter: 2.5}))
    bench.pump()
    theta = bench.session.snapshot.theta
    run(qtbot, view)
    alone = bench.experiment.trainer()
    assert alone.state.theta[0] != 2.5
    starts = {r.rows[0][1] for r in view.comparison.runs if r.rows}
    edited = Trainer(alone.spec, alone.training, alone.data, alone.state.seed)
    edited.set_parameters(dict(enumerate(theta)))
    assert starts == {edited.evaluate().train_loss}


def test_stopped_it_is_not_done(qtbot, view):
    ends, reached = [], threading.Event()
    view.done.connect(lambda: ends.append(True))
    view._yield_to = lambda: (reached.set(), view.comparison._cancelled.wait(20))
    view.start()
    assert reached.wait(20)
    assert view.button.text() == "Stop"
    assert view.progress.isVisible()
    qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.running, timeout=20_000)
    assert ends == []
    assert view.sentence.text() == "Stopped before the end."


def test_closing_ends_it(view):
    view._yield_to = lambda: view.comparison._cancelled.wait(20)
    view.start()
    view.close()
    assert not view.running


def test_a_variant_that_cannot_be_is_said(qtbot, bench):
    view = ComparisonView(bench.session, variants=[{"name": "odd", "changes": {"speed": 1}}])
    qtbot.addWidget(view)
    view.start()
    assert "no such setting" in view.sentence.text()
    assert not view.running


def test_both_themes(bench, view):
    for theme in (DARK, LIGHT):
        bench.session.show(theme=theme)
        assert not view.grab().isNull()
        colors = curve_colors(theme, 6)
        assert len(set(colors)) == 6
        assert not {theme.negative, theme.positive} & set(colors)
