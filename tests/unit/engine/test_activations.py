"""Activations: values by the mathematician's formula, derivatives by their limit."""

import math
import re

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS, ELU, Activation, LeakyReLU, base
from bpviz.engine.settings import SettingError

NET = np.array([[-30.0, -1.5, -0.2], [0.3, 1.0, 40.0]])

BY_HAND = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": lambda x: (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1),
    "relu": lambda x: x if x > 0 else 0.0,
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "gelu": lambda x: x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": lambda x: min(1, max(0, x / 6 + 0.5)),
    "sine": math.sin,
    "gaussian": lambda x: math.exp(-x * x),
}

# Settings other than the usual ones.
SET_BY_HAND = [
    (LeakyReLU(slope=0.3), lambda x: x if x > 0 else 0.3 * x),
    (LeakyReLU(slope=0.0), lambda x: max(0.0, x)),
    (ELU(alpha=0.5), lambda x: x if x > 0 else 0.5 * (math.exp(x) - 1)),
    (ELU(alpha=2.0), lambda x: x if x > 0 else 2 * (math.exp(x) - 1)),
]


def out_of(activation: Activation, net: np.ndarray) -> np.ndarray:
    out = np.empty_like(net)
    with np.errstate(over="ignore"):
        activation.forward(net, out, np.empty_like(net))
    return out


def test_all_are_covered_here() -> None:
    """Who adds an activation writes its values by hand above; nothing else gives them."""
    assert set(ACTIVATIONS) == {*BY_HAND, "softmax"}


@pytest.mark.parametrize("kind", BY_HAND)
def test_value(kind: str) -> None:
    expected = [[BY_HAND[kind](x) for x in row] for row in NET.tolist()]
    np.testing.assert_allclose(out_of(ACTIVATIONS.make(kind), NET), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("activation", "by_hand"), SET_BY_HAND, ids=[str(activation) for activation, _ in SET_BY_HAND]
)
def test_value_and_slope_with_other_settings(activation, by_hand) -> None:
    expected = [[by_hand(x) for x in row] for row in NET.tolist()]
    out, slope = out_of(activation, NET), np.empty_like(NET)
    np.testing.assert_allclose(out, expected, rtol=1e-12)
    activation.derivative(NET, out, slope)
    h = 1e-6
    expected = [[(by_hand(x + h) - by_hand(x - h)) / (2 * h) for x in row] for row in NET]
    np.testing.assert_allclose(slope, expected, atol=1e-8)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(SettingError, match="slope below 0 must be below 1, got 1"):
        LeakyReLU(1.0)
    with pytest.raises(SettingError, match="must be above 0"):
        ELU(0.0)


def test_symbols_in_formulas_have_values() -> None:
    """A greek letter that is no constant of mathematics stands for a setting."""
    for cls in ACTIVATIONS.values():
        text = cls.formula + cls.derivative_formula
        used = set(re.findall(r"\\(?:alpha|beta|gamma|delta|lambda|mu)", text))
        assert used == set(cls().constants)
    assert LeakyReLU(0.2).constants == {r"\alpha": 0.2}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_large_net_inputs_give_finite_values(kind: str, dtype: type) -> None:
    """Outputs at their limits, slopes finite, and at a net input of exactly 0 as well."""
    activation = ACTIVATIONS.make(kind)
    net = np.array([[-1000.0, -90.0, 0.0, -0.0, 90.0, 1000.0]], dtype)
    out, slope = out_of(activation, net), np.full_like(net, np.nan)
    with np.errstate(all="raise", under="ignore", over="ignore"):
        activation.derivative(net, out, slope)
    assert np.isfinite(out).all()
    assert np.isfinite(slope).all()
    assert out.dtype == slope.dtype == dtype
    if activation.bounds is not None:
        low, high = activation.bounds
        assert low <= out.min() <= out.max() <= high


@pytest.mark.parametrize(
    ("kind", "net", "out", "slope"),
    [
        ("gelu", 0.0, 0.0, 0.5),
        ("silu", 0.0, 0.0, 0.5),
        ("softplus", 0.0, math.log(2), 0.5),
        ("softplus", -700.0, math.exp(-700), math.exp(-700)),
        ("softplus", 1000.0, 1000.0, 1.0),
        ("gelu", 1e30, 1e30, 1.0),
        ("gelu", -1e30, 0.0, 0.0),
        ("elu", -1000.0, -1.0, 0.0),
        ("selu", 1000.0, 1050.7009873554805, 1.0507009873554805),
        ("silu", -1000.0, 0.0, 0.0),
        ("hard_sigmoid", -3.0, 0.0, 0.0),
        ("hard_sigmoid", 3.0, 1.0, 0.0),
        ("hard_sigmoid", 2.9, 5.9 / 6, 1 / 6),
        ("gaussian", 0.0, 1.0, 0.0),
        ("gaussian", 1e200, 0.0, 0.0),
        ("softsign", 1e300, 1.0, 0.0),
        ("leaky_relu", 0.0, 0.0, 0.01),
        ("elu", 0.0, 0.0, 1.0),
    ],
)
def test_values_worked_by_hand(kind: str, net: float, out: float, slope: float) -> None:
    activation, at = ACTIVATIONS.make(kind), np.array([[net]])
    found, slopes = out_of(activation, at), np.empty_like(at)
    with np.errstate(all="ignore"):
        activation.derivative(at, found, slopes)
    assert found[0, 0] == pytest.approx(out, rel=1e-14)
    assert slopes[0, 0] == pytest.approx(slope, rel=1e-13)


