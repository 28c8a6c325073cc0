"""The three searches: what they cost, what they find, the same each time."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from bpviz.engine.parameters import layout_of
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.error_function import ErrorFunction
from bpviz.explain.weight_search import (
    SEARCHES,
    backpropagation,
    cost_per_step,
    costs,
    finite_differences,
    random_search,
)


class Watched(ErrorFunction):
    """Remembers at which weights it was asked."""

    def __init__(self, trainer):
        super().__init__(trainer.spec, trainer.training, trainer.data.train)
        self.asked = []

    def __call__(self, theta):
        self.asked.append(theta.copy())
        return super().__call__(theta)

    def with_gradient(self, theta):
        self.asked.append(theta.copy())
        return super().with_gradient(theta)


def walked(search, error, theta, rate, count):
    """So many steps of a search, each with the weights that were looked at last."""
    return [(step, error.asked[-1]) for step in islice(search(error, theta, rate, 7), count)]


@pytest.fixture
def xor():
    trainer = gallery_experiment("xor-2-3-1").trainer()
    return Watched(trainer), trainer


def test_backpropagation_is_gradient_descent(xor):
    error, trainer = xor
    steps = walked(backpropagation, error, trainer.state.theta.copy(), 1.0, 4)
    alone = gallery_experiment("xor-2-3-1").trainer()
    assert [step.passes for step, _ in steps] == [1, 4, 7, 10]
    for step, theta in steps:
        assert theta == pytest.approx(alone.state.theta, rel=1e-12)
        assert step.error == pytest.approx(alone.evaluate().train_loss, rel=1e-12)
        alone.train_epoch()


def test_finite_differences_take_the_same_way_at_a_higher_price(xor):
    error, trainer = xor
    theta = trainer.state.theta.copy()
    weights = layout_of(error.spec).size
    assert weights == 13
    slow = walked(finite_differences, error, theta, 1.0, 3 * (weights + 1))
    fast = walked(backpropagation, error, theta, 1.0, 3)
    for k, (step, there) in enumerate(fast):
        same, same_there = slow[k * (weights + 1)]
        assert same.passes == k * (weights + 1) + 1
        assert same_there == pytest.approx(there, abs=1e-5)
        assert same.error == pytest.approx(step.error, abs=1e-5)


def test_random_search_never_gets_worse(xor):
    error, trainer = xor
    steps = list(islice(random_search(error, trainer.state.theta.copy(), 1.0, 7), 300))
    errors = [step.error for step in steps]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0]
    assert [step.passes for step in steps] == list(range(1, 301))
    assert min(ErrorFunction.__call__(error, theta) for theta in error.asked) == errors[-1]


@pytest.mark.parametrize("search", SEARCHES, ids=lambda s: s.key)
def test_a_seed_gives_the_same_search(xor, search):
    error, trainer = xor
    runs = [walked(search.run, error, trainer.state.theta, 1.0, 60) for _ in range(2)]
    for (one, theta), (other, same) in zip(*runs, strict=True):
        assert (one.passes, one.error) == (other.passes, other.error)
        assert np.array_equal(theta, same)
        assert other.seconds >= 0


@pytest.mark.parametrize("search", SEARCHES, ids=lambda s: s.key)
def test_weights_that_do_not_learn_stay(search):
    trainer = gallery_experiment("worked-2-2-2").trainer()
    error = Watched(trainer)
    theta = trainer.state.theta.copy()
    walked(search.run, error, theta, 0.5, 80)
    held = ~trainer.layout.trainable()
    assert held.any()
    assert all(np.array_equal(tried[held], theta[held]) for tried in error.asked)
    assert not np.array_equal(error.asked[-1], theta)
    assert np.array_equal(trainer.state.theta, theta)


def test_for_the_same_price_backpropagation_wins():
    trainer = gallery_experiment("playground").trainer()
    error = ErrorFunction(trainer.spec, trainer.training, trainer.data.train)
    found = {}
    for search in SEARCHES:
        for step in search.run(error, trainer.state.theta, 0.3, 7):
            if step.passes > 2_000:
                break
            found[search.key] = step.error
    assert found["backprop"] < 0.1 * found["differences"]
    assert found["backprop"] < 0.5 * found["random"]


def test_only_backpropagation_does_not_pay_for_each_weight():
    for count in (10, 100, 1_000, 10_000, 1_000_000):
        assert costs(count).random == 1
        assert costs(count).differences == count + 1
        assert costs(count).backprop == 3
    spec = gallery_experiment("worked-2-2-2").network
    assert cost_per_step(spec).parameters == 8
    assert cost_per_step(spec).differences == 9
