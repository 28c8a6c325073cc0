"""Dropout and sample weights in what is explained: masks in slopes, weights in the error."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.spec import stack
from bpviz.explain.chain_rule import derive
from bpviz.explain.explanation import explain
from bpviz.explain.numerical import numerical_derivative
from bpviz.explain.operations import operation_graph
from bpviz.explain.report import as_text
from bpviz.explain.stage_scenes import scene
from bpviz.explain.stages import Step
from tests.unit.explain.moments import made_moment, parameter, unit


def dropped(mask=(2.0, 0.0), weight=3.0):
    """2-2-1 with sigmoid units: h1 is kept and doubled, h2 left out; the sample counts 3 times."""
    theta = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    spec = stack(2, 2, 1, hidden="sigmoid", output="identity")
    x, h, y = spec.layers
    spec = replace(spec, layers=(x, replace(h, dropout=0.5), y))
    moment = made_moment(spec, theta, [0.5, -0.25], [1.0], loss="half_squared")
    samples = replace(moment.samples, weights=np.array([weight]))
    return replace(moment, samples=samples, masks=[None, np.array([mask]), None])


def test_the_slope_carries_the_mask_and_the_error_the_weight():
    moment = dropped()
    net = 0.1 * 0.5 - 0.2 * 0.25 + moment.weight(parameter(moment, "b1"))
    f = 1 / (1 + math.exp(-net))
    w = moment.weight(parameter(moment, "w5"))
    out = w * 2 * f + moment.weight(parameter(moment, "b3"))
    derivation = derive(moment, parameter(moment, "w1"))
    error, slope, carried = derivation.factors
    assert slope.value == pytest.approx(2 * f * (1 - f), rel=1e-14)
    assert slope.formula == r"m\cdot f_{h1}\,(1-f_{h1})"
    assert slope.numbers.startswith(r"2\cdot ")
    assert slope.words.endswith("(times 2: dropout kept it)")
    assert error.value == pytest.approx(3 * (out - 1) * w, rel=1e-14)
    assert carried.value == 0.5
    assert derivation.gradient == pytest.approx(error.value * slope.value * 0.5, rel=1e-14)
    assert moment.error == pytest.approx(3 * 0.5 * (1 - out) ** 2, rel=1e-14)


def test_the_error_of_an_output_is_times_the_weight():
    moment = dropped()
    error = derive(moment, parameter(moment, "w5")).factors[0]
    assert error.formula.startswith(r"c\cdot (")
    assert error.numbers.startswith(r"3\cdot (")
    assert error.words.endswith("(times 3, the sample's weight)")


def test_a_unit_that_is_left_out_has_no_slope_and_sends_nothing():
    moment = dropped()
    explanation = explain(moment, parameter(moment, "w3"))
    assert explanation.derivation.gradient == 0
    assert "(left out by dropout) is 0" in explanation.reason
    assert derive(moment, parameter(moment, "w6")).factors[-1].value == 0


def test_the_measured_slope_has_the_same_mask_and_weight():
    moment = dropped()
    for index in range(moment.layout.size):
        measured = numerical_derivative(moment, moment.layout.id_of(index))
        assert measured.value == pytest.approx(moment.gradient[index], abs=1e-9)


def test_the_stages_show_both():
    moment = dropped()
    h1, output = unit(moment, "h1"), moment.spec.output
    forward = [line.text(6) for line in scene(moment, Step(2, h1.layer, h1.unit)).lines]
    assert any(line.startswith("f_h1 = 1/(1+") for line in forward)
    assert any(line.startswith("out_h1 = m·f_h1 = 2·") for line in forward)
    error = scene(moment, Step(3, output.id, output.ids[0]))
    assert "It counts c = 3 times" in error.words
    assert "= c·½" in error.lines[0].text()


def test_operations_have_nodes_for_both():
    moment = dropped()
    graph = operation_graph(moment)
    assert {"dropout", "sample weight"} <= {operation.name for operation in graph.operations}
    assert graph.error.value.item() == pytest.approx(moment.error, rel=1e-14)


def test_an_input_with_dropout_says_so():
    moment = dropped()
    x, h, y = moment.spec.layers
    spec = replace(moment.spec, layers=(replace(x, dropout=0.2), h, y))
    mask = np.array([[1.25, 0.0]])
    moment = replace(moment, spec=spec, masks=[mask, *moment.masks[1:]])
    carried = derive(moment, parameter(moment, "w1")).factors[-1]
    assert carried.value == pytest.approx(1.25 * 0.5)
    assert (carried.formula, carried.numbers) == (r"m\,i_{1}", r"1.25\cdot 0.5")
    text = as_text(explain(moment, parameter(moment, "w1")))
    assert "∂net_h1/∂w1 = m i1 = 1.25·0.5 = 0.625" in text
