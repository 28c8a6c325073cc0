"""Errors: numbers worked by hand, derivatives by central differences, refusals with a reason."""

import math

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.losses import LOSSES, Loss

NET = np.array([[0.2, -1.0, 0.7], [3.0, 0.0, -0.5]])
TARGET = np.array([[1.0, 0.0, 0.25], [0.9, 0.1, 0.0]])


def outputs(loss: Loss, net: np.ndarray) -> np.ndarray:
    out = np.empty_like(net)
    ACTIVATIONS.make(loss.needs_output or "tanh").forward(net, out, np.empty_like(net))
    return out


def test_squared_errors_by_hand() -> None:
    out, target = np.array([[0.75, 0.5], [1.0, 0.0]]), np.array([[0.25, 1.5], [1.0, 0.5]])
    # (t - o)²: 0.25 + 1 and 0 + 0.25
    for kind, expected in {
        "half_squared": [0.625, 0.125],
        "squared": [1.25, 0.25],
        "mean_squared": [0.625, 0.125],
    }.items():
        assert LOSSES.make(kind).per_sample(out, out, target).tolist() == expected
    four = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert LOSSES.make("mean_squared").per_sample(four, four, 0 * four).tolist() == [7.5]
    assert LOSSES.make("half_squared").per_sample(four, four, 0 * four).tolist() == [15.0]


def test_binary_cross_entropy_by_hand() -> None:
    loss = LOSSES.make("binary_cross_entropy")
    expected = []
    for net, target in zip(NET.tolist(), TARGET.tolist(), strict=True):
        out = [1 / (1 + math.exp(-x)) for x in net]
        expected.append(
            -sum(
                t * math.log(o) + (1 - t) * math.log(1 - o)
                for o, t in zip(out, target, strict=True)
            )
        )
    np.testing.assert_allclose(
        loss.per_sample(NET, outputs(loss, NET), TARGET), expected, rtol=1e-14
    )


def test_categorical_cross_entropy_by_hand() -> None:
    loss = LOSSES.make("categorical_cross_entropy")
    expected = []
    for net, target in zip(NET.tolist(), TARGET.tolist(), strict=True):
        total = sum(math.exp(x) for x in net)
        expected.append(
            -sum(t * math.log(math.exp(x) / total) for x, t in zip(net, target, strict=True))
        )
    np.testing.assert_allclose(
        loss.per_sample(NET, outputs(loss, NET), TARGET), expected, rtol=1e-14
    )


@pytest.mark.parametrize(
    ("kind", "net", "target", "expected"),
    [
        ("binary_cross_entropy", [[800.0]], [[0.0]], 800.0),
        ("binary_cross_entropy", [[-800.0]], [[1.0]], 800.0),
        ("binary_cross_entropy", [[800.0]], [[1.0]], 0.0),
        ("categorical_cross_entropy", [[800.0, 0.0]], [[0.0, 1.0]], 800.0),
        ("categorical_cross_entropy", [[800.0, 0.0]], [[1.0, 0.0]], 0.0),
        ("categorical_cross_entropy", [[1e5, 1e5]], [[1.0, 0.0]], math.log(2)),
    ],
)
def test_cross_entropies_of_certain_outputs_are_stable(
    kind: str, net: list[list[float]], target: list[list[float]], expected: float
) -> None:
    loss = LOSSES.make(kind)
    with np.errstate(over="ignore"):
        out = outputs(loss, np.array(net))
    assert loss.per_sample(np.array(net), out, np.array(target)).tolist() == [expected]


@pytest.mark.parametrize("kind", LOSSES)
def test_the_terms_of_a_sample_add_up(kind: str) -> None:
    loss = LOSSES.make(kind)
    out, terms = outputs(loss, NET), np.empty_like(NET)
    loss.terms(NET, out, TARGET, terms, np.empty_like(NET))
    np.testing.assert_allclose(terms.sum(axis=1), loss.per_sample(NET, out, TARGET), rtol=1e-15)


@pytest.mark.parametrize("kind", LOSSES)
def test_gradient_is_the_limit_of_the_difference(kind: str) -> None:
    """By the net input where error and output belong together, else by the output."""
    loss, h = LOSSES.make(kind), 1e-6
    at = NET if loss.needs_output else outputs(loss, NET)

    def error(x: np.ndarray) -> float:
        out = outputs(loss, x) if loss.needs_output else x
        return float(loss.per_sample(x, out, TARGET).sum())

    expected = np.empty_like(NET)
    for place in np.ndindex(NET.shape):
        step = np.zeros_like(NET)
        step[place] = h
        expected[place] = (error(at + step) - error(at - step)) / (2 * h)
    gradient = np.empty_like(NET)
    if loss.needs_output:
        loss.gradient_net(outputs(loss, NET), TARGET, gradient)
    else:
        loss.gradient_out(at, TARGET, gradient)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


@pytest.mark.parametrize("kind", ["binary_cross_entropy", "categorical_cross_entropy"])
def test_both_ways_to_the_net_input_agree(kind: str) -> None:
    """∂E/∂out through the activation's own backward pass is ∂E/∂net."""
    loss = LOSSES.make(kind)
    out, direct, around = outputs(loss, NET), np.empty_like(NET), np.empty_like(NET)
    loss.gradient_net(out, TARGET, direct)
    loss.gradient_out(out, TARGET, around)
    ACTIVATIONS.make(loss.needs_output).backward(NET, out, around, np.empty_like(NET))
    np.testing.assert_allclose(around, direct, rtol=1e-12)


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_a_combination_is_right_or_refused_with_a_reason(kind: str, output: str) -> None:
    refusal = LOSSES.make(kind).refusal(ACTIVATIONS.make(output))
    needed = {"binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}
    if needed.get(kind, output) == output:
        assert refusal == ""
    else:
        assert f"needs {needed[kind]} outputs, because" in refusal
        assert refusal.endswith(f"the output layer uses {ACTIVATIONS[output].label}")


@pytest.mark.parametrize(
    ("kind", "target", "sentence"),
    [
        ("half_squared", -5.0, ""),
        ("binary_cross_entropy", 1.0, ""),
        ("binary_cross_entropy", 1.1, "needs targets between 0 and 1"),
        ("binary_cross_entropy", -0.1, "needs targets between 0 and 1"),
        ("categorical_cross_entropy", 2.0, ""),
        ("categorical_cross_entropy", -0.1, "needs targets that are not negative"),
    ],
)
def test_targets_that_cannot_be_learned(kind: str, target: float, sentence: str) -> None:
    refusal = LOSSES.make(kind).bad_targets(np.array([[0.5, target]]))
    assert refusal.endswith(sentence)
    assert bool(refusal) == bool(sentence)
    assert LOSSES.make(kind).bad_targets(np.empty((0, 2))) == ""
