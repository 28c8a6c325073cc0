"""Edits, undo and the runner together, on one thread."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.engine.training import Trainer
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab import laboratory
from bpviz.lab.commands import Pace, kept_bytes
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
from bpviz.lab.laboratory import Laboratory

WEIGHT = ParameterId("h1", 0, "x", 0)


@pytest.fixture
def playground() -> Experiment:
    return gallery_experiment("playground")


def first_weight(experiment: Experiment) -> ParameterId:
    hidden = experiment.network.computed[0]
    return ParameterId(hidden.id, hidden.ids[0], hidden.sources[0], 0)


def test_the_runner_trains_to_the_same_bits_as_a_plain_trainer(bench, playground):
    alone = playground.trainer()
    alone.run(30)
    b = bench(playground)
    b.lab.train_epochs(30)
    snapshot = b.settle()
    assert snapshot.epoch == 30
    assert snapshot.theta.tobytes() == alone.state.theta.tobytes()


def test_steps_of_every_kind_come_to_the_same_bits(bench, playground):
    alone = playground.trainer()
    alone.run(2)
    b = bench(playground)
    for _ in range(3):
        b.lab.step("batch")
        b.settle()
    b.lab.step("epoch")
    assert b.settle().epoch == 1
    batches = alone.batches
    for _ in range(batches):
        for _ in range(playground.training.batch_size + 1):
            b.lab.step("sample")
            snapshot = b.settle()
    assert (snapshot.epoch, snapshot.batch) == (2, 0)
    assert snapshot.theta.tobytes() == alone.state.theta.tobytes()


def test_on_a_thread_and_slowed_down_the_bits_are_the_same(playground):
    alone = playground.trainer()
    alone.run(5)
    lab = Laboratory(playground)
    thread = threading.Thread(target=lab.runner.run)
    thread.start()
    lab.set_pace(Pace(200.0))
    lab.train_epochs(5)
    while True:
        snapshot = lab.runner.mailbox.wait()
        if snapshot.epoch == 5 and not snapshot.running:
            break
    lab.close()
    thread.join(10)
    assert not thread.is_alive()
    assert snapshot.theta.tobytes() == alone.state.theta.tobytes()


def test_a_snapshot_does_not_change_while_training_goes_on(bench, playground):
    b = bench(playground)
    b.lab.step("epoch")
    snapshot = b.settle()
    theta = snapshot.theta.copy()
    b.lab.step("epoch")
    b.settle()
    assert np.array_equal(snapshot.theta, theta)
    with pytest.raises(ValueError, match="read-only"):
        snapshot.theta[0] = 1.0


def test_editing_a_weight_changes_it_and_undo_restores_it_alone(bench, playground):
    b = bench(playground)
    b.lab.train_epochs(3)
    before = b.settle()
    weight = first_weight(playground)
    at = before.layout.index_of(weight)
    b.lab.apply(SetParameters({weight: 1.25}))
    b.lab.train_epochs(2)
    trained = b.settle()
    assert trained.theta[at] != before.theta[at]
    b.lab.undo()
    undone = b.settle()
    assert undone.epoch == 5
    assert undone.theta[at] == before.theta[at]
    others = np.arange(len(undone.theta)) != at
    assert np.array_equal(undone.theta[others], trained.theta[others])
    b.lab.redo()
    assert b.settle().theta[at] == 1.25


def test_a_drag_is_undone_as_one_step(bench, playground):
    b = bench(playground)
    weight = first_weight(playground)
    start = b.lab.experiment
    before = playground.trainer().state.theta
    for value in (0.1, 0.2, 0.3):
        b.lab.apply(SetParameters({weight: value}), merge="drag w1")
        b.settle()
    b.lab.undo()
    snapshot = b.settle()
    assert np.array_equal(snapshot.theta, before)
    assert not b.lab.can_undo
    assert b.lab.experiment == start


def test_an_edit_at_epoch_0_is_where_reset_returns_to(bench, playground):
    b = bench(playground)
    weight = first_weight(playground)
    at = playground.trainer().layout.index_of(weight)
    b.lab.apply(SetParameters({weight: 2.0}))
    b.lab.train_epochs(2)
    b.settle()
    b.lab.apply(Reset())
    snapshot = b.settle()
    assert (snapshot.epoch, snapshot.theta[at]) == (0, 2.0)
    saved = snapshot.experiment_as_started()
    assert np.array_equal(saved.trainer().state.theta, snapshot.theta)
    b.lab.undo()
    b.lab.undo()
    snapshot = b.settle()
    b.lab.apply(Reset())
    assert np.array_equal(b.settle().theta, playground.trainer().state.theta)


def test_a_frozen_weight_stays_and_shows_its_gradient(bench, playground):
    b = bench(playground)
    weight = first_weight(playground)
    b.lab.apply(Freeze(frozenset({weight})))
    before = b.settle()
    at = before.layout.index_of(weight)
    b.lab.train_epochs(3)
    after = b.settle()
    assert after.theta[at] == before.theta[at]
    assert after.gradient[at] != 0
    b.lab.undo()
    b.lab.train_epochs(1)
    assert b.settle().theta[at] != before.theta[at]


def test_a_new_unit_leaves_the_function_and_what_was_learned_as_it_was(bench, playground):
    momentum = replace(playground, training=replace(playground.training, optimizer="adam"))
    b = bench(momentum)
    b.lab.train_epochs(5)
    before = b.settle()
    b.lab.apply(AddUnit("h1"))
    after = b.settle()
    assert after.epoch == 5
    assert after.metrics.train_loss == pytest.approx(before.metrics.train_loss, rel=1e-12)
    assert after.metrics.test_loss == pytest.approx(before.metrics.test_loss, rel=1e-12)
    old = before.layout.block("h1", before.spec.layers[0].id)
    new = after.layout.block("h1", before.spec.layers[0].id)
    assert np.array_equal(old.view(before.velocity), new.view(after.velocity)[:-1])
    b.lab.train_epochs(1)
    trained = b.settle()
    outgoing = trained.layout.block("h2", "h1").view(trained.theta)[:, -1]
    assert np.all(outgoing != 0)


def test_undoing_an_architecture_edit_brings_the_whole_state_back(bench, playground):
    b = bench(playground)
    b.lab.train_epochs(4)
    before = b.settle()
    b.lab.apply(RemoveLayer("h2"))
    b.lab.train_epochs(4)
    assert b.settle().epoch == 8
    assert "back where it was" in b.lab.undo()
    undone = b.settle()
    assert (undone.epoch, len(b.lab.history)) == (4, 5)
    assert undone.theta.tobytes() == before.theta.tobytes()
    b.lab.train_epochs(1)
    alone = playground.trainer()
    alone.run(5)
    assert b.settle().theta.tobytes() == alone.state.theta.tobytes()


def test_reset_starts_a_new_run_and_undo_brings_the_old_one_back(bench, playground):
    b = bench(playground)
    b.lab.train_epochs(4)
    before = b.settle()
    b.lab.apply(Reset())
    reset = b.settle()
    assert (reset.run, reset.epoch, len(b.lab.history)) == (before.run + 1, 0, 1)
    b.lab.undo()
    again = b.settle()
    assert (again.run, again.epoch, len(b.lab.history)) == (before.run, 4, 5)
    assert np.array_equal(again.theta, before.theta)


def test_other_data_brings_as_many_inputs_and_outputs_and_a_fitting_error(bench, playground):
    b = bench(playground)
    for source, inputs, outputs, activation, loss in (
        ("iris", 4, 3, "softmax", "categorical_cross_entropy"),
        ("plane", 2, 1, "identity", "half_squared"),
        ("xor", 2, 1, "sigmoid", "binary_cross_entropy"),
    ):
        b.lab.apply(Change("data.source", source))
        snapshot = b.settle()
        spec = snapshot.spec
        assert (spec.layers[0].units, spec.output.units) == (inputs, outputs)
        assert spec.output.activation.kind == activation
        assert snapshot.experiment.training.loss.kind == loss
        b.lab.train_epochs(1)
        assert b.settle().epoch == 1


def test_settings_change_without_a_reset(bench, playground):
    b = bench(playground)
    b.lab.train_epochs(3)
    b.settle()
    for path, value in (
        ("training.learning_rate", 0.2),
        ("training.batch_size", 7),
        ("training.optimizer", "adam"),
        ("training.update", "full"),
        ("training.l2", 0.001),
        ("data.test_fraction", 0.2),
        ("data.source.noise", 0.3),
        ("data.scaling", "standardise"),
    ):
        b.lab.apply(Change(path, value))
        b.lab.train_epochs(1)
        snapshot = b.settle()
    assert (snapshot.epoch, snapshot.run) == (11, 1)


def test_the_log_tells_the_learning_rate_of_each_epoch(bench, playground):
    b = bench(playground)
    b.lab.train_epochs(2)
    b.settle()
    b.lab.apply(Change("training.learning_rate", 0.5))
    b.lab.train_epochs(1)
    b.settle()
    assert b.lab.history.read().columns["learning_rate"].tolist() == [0.03, 0.03, 0.03, 0.5]


def test_a_refused_edit_changes_nothing(bench, playground):
    b = bench(playground)
    for edit in (
        Change("training.learning_rate", -1.0),
        Change("training.loss", "categorical_cross_entropy"),
        RemoveUnit("x"),
        AddUnit(playground.network.output.id),
        AddLayer(playground.network.output.id),
        SetLayer("h1", "activation", "softmax"),
        SetParameters({ParameterId("h1", 99, "x", 0): 1.0}),
        SetParameters({first_weight(playground): float("nan")}),
        Change("training.no_such_thing", 1),
    ):
        with pytest.raises(SettingError):
            b.lab.apply(edit)
    assert b.lab.experiment == playground
    assert not b.lab.can_undo
    assert b.lab.revision == 0


def test_an_infinite_error_stops_with_a_reason_and_the_last_finite_weights(bench):
    wild = gallery_experiment("playground")
    network = replace(
        wild.network,
        layers=tuple(
            layer if layer.is_input else replace(layer, activation="identity")
            for layer in wild.network.layers
        ),
    )
    wild = replace(
        wild,
        network=network,
        training=replace(wild.training, loss="half_squared", learning_rate=50.0),
    )
    b = bench(wild)
    b.lab.train()
    snapshot = b.settle()
    assert snapshot.failed
    assert "learning rate" in snapshot.message
    assert np.isfinite(snapshot.theta).all()
    assert np.isfinite(snapshot.metrics.train_loss)
    b.lab.apply(Change("training.learning_rate", 1e-4))
    b.lab.train_epochs(2)
    assert not b.settle().failed


def test_a_stop_rule_pauses_and_says_why(bench, playground):
    stopping = replace(
        playground,
        training=replace(playground.training, stop=({"kind": "epochs", "epochs": 6},)),
    )
    b = bench(stopping)
    b.lab.train()
    snapshot = b.settle()
    assert (snapshot.epoch, snapshot.running) == (6, False)
    assert "6 epochs" in snapshot.message


EDITS = (
    lambda e, r: SetParameters({first_weight(e): float(r.normal())}),
    lambda e, r: Freeze(frozenset({first_weight(e)}), bool(r.integers(2))),
    lambda e, r: AddUnit(e.network.computed[0].id),
    lambda e, r: RemoveUnit(e.network.computed[0].id),
    lambda e, r: AddLayer(e.network.layers[int(r.integers(len(e.network.layers) - 1))].id),
    lambda e, r: RemoveLayer(e.network.computed[0].id),
    lambda e, r: SetLayer(e.network.computed[0].id, "activation", "relu"),
    lambda e, r: SetLayer(
        e.network.computed[0].id, "bias", ["unit", "shared", "none"][r.integers(3)]
    ),
    lambda e, r: SetLayer(e.network.computed[0].id, "units", int(r.integers(1, 9))),
    lambda e, r: Change("training.learning_rate", float(r.uniform(0.001, 0.1))),
    lambda e, r: Change(
        "training.optimizer", ["adam", "momentum", "gradient_descent"][r.integers(3)]
    ),
    lambda e, r: Change("training.batch_size", int(r.integers(1, 40))),
    lambda e, r: Change("data.source", ["circle", "xor", "iris", "plane"][r.integers(4)]),
    lambda e, r: Change("seed", int(r.integers(100))),
    lambda e, r: Reset(),
    lambda e, r: Load(gallery_experiment("worked-2-2-2")),
)


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_are_undone_to_the_experiment_at_the_start(bench, playground, seed):
    random = np.random.default_rng(seed)
    b = bench(playground)
    done = 0
    for _ in range(60):
        edit = EDITS[random.integers(len(EDITS))](b.lab.experiment, random)
        try:
            b.lab.apply(edit)
        except SettingError:
            continue
        done += 1
        if random.integers(2):
            b.lab.step("batch")
        if random.integers(5) == 0:
            b.lab.undo()
            if random.integers(2):
                b.lab.redo()
        snapshot = b.settle()
        assert snapshot.experiment == b.lab.experiment
        assert np.isfinite(snapshot.theta).all()
    assert done > 20
    start = playground.trainer().state.theta
    while b.lab.can_undo:
        b.lab.undo()
        b.settle()
    assert b.lab.experiment == playground
    b.lab.apply(Reset())
    assert np.array_equal(b.settle().theta, start)


def test_steps_back_of_large_networks_are_bounded(bench, playground, monkeypatch):
    b = bench(playground)
    b.settle_at_start()
    for seed in range(4):
        b.lab.apply(Change("seed", seed + 20))
        b.settle()
    assert len(b.lab._done) == 4
    size = kept_bytes(b.lab._done[-1])
    vector = b.lab.runner._training.trainer.state.theta.nbytes
    data = b.lab.data.dataset.inputs.nbytes + b.lab.data.dataset.targets.nbytes
    assert size == 2 * vector + data
    monkeypatch.setattr(laboratory, "MOST_KEPT", 2 * size)
    b.lab.apply(Change("seed", 30))
    b.settle()
    assert len(b.lab._done) == 2
    assert [b.lab.undo()[:6] for _ in range(3)] == ["Undid:", "Undid:", "What w"]
    assert b.settle().experiment.seed == 22
    assert not b.lab.can_undo


def test_the_last_step_back_is_kept_whatever_it_needs(bench, playground, monkeypatch):
    monkeypatch.setattr(laboratory, "MOST_KEPT", 0)
    b = bench(playground)
    b.settle_at_start()
    for seed in range(2):
        b.lab.apply(Change("seed", seed + 20))
        b.settle()
    b.lab.undo()
    assert b.settle().experiment.seed == 20


def test_a_new_run_is_measured_once_before_it_trains(bench, monkeypatch):
    made = bench(gallery_experiment("xor-2-3-1"))
    made.settle_at_start()
    measured = []
    evaluate = Trainer.evaluate

    def counted(trainer):
        measured.append(trainer)
        return evaluate(trainer)

    monkeypatch.setattr(Trainer, "evaluate", counted)
    made.lab.apply(Load(gallery_experiment("worked-2-2-2")))
    shown = made.settle()
    assert len(measured) == 1
    assert shown.metrics is made.lab.runner._training.at_start
    assert shown.metrics.train_loss == evaluate(made.lab.runner._training.trainer).train_loss
