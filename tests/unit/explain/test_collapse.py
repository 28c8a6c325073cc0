"""A linear network is one layer: against its own forward pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.engine.network import Network
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.explain.collapse import both_outputs, collapsed, collapsed_output, largest_difference
from tests.properties.strategies import networks, theta_for


def test_a_stack_is_the_product_of_its_matrices():
    spec = stack(3, 4, 2, hidden="identity", output="softmax")
    theta = theta_for(spec, 1)
    layout = layout_of(spec)
    first, second = (layout.block(*ends).view(theta) for ends in (("h", "i"), ("o", "h")))
    b1, b2 = (layout.block(name).view(theta) for name in ("h", "o"))
    weights, bias = collapsed(spec, theta)
    assert weights == pytest.approx(second @ first, rel=1e-14)
    assert bias == pytest.approx(second @ b1 + b2, rel=1e-14)


@given(networks(hidden=["identity"]), st.integers(0, 99))
def test_any_linear_graph_gives_the_outputs_of_one_layer(spec, seed):
    theta = theta_for(spec, seed)
    inputs = np.random.default_rng(seed).uniform(-2, 2, (7, sum(g.units for g in spec.inputs)))
    weights, bias = collapsed(spec, theta)
    out = collapsed_output(spec, weights, bias, inputs)
    expected = Network(spec, theta).predict(inputs)
    scale = 1 + np.abs(weights).sum() + np.abs(bias).sum()
    assert np.abs(out - expected).max() <= 1e-11 * scale
    assert largest_difference(*both_outputs(spec, theta, inputs)) <= 1e-11 * scale


def test_the_first_layer_that_is_not_linear_is_named():
    spec = stack(2, 3, 3, 1, hidden="identity")
    curved = spec.with_layer(
        replace(spec.layer("h2"), activation=stack(1, 1, 1).layer("h").activation)
    )
    with pytest.raises(SettingError, match="layer h2 is tanh, not linear"):
        collapsed(curved, initial_theta(curved, 1))


def test_without_hidden_layers_it_is_the_layer_itself():
    spec = stack(2, 3)
    theta = theta_for(spec, 4)
    weights, bias = collapsed(spec, theta)
    assert np.array_equal(weights, layout_of(spec).block("o", "i").view(theta))
    assert np.array_equal(bias, layout_of(spec).block("o").view(theta))


def test_a_difference_is_seen():
    spec = stack(2, 2, 1, hidden="identity")
    theta = theta_for(spec, 2)
    inputs = np.eye(2)
    weights, bias = collapsed(spec, theta)
    out, one = both_outputs(spec, theta, inputs)
    assert largest_difference(out, one) < 1e-14
    off = collapsed_output(spec, weights + 0.5, bias, inputs)
    assert largest_difference(out, off) == np.abs(off - out).max() > 0.01
    assert largest_difference(out[:0], one[:0]) == 0.0
