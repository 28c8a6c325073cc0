"""Marks on many parameters lie where the layout says that each of them lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.marks import weight_positions
from bpviz.engine.parameters import Layout
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId

SPEC = NetworkSpec(
    layers=(
        LayerSpec("a", 2),
        LayerSpec("b", 3, unit_ids=(4, 0, 7)),
        LayerSpec("h", 2, sources=("b", "a"), bias="shared"),
        LayerSpec("k", 3, sources=("h",), bias="none", unit_ids=(9, 3, 5)),
        LayerSpec("o", 2, sources=("k", "b", "h")),
    )
)


def test_every_parameter_is_found_at_its_place() -> None:
    layout = Layout(SPEC)
    everything = [layout.id_of(k) for k in range(layout.size)]
    for k, parameter in enumerate(everything):
        assert layout.indices_of(frozenset({parameter})).tolist() == [k]
    assert sorted(layout.indices_of(frozenset(everything))) == list(range(layout.size))
    weights = frozenset(parameter for parameter in everything if not parameter.is_bias)
    marked = replace(SPEC, missing=weights, frozen=frozenset(everything))
    np.testing.assert_array_equal(Layout(marked).present(), ~layout.is_weight())
    assert not Layout(marked).trainable().any()


@pytest.mark.parametrize(
    "wrong",
    [
        ParameterId("h", 0, "b", 1),
        ParameterId("h", 2, "b", 0),
        ParameterId("h", -1, "b", 0),
        ParameterId("k", 9, "b", 0),
        ParameterId("k", 9),
        ParameterId("h", 0),
        ParameterId("nowhere", 0, "b", 0),
    ],
)
def test_a_mark_on_nothing_is_found_out_among_others(wrong: ParameterId) -> None:
    right = ParameterId("h", 0, "b", 0)
    assert weight_positions(SPEC.shapes, frozenset({right})) is not None
    assert weight_positions(SPEC.shapes, frozenset({right, wrong})) is None
    for name in ("missing", "frozen"):
        with pytest.raises(SettingError, match=r"no parameter \[" + f"'{wrong.layer}', "):
            replace(SPEC, **{name: frozenset({right, wrong})})
    with pytest.raises(KeyError):
        Layout(SPEC).indices_of(frozenset({right, wrong}))
