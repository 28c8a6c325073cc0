"""The operation graph against the engine: values, deltas and the gradient of every parameter."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.engine.losses import LOSSES
from bpviz.engine.noise import dropout_masks
from bpviz.engine.spec import stack
from bpviz.engine.training_config import TrainingConfig
from bpviz.explain.moment import Moment
from bpviz.explain.operation_graph import OperationGraph
from bpviz.explain.operation_words import step_words
from bpviz.explain.operations import operation_graph
from tests.combinations import COMBINATIONS, Combination
from tests.properties import strategies
from tests.properties.strategies import samples_for, theta_for

SEED = 15


def close(found: Any, expected: Any, size: float) -> bool:
    return np.allclose(found, expected, rtol=1e-12, atol=1e-12 * size)


def parameter_gradient(graph: OperationGraph) -> Any:
    """The gradients of the leaves, put where their parameters are in θ."""
    vector = np.full(graph.moment.layout.size, np.nan)
    for operation in graph.operations:
        if operation.leaf in ("weights", "bias"):
            assert operation.gradient.shape == operation.value.shape
            block = operation.block
            vector[block.start : block.stop] = operation.gradient.ravel()
    return vector


def check(moment: Moment) -> None:
    graph, buffers, scale = operation_graph(moment), moment.buffers, moment.scale
    size = max(1.0, *(float(np.abs(d).max(initial=0.0)) for d in buffers.deltas))
    assert close(graph.error.value, moment.error, 1.0)
    assert close(parameter_gradient(graph), moment.data_gradient, size * len(moment.samples))
    for layer in moment.spec.computed:
        position = moment.positions[layer.id]
        own = [x for x in graph.operations if x.layer == layer.id and not x.leaf]
        out = own[-1]
        assert np.array_equal(out.value, buffers.outs[position])
        if out.name == "dropout":
            own.pop()
            assert np.array_equal(own[-1].value, buffers.raw[position])
        net = own[-2]
        assert close(net.value, buffers.nets[position], 1.0)
        assert close(net.gradient, buffers.deltas[position] * scale, size)
    for operation in graph.operations:
        assert operation.gradient is None or operation.gradient.shape == operation.value.shape
        assert all(source < operation.id for source in operation.inputs)
    everything = graph.known(len(graph.backwards))
    assert everything == {x.id for x in graph.operations if x.gradient is not None}
    for steps in range(len(graph.backwards) + 1):
        assert step_words(graph, steps).endswith(".")


@pytest.mark.parametrize("one", COMBINATIONS, ids="-".join)
def test_every_error_with_every_activation(one: Combination) -> None:
    loss = LOSSES.make(one.loss)
    spec = stack(3, 4, 3, 2, hidden=one.hidden, output=one.output)
    training = TrainingConfig(loss=loss, reduction=one.reduction)
    for rows in (1, 4):
        samples = samples_for(spec, loss, SEED, rows).train
        check(Moment(spec, training, theta_for(spec, SEED), samples))


@settings(max_examples=150)
@given(st.data())
def test_any_graph(drawn: st.DataObject) -> None:
    """Skip connections, two input groups, all biases, missing and frozen parameters."""
    loss = drawn.draw(strategies.losses())
    spec = drawn.draw(strategies.networks(loss))
    training = drawn.draw(strategies.trainings(loss, spec))
    seed, rows = drawn.draw(st.integers(0, 10_000)), drawn.draw(st.integers(1, 4))
    weighted, masks = drawn.draw(st.booleans()), dropout_masks(spec, seed, 0, 0, rows)
    samples = samples_for(spec, loss, seed, rows, weighted).train
    check(Moment(spec, training, theta_for(spec, seed), samples, masks=masks))
