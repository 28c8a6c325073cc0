"""The forward pass against loops over single units in plain Python."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.network import Network, evaluation_rows
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.spec import NetworkSpec, ParameterId, stack
from tests.unit.engine.samples import branching

FUNCTIONS = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
}


def by_hand(spec: NetworkSpec, theta: np.ndarray, sample: list[float]) -> dict[str, list[float]]:
    """Outputs of every layer for one sample, unit by unit, each parameter looked up by its id."""
    layout, outs, taken = layout_of(spec), {}, 0

    def value(parameter: ParameterId) -> float:
        return float(theta[layout.index_of(parameter)])

    for layer in spec.layers:
        if layer.is_input:
            outs[layer.id] = sample[taken : taken + layer.units]
            taken += layer.units
            continue
        outs[layer.id] = []
        for unit in layer.ids:
            net = 0.0
            for source in layer.sources:
                for k, source_unit in enumerate(spec.layer(source).ids):
                    net += outs[source][k] * value(ParameterId(layer.id, unit, source, source_unit))
            if layer.bias != "none":
                net += value(ParameterId(layer.id, unit if layer.bias == "unit" else -1))
            outs[layer.id].append(FUNCTIONS[layer.activation.kind](net))
    return outs


@pytest.mark.parametrize("bias", ["unit", "shared", "none"])
def test_a_graph_with_skips_and_two_input_groups(bias: str) -> None:
    spec = branching()
    spec = replace(
        spec, layers=tuple(x if x.is_input else replace(x, bias=bias) for x in spec.layers)
    )
    theta = np.linspace(-1.5, 2.0, layout_of(spec).size)
    inputs = np.array([[0.3, -0.8, 0.5], [1.0, 0.25, -2.0]])
    buffers = Network(spec, theta).run(inputs)
    for row, sample in enumerate(inputs.tolist()):
        expected = by_hand(spec, theta, sample)
        for layer, out in zip(spec.layers, buffers.outs, strict=True):
            np.testing.assert_allclose(out[row], expected[layer.id], rtol=1e-14)


def test_net_inputs_are_kept() -> None:
    spec = stack(2, 1, output="tanh")
    buffers = Network(spec, np.array([2.0, -1.0, 0.5])).run(np.array([[0.25, 1.0]]))
    assert buffers.net.tolist() == [[0.0]]
    buffers = Network(spec, np.array([2.0, -1.0, 0.75])).run(np.array([[0.25, 1.0]]))
    assert buffers.net.tolist() == [[0.25]]
    assert buffers.out.tolist() == [[math.tanh(0.25)]]


def test_the_network_follows_theta() -> None:
    theta = np.array([2.0, -1.0, 0.5])
    network = Network(stack(2, 1, output="identity"), theta)
    theta[2] = 10.0
    assert network.predict(np.array([[1.0, 1.0]])).tolist() == [[11.0]]


def test_predict_in_pieces_of_bounded_size() -> None:
    spec = stack(40_000, 1, output="identity")
    assert evaluation_rows(spec) == 32
    theta = np.zeros(layout_of(spec).size)
    theta[0], theta[-1] = 2.0, 1.0
    inputs = np.zeros((40, 40_000))
    inputs[:, 0] = np.arange(40)
    outputs = Network(spec, theta).predict(inputs)
    assert outputs.tolist() == [[1 + 2 * k] for k in range(40)]


@pytest.mark.parametrize(
    ("units", "rows"), [((2, 3, 1), 2**20 // 6), ((9, 2**16), 16), ((90_000, 2**16), 16)]
)
def test_what_is_computed_bounds_the_pieces(units: tuple[int, ...], rows: int) -> None:
    """Inputs alone do not: they are read where they are."""
    assert evaluation_rows(stack(*units)) == rows


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_no_samples_give_no_outputs(dtype: str) -> None:
    spec = branching(dtype=dtype)
    out = Network(spec, initial_theta(spec, 0)).predict(np.empty((0, 3)))
    assert out.shape == (0, 2)
    assert out.dtype == dtype


@pytest.mark.parametrize("shape", [(3,), (4, 2), (4, 4), (2, 2, 3), (0,)])
def test_samples_of_another_width_are_refused(shape: tuple[int, ...]) -> None:
    spec = branching()
    network = Network(spec, initial_theta(spec, 0))
    with pytest.raises(ValueError, match=r"must have shape \(samples, 3\), got"):
        network.predict(np.zeros(shape))


def test_all_buffers_have_the_networks_number_format() -> None:
    spec = branching(dtype="float32")
    buffers = Network(spec, initial_theta(spec, 0)).run(np.ones((2, 3)))
    for arrays in (buffers.nets, buffers.outs, buffers.deltas, buffers.scratch):
        assert {array.dtype for array in arrays} == {np.dtype("float32")}
