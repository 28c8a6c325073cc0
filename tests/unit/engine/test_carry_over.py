"""What carries over to a changed network."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.carry_over import carry_over
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack


def numbered(spec: NetworkSpec, start: float = 1.0) -> np.ndarray:
    return start + np.arange(layout_of(spec).size, dtype=float)


def test_units_keep_their_weights_when_a_neighbour_goes() -> None:
    old = stack(2, 3, 1)  # θ: 6 weights, 3 biases, 3 weights, 1 bias
    hidden = replace(old.layer("h"), units=2, unit_ids=(0, 2))
    new = old.with_layer(hidden)
    theta = carry_over(layout_of(old), layout_of(new), numbered(old), numbered(new, 101.0))
    assert theta.tolist() == [1, 2, 5, 6, 7, 9, 10, 12, 13]


def test_a_new_unit_takes_fresh_values() -> None:
    old = stack(2, 2, 1)  # θ: w 1 2 / 3 4, b 5 6, w 7 8, b 9
    hidden = replace(old.layer("h"), units=3, unit_ids=(0, 5, 1))
    new = old.with_layer(hidden)
    theta = carry_over(layout_of(old), layout_of(new), numbered(old), numbered(new, 101.0))
    assert theta.tolist() == [1, 2, 103, 104, 3, 4, 5, 108, 6, 7, 111, 8, 9]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("unit", "shared", [2.0]),
        ("shared", "unit", [1.0, 1.0, 1.0]),
        ("none", "unit", [101.0, 102.0, 103.0]),
        ("unit", "none", []),
        ("shared", "shared", [1.0]),
        ("none", "shared", [101.0]),
    ],
)
def test_biases_that_change_their_kind(before: str, after: str, expected: list[float]) -> None:
    def spec(bias: str) -> NetworkSpec:
        return NetworkSpec(layers=(LayerSpec("i", 1), LayerSpec("o", 3, bias=bias, sources=("i",))))

    old, new = layout_of(spec(before)), layout_of(spec(after))
    vector = np.concatenate([[9.0, 8.0, 7.0], np.arange(1.0, old.size - 2)])
    fresh = np.concatenate([[0.0, 0.0, 0.0], np.arange(101.0, new.size + 98)])
    assert carry_over(old, new, vector, fresh).tolist() == [9, 8, 7, *expected]


def test_a_bias_of_a_layer_of_one_unit_changes_its_kind() -> None:
    def spec(bias: str, unit: int) -> NetworkSpec:
        layer = LayerSpec("o", 1, bias=bias, sources=("i",), unit_ids=(unit,))
        return NetworkSpec(layers=(LayerSpec("i", 1), layer))

    old, new = layout_of(spec("shared", 0)), layout_of(spec("unit", 4))
    assert carry_over(old, new, np.array([1.0, 2.0]), np.array([8.0, 9.0])).tolist() == [8, 2]


def test_missing_connections_carry_nothing() -> None:
    old = stack(2, 2, missing=frozenset({ParameterId("o", 0, "i", 0)}))
    new = replace(old, missing=frozenset({ParameterId("o", 1, "i", 1)}))
    vector = np.array([0.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    theta = carry_over(layout_of(old), layout_of(new), vector, numbered(new, 101.0))
    assert theta.tolist() == [101, 2, 3, 0, 5, 6]


def test_layers_that_came_or_went() -> None:
    old, new = stack(1, 1, 1), stack(1, 1, 1, 1)  # h becomes h1 and h2: no common hidden layer
    theta = carry_over(layout_of(old), layout_of(new), numbered(old), numbered(new, 101.0))
    assert theta.tolist() == [101, 102, 103, 104, 105, 4]
