"""The gradient check itself: its formula, its kinks, and that it finds what is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.activations import Sigmoid, Tanh
from bpviz.engine.gradient_check import GradientCheck, check_gradient
from bpviz.engine.initializers import Explicit
from bpviz.engine.losses import HalfSquared
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.spec import ParameterId, stack
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import branching, data, random_data

SQUARED = TrainingConfig(loss="half_squared")


def test_the_relative_error_by_hand() -> None:
    check = GradientCheck(
        analytic=np.array([1.0, 2.0, 0.0, 1e-9, 5.0]),
        numerical=np.array([1.0, 1.0, 0.0, 3e-9, 7.0]),
        crosses_kink=np.array([False, False, False, False, True]),
    )
    # largest |g| 7: the floor is 7e-4
    np.testing.assert_allclose(check.relative_errors, [0, 1 / 3, 0, 2e-9 / 7e-4, 0])
    assert check.max_relative_error == pytest.approx(1 / 3)
    assert check.excluded == 1


def test_nothing_to_learn_is_no_error() -> None:
    zero = np.zeros(2)
    assert GradientCheck(zero, zero, np.zeros(2, bool)).max_relative_error == 0.0


def test_what_is_not_a_number_is_never_right() -> None:
    check = GradientCheck(np.array([np.nan]), np.array([1.0]), np.zeros(1, bool))
    assert not check.max_relative_error < 1e-6


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_numerical_gradient_by_hand(reduction: str) -> None:
    """out = w x + b for (1, 0), (2, 0) at w = 1, b = 0.5: ∂E/∂w = 1.5 + 5, ∂E/∂b = 1.5 + 2.5."""
    spec = stack(1, 1, output="identity")
    training = replace(SQUARED, reduction=reduction, l1=0.25, l2=0.5)
    check = check_gradient(
        spec, training, data([[1.0], [2.0]], [[0.0], [0.0]]), np.array([1.0, 0.5])
    )
    scale = 0.5 if reduction == "mean" else 1.0
    np.testing.assert_allclose(check.numerical, [scale * 6.5 + 0.75, scale * 4.0], rtol=1e-9)
    assert check.max_relative_error < 1e-9


def test_units_on_a_kink_are_left_out_and_counted() -> None:
    """h1 gets net input 0, so that each of its own two parameters moves it over the kink."""
    spec = stack(
        1,
        2,
        1,
        hidden="relu",
        output="identity",
        initializer=Explicit((1.0, 1.0, 0.5, -0.5), (-1.0, 0.5, 0.0)),
    )
    theta = initial_theta(spec, 0)
    check = check_gradient(spec, SQUARED, data([[1.0]], [[2.0]]), theta)
    layout = layout_of(spec)
    assert [layout.label(k) for k in np.flatnonzero(check.crosses_kink)] == ["w1", "b1"]
    assert check.excluded == 2
    assert check.max_relative_error < 1e-8
    # A little further on nothing is left out.
    theta[layout.find("b1")] += 3e-5
    check = check_gradient(spec, SQUARED, data([[1.0]], [[2.0]]), theta)
    assert check.excluded == 0
    assert check.max_relative_error < 1e-6


@pytest.mark.parametrize(("loss", "target"), [("absolute", 1.5), ("huber", 0.5)])
def test_outputs_on_a_kink_of_the_error_are_left_out(loss: str, target: float) -> None:
    """w x + b = 1.5, where |target - out| is 0, or δ = 1, from which on it counts in proportion."""
    spec, theta = stack(1, 1, output="identity"), np.array([1.0, 0.5])
    training = TrainingConfig(loss=loss)
    assert check_gradient(spec, training, data([[1.0]], [[target]]), theta).excluded == 2
    check = check_gradient(spec, training, data([[1.0]], [[target - 3e-5]]), theta)
    assert check.excluded == 0
    assert check.max_relative_error < 1e-6


def test_the_kink_of_the_l1_penalty_counts() -> None:
    spec = stack(2, 1, output="identity")
    theta = np.array([0.0, 1.0, 0.0])
    samples = data([[1.0, 0.5]], [[2.0]])
    assert check_gradient(spec, SQUARED, samples, theta).excluded == 0
    check = check_gradient(spec, replace(SQUARED, l1=0.1), samples, theta)
    # The bias is zero as well, but has no penalty.
    assert np.flatnonzero(check.crosses_kink).tolist() == [0]
    assert check.max_relative_error < 1e-8


def test_missing_connections_have_no_gradient_and_frozen_ones_keep_theirs() -> None:
    gone, held = ParameterId("h", 1, "b", 0), ParameterId("o", 0, "h", 2)
    spec = branching(missing=frozenset({gone}), frozen=frozenset({held}))
    check = check_gradient(spec, SQUARED, random_data(6, 3, 2), initial_theta(spec, 1))
    layout = layout_of(spec)
    at = layout.index_of(gone)
    assert check.analytic[at] == check.numerical[at] == 0.0
    assert check.numerical[layout.index_of(held)] != 0.0
    assert check.max_relative_error < 1e-6


def test_it_is_done_in_float64_and_leaves_theta_alone() -> None:
    spec = branching(dtype="float32")
    theta = initial_theta(spec, 1)
    before = theta.tobytes()
    check = check_gradient(spec, SQUARED, random_data(6, 3, 2), theta)
    assert check.analytic.dtype == check.numerical.dtype == np.float64
    assert theta.tobytes() == before
    assert check.max_relative_error < 1e-6


def test_it_can_be_stopped() -> None:
    spec = branching()
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        told.append((done, total))
        return done < 3

    check = check_gradient(
        spec, SQUARED, random_data(6, 3, 2), initial_theta(spec, 1), progress=progress
    )
    assert told == [(0, 27), (1, 27), (2, 27), (3, 27)]
    assert check.excluded == 24
    assert check.numerical[:3].all()
    assert not check.numerical[3:].any()


@pytest.mark.parametrize("broken", ["activation", "loss"])
def test_a_wrong_derivative_is_found(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(*arrays: np.ndarray) -> None:
        right(*arrays)
        arrays[-1][...] *= 0.999

    if broken == "activation":
        right = Tanh().derivative
        monkeypatch.setattr(Tanh, "derivative", lambda self, *arrays: half(*arrays))
    else:
        right = HalfSquared().gradient_out
        monkeypatch.setattr(HalfSquared, "gradient_out", lambda self, *arrays: half(*arrays))
    spec = branching()
    check = check_gradient(spec, SQUARED, random_data(6, 3, 2), initial_theta(spec, 1))
    assert check.max_relative_error > 1e-4


def test_a_wrong_derivative_of_the_outputs_alone_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        Sigmoid, "derivative", lambda self, net, out, result: np.multiply(out, out, out=result)
    )
    spec = stack(2, 1)
    check = check_gradient(spec, SQUARED, random_data(6, 2, 1), initial_theta(spec, 1))
    assert check.max_relative_error > 1e-2
