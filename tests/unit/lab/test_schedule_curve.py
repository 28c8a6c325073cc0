"""The factor of schedules over the epochs that are planned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpviz.engine.schedules import SCHEDULES
from bpviz.engine.stopping import Epochs, NoBetter
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.schedule_curve import planned_epochs, schedule_curve


def test_two_schedules_multiply() -> None:
    schedules = [
        SCHEDULES.make({"kind": "linear_warm_up", "epochs": 10, "start": 0.0}),
        SCHEDULES.make({"kind": "piecewise", "epochs": [50], "factors": [0.25]}),
    ]
    curve = schedule_curve(schedules, 100)
    assert curve.times == tuple(range(101))
    assert curve.factors[5] == pytest.approx(0.5)
    assert curve.factors[10:50] == (1.0,) * 40
    assert curve.factors[50:] == (0.25,) * 51
    assert (curve.epochs, curve.highest) == (100, 1.0)
    assert curve.shares[0] == (0.0, 0.0)
    assert curve.shares[-1] == (1.0, 0.25)


def test_a_long_plan_is_thinned_and_a_short_one_is_a_line() -> None:
    halves = [SCHEDULES.make({"kind": "exponential", "gamma": 0.5})]
    assert len(schedule_curve(halves, 100_000).times) < 200
    assert schedule_curve(halves, 100_000).epochs == 100_000
    assert schedule_curve(halves, 1).factors == (1.0, 0.5)


def test_nothing_but_zero_is_drawn_as_zero() -> None:
    nothing = [SCHEDULES.make({"kind": "piecewise", "epochs": [0], "factors": [0.0]})]
    assert {share for _, share in schedule_curve(nothing, 10).shares} == {0.0}


def test_a_rule_may_end_the_plan() -> None:
    experiment = gallery_experiment("iris")
    assert planned_epochs(experiment) == experiment.epochs
    training = replace(experiment.training, stop=(NoBetter(), Epochs(epochs=40)))
    assert planned_epochs(replace(experiment, training=training)) == 40
