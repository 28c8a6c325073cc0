"""Walks through the six stages, forwards, backwards and from one granularity to another."""

from __future__ import annotations

from collections import Counter

import pytest

from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.explain.stages import STAGES, Step, nearest, walk

GRAPH = NetworkSpec(
    layers=(
        LayerSpec("a", 2),
        LayerSpec("e", 2, "tanh", sources=("a",)),
        LayerSpec("b", 1),
        LayerSpec("g", 2, "tanh", sources=("b", "e"), unit_ids=(4, 1)),
        LayerSpec("o", 2, "sigmoid", sources=("g", "a")),
    )
)
UNITS = [(layer.id, unit) for layer in GRAPH.computed for unit in layer.ids]


def test_the_six_stages():
    assert [stage.name for stage in STAGES] == [
        *("Initialise", "Forward", "Error", "Backward", "Update", "Iterate")
    ]
    assert [stage.number for stage in STAGES] == [1, 2, 3, 4, 5, 6]
    assert {stage.phase for stage in STAGES[1:4]} == {"phase 1: propagation"}
    assert STAGES[4].phase == "phase 2: weight update"
    steps = [stage.training_step[:6] for stage in STAGES]
    assert steps == ["step 1", "step 2", "step 2", "step 3", "step 3", "step 4"]


@pytest.mark.parametrize("stage", [1, 2, 4, 5])
def test_every_unit_once_in_the_order_of_the_work(stage):
    steps = [step for step in walk(GRAPH, "unit") if step.stage == stage]
    units = [(step.layer, step.unit) for step in steps]
    assert Counter(units) == Counter(UNITS)
    layers = list(dict.fromkeys(layer for layer, _ in units))
    expected = ["e", "g", "o"] if stage < 4 else ["o", "g", "e"]
    assert layers == expected
    assert [step.layer for step in walk(GRAPH, "layer") if step.stage == stage] == expected
    # Whatever feeds a layer is computed before it.
    known = {layer.id for layer in GRAPH.inputs}
    for layer in layers if stage < 4 else layers[::-1]:
        assert known.issuperset(GRAPH.layer(layer).sources)
        known.add(layer)


def test_by_stage():
    assert walk(GRAPH, "stage") == tuple(Step(k) for k in range(1, 7))


def test_the_error_is_of_each_output_and_then_of_all():
    steps = [step for step in walk(GRAPH, "unit") if step.stage == 3]
    assert steps == [Step(3, "o", 0), Step(3, "o", 1), Step(3)]
    assert [step for step in walk(GRAPH, "layer") if step.stage == 3] == [Step(3)]


@pytest.mark.parametrize("by", ["unit", "layer", "stage"])
@pytest.mark.parametrize("other", ["unit", "layer", "stage"])
def test_changing_the_granularity_keeps_the_place(by, other):
    there = walk(GRAPH, other)
    for step in walk(GRAPH, by):
        found = there[nearest(there, step)]
        assert found.stage == step.stage
        if step.layer and found.layer:
            assert found.layer == step.layer
        if by == other:
            assert found == step


def test_what_a_step_is_about():
    assert Step(2, "g", 4).at == ("g", 4)
    assert Step(2, "g").at is None
    assert nearest(walk(GRAPH, "layer"), Step(4, "g", 1)) == 8