def test_softmax_value() -> None:
    out = out_of(ACTIVATIONS.make("softmax"), np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]]))
    total = math.e + math.e**2 + math.e**4
    expected = [[math.e / total, math.e**2 / total, math.e**4 / total], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(out, expected, rtol=1e-15)


def test_softmax_of_large_net_inputs_is_stable() -> None:
    out = out_of(ACTIVATIONS.make("softmax"), np.array([[1e4, 1e4 - 1.0], [-1e4, -1e4]]))
    np.testing.assert_allclose(out, [[0.731058578630005, 0.268941421369995], [0.5, 0.5]])


@pytest.mark.parametrize(("net", "expected"), [(1000.0, 1.0), (-1000.0, 0.0)])
def test_sigmoid_saturates_without_complaint(net: float, expected: float) -> None:
    assert out_of(ACTIVATIONS.make("sigmoid"), np.array([[net]])).tolist() == [[expected]]


@pytest.mark.parametrize("kind", BY_HAND)
def test_derivative_is_the_limit_of_the_difference(kind: str) -> None:
    activation, net = ACTIVATIONS.make(kind), np.array([[-1.5, -0.2, 0.3], [1.0, 2.5, -2.5]])
    slope = np.empty_like(net)
    activation.derivative(net, out_of(activation, net), slope)
    h = 1e-6
    expected = [[(BY_HAND[kind](x + h) - BY_HAND[kind](x - h)) / (2 * h) for x in r] for r in net]
    np.testing.assert_allclose(slope, expected, atol=1e-9)


@pytest.mark.parametrize("kind", BY_HAND)
def test_backward_multiplies_by_the_derivative(kind: str) -> None:
    activation, net = ACTIVATIONS.make(kind), np.array([[-1.5, -0.2, 0.3]])
    out, delta = out_of(activation, net), np.array([[2.0, -3.0, 0.5]])
    expected = np.empty_like(net)
    activation.derivative(net, out, expected)
    expected *= delta
    activation.backward(net, out, delta, np.empty_like(net))
    np.testing.assert_allclose(delta, expected, rtol=1e-15)


def test_softmax_backward_is_the_jacobian() -> None:
    softmax, net = ACTIVATIONS.make("softmax"), np.array([[0.1, -0.4, 0.9], [2.0, 0.0, -1.0]])
    out, delta = out_of(softmax, net), np.array([[1.0, -2.0, 0.5], [0.3, 0.1, -0.7]])
    expected = [
        [sum(d[k] * o[k] * ((k == j) - o[j]) for k in range(3)) for j in range(3)]
        for o, d in zip(out.tolist(), delta.tolist(), strict=True)
    ]
    diagonal = np.empty_like(net)
    softmax.derivative(net, out, diagonal)
    softmax.backward(net, out, delta, np.empty_like(net))
    np.testing.assert_allclose(delta, expected, rtol=1e-13)
    np.testing.assert_allclose(diagonal, out * (1 - out), rtol=1e-15)


def test_relu_has_slope_zero_at_its_kink() -> None:
    relu, net = ACTIVATIONS.make("relu"), np.array([[0.0, -0.0, 1e-300, -1.0]])
    slope = np.empty_like(net)
    relu.derivative(net, out_of(relu, net), slope)
    assert slope.tolist() == [[0.0, 0.0, 1.0, 0.0]]


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_float32_stays_float32(kind: str) -> None:
    activation, net = ACTIVATIONS.make(kind), NET.astype(np.float32)
    out, delta, scratch = np.empty_like(net), np.ones_like(net), np.empty_like(net)
    with np.errstate(over="ignore"):
        activation.forward(net, out, scratch)
    activation.backward(net, out, delta, scratch)
    np.testing.assert_allclose(out, out_of(activation, NET), rtol=1e-6)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_a_column_of_the_jacobian_is_what_backward_makes_of_every_output(kind: str) -> None:
    activation, net = ACTIVATIONS.make(kind), np.array([[0.1, -0.4, 0.9], [2.0, 0.0, -1.0]])
    out = out_of(activation, net)
    for k in range(3):
        column = np.full_like(net, np.nan)
        activation.jacobian_column(net, out, k, column)
        for sample in range(2):
            rows = np.eye(3)
            nets, outs = (np.repeat(x[sample : sample + 1], 3, axis=0) for x in (net, out))
            activation.backward(nets, outs, rows, np.empty_like(rows))
            np.testing.assert_allclose(column[sample], rows[:, k], rtol=1e-15)


@pytest.mark.parametrize("numbers", [1, 6, 1000])
def test_units_that_are_mixed_need_not_know_their_jacobian(numbers, monkeypatch) -> None:
    monkeypatch.setattr(base, "_JACOBIAN_NUMBERS", numbers)
    softmax, net = ACTIVATIONS.make("softmax"), np.array([[0.1, -0.4, 0.9, 0.3], [2.0, 0, -1, 1]])
    out = out_of(softmax, net)
    for k in range(4):
        known, found = np.empty_like(net), np.full_like(net, np.nan)
        softmax.jacobian_column(net, out, k, known)
        Activation.jacobian_column(softmax, net, out, k, found)
        assert np.array_equal(found, known)
