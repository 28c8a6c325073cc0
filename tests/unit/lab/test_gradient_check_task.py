"""The gradient check that a person starts: its plan, its progress, its words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.gradient_check import GradientCheck, check_gradient
from bpviz.engine.spec import ParameterId, stack
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.gradient_check_task import (
    CheckReport,
    GradientCheckTask,
    checked_problem,
    plan_check,
)
from bpviz.lab.laboratory import Laboratory


def first_snapshot(experiment="playground"):
    chosen = gallery_experiment(experiment) if isinstance(experiment, str) else experiment
    laboratory = Laboratory(chosen)
    laboratory.pause()
    laboratory.runner.work()
    return laboratory.runner.mailbox.take()


@pytest.fixture(scope="module")
def snapshot():
    return first_snapshot()


def report_of(snapshot, analytic, numerical, kinks=(), done=None):
    crosses = np.zeros(len(analytic), dtype=bool)
    crosses[list(kinks)] = True
    check = GradientCheck(np.array(analytic, float), np.array(numerical, float), crosses)
    return CheckReport(snapshot, plan_check(snapshot), check, done or len(analytic))


def test_it_finds_what_the_engine_finds(snapshot):
    task = GradientCheckTask(snapshot)
    task.run()
    alone = check_gradient(
        snapshot.spec, snapshot.experiment.training, snapshot.data.training, snapshot.theta
    )
    found = task.report.check
    assert found.numerical.tobytes() == alone.numerical.tobytes()
    assert found.analytic.tobytes() == alone.analytic.tobytes()
    assert (task.done, task.report.stopped) == (51, False)
    assert task.report.sentence().startswith("All 51 gradients agree: largest relative error ")


def test_cancelled_it_reports_what_it_reached(snapshot):
    task = GradientCheckTask(snapshot, yield_to=lambda: task.cancel() if task.done == 7 else None)
    task.run()
    report = task.report
    assert report.stopped
    assert list(np.flatnonzero(report.reached)) == list(range(7))
    assert "Stopped after 7 of 51. All 7 gradients agree" in report.sentence()
    assert "kink" not in report.sentence()
    assert sorted(report.worst_first()) == list(range(7))


def test_cancelled_after_the_last_gradient_it_is_complete(snapshot):
    calls = []
    task = GradientCheckTask(snapshot, yield_to=lambda: calls.append(1))
    task.run()
    task.cancel()
    assert len(calls) == 51
    assert not task.report.stopped


def test_worst_first_and_those_at_a_kink_last(snapshot):
    n = np.ones(51)
    n[[4, 9]] = 1.5, 3.0
    n[20] = np.nan
    n[2] = 8.0
    report = report_of(snapshot, np.ones(51), n, kinks=[2])
    finite = report_of(snapshot, np.ones(51), np.where(np.isnan(n), 1.0, n), kinks=[2])
    assert list(finite.worst_first()[:2]) == [9, 4]
    assert finite.worst_first()[-1] == 2
    layout = snapshot.layout
    assert finite.sentence() == (
        f"2 of 50 gradients disagree ({layout.label(9)}, {layout.label(4)}): largest relative "
        f"error 0.5 ({layout.label(9)}). 1 was left out because a kink lies within ±ε."
    )
    assert "not a finite number" in report.sentence()


def test_gradients_of_nearly_zero_say_nothing(snapshot):
    report = report_of(snapshot, np.full(51, 1e-14), np.full(51, -1e-13))
    assert "no digits to compare" in report.sentence()


def test_missing_connections_are_not_counted():
    experiment = gallery_experiment("playground")
    source, target = experiment.network.layers[0], experiment.network.layers[1]
    gone = ParameterId(target.id, target.ids[0], source.id, source.ids[0])
    network = replace(experiment.network, missing=frozenset({gone}))
    task = GradientCheckTask(first_snapshot(replace(experiment, network=network)))
    task.run()
    assert task.plan.gradients == 50
    assert "All 50 gradients agree" in task.report.sentence()
    assert snapshot_position(task, gone) not in task.report.worst_first()


def snapshot_position(task, parameter):
    return task.snapshot.layout.index_of(parameter)


def test_a_long_check_looks_at_fewer_samples_evenly_chosen(snapshot):
    large = replace(
        snapshot, experiment=replace(snapshot.experiment, network=stack(2, 300, 100, 1))
    )
    plan = plan_check(large)
    assert plan.limited
    assert 16 <= plan.samples < plan.all_samples == 250
    _, _, data = checked_problem(large, plan)
    assert len(data.train) == plan.samples
    whole = snapshot.data.training.train.inputs
    assert np.array_equal(data.train.inputs[[0, -1]], whole[[0, -1]])
    assert not plan_check(snapshot).limited


def test_what_has_changed_since(snapshot):
    report = report_of(snapshot, np.ones(51), np.ones(51))
    experiment = snapshot.experiment

    def since(**changes):
        return report.change_since(replace(snapshot, **changes))

    def trained(**changes):
        return replace(experiment, training=replace(experiment.training, **changes))

    frozen = frozenset({snapshot.layout.id_of(0)})
    assert since(epoch=5) == ""
    assert since(theta=snapshot.theta + 1e-12) == "weights"
    assert since(experiment=trained(l2=0.1)) == "error"
    assert since(experiment=trained(learning_rate=0.5)) == ""
    network = replace(experiment.network, frozen=frozen)
    assert since(experiment=replace(experiment, network=network)) == ""
    assert since(experiment=replace(experiment, network=stack(2, 3, 1))) == "network"
    data = replace(snapshot.data, training=snapshot.data.training.astype("float64"))
    assert since(data=data) == "data"
    assert isinstance(experiment.training, TrainingConfig)
