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
