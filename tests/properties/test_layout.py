"""The layout of θ holds every parameter once, under one label and one identity."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.engine.parameters import explicit_values, initial_theta, layout_of
from bpviz.engine.spec import NetworkSpec
from tests.properties import strategies
from tests.properties.strategies import theta_for


@settings(max_examples=100)
@given(strategies.networks())
def test_labels_and_identities_are_one_to_one(spec: NetworkSpec) -> None:
    layout = layout_of(spec)
    ids = [layout.id_of(k) for k in range(layout.size)]
    assert len(set(ids)) == len(set(layout.labels())) == layout.size
    assert [layout.index_of(parameter) for parameter in ids] == list(range(layout.size))
    assert layout.labels() == [layout.label(k) for k in range(layout.size)]
    assert [layout.find(label) for label in layout.labels()] == list(range(layout.size))
    assert all(map(spec.has, ids))


@settings(max_examples=100)
@given(strategies.networks())
def test_blocks_tile_theta(spec: NetworkSpec) -> None:
    layout = layout_of(spec)
    seen = np.zeros(layout.size, int)
    for block in layout.blocks:
        block.view(seen)[...] += 1
    assert (seen == 1).all()


@settings(max_examples=50)
@given(strategies.networks(), st.integers(0, 1000))
def test_explicit_values_give_theta_back(spec: NetworkSpec, seed: int) -> None:
    theta = theta_for(spec, seed)
    given_values = explicit_values(layout_of(spec), theta)
    again = initial_theta(replace(spec, initializer=given_values), 0)
    assert again.tobytes() == theta.tobytes()
