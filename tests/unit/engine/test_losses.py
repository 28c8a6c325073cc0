"""Errors: numbers worked by hand, derivatives by central differences, refusals with a reason."""

import math
import re

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.losses import LOSSES, Absolute, Focal, Huber, LogCosh, Loss, MarginSquared

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


def test_robust_errors_by_hand() -> None:
    out, target = np.array([[0.75, 0.5], [1.0, -3.0]]), np.array([[0.25, 1.5], [1.0, 1.0]])
    # |t - o|: 0.5 and 1, 0 and 4
    for loss, expected in {
        Absolute(): [1.5, 4.0],
        # up to δ ½ d², farther out δ (|d| - ½ δ)
        Huber(1.0): [0.125 + 0.5, 3.5],
        Huber(0.5): [0.125 + 0.5 * 0.75, 0.5 * 3.75],
        Huber(5.0): [0.125 + 0.5, 8.0],
        LogCosh(): [math.log(math.cosh(0.5) * math.cosh(1.0)), math.log(math.cosh(4.0))],
    }.items():
        np.testing.assert_allclose(loss.per_sample(out, out, target), expected, rtol=1e-14)
    gradient = np.empty_like(out)
    Absolute().gradient_out(out, target, gradient)
    assert gradient.tolist() == [[1.0, -1.0], [0.0, -1.0]]
    Huber(0.75).gradient_out(out, target, gradient)
    assert gradient.tolist() == [[0.5, -0.75], [0.0, -0.75]]


def test_no_error_beyond_the_target() -> None:
    """Targets 0.8 and 0.2: 0.9 and 0.1 are good enough, 0.6 and 0.4 are 0.2 short."""
    loss = MarginSquared()
    target = np.array([[0.8, 0.8, 0.8, 0.2, 0.2, 0.2]])
    out = np.array([[0.9, 0.6, 0.1, 0.1, 0.4, 0.9]])
    terms, gradient = np.empty_like(out), np.empty_like(out)
    loss.terms(out, out, target, terms, np.empty_like(out))
    loss.gradient_out(out, target, gradient)
    np.testing.assert_allclose(terms, [[0, 0.02, 0.245, 0, 0.02, 0.245]], atol=1e-16)
    np.testing.assert_allclose(gradient, [[0, -0.2, -0.7, 0, 0.2, 0.7]], atol=1e-16)


def test_the_middle_of_the_targets_is_a_setting() -> None:
    target, gradient = np.array([[0.1, -0.1, 0.0]]), np.empty((1, 3))
    for middle, out, expected in (
        (0.0, 0.5, [[0.0, 0.6, 0.5]]),
        (0.0, -0.5, [[-0.6, 0.0, -0.5]]),
        (-1.0, 0.5, [[0.0, 0.0, 0.0]]),
        (1.0, 0.5, [[0.4, 0.6, 0.5]]),
    ):
        MarginSquared(middle).gradient_out(np.full((1, 3), out), target, gradient)
        np.testing.assert_allclose(gradient, expected, atol=1e-16)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_the_focal_error_by_hand(gamma: float) -> None:
    loss = Focal(gamma)
    expected = []
    for net, target in zip(NET.tolist(), TARGET.tolist(), strict=True):
        out = [1 / (1 + math.exp(-x)) for x in net]
        expected.append(
            -sum(
                t * (1 - o) ** gamma * math.log(o) + (1 - t) * o**gamma * math.log(1 - o)
                for o, t in zip(out, target, strict=True)
            )
        )
    np.testing.assert_allclose(
        loss.per_sample(NET, outputs(loss, NET), TARGET), expected, rtol=1e-13
    )
    if gamma == 0.0:
        plain, gradient = np.empty_like(NET), np.empty_like(NET)
        loss.gradient_net(outputs(loss, NET), TARGET, gradient)
        LOSSES.make("binary_cross_entropy").gradient_net(outputs(loss, NET), TARGET, plain)
        np.testing.assert_allclose(gradient, plain, rtol=1e-14)


@pytest.mark.parametrize(
    ("loss", "sides"),
    [
        (Absolute(), [[True, False, False, True]]),
        (MarginSquared(), [[True, False, False, True]]),
        (Huber(0.5), [[False, False, False, True], [False, False, True, False]]),
        (LogCosh(), []),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_sides_of_kinks(loss: Loss, sides: list[list[bool]]) -> None:
    out, target = np.array([[0.3, -0.3, -0.6, 0.6]]), np.zeros((1, 4))
    assert [side[0].tolist() for side in loss.sides(out, target)] == sides


def test_symbols_in_formulas_have_values() -> None:
    for cls in LOSSES.values():
        text = cls.formula + cls.gradient_formula + cls.net_gradient_formula
        used = set(re.findall(r"\\(?:alpha|beta|gamma|delta|lambda|mu)", text))
        assert used == set(cls().constants)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", LOSSES)
def test_far_off_outputs_give_finite_errors(kind: str, dtype: type) -> None:
    """Net inputs of ±1000, or outputs so far off, without an overflow."""
    loss = LOSSES.make(kind)
    net = np.array([[-1000.0, 1000.0, 90.0], [1000.0, -1000.0, -90.0]], dtype)
    target = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], dtype)
    with np.errstate(over="ignore"):
        out = outputs(loss, net) if loss.needs_output else net
    errors, gradient = loss.per_sample(net, out, target), np.full_like(net, np.nan)
    (loss.gradient_net if loss.needs_output else loss.gradient_out)(out, target, gradient)
    assert errors.dtype == gradient.dtype == dtype
    assert np.isfinite(errors).all()
    assert np.isfinite(gradient).all()
    assert (errors > 0).all()


@pytest.mark.parametrize(
    ("kind", "net", "target", "expected"),
    [
        ("binary_cross_entropy", [[800.0]], [[0.0]], 800.0),
        ("binary_cross_entropy", [[-800.0]], [[1.0]], 800.0),
        ("binary_cross_entropy", [[800.0]], [[1.0]], 0.0),
        ("focal", [[800.0]], [[0.0]], 800.0),
        ("focal", [[-800.0]], [[1.0]], 800.0),
        ("focal", [[800.0]], [[1.0]], 0.0),
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


@pytest.mark.parametrize("kind", ["binary_cross_entropy", "categorical_cross_entropy", "focal"])
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
    needed = {
        "binary_cross_entropy": "sigmoid",
        "categorical_cross_entropy": "softmax",
        "focal": "sigmoid",
    }
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
        ("focal", 1.0, ""),
        ("focal", 1.1, "focal error needs targets between 0 and 1"),
        ("margin_squared", -5.0, ""),
        ("categorical_cross_entropy", 2.0, ""),
        ("categorical_cross_entropy", -0.1, "needs targets that are not negative"),
    ],
)
def test_targets_that_cannot_be_learned(kind: str, target: float, sentence: str) -> None:
    refusal = LOSSES.make(kind).bad_targets(np.array([[0.5, target]]))
    assert refusal.endswith(sentence)
    assert bool(refusal) == bool(sentence)
    assert LOSSES.make(kind).bad_targets(np.empty((0, 2))) == ""
