"""The compiled functions of one number, at their limits, beside NumPy's."""

import numpy as np
import pytest

pytest.importorskip("numba")

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.compiled import functions
from bpviz.engine.compiled.program import ACTIVATIONS_COVERED

LIMITS = [0.0, 5e-324, 1e-310, 1e-300, 1e-8, 0.3, 0.6249, 0.625, 1.0, 3.0, 19.9, 20.1, 30.1, 37.0]
LIMITS += [88.8, 354.9, 700.0, 709.7, 709.75, 709.79, 710.1, 744.9, 745.2, 746.1, 1e3, 1e154, 1e200]
LIMITS += [1e308, np.inf]
ENDS = np.array([-x for x in reversed(LIMITS)] + [*LIMITS, np.nan])
NETS = np.concatenate([ENDS, np.linspace(-40, 40, 4001)])


def test_exp() -> None:
    with np.errstate(all="ignore"):
        expected = np.exp(NETS)
    got = np.array([functions.exp(x) for x in NETS])
    np.testing.assert_allclose(got, expected, rtol=4e-16, atol=1e-323)
    assert functions.exp(-1000.0) == 0.0
    assert functions.exp(709.79) == np.inf


def test_tanh() -> None:
    got = np.array([functions.tanh(x) for x in NETS])
    np.testing.assert_allclose(got, np.tanh(NETS), rtol=7e-16, atol=0)
    assert np.signbit(functions.tanh(-0.0))


def entries() -> list:
    kinds = [kind for kind in ACTIVATIONS_COVERED if kind != "softmax"]
    return [
        pytest.param(k, kind, id=kind)
        for k, kind in enumerate(ACTIVATIONS_COVERED)
        if kind in kinds
    ]


@pytest.mark.parametrize(("code", "kind"), entries())
def test_activations_and_their_slopes(code: int, kind: str) -> None:
    entry = ACTIVATIONS.make(kind)
    name = ACTIVATIONS_COVERED[kind]
    parameter = float(getattr(entry, name)) if name else 0.0
    out, mine = np.empty_like(NETS), np.empty_like(NETS)
    delta, my_delta = np.ones_like(NETS), np.ones_like(NETS)
    with np.errstate(all="ignore"):
        entry.forward(NETS, out, np.empty_like(NETS))
        entry.backward(NETS, out, delta, np.empty_like(NETS))
    functions.activate(code, parameter, NETS, mine)
    functions.pull_back(code, parameter, NETS, out, my_delta)
    # Where tanh is almost -1, GELU and its slope are what cancellation leaves.
    np.testing.assert_allclose(mine, out, rtol=1e-15, atol=1e-15 if kind == "gelu" else 1e-300)
    known = ~np.isnan(out)
    np.testing.assert_allclose(
        my_delta[known], delta[known], rtol=1e-15, atol=1e-13 if kind == "gelu" else 4e-16
    )


@pytest.mark.parametrize(
    "nets",
    [
        [1e3, -1e3, 0.0],
        [np.inf, 1.0, 2.0],
        [-np.inf, 1.0, 2.0],
        [np.nan, 1.0, 2.0],
        [1.0, np.nan, 2.0],
        [-np.inf] * 3,
        [7.0] * 3,
    ],
    ids=str,
)
def test_softmax(nets: list[float]) -> None:
    net = np.array([nets, [0.1, 0.2, 0.3]])
    out, delta = np.empty_like(net), np.array([[1.0, 2.0, -3.0]] * 2)
    softmax, turned = ACTIVATIONS.make("softmax"), delta.T.copy().ravel()
    with np.errstate(all="ignore"):
        softmax.forward(net, out, np.empty_like(net))
        softmax.backward(net, out, delta, np.empty_like(net))
    # A block lies in memory unit by unit.
    mine = np.empty(6)
    functions.softmax(3, 2, net.T.copy().ravel(), mine)
    np.testing.assert_allclose(mine.reshape(3, 2).T, out, rtol=1e-15)
    functions.pull_back_softmax(3, 2, out.T.copy().ravel(), turned)
    np.testing.assert_allclose(turned.reshape(3, 2).T, delta, rtol=1e-14)
