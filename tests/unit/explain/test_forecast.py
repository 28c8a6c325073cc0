"""What a step would do: against the trainer's own step, and against central differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.gradient_check import check_gradient
from bpviz.engine.spec import stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.error_function import ErrorFunction, affordable, evenly_chosen
from bpviz.explain.forecast import line_profile, profile_samples, step_forecast, step_samples


def problem(name="playground", **training):
    experiment = gallery_experiment(name)
    trainer = replace(experiment, training=replace(experiment.training, **training)).trainer()
    return trainer.spec, trainer.training, trainer.data, trainer


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_step_does_what_was_forecast(reduction):
    spec, training, data, trainer = problem(
        update="full", learning_rate=0.003, reduction=reduction, l1=0.01, l2=0.02
    )
    update = -training.learning_rate * trainer.whole_gradient()
    before, after = step_forecast(spec, training, data, trainer.state.theta.copy(), update)
    metrics = trainer.evaluate()
    assert before == pytest.approx(metrics.train_loss + metrics.penalty, rel=1e-13)
    metrics = trainer.train_epoch()
    assert after == pytest.approx(metrics.train_loss + metrics.penalty, rel=1e-13)
    assert after < before


def test_the_worked_example_goes_down_as_the_notes_say():
    spec, training, data, trainer = problem("worked-2-2-2")
    update = -0.5 * trainer.whole_gradient()
    update[~trainer.layout.trainable()] = 0.0
    before, after = step_forecast(spec, training, data, trainer.state.theta, update)
    assert before == pytest.approx(0.298371109, abs=5e-10)
    assert after == pytest.approx(0.291027774, abs=5e-10)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_tangent_is_the_gradient_of_the_curve(reduction):
    spec, training, data, trainer = problem(reduction=reduction, l2=0.1)
    theta = trainer.state.theta
    numerical = check_gradient(spec, training, data, theta).numerical
    for index in (0, 11, 50):
        profile = line_profile(
            spec, training, data, theta, index, theta[index] - 1, theta[index] + 1, 41
        )
        assert profile.slope == pytest.approx(numerical[index], rel=1e-6, abs=1e-10)
        assert profile.value == theta[index]
        assert profile.errors[20] == pytest.approx(profile.error, rel=1e-13)
        assert profile.tangent(profile.value) == profile.error
        step = 1e-6
        moved = line_profile(
            spec, training, data, theta, index, theta[index], theta[index] + step, 2
        ).errors[1]
        assert profile.tangent(theta[index] + step) == pytest.approx(moved, rel=1e-10)


def test_the_curve_is_the_error_at_each_value():
    spec, training, data, trainer = problem("iris")
    theta = trainer.state.theta.copy()
    profile = line_profile(spec, training, data, theta, 3, -2.0, 2.0, 5)
    for value, error in zip(profile.values, profile.errors, strict=True):
        trainer.state.theta[:] = theta
        trainer.state.theta[3] = value
        assert error == pytest.approx(trainer.evaluate().train_loss, rel=1e-13)


def test_large_networks_are_looked_at_with_fewer_samples():
    _, _, data, _ = problem()
    small, large = stack(2, 3, 1), stack(2, 2_000, 2_000, 1)
    assert step_samples(small, data) == profile_samples(small, data) == 250
    assert profile_samples(large, data) == 16
    assert affordable(small, 10_000, 500, 1e9) == 500
    chosen = evenly_chosen(data.train, 16)
    assert len(chosen) == 16
    assert np.array_equal(chosen.inputs[[0, -1]], data.train.inputs[[0, -1]])
    assert evenly_chosen(data.train, 999) is data.train


def test_a_sum_over_some_samples_stands_for_all():
    """Twice the same samples: half of them say all, for error and gradient, beside the penalty."""
    spec, training, data, trainer = problem(reduction="sum", l2=0.1)
    doubled = type(data.train)(
        np.repeat(data.train.inputs, 2, axis=0), np.repeat(data.train.targets, 2, axis=0)
    )
    whole, some = (ErrorFunction(spec, training, doubled, most) for most in (None, 250))
    theta = trainer.state.theta
    assert len(some.samples) == 250
    assert some(theta) == pytest.approx(whole(theta), rel=0.02)
    for error in (whole, some):
        value, gradient = error.with_gradient(theta)
        assert value == pytest.approx(error(theta), rel=1e-13)
        nudged = theta.copy()
        nudged[4] += 1e-6
        assert (error(nudged) - value) / 1e-6 == pytest.approx(gradient[4], rel=1e-4)


def test_beyond_all_numbers_there_is_no_warning():
    spec, training, data, trainer = problem("xor-2-3-1")
    profile = line_profile(spec, training, data, trainer.state.theta * np.inf, 0, -1.0, 1.0, 3)
    assert np.isnan(profile.error) or np.isinf(profile.error)
