"""Activations: values by the mathematician's formula, derivatives by their limit."""

import math

import numpy as np
import pytest

from bpviz.engine import activations
from bpviz.engine.activations import ACTIVATIONS, Activation

NET = np.array([[-30.0, -1.5, -0.2], [0.3, 1.0, 40.0]])

BY_HAND = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": lambda x: (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1),
    "relu": lambda x: x if x > 0 else 0.0,
}


def out_of(activation: Activation, net: np.ndarray) -> np.ndarray:
    out = np.empty_like(net)
    with np.errstate(over="ignore"):
        activation.forward(net, out, np.empty_like(net))
    return out


def test_all_are_covered_here() -> None:
    assert set(ACTIVATIONS) == {*BY_HAND, "softmax"}


@pytest.mark.parametrize("kind", BY_HAND)
def test_value(kind: str) -> None:
    expected = [[BY_HAND[kind](x) for x in row] for row in NET.tolist()]
    np.testing.assert_allclose(out_of(ACTIVATIONS.make(kind), NET), expected, rtol=1e-14)


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
    monkeypatch.setattr(activations, "_JACOBIAN_NUMBERS", numbers)
    softmax, net = ACTIVATIONS.make("softmax"), np.array([[0.1, -0.4, 0.9, 0.3], [2.0, 0, -1, 1]])
    out = out_of(softmax, net)
    for k in range(4):
        known, found = np.empty_like(net), np.full_like(net, np.nan)
        softmax.jacobian_column(net, out, k, known)
        Activation.jacobian_column(softmax, net, out, k, found)
        assert np.array_equal(found, known)
