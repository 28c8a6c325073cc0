"""Initialisers: bounds, spread, and what they do with biases."""

import numpy as np
import pytest

from bpviz.engine.initializers import (
    INITIALIZERS,
    Constant,
    He,
    HeUniform,
    Initializer,
    LeCun,
    LeCunUniform,
    Normal,
    Orthogonal,
    TruncatedNormal,
    Uniform,
    Xavier,
    XavierNormal,
    Zeros,
)
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
    assert list(INITIALIZERS) == [
        *("xavier", "he", "xavier_normal", "he_uniform", "lecun", "lecun_uniform", "orthogonal"),
        *("truncated_normal", "uniform", "normal", "constant", "zeros", "explicit"),
    ]


@pytest.mark.parametrize("kind", INITIALIZERS)
def test_every_initialiser_has_its_formula(kind: str) -> None:
    assert INITIALIZERS[kind].formula.startswith(("w", "W"))
    assert INITIALIZERS[kind].__doc__


@pytest.mark.parametrize(
    ("how", "variance"),
    [
        (XavierNormal(), 2 / 500),
        (HeUniform(), 2 / 300),
        (LeCun(), 1 / 300),
        (LeCunUniform(), 1 / 300),
        # ∫ x² φ(x) dx / ∫ φ(x) dx over ±2
        (TruncatedNormal(0.5), 0.25 * 0.7737413035760),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_variance(how: Initializer, variance: float) -> None:
    weights, biases = drawn(how)
    assert weights.var() == pytest.approx(variance, rel=0.02)
    assert abs(weights.mean()) < 0.02 * weights.std()
    assert not biases.any()


@pytest.mark.parametrize(
    ("how", "bound"),
    [
        (HeUniform(), np.sqrt(6 / 300)),
        (LeCunUniform(), np.sqrt(3 / 300)),
        (TruncatedNormal(0.5), 1.0),
        (TruncatedNormal(0.0), 0.0),
    ],
    ids=["he_uniform", "lecun_uniform", "truncated_normal", "none at all"],
)
def test_bounds(how: Initializer, bound: float) -> None:
    weights, _ = drawn(how)
    assert 0.999 * bound <= np.abs(weights).max() <= bound


def test_the_normal_ones_are_not_bounded() -> None:
    for how in (XavierNormal(), LeCun()):
        weights, _ = drawn(how)
        assert np.abs(weights).max() > 4 * weights.std()


@pytest.mark.parametrize("shape", [(40, 30), (30, 40), (25, 25), (1, 7), (7, 1)])
def test_orthogonal(shape: tuple[int, int]) -> None:
    W = Orthogonal(gain=2.0).weights(shape, shape[1], np.random.default_rng(3))
    assert W.shape == shape
    gram = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(gram, 4.0 * np.eye(min(shape)), atol=1e-13)


def test_all_orthogonal_matrices_are_as_likely() -> None:
    """Without the signs of R's diagonal, LAPACK's Q would have a trace below 0 on average."""
    random = np.random.default_rng(5)
    traces = [np.trace(Orthogonal().weights((4, 4), 4, random)) for _ in range(2000)]
    assert abs(np.mean(traces)) < 0.1
    assert np.var(traces) == pytest.approx(1.0, abs=0.1)


def test_every_block_of_two_sources_is_orthogonal() -> None:
    layers = (LayerSpec("a", 3), LayerSpec("b", 5), LayerSpec("o", 4, sources=("a", "b")))
    spec = NetworkSpec(layers=layers, initializer=Orthogonal())
    theta = initial_theta(spec, 2)
    first, second = (block.view(theta) for block in layout_of(spec).weight_blocks)
    np.testing.assert_allclose(first.T @ first, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(second @ second.T, np.eye(4), atol=1e-14)


def test_constant() -> None:
    weights, biases = drawn(Constant(-0.25))
    assert set(weights) == {-0.25}
    assert not biases.any()


@pytest.mark.parametrize("kind", [kind for kind in INITIALIZERS if kind != "explicit"])
def test_the_seed_alone_decides(kind: str) -> None:
    how = INITIALIZERS.make(kind)
    assert drawn(how)[0].tobytes() == drawn(how)[0].tobytes()
