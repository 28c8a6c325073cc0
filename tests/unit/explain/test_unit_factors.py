"""Factors of one unit, and the delta form; values that sums lose."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.spec import ParameterId
from bpviz.explain.connections import between, incoming, outgoing
from bpviz.explain.delta_form import DeltaForm, opposite
from bpviz.explain.factors import Expansion, Factor, total
from bpviz.explain.strongest import MOST, shortened, strongest
from bpviz.explain.terms import UnitRef
from bpviz.explain.unit_factors import UnitFactors
from tests.unit.explain.moments import gallery_moment, unit


@pytest.fixture
def moment():
    return gallery_moment("worked-2-2-2")


def test_deltas_are_shared(moment):
    units = UnitFactors(moment)
    delta = units.delta(unit(moment, "o1"), 0)
    assert units.delta(unit(moment, "o1"), 0) is delta
    for name in ("h1", "h2"):
        ways = units.error_out(unit(moment, name), 0).expansion.factors
        assert ways[0].expansion.factors[0] is delta


def test_what_factors_speak_of(moment):
    units = UnitFactors(moment)
    h1, o1 = unit(moment, "h1"), unit(moment, "o1")
    error = units.error_out(h1, 0)
    assert error.units == (h1,)
    assert [moment.layout.label(moment.layout.index_of(p)) for p in error.parameters] == [
        "w5",
        "w7",
    ]
    way = error.expansion.factors[0]
    assert (way.units, way.parameters) == ((o1,), (between(h1, o1),))
    roles = [f.role for f in units.delta(h1, 0).expansion.factors]
    assert roles == ["error", "slope"]
    assert way.expansion.factors[1].role == "carried"


def test_the_delta_form_is_the_other_one_negated(moment):
    units = UnitFactors(moment)
    deltas = DeltaForm(units)
    for name in ("h1", "h2", "o1", "o2"):
        one = unit(moment, name)
        assert deltas.delta(one, 0).value == -units.delta(one, 0).value
        assert deltas.delta(one, 0) is deltas.delta(one, 0)
        expansion = deltas.delta(one, 0).expansion
        assert expansion.value == pytest.approx(-units.delta(one, 0).value, rel=1e-14)
    pull = deltas.delta(unit(moment, "h1"), 0).expansion.factors[0]
    assert [f.text for f in pull.expansion.factors] == ["δ_o1·w5", "δ_o2·w7"]
    assert pull.expansion.factors[0].expansion.factors[0] is deltas.delta(unit(moment, "o1"), 0)


def test_the_delta_of_softmax_with_squared_error():
    moment = gallery_moment("iris", loss="squared")
    delta = DeltaForm(UnitFactors(moment)).delta(unit(moment, "y2"), 0)
    assert [f.text for f in delta.expansion.factors] == ["−1", "∂E/∂net_y2"]


@pytest.mark.parametrize(
    ("formula", "negated"),
    [
        ("-(target-out)", "target-out"),
        ("out-target", "target-out"),
        (r"-2\,(target-out)", r"2\,(target-out)"),
        (r"\frac{out-target}{out\,(1-out)}", r"-\frac{out-target}{out\,(1-out)}"),
        (r"out\cdot total-target", r"target-out\cdot total"),
        ("-a-b", "-(-a-b)"),
        ("a+b", "-(a+b)"),
        ("-(a)(b)", "(a)(b)"),
        (r"\tanh(out-target)", r"-\tanh(out-target)"),
    ],
)
def test_opposite(formula, negated):
    assert opposite(formula) == negated


def test_sums_that_overflow_or_are_lost_raise_nothing():
    assert total([1e16, 1.0, -1e16]) == 1.0
    assert total([1e308, 1e308]) == math.inf
    assert math.isnan(total([math.inf, -math.inf]))
    assert Expansion("sum", ()).value == 0.0
    assert Expansion("product", (Factor("a", "a", 3.0), Factor("b", "b", -2.0))).value == -6.0


def test_shortened():
    values = [float(k) for k in range(MOST + 5)]
    made = shortened(values, lambda k: Factor(str(k), "", values[k]), "samples")
    assert [f.text for f in made[:-1]] == [str(k) for k in range(6, MOST + 5)]
    assert made[-1].value == 15.0
    assert made[-1].words == "the other 6 samples together"
    assert len(shortened(values[:MOST], lambda k: Factor("", "", values[k]), "")) == MOST


def test_a_long_sum_is_what_it_adds_up():
    values = np.random.default_rng(1).normal(size=30_000)
    size = np.abs(values).sum()
    assert abs(total(values) - math.fsum(values)) <= 1e-12 * size
    made = shortened(values, lambda k: Factor("", "", float(values[k])), "units")
    assert len(made) == MOST
    assert abs(math.fsum(f.value for f in made) - math.fsum(values)) <= 1e-12 * size
    assert made[-1].words == f"the other {30_000 - MOST + 1:,} units together"


@pytest.mark.parametrize("size", [1, 5, 6_000, 50_000])
@pytest.mark.parametrize("kinds", [3, 10**9])
def test_the_strongest_are_those_of_a_whole_sort(size, kinds):
    rng = np.random.default_rng(size)
    values = rng.integers(-kinds, kinds, size).astype(float)
    values[rng.integers(0, size, size // 3)] = np.nan
    expected = sorted(range(size), key=lambda k: -abs(np.nan_to_num(values[k])))[:5]
    assert strongest(values, 5).tolist() == sorted(expected)


def test_connections_of_a_unit_among_missing_ones():
    moment = gallery_moment("xor-2-3-1")
    spec = replace(moment.spec, missing=frozenset({ParameterId("h", 1, "i", 0)}))
    moment = replace(moment, spec=spec)
    ways = outgoing(moment, UnitRef("i", 0), 0)
    assert [ways.unit(k) for k in range(len(ways))] == [("h", 0), ("h", 2)]
    assert [
        moment.delta(to, 0) * moment.weight(between(UnitRef("i", 0), to))
        for to in map(ways.unit, range(2))
    ] == ways.values.tolist()
    into = incoming(moment, UnitRef("h", 1), 0)
    assert [into.unit(k) for k in range(len(into))] == [("i", 1)]
    with pytest.raises(IndexError):
        into.unit(1)
    assert len(outgoing(moment, UnitRef("o", 0), 0)) == 0


def test_a_column_of_the_jacobian():
    moment = gallery_moment("iris", slice(2, 4))
    units = UnitFactors(moment)
    for name in ("y1", "y3"):
        one = unit(moment, name)
        out = moment.buffers.out[1]
        expected = out * ((np.arange(3) == one.unit) - out[one.unit])
        np.testing.assert_allclose(units.jacobian_column(one, 1), expected, rtol=1e-14)
