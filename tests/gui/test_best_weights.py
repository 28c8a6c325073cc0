"""The best weights are offered when a rule ended training behind them; weights from files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.stopping import Epochs, NoBetter
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui import files
from bpviz.gui.best_weights import BestOffer, best_words, take_best
from bpviz.lab.edits import Change, Reset, TakeBest
from tests.gui.without_threads import Bench


def experiment(*stop):
    iris = gallery_experiment("iris")
    return replace(iris, training=replace(iris.training, learning_rate=0.5, stop=stop))


@pytest.fixture
def bench():
    return Bench(experiment(NoBetter(epochs=8)))


@pytest.fixture
def offer(qtbot, bench):
    made = BestOffer(bench.session)
    qtbot.addWidget(made)
    return made


def train(bench, epochs=None):
    if epochs is None:
        bench.laboratory.train()
    else:
        bench.laboratory.train_epochs(epochs)
    bench.pump()
    while bench.session.snapshot.running:
        bench.pump()


def test_it_is_offered_when_a_rule_ended_training(bench, offer):
    assert offer.isHidden()
    train(bench, 3)
    assert offer.isHidden()
    train(bench)
    snapshot = bench.session.snapshot
    epoch, error = snapshot.best
    assert not offer.isHidden()
    assert offer.sentence.text() == f"The best so far: epoch {epoch}, test error {error:.4f}"
    offer.button.click()
    bench.pump()
    assert isinstance(bench.edits[-1], TakeBest)
    assert bench.session.snapshot.metrics.test_loss == error
    assert offer.isHidden()
    assert f"These are the weights of epoch {epoch}" in bench.said[-1]


def test_it_goes_when_training_goes_on_and_when_it_is_declined(bench, offer):
    train(bench)
    assert not offer.isHidden()
    bench.session.apply(Change("training.stop", (NoBetter(epochs=10_000),)))
    bench.laboratory.train()
    bench.pump()
    assert bench.session.latest.running
    assert offer.isHidden()
    bench.session.apply(Change("training.stop", (NoBetter(epochs=8),)))
    train(bench)
    assert not offer.isHidden()
    offer.close_button.click()
    assert offer.isHidden()
    bench.session.snapshot_changed.emit()
    assert offer.isHidden()


def test_what_was_declined_is_offered_again_after_the_same_training(bench, offer):
    train(bench)
    best = bench.session.latest.best
    offer.close_button.click()
    bench.session.apply(Reset())
    bench.pump()
    assert bench.session.latest.epoch == 0
    train(bench)
    assert bench.session.latest.best == best
    assert not offer.isHidden()


def test_a_rule_that_keeps_nothing_offers_nothing(qtbot):
    bench = Bench(experiment(Epochs(epochs=4)))
    made = BestOffer(bench.session)
    qtbot.addWidget(made)
    train(bench)
    assert bench.session.snapshot.message
    assert made.isHidden()
    assert best_words(bench.session.snapshot) == ""
    take_best(bench.session)
    assert "no best weights are kept; a stop rule does that" in bench.said[-1]


def test_before_an_epoch_there_is_none(bench):
    take_best(bench.session)
    assert "train for an epoch first" in bench.said[-1]
    assert bench.edits == []


def test_in_the_window(qtbot, open_window):
    window = open_window(experiment(NoBetter(epochs=8)))
    assert window.best_offer.isHidden()
    window.laboratory.train()
    qtbot.waitUntil(lambda: not window.best_offer.isHidden(), timeout=20_000)
    _, error = window.session.latest.best
    window.actions_by_name["Take the best weights"].trigger()
    qtbot.waitUntil(window.best_offer.isHidden)
    qtbot.waitUntil(lambda: window.session.latest.metrics.test_loss == error)
    assert window.laboratory.undo_text == "take the best weights"


def idle(qtbot, window):
    qtbot.waitUntil(lambda: not window.transfer.running)


def test_weights_go_out_and_come_in(qtbot, window, tmp_path):
    path = tmp_path / "mine.safetensors"
    window.laboratory.train_epochs(3)
    qtbot.waitUntil(lambda: window.session.latest.epoch == 3)
    written = window.session.latest.theta.copy()
    files.export_path(window, path)
    idle(qtbot, window)
    window.laboratory.train_epochs(3)
    qtbot.waitUntil(lambda: window.session.latest.epoch == 6)
    files.import_path(window, path)
    qtbot.waitUntil(lambda: np.array_equal(window.session.latest.theta, written))
    assert window.laboratory.undo_text == "import weights"


def test_weights_that_do_not_fit_are_refused(qtbot, window, tmp_path):
    said = []
    window.session.said.connect(lambda text, is_error: said.append((text, is_error)))
    path = tmp_path / "mine.json"
    files.export_path(window, path)
    idle(qtbot, window)
    window.session.apply(Change("training.learning_rate", 0.1))
    window.actions_by_name["Add hidden layer"].trigger()
    files.import_path(window, path)
    idle(qtbot, window)
    assert said[-1][1]
    assert said[-1][0].startswith("its weights do not fit this network: the file has the layers")
    path.write_text("nonsense", encoding="utf-8")
    files.import_path(window, path)
    idle(qtbot, window)
    assert said[-1][0].startswith("mine.json: is not a network file")
    files.import_path(window, tmp_path / "none.csv")
    idle(qtbot, window)
    assert "cannot be read" in said[-1][0]
