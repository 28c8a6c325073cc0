"""When the network changes, what was learned stays where it still fits."""

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bpviz.engine.carry_over import carry_over
from bpviz.engine.network import Network
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import NetworkSpec
from tests.properties import strategies
from tests.properties.strategies import theta_for


@st.composite
def with_a_new_unit(draw: st.DrawFn) -> tuple[NetworkSpec, NetworkSpec, str, int]:
    """A network, the same with one more unit anywhere in a hidden layer, its layer and its id."""
    old = draw(strategies.networks())
    hidden = [layer for layer in old.computed if layer is not old.output]
    assume(hidden)
    layer = draw(st.sampled_from(hidden))
    unit = draw(st.integers(0, 20).filter(lambda unit: unit not in layer.ids))
    ids = list(layer.ids)
    ids.insert(draw(st.integers(0, len(ids))), unit)
    new = old.with_layer(replace(layer, units=len(ids), unit_ids=tuple(ids)))
    return old, new, layer.id, unit


@settings(max_examples=50)
@given(strategies.networks(), st.integers(0, 1000))
def test_onto_itself_is_the_identity(spec: NetworkSpec, seed: int) -> None:
    layout, theta = layout_of(spec), theta_for(spec, seed)
    fresh = np.full_like(theta, np.nan)
    assert carry_over(layout, layout, theta, fresh).tobytes() == theta.tobytes()
    assert np.isnan(fresh).all()


@settings(max_examples=80)
@given(with_a_new_unit(), st.integers(0, 1000))
def test_a_unit_added_and_removed_leaves_everything(
    change: tuple[NetworkSpec, NetworkSpec, str, int], seed: int
) -> None:
    """Missing connections go where the unit goes; all others keep their very bits."""
    old, new, _, _ = change
    before, after, theta = layout_of(old), layout_of(new), theta_for(old, seed)
    there = carry_over(before, after, theta, theta_for(new, seed + 1))
    back = carry_over(after, before, there, np.full_like(theta, np.nan))
    assert back.tobytes() == theta.tobytes()


@settings(max_examples=80)
@given(with_a_new_unit(), st.integers(0, 1000))
def test_every_parameter_of_both_networks_keeps_its_value(
    change: tuple[NetworkSpec, NetworkSpec, str, int], seed: int
) -> None:
    old, new, layer, unit = change
    before, after, theta = layout_of(old), layout_of(new), theta_for(old, seed)
    fresh = theta_for(new, seed + 1)
    result = carry_over(before, after, theta, fresh)
    for k in range(after.size):
        parameter = after.id_of(k)
        is_new = not old.has(parameter)
        assert is_new == (
            (parameter.layer, parameter.unit) == (layer, unit)
            or (parameter.source, parameter.source_unit) == (layer, unit)
        )
        assert result[k] == (fresh[k] if is_new else theta[before.index_of(parameter)])


@settings(max_examples=80)
@given(with_a_new_unit(), st.integers(0, 1000))
def test_a_unit_that_says_nothing_leaves_the_function(
    change: tuple[NetworkSpec, NetworkSpec, str, int], seed: int
) -> None:
    old, new, layer, unit = change
    theta, fresh = theta_for(old, seed), theta_for(new, seed + 1)
    after = layout_of(new)
    for k in range(after.size):
        parameter = after.id_of(k)
        if (parameter.source, parameter.source_unit) == (layer, unit):
            fresh[k] = 0.0
    result = carry_over(layout_of(old), after, theta, fresh)
    inputs = np.random.default_rng(seed).uniform(-1, 1, (5, sum(x.units for x in old.inputs)))
    np.testing.assert_allclose(
        Network(new, result).predict(inputs),
        Network(old, theta).predict(inputs),
        rtol=1e-12,
        atol=1e-12,
    )


@settings(max_examples=60)
@given(st.data(), st.integers(0, 1000))
def test_what_is_missing_is_zero_and_what_was_missing_is_fresh(
    drawn: st.DataObject, seed: int
) -> None:
    old = drawn.draw(strategies.networks())
    weights = [
        parameter
        for k in range(layout_of(old).size)
        if not (parameter := layout_of(old).id_of(k)).is_bias
    ]
    new = replace(old, missing=drawn.draw(strategies.marks(weights)))
    theta, fresh = theta_for(old, seed), theta_for(new, seed + 1)
    result = carry_over(layout_of(old), layout_of(new), theta, fresh)
    for k in range(layout_of(new).size):
        parameter = layout_of(new).id_of(k)
        if parameter in new.missing:
            assert result[k] == 0.0
        else:
            assert result[k] == (fresh[k] if parameter in old.missing else theta[k])
