"""What edits make a training forget, what they leave, and that undoing brings back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.optimizers import LBFGS
from bpviz.engine.schedules import Plateau
from bpviz.engine.spec import ParameterId
from bpviz.engine.stopping import NoBetter, TimeLimit
from bpviz.engine.training import TrainerState
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.edits import AddUnit, Change, Edit, Freeze, SetLayer, SetParameters

WEIGHT = ParameterId("h", 0, "x", 0)
FROZEN = frozenset({WEIGHT})


@pytest.fixture
def iris() -> Experiment:
    """One whose best weights come early, and whose rate falls when its error does not."""
    experiment = gallery_experiment("iris")
    training = replace(
        experiment.training,
        learning_rate=0.5,
        stop=(NoBetter(500),),
        rate_schedule=(Plateau(patience=1),),
    )
    return replace(experiment, training=training)


@pytest.fixture
def bent(iris) -> Experiment:
    training = replace(iris.training, optimizer=LBFGS(3), update="full", rate_schedule=())
    return replace(iris, training=training)


def state_of(b) -> TrainerState:
    return b.lab.runner._training.trainer.state


def bits(state: TrainerState) -> dict[str, bytes]:
    return {k: v.tobytes() for k, v in state.to_arrays().items() if k != "seconds"}


@pytest.mark.parametrize(
    "edit",
    [
        Freeze(FROZEN),
        Freeze(frozenset({ParameterId("h", 1, "x", 0)}), frozen=False),
        SetParameters({WEIGHT: 0.5}),
        SetLayer("h", "activation", "relu"),
        SetLayer("h", "bias_trained", False),
        AddUnit("h"),
        Change("data.test_fraction", 0.2),
        Change("training.l2", 0.1),
    ],
    ids=repr,
)
def test_edits_clear_the_memory_of_lbfgs_and_their_undoing_brings_it_back(bench, bent, edit):
    if isinstance(edit, Freeze) and not edit.frozen:
        bent = replace(bent, network=replace(bent.network, frozen=edit.parameters))
    b = bench(bent)
    b.lab.train_epochs(4)
    b.settle()
    before = bits(state_of(b))
    b.lab.apply(edit)
    b.settle()
    state = state_of(b)
    assert state.steps == 0
    assert not any(moment.any() for moment in state.moments.values())
    b.lab.undo()
    b.settle()
    assert bits(state_of(b)) == before
    b.lab.redo()
    b.lab.train_epochs(1)
    b.settle()
    # The first step after it is one along the gradient again.
    trainer = b.lab.runner._training.trainer
    given = np.where(trainer.layout.trainable(), trainer.gradient, 0.0)
    length = trainer.rate * min(1.0, 1.0 / np.abs(given).sum())
    np.testing.assert_allclose(trainer.update, -length * given, rtol=1e-9)


@pytest.mark.parametrize(
    "edit", [SetLayer("h", "dropout", 0.1), SetLayer("h", "bias_trained", False)]
)
def test_best_weights_stay_where_the_network_computes_the_same(bench, iris, edit):
    b = bench(iris)
    b.lab.train_epochs(40)
    best = b.settle().best
    kept = state_of(b).best_theta.tobytes()
    assert best[0] < 40
    b.lab.apply(edit)
    assert b.settle().best == best
    assert state_of(b).best_theta.tobytes() == kept


@pytest.mark.parametrize("edit", [SetLayer("h", "activation", "relu"), AddUnit("h")])
def test_best_weights_go_with_the_network_that_had_them(bench, iris, edit):
    b = bench(iris)
    b.lab.train_epochs(40)
    b.settle()
    b.lab.apply(edit)
    assert b.settle().best is None


@pytest.mark.parametrize(
    "edit",
    [
        Change("training.stop", ()),
        Change("training.rate_schedule", ()),
        Change("training.loss", "squared"),
        Change("data.label_noise", 0.2),
    ],
    ids=repr,
)
@pytest.mark.parametrize("epochs", [0, 3])
def test_what_was_measured_comes_back_with_the_undoing(bench, iris, edit: Edit, epochs: int):
    """However long training went on in between."""
    b = bench(replace(iris, training=replace(iris.training, loss="half_squared")))
    b.lab.train_epochs(40)
    b.settle()
    before = state_of(b).copy()
    b.lab.apply(edit)
    b.settle()
    after = state_of(b)
    lost = [name for name in ("stopping", "schedules") if not getattr(after, name)]
    is_best_lost = after.best_theta is None
    assert lost
    b.lab.train_epochs(epochs)
    b.settle()
    b.lab.undo()
    b.settle()
    again = state_of(b)
    assert again.epoch == 40 + epochs
    assert [getattr(again, name) for name in lost] == [getattr(before, name) for name in lost]
    if is_best_lost:
        assert again.best_theta.tobytes() == before.best_theta.tobytes()
        assert (again.best_epoch, again.best_error) == (before.best_epoch, before.best_error)


def test_other_data_forget_what_was_measured_on_the_old(bench, iris):
    b = bench(iris)
    b.lab.train_epochs(40)
    b.settle()
    b.lab.apply(Change("data.label_noise", 0.2))
    b.settle()
    state = state_of(b)
    assert (state.stopping, state.schedules, state.best_theta) == ({}, {}, None)
    assert np.isnan(state.best_error)


def test_a_drag_gives_back_what_was_lost_at_its_first_move(bench, iris):
    b = bench(iris)
    b.lab.train_epochs(40)
    b.lab.step("batch")
    b.settle()
    before = bits(state_of(b))
    for share in (0.3, 0.4, 0.45):
        b.lab.apply(Change("data.test_fraction", share), merge="drag")
        b.settle()
    assert state_of(b).batch == 0
    b.lab.undo()
    b.settle()
    assert bits(state_of(b)) == before


def test_the_clock_goes_on_in_a_grown_network(bench, iris):
    timed = replace(iris, training=replace(iris.training, stop=(TimeLimit(1e9),)))
    b = bench(timed)
    b.lab.train_epochs(3)
    b.settle()
    seconds = state_of(b).seconds
    assert seconds > 0
    b.lab.apply(AddUnit("h"))
    b.settle()
    assert state_of(b).seconds == seconds
