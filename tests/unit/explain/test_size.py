"""The work of an explanation does not grow with the layers that a parameter or a scene is about.

Counted, not timed: calls of Python functions, and how many vectors of θ's size are held.
"""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.spec import ParameterId, stack
from bpviz.explain.chain_rule import derive
from bpviz.explain.explanation import explain
from bpviz.explain.formula import factor_lines
from bpviz.explain.stage_scenes import scene
from bpviz.explain.stages import Step, walk
from tests.unit.explain.moments import made_moment

# One call per unit of the wide layer would be at least 20,000; a scene names up to 5,000 things.
CALLS = 60_000
VECTORS = 6


@pytest.fixture(scope="module", params=[(240_000, 20, 2), (2, 20, 20_000)], ids=str)
def wide(request):
    shape = request.param
    spec = stack(*shape, hidden="tanh", output="softmax")
    target = np.zeros(shape[-1])
    target[1] = 1
    inputs = np.linspace(-1, 1, shape[0])
    made = made_moment(spec, 0.01, inputs, target, loss="categorical_cross_entropy")
    moment = replace(made, theta=np.linspace(-0.01, 0.01, made.layout.size))
    # What a network keeps of itself is made once.
    explain(moment, ParameterId("h", 1, "i", 1))
    return moment


def work_of(make):
    """How many calls something takes, and how many bytes it holds at its most."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(count)
    try:
        make()
    finally:
        sys.setprofile(None)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return calls, peak


def check(moment, make, what):
    calls, peak = work_of(lambda: make(replace(moment)))
    # Names and terms have room of their own; the wide layer's values are a vector or two.
    room = VECTORS * moment.theta.nbytes + 20_000_000
    assert calls <= CALLS, (what, calls)
    assert peak <= room, (what, peak)


@pytest.mark.parametrize("ends", [("h", 3, "i", 1), ("o", 1, "h", 4), ("h", 2), ("o", 0)])
def test_an_explanation(wide, ends):
    def made(moment):
        for form in explain(moment, ParameterId(*ends)).derivation.forms:
            for factor in form.factors:
                factor_lines(factor)

    check(wide, made, ends)


def test_an_error_that_does_not_cancel_the_softmax(wide):
    training = replace(wide.training, loss="squared")
    moment = replace(wide, training=training)
    for parameter in (ParameterId("h", 3, "i", 1), ParameterId("o", 1, "h", 4)):
        check(moment, lambda made, p=parameter: derive(made, p).forms, parameter)


@pytest.mark.parametrize("by", ["stage", "layer"])
def test_every_scene(wide, by):
    for step in walk(wide.spec, by):
        check(wide, lambda moment, step=step: scene(moment, step), step)


@pytest.mark.parametrize("layer", ["h", "o"])
def test_every_scene_of_a_unit(wide, layer):
    for stage in (1, 2, 3, 4, 5):
        if (stage, layer) != (3, "h"):
            step = Step(stage, layer, 1)
            check(wide, lambda moment, step=step: scene(moment, step), step)
