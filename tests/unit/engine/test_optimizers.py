"""Optimisers: two or three steps of each, worked by hand in plain Python."""

import math

import numpy as np
import pytest

from bpviz.engine.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, Optimizer
from bpviz.engine.settings import SettingError

GRADIENTS = [[0.5, -2.0], [1.5, 0.25], [-1.0, 0.0]]


def updates(optimizer: Optimizer, rate: float, dtype: str = "float64") -> list[list[float]]:
    moments = {name: np.zeros(2, dtype) for name in optimizer.moments}
    result = []
    for step, gradient in enumerate(GRADIENTS, 1):
        update, scratch = np.empty(2, dtype), np.empty(2, dtype)
        optimizer.update(np.array(gradient, dtype), rate, step, moments, update, scratch)
        assert all(moment.dtype == dtype for moment in moments.values())
        result.append(update.tolist())
    return result


def test_gradient_descent() -> None:
    assert updates(GradientDescent(), 0.5) == [[-0.25, 1.0], [-0.75, -0.125], [0.5, -0.0]]


def test_momentum_is_rumelharts() -> None:
    # Δ1 = -ε g1; Δ2 = -ε g2 + α Δ1; Δ3 = -ε g3 + α Δ2 with ε = α = 0.5
    expected = [[-0.25, 1.0], [-0.875, 0.375], [0.0625, 0.1875]]
    assert updates(Momentum(0.5), 0.5) == expected


def test_adam_follows_algorithm_1() -> None:
    rate, beta1, beta2, eta = 0.1, 0.8, 0.9, 1e-3
    expected = []
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t, gradient in enumerate(GRADIENTS, 1):
        m = [beta1 * a + (1 - beta1) * g for a, g in zip(m, gradient, strict=True)]
        v = [beta2 * a + (1 - beta2) * g**2 for a, g in zip(v, gradient, strict=True)]
        expected.append(
            [
                -rate * (a / (1 - beta1**t)) / (math.sqrt(b / (1 - beta2**t)) + eta)
                for a, b in zip(m, v, strict=True)
            ]
        )
    np.testing.assert_allclose(updates(Adam(beta1, beta2, eta), rate), expected, rtol=1e-13)


def test_adams_first_step_has_the_size_of_the_rate() -> None:
    np.testing.assert_allclose(updates(Adam(), 0.01)[0], [-0.01, 0.01], rtol=1e-7)


def test_adam_without_memory_follows_the_sign() -> None:
    np.testing.assert_allclose(updates(Adam(0, 0), 0.5)[1], [-0.5, -0.5], rtol=1e-6)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_float32_agrees(kind: str) -> None:
    optimizer = OPTIMIZERS.make(kind)
    np.testing.assert_allclose(
        updates(optimizer, 0.1, "float32"), updates(optimizer, 0.1), rtol=1e-5
    )


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_velocity_is_one_of_the_moments(kind: str) -> None:
    optimizer = OPTIMIZERS[kind]
    assert optimizer.velocity in optimizer.moments or not optimizer.velocity


def test_ranges() -> None:
    with pytest.raises(SettingError, match="momentum α must be below 1, got 1"):
        OPTIMIZERS.make({"kind": "momentum", "momentum": 1.0})
    with pytest.raises(SettingError, match="η must be above 0"):
        Adam(eta=0)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_step_is_the_gradients_share_and_what_is_remembered(kind: str) -> None:
    optimizer, moments = OPTIMIZERS.make(kind), moments_after(kind)
    gradient = np.array([0.3, -1e-12, 0.0])
    factor = optimizer.per_gradient(gradient, 0.1, 4, moments)
    kept = optimizer.remembered(gradient, 0.1, 4, moments)
    before = {name: values.copy() for name, values in moments.items()}
    change = np.empty(3)
    optimizer.update(gradient, 0.1, 4, before, change, np.empty(3))
    np.testing.assert_allclose(factor * gradient + kept, change, rtol=1e-13)
    # An entry that does not say its factor: their ratio, and 0 where there is no gradient.
    ratio = Optimizer.per_gradient(optimizer, gradient, 0.1, 4, moments)
    assert ratio[0] == pytest.approx(factor[0], rel=1e-12)
    assert ratio[2] == 0.0 > factor[2]


def test_the_factors_by_hand() -> None:
    gradient = np.array([0.0, 2.0])
    assert GradientDescent().per_gradient(gradient, 0.25, 1, {}).tolist() == [-0.25, -0.25]
    moments = moments_after("momentum", 2)
    assert Momentum(0.7).per_gradient(gradient, 0.25, 4, moments).tolist() == [-0.25, -0.25]
    moments = {"first": np.array([0.5, 0.5]), "second": np.array([0.4, 0.4])}
    v = [0.9 * 0.4, 0.9 * 0.4 + 0.1 * 4]
    expected = [-0.25 * 0.2 / (1 - 0.8**3) / (math.sqrt(x / (1 - 0.9**3)) + 1e-3) for x in v]
    found = Adam(0.8, 0.9, 1e-3).per_gradient(gradient, 0.25, 3, moments)
    assert found.tolist() == pytest.approx(expected, rel=1e-14)


def moments_after(kind: str, size: int = 3) -> dict[str, np.ndarray]:
    """What an optimiser remembers of three steps."""
    optimizer = OPTIMIZERS.make(kind)
    moments = {name: np.zeros(size) for name in optimizer.moments}
    for step in (1, 2, 3):
        gradient = np.linspace(-1, 2, size) * step
        optimizer.update(gradient, 0.1, step, moments, np.empty(size), np.empty(size))
    return moments
