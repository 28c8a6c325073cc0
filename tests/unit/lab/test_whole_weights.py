"""Edits of all weights at once: the best ones so far, and those of a file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.engine.stopping import NoBetter
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.io.records import record
from bpviz.lab.edits import Change, Reset, SetLayer, SetWeights, TakeBest
from bpviz.lab.importing import weights_for

KEEPING = (NoBetter(epochs=8),)


@pytest.fixture
def iris() -> Experiment:
    """One that learns too fast, so that its test error rises again."""
    experiment = gallery_experiment("iris")
    training = replace(experiment.training, learning_rate=0.5, stop=KEEPING)
    return replace(experiment, training=training)


def test_the_best_weights_are_taken_and_given_back(bench, iris):
    alone = iris.trainer()
    alone.run(1000)
    b = bench(iris)
    b.lab.train()
    stopped = b.settle()
    assert stopped.best == (alone.state.best_epoch, alone.state.best_error)
    assert stopped.best[0] < stopped.epoch
    b.lab.apply(TakeBest())
    taken = b.settle()
    assert taken.theta.tobytes() == alone.state.best_theta.tobytes()
    assert taken.metrics.test_loss == stopped.best[1]
    assert taken.epoch == stopped.epoch
    assert b.lab.undo_text == "take the best weights"
    assert "back where it was" in b.lab.undo()
    undone = b.settle()
    assert undone.theta.tobytes() == stopped.theta.tobytes()
    assert {n: m.tobytes() for n, m in undone.moments.items()} == {
        n: m.tobytes() for n, m in stopped.moments.items()
    }
    b.lab.redo()
    assert b.settle().theta.tobytes() == taken.theta.tobytes()


def test_taking_the_best_pauses(bench, iris):
    b = bench(iris)
    b.lab.train_epochs(5)
    b.settle()
    b.lab.train()
    b.lab.apply(TakeBest())
    b.lab.runner.work()
    assert not b.lab.runner.is_running


def test_a_training_goes_on_from_the_best(bench, iris):
    b = bench(iris)
    b.lab.train()
    stopped = b.settle()
    b.lab.apply(TakeBest())
    b.settle()
    b.lab.train()
    # The rule waits its eight epochs again.
    assert b.settle().epoch > stopped.epoch + 8


def test_where_none_are_kept_the_edit_is_refused(bench, iris):
    b = bench(iris)
    b.lab.apply(Change("training.stop", ()))
    with pytest.raises(SettingError, match="no best weights are kept; a stop rule does that"):
        b.lab.apply(TakeBest())


def test_before_the_first_epoch_there_is_nothing_to_take(bench, iris):
    b = bench(iris)
    before = b.settle_at_start()
    b.lab.apply(TakeBest())
    assert b.settle().theta.tobytes() == before.theta.tobytes()


def of_file(experiment: Experiment, epochs: int = 3):
    data = experiment.prepare()
    trainer = experiment.trainer(data)
    trainer.run(epochs)
    return record("mine", epochs, trainer.spec, trainer.state.theta, data)


def test_weights_of_a_file(bench, iris):
    network = of_file(iris)
    b = bench(iris)
    b.lab.train_epochs(2)
    before = b.settle()
    b.lab.apply(weights_for(b.lab.experiment.network, network))
    assert b.settle().theta.tobytes() == network.theta.tobytes()
    b.lab.undo()
    assert b.settle().theta.tobytes() == before.theta.tobytes()


def test_at_epoch_0_they_are_the_initial_weights(bench, iris):
    network = of_file(iris)
    b = bench(iris)
    b.lab.apply(weights_for(b.lab.experiment.network, network))
    b.lab.train_epochs(2)
    b.settle()
    b.lab.apply(Reset())
    assert b.settle().theta.tobytes() == network.theta.tobytes()


@pytest.mark.parametrize(
    ("edit", "difference"),
    [
        (SetLayer("h", "units", 7), "layer h has units 5 in the file and 7 here"),
        (
            SetLayer("h", "activation", "relu"),
            "layer h has activation tanh in the file and ReLU here",
        ),
        (SetLayer("h", "bias", "none"), "layer h has bias unit in the file and none here"),
    ],
)
def test_other_layers_are_refused_with_what_differs(iris, edit, difference):
    with pytest.raises(SettingError, match=difference):
        weights_for(edit.apply(iris).network, of_file(iris))


def test_other_names_and_other_connections_are_refused(iris):
    network = of_file(iris)
    with pytest.raises(SettingError, match="the file has the layers x, h, y, here they are x, h1"):
        weights_for(gallery_experiment("playground").network, network)
    gone = replace(iris.network, missing=frozenset({ParameterId("h", 0, "x", 0)}))
    with pytest.raises(SettingError, match="other connections are missing"):
        weights_for(gone, network)


def test_weights_that_no_network_can_have_are_refused(bench, iris):
    b = bench(iris)
    size = b.settle_at_start().layout.size
    for theta, sentence in (
        (np.zeros(size + 1), "weights and biases, not"),
        (np.full(size, np.inf), "w1 must be a number between"),
    ):
        with pytest.raises(SettingError, match=sentence):
            b.lab.apply(SetWeights(theta))
    assert not b.lab.can_undo
