"""Initialisers: bounds, spread, and what they do with biases."""

import numpy as np
import pytest

from bpviz.engine.initializers import INITIALIZERS, He, Normal, Uniform, Xavier, Zeros
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, stack


def drawn(how: object) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of 300 inputs and 200 outputs."""
    spec = stack(300, 200, initializer=how)
    theta, is_weight = initial_theta(spec, 1), layout_of(spec).is_weight()
    return theta[is_weight], theta[~is_weight]


def test_xavier_bound() -> None:
    weights, biases = drawn(Xavier())
    bound = np.sqrt(6 / 500)
    assert 0.999 * bound < weights.max() <= bound
    assert -bound <= weights.min() < -0.999 * bound
    assert abs(weights.mean()) < 0.01 * bound
    assert not biases.any()


def test_he_deviation() -> None:
    weights, biases = drawn(He())
    assert weights.std() == pytest.approx(np.sqrt(2 / 300), rel=0.01)
    assert abs(weights.mean()) < 0.001
    assert not biases.any()


def test_fan_in_counts_all_sources() -> None:
    spec = NetworkSpec(
        layers=(
            LayerSpec("a", 100),
            LayerSpec("b", 500),
            LayerSpec("o", 100, sources=("a", "b")),
        ),
        initializer=He(),
    )
    block = layout_of(spec).blocks[0]
    assert block.view(initial_theta(spec, 2)).std() == pytest.approx(np.sqrt(2 / 600), rel=0.03)


def test_uniform_draws_biases_where_wanted() -> None:
    weights, biases = drawn(Uniform(0.1, 0.9))
    for values in (weights, biases):
        assert 0.1 <= values.min() < 0.12 < 0.88 < values.max() < 0.9
    assert not drawn(Uniform(0.1, 0.9, draw_biases=False))[1].any()
    with pytest.raises(SettingError, match="lowest must not exceed highest"):
        Uniform(1, 0)


def test_normal_deviation() -> None:
    weights, biases = drawn(Normal(0.5))
    assert weights.std() == pytest.approx(0.5, rel=0.01)
    assert not biases.any()


def test_zeros() -> None:
    weights, biases = drawn(Zeros())
    assert not weights.any()
    assert not biases.any()


def test_the_registry() -> None:
    assert list(INITIALIZERS) == ["xavier", "he", "uniform", "normal", "zeros", "explicit"]
