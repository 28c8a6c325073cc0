"""Curves of all activations against central differences of their own values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.explain.activation_curve import activation_curve

ALL = [cls() for cls in ACTIVATIONS.values()]
NETS = np.array([0.3775, -1.2, 2.5])


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.kind)
def test_the_slope_is_that_of_the_curve(activation):
    curve = activation_curve(activation, NETS, 1, points=4001)
    measured = np.gradient(curve.outs, curve.nets)
    far = np.ones(len(curve.nets), bool)
    for kink in activation.kinks:
        far &= np.abs(curve.nets - kink) > 0.01
    far[[0, -1]] = False
    assert np.allclose(measured[far], curve.slopes[far], atol=1e-5)
    assert curve.alone is activation.elementwise


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.kind)
def test_the_present_point_lies_on_the_curve_and_the_tangent_touches_it(activation):
    curve = activation_curve(activation, NETS, 0)
    assert curve.net == 0.3775
    assert curve.out == pytest.approx(float(np.interp(0.3775, curve.nets, curve.outs)), abs=1e-3)
    assert curve.tangent(curve.net) == curve.out
    assert curve.tangent(curve.net + 1) == pytest.approx(curve.out + curve.slope)


def test_the_worked_example_s_hidden_unit():
    curve = activation_curve(ACTIVATIONS["sigmoid"](), NETS, 0)
    assert curve.out == pytest.approx(0.593269992, abs=5e-10)
    assert curve.slope == pytest.approx(0.241300709, abs=5e-10)


def test_softmax_holds_the_other_net_inputs():
    curve = activation_curve(ACTIVATIONS["softmax"](), NETS, 2)
    expected = np.exp(NETS) / np.exp(NETS).sum()
    assert curve.out == pytest.approx(expected[2])
    assert curve.slope == pytest.approx(expected[2] * (1 - expected[2]))
    assert not curve.alone


def test_both_sides_of_a_kink_are_there():
    curve = activation_curve(ACTIVATIONS["relu"](), NETS, 0)
    near = np.abs(curve.nets) < 1e-4
    assert set(curve.slopes[near]) == {0.0, 1.0}
    assert (np.diff(curve.nets) > 0).all()


@pytest.mark.parametrize("net", [0.0, 3.9, -9.0, 1234.5])
def test_the_range_holds_the_present_point(net):
    curve = activation_curve(ACTIVATIONS["tanh"](), np.array([net]), 0)
    assert curve.nets[0] < net < curve.nets[-1]


def test_the_range_stays_while_the_point_moves_a_little():
    curves = [activation_curve(ALL[0], np.array([net]), 0) for net in (0.1, 1.0, 2.0, -3.0)]
    assert len({(float(c.nets[0]), float(c.nets[-1])) for c in curves}) == 1


def test_a_network_gone_to_infinity_has_a_curve_still():
    curve = activation_curve(ALL[1], np.array([math.nan]), 0)
    assert np.isfinite(curve.outs).all()
    assert math.isnan(curve.out)
