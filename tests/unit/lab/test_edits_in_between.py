"""Edits at awkward moments: in mid-epoch, in mid-divergence, between undo and redo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId, stack
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.edits import (
    AddLayer,
    AddUnit,
    Change,
    Freeze,
    Load,
    RemoveLayer,
    RemoveUnit,
    Reset,
    SetLayer,
    SetParameters,
)

WEIGHT = ParameterId("h1", 0, "x", 0)


@pytest.fixture
def playground() -> Experiment:
    return gallery_experiment("playground")


@pytest.fixture
def wild(playground: Experiment) -> Experiment:
    """Diverges within its first epoch."""
    layers = tuple(
        layer if layer.is_input else replace(layer, activation="identity")
        for layer in playground.network.layers
    )
    return replace(
        playground,
        network=replace(playground.network, layers=layers),
        training=replace(
            playground.training, loss="half_squared", learning_rate=1e30, optimizer="momentum"
        ),
    )


def weight(snapshot) -> float:
    return float(snapshot.theta[snapshot.layout.index_of(WEIGHT)])


@pytest.mark.parametrize(
    "edit",
    [
        Change("training.batch_size", 5),
        Change("training.update", "sample"),
        Change("data.test_fraction", 0.9),
        Change("data.source.noise", 0.3),
        AddUnit("h1"),
        Reset(),
    ],
)
def test_an_edit_between_two_samples_of_a_batch(bench, playground, edit):
    b = bench(playground)
    for _ in range(9):
        b.lab.step("sample")
        b.settle()
    b.lab.apply(edit)
    assert b.settle().cursor is None
    b.lab.step("sample")
    assert b.settle().cursor is not None
    b.lab.undo()
    b.lab.step("epoch")
    assert b.settle().epoch == 1


@pytest.mark.parametrize(
    "edit",
    [
        AddUnit("h1"),
        Freeze(frozenset({WEIGHT})),
        Change("training.update", "full"),
        Change("training.l2", 0.1),
        Change("data.test_fraction", 0.1),
        SetParameters({WEIGHT: 0.5}),
    ],
)
def test_an_edit_while_the_weights_are_infinite_finds_the_last_finite_ones(bench, wild, edit):
    b = bench(wild)
    for _ in range(12):
        b.lab.step("batch")
        broken = b.settle()
    assert not np.isfinite(broken.theta).all()
    b.lab.apply(edit)
    assert np.isfinite(b.settle().theta).all()
    b.lab.train_epochs(2)
    failed = b.settle()
    assert failed.failed
    assert np.isfinite(failed.theta).all()


def test_a_weight_edited_in_mid_epoch_survives_the_failure_of_that_epoch(bench, wild):
    b = bench(wild)
    b.lab.step("batch")
    b.settle()
    b.lab.apply(SetParameters({WEIGHT: 2.5}))
    b.settle()
    b.lab.train_epochs(1)
    failed = b.settle()
    assert failed.failed
    assert weight(failed) == 2.5


def test_an_edit_of_the_start_is_one_again_when_redone_later(bench, playground):
    b = bench(playground)
    b.lab.apply(SetParameters({WEIGHT: 3.0}))
    b.lab.train_epochs(2)
    b.settle()
    b.lab.undo()
    b.settle()
    b.lab.redo()
    b.lab.apply(Reset())
    assert weight(b.settle()) == 3.0


def test_opening_the_same_experiment_again_draws_its_weights_anew(bench, playground):
    b = bench(playground)
    b.lab.apply(SetParameters({WEIGHT: 3.0}))
    b.settle()
    b.lab.apply(Load(playground))
    assert np.array_equal(b.settle().theta, playground.trainer().state.theta)


def test_reset_after_a_new_unit_brings_the_old_units_to_their_start(bench, playground):
    adam = replace(playground, training=replace(playground.training, optimizer="adam"))
    b = bench(adam)
    start = playground.trainer().state.theta
    b.lab.train_epochs(3)
    before = b.settle()
    b.lab.apply(AddUnit("h1"))
    grown = b.settle()
    old = before.layout.block("h1", "x")
    new = grown.layout.block("h1", "x")
    assert np.any(old.view(before.velocity) != 0)
    assert np.array_equal(new.view(grown.velocity)[:-1], old.view(before.velocity))
    b.lab.apply(Reset())
    assert np.array_equal(new.view(b.settle().theta)[:-1], old.view(start))


def test_a_softmax_pair_keeps_its_outputs_when_the_data_changes(bench, playground):
    pair = replace(
        playground,
        network=stack(2, 4, 2, output="softmax"),
        training=replace(playground.training, loss="categorical_cross_entropy"),
    )
    b = bench(pair)
    b.lab.apply(Change("data.source.noise", 0.2))
    b.lab.train_epochs(1)
    assert b.settle().spec.output.units == 2


def test_stepping_and_running_stop_at_the_same_epoch(bench, playground):
    rule = {"kind": "no_better", "epochs": 4}
    stopping = replace(
        playground, training=replace(playground.training, stop=(rule,), learning_rate=1.5)
    )
    alone = stopping.trainer()
    alone.run(500)
    b = bench(stopping)
    for _ in range(alone.state.epoch - 3):
        b.lab.step("epoch")
        b.settle()
    b.lab.train()
    stopped = b.settle()
    assert stopped.epoch == alone.state.epoch < 500
    assert "has not improved" in stopped.message
    assert stopped.theta.tobytes() == alone.state.theta.tobytes()


def test_another_error_measures_improvement_anew(bench, playground):
    rule = {"kind": "no_better", "epochs": 5}
    training = replace(playground.training, stop=(rule,), loss="half_squared", learning_rate=0.0001)
    b = bench(replace(playground, training=training))
    b.lab.train_epochs(4)
    b.settle()
    b.lab.apply(Change("training.loss", "binary_cross_entropy"))
    b.lab.train_epochs(6)
    snapshot = b.settle()
    assert (snapshot.epoch, snapshot.message) == (10, "")


def test_figures_follow_the_data_while_training_runs(bench, playground):
    b = bench(playground)
    b.lab.train()
    b.lab.runner.work()
    b.lab.apply(Change("data.test_fraction", 0.0))
    b.lab.runner.work()
    snapshot = b.lab.runner.mailbox.take()
    assert len(snapshot.data.training.test) == 0
    assert np.isnan(snapshot.metrics.test_loss)


def test_a_backlog_of_edits_is_measured_once(bench, playground):
    b = bench(playground)
    trainer = b.lab.runner._training.trainer
    calls = []
    evaluate = trainer.evaluate
    trainer.evaluate = lambda: calls.append(1) or evaluate()
    for k in range(20):
        b.lab.apply(SetParameters({WEIGHT: 0.1 * k}), merge="drag")
    assert weight(b.settle()) == pytest.approx(1.9)
    assert len(calls) == 1


def test_two_toggles_cancel_each_other(bench, playground):
    b = bench(playground)
    b.lab.toggle()
    b.lab.toggle()
    assert not b.settle().running
    b.lab.toggle()
    b.lab.runner.work()
    assert b.lab.runner.is_running


def test_training_for_no_epochs_trains_none(bench, playground):
    b = bench(playground)
    b.lab.train_epochs(0)
    assert b.settle().epoch == 0


@pytest.mark.parametrize(
    "edit",
    [
        AddUnit("gone"),
        RemoveUnit("gone"),
        AddLayer("gone"),
        RemoveLayer("gone"),
        SetLayer("gone", "activation", "relu"),
        SetLayer("h1", "units", "a"),
        SetLayer("h1", "units", 2.5),
        SetLayer("h1", "units", 0),
        SetLayer("h1", "no_such_field", 1),
    ],
)
def test_edits_of_what_is_not_there_are_refused_in_a_sentence(bench, playground, edit):
    b = bench(playground)
    with pytest.raises(SettingError):
        b.lab.apply(edit)
    assert b.lab.experiment == playground


@pytest.mark.parametrize(
    ("mark", "edit"),
    [
        (ParameterId("h1", 3), RemoveUnit("h1", 3)),
        (ParameterId("h1", 3, "x", 0), RemoveUnit("h1", 3)),
        (ParameterId("h1", 0), SetLayer("h1", "bias", "none")),
        (ParameterId("h1", 0), SetLayer("h1", "bias", "shared")),
        (ParameterId("h2", 0, "h1", 3), SetLayer("h1", "units", 3)),
    ],
)
def test_what_was_frozen_and_is_gone_is_no_longer_marked(bench, playground, mark, edit):
    b = bench(playground)
    b.lab.apply(Freeze(frozenset({mark, WEIGHT})))
    b.settle()
    b.lab.apply(edit)
    assert b.settle().spec.frozen == {WEIGHT}


def test_given_values_stay_while_their_shapes_do(bench):
    worked = gallery_experiment("worked-2-2-2")
    b = bench(worked)
    b.lab.apply(SetLayer("h", "activation", "tanh"))
    assert b.settle().spec.initializer == worked.network.initializer
    b.lab.apply(AddUnit("h"))
    assert b.settle().spec.initializer != worked.network.initializer


def test_a_failure_is_counted_each_time_and_its_message_goes_with_the_next_edit(bench, wild):
    b = bench(wild)
    for count in (1, 2, 3):
        b.lab.train()
        snapshot = b.settle()
        assert (snapshot.failed, snapshot.failures) == (True, count)
    b.lab.apply(Change("training.learning_rate", 1e-3))
    snapshot = b.settle()
    assert (snapshot.failed, snapshot.message) == (False, "")


def test_snapshots_from_before_another_network_are_not_current(bench, playground):
    b = bench(playground)
    old = b.settle_at_start()
    b.lab.apply(Change("training.learning_rate", 0.1))
    assert b.lab.is_current(old)
    b.lab.apply(Change("data.source.noise", 0.2))
    assert not b.lab.is_current(old)
    other_data = b.settle()
    assert b.lab.is_current(other_data)
    b.lab.apply(AddUnit("h1"))
    assert not b.lab.is_current(other_data)
    b.settle()
    b.lab.undo()
    assert b.lab.is_current(b.settle())
