"""Variants side by side: each the same bits as if it were trained alone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.compiled.warming import hindrance
from bpviz.engine.settings import SettingError
from bpviz.engine.training import Trainer
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.comparison import Comparison, Variant

UPDATES = (
    Variant("sample", {"update": "sample"}),
    Variant("fixed batches", {"update": "fixed", "batch_size": 25}),
    Variant("mini-batches", {"training.update": "mini-batch"}),
)


@pytest.fixture(scope="module")
def experiment():
    return gallery_experiment("playground")


def test_each_variant_is_the_trainers_own_run(experiment):
    reason = hindrance(experiment.network.dtype, patient=False)
    comparison = Comparison(experiment, UPDATES, epochs=3)
    comparison.run()
    assert comparison.finished
    assert comparison.share == 1
    settings = ({"update": "sample"}, {"update": "fixed", "batch_size": 25}, {})
    data = experiment.prepare().training
    for run, changes in zip(comparison.runs, settings, strict=True):
        training = replace(experiment.training, **changes)
        alone = Trainer(experiment.network, training, data, experiment.seed, hindrance=reason)
        losses = [alone.evaluate().train_loss]
        alone.run(3, lambda metrics, losses=losses: losses.append(metrics.train_loss))
        assert run.trainer.state.theta.tobytes() == alone.state.theta.tobytes()
        assert [row[1] for row in run.rows] == losses
        assert [row[0] for row in run.rows] == [0, 1, 2, 3]
    assert len({run.rows[0][1] for run in comparison.runs}) == 1
    assert len({run.error for run in comparison.runs}) == 3


@pytest.mark.parametrize("kernel", ["numpy", "auto"])
def test_the_gradient_of_the_first_layer_is_kept(experiment, kernel):
    training = replace(experiment.training, kernel=kernel)
    experiment = replace(experiment, training=training)
    comparison = Comparison(experiment, UPDATES[2:], epochs=2)
    comparison.run()
    run = comparison.runs[0]
    assert math.isnan(run.table()[0, 2])
    # The compiled epoch adds the squares up in an order of its own.
    rounding = 0.0 if kernel == "numpy" else 1e-14
    assert run.table()[-1, 2] == pytest.approx(run.trainer.gradient_norms()[0], rel=rounding, abs=0)


def test_each_epoch_has_a_row_beyond_those_that_are_always_measured(experiment):
    comparison = Comparison(experiment, UPDATES[1:], epochs=130)
    comparison.run()
    for run in comparison.runs:
        assert run.experiment.training.evaluate_every == 0
        assert [row[0] for row in run.rows] == list(range(131))


def test_layers_initialiser_and_optimiser_can_differ(experiment):
    hidden = Variant("ReLU", {"network.layers.*.activation": "relu"})
    one = Variant("one", {"network.layers.h2.activation": "sigmoid"})
    start = Variant("naive", {"network.initializer": {"kind": "uniform", "low": 0.0, "high": 1.0}})
    momentum = Variant("momentum", {"optimizer": {"kind": "momentum", "momentum": 0.8}})
    assert [x.activation.kind for x in hidden.of(experiment).network.layers] == [
        "identity",
        "relu",
        "relu",
        "sigmoid",
    ]
    assert [x.activation.kind for x in one.of(experiment).network.computed[:2]] == [
        "tanh",
        "sigmoid",
    ]
    assert start.of(experiment).network.initializer.high == 1.0
    assert momentum.of(experiment).training.optimizer.momentum == 0.8
    assert Variant("as it is").of(experiment) == experiment


def test_what_cannot_be_changed_is_said_at_once(experiment):
    with pytest.raises(SettingError, match="learning rate"):
        Comparison(experiment, [Variant("bad", {"learning_rate": -1})], epochs=1)
    with pytest.raises(SettingError, match="no such setting"):
        Comparison(experiment, [Variant("bad", {"training.speed": 1})], epochs=1)


def test_a_variant_that_does_not_fit_is_left_out_with_a_sentence(experiment):
    odd = Variant("linear output", {"network.layers.y.activation": "identity"})
    comparison = Comparison(experiment, [odd, UPDATES[2]], epochs=1)
    comparison.run()
    assert comparison.finished
    assert "needs sigmoid outputs" in comparison.runs[0].ended
    assert comparison.runs[1].epoch == 1


def test_one_that_runs_away_ends_alone():
    experiment = gallery_experiment("update-modes")
    wild = Variant("too high", {"learning_rate": 1e200})
    comparison = Comparison(experiment, [wild, Variant("as it is")], epochs=4)
    comparison.run()
    assert comparison.runs[0].ended == "infinite in epoch 1"
    assert comparison.runs[1].epoch == 4


def test_cancelled_it_ends_between_two_batches(experiment):
    """With NumPy, that is; a call of the compiled epoch may well do a whole one."""
    experiment = replace(experiment, training=replace(experiment.training, kernel="numpy"))
    calls = []

    def count():
        calls.append(1)
        if len(calls) == 30:
            comparison.cancel()

    comparison = Comparison(experiment, UPDATES, epochs=5, yield_to=count)
    comparison.run()
    assert len(calls) == 30
    assert not comparison.finished
    assert comparison.share == 0


def test_the_experiment_is_left_as_it_was(experiment):
    before = gallery_experiment("playground")
    Comparison(experiment, UPDATES, epochs=1).run()
    assert experiment == before


def test_curves_over_common_epochs():
    experiment = gallery_experiment("update-modes")
    wild = Variant("too high", {"learning_rate": 1e200})
    comparison = Comparison(experiment, [wild, Variant("as it is")], epochs=3)
    comparison.run()
    epochs, (lost, found) = comparison.curves("error")
    assert list(epochs) == [0, 1, 2, 3]
    assert list(np.isfinite(lost)) == [True, False, False, False]
    assert list(found) == [row[1] for row in comparison.runs[1].rows]
    _, (_, gradient) = comparison.curves("gradient")
    assert list(gradient[1:]) == [row[2] for row in comparison.runs[1].rows[1:]]
