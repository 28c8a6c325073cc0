"""The operation graph: the documents' numbers, the article's program, and where numbers run out."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from bpviz.engine.losses import LOSSES
from bpviz.engine.spec import stack
from bpviz.explain.operation_building import CANCELLED
from bpviz.explain.operation_graph import Operation, OperationGraph
from bpviz.explain.operation_words import BEGINNING, step_words
from bpviz.explain.operations import operation_graph
from tests.unit.explain.moments import gallery_moment, made_moment


def chain(graph: OperationGraph) -> list[str]:
    return [x.name for x in graph.operations if not x.leaf]


def named(graph: OperationGraph, name: str, layer: str = "") -> Operation:
    return next(x for x in graph.operations if x.name == name and x.layer == layer)


@pytest.fixture(scope="module")
def worked() -> OperationGraph:
    return operation_graph(gallery_moment("worked-2-2-2"))


def test_the_notes_numbers(worked: OperationGraph) -> None:
    assert chain(worked) == [
        *("matmul", "add bias", "sigmoid"),
        *("matmul", "add bias", "sigmoid"),
        *("subtract", "square", "multiply", "reduce_sum"),
    ]
    assert worked.error.value.item() == pytest.approx(0.298371109, abs=1e-9)
    assert named(worked, "add bias", "h").value[0, 0] == pytest.approx(0.3775, abs=1e-12)
    terms = named(worked, "multiply").value[0]
    assert terms == pytest.approx([0.274811083, 0.023560026], abs=1e-9)
    out_h = named(worked, "sigmoid", "h")
    assert out_h.gradient[0, 0] == pytest.approx(0.036350306, abs=1e-9)
    assert out_h.local[0].value[0, 0] == pytest.approx(0.241300709, abs=1e-9)
    assert named(worked, "weights", "o").gradient[0, 0] == pytest.approx(0.082167041, abs=1e-9)
    assert named(worked, "weights", "h").gradient[0, 0] == pytest.approx(0.000438568, abs=1e-9)


def test_samples_are_constants_and_the_biases_rest(worked: OperationGraph) -> None:
    leaves = {x.leaf for x in worked.operations if x.leaf and x.is_constant}
    assert leaves == {"inputs", "targets"}
    assert named(worked, "weights", "h").learns
    assert not named(worked, "bias", "h").learns


def test_each_value_is_computed_once() -> None:
    """The engine's own way back, and its gradient of θ's size, are not wanted beside the walk."""
    moment = gallery_moment("worked-2-2-2")
    graph = operation_graph(moment)
    assert "_passes" not in vars(moment)
    weights = named(graph, "weights", "h")
    assert weights.gradient == pytest.approx(weights.block.view(moment.data_gradient), rel=1e-12)


def test_values_go_with_their_graph() -> None:
    graph = operation_graph(gallery_moment("worked-2-2-2"))
    value = weakref.ref(named(graph, "weights", "h").gradient)
    assert value() is not None
    gc.disable()
    try:
        del graph
        assert value() is None
    finally:
        gc.enable()


def test_the_articles_program() -> None:
    """Its TensorFlow lines: matmul, add, sigmoid, twice; subtract, square, reduce_sum."""
    graph = operation_graph(gallery_moment("xor-2-3-1", slice(0, 4)))
    layer = ["matmul", "add bias", "sigmoid"]
    assert chain(graph) == [*layer, *layer, "subtract", "square", "reduce_sum"]
    walked = [graph.operations[k].name for k in graph.backwards]
    assert walked == chain(graph)[::-1]
    assert named(graph, "square").local[0].text == "2·x"


def test_a_gradient_is_known_when_all_that_used_the_value_was_walked(
    worked: OperationGraph,
) -> None:
    assert worked.known(0) == frozenset()
    assert worked.known(1) == {worked.error.id, worked.error.inputs[0]}
    product = named(worked, "matmul", "o")
    steps = worked.backwards.index(product.id)
    assert not worked.known(steps).intersection(product.inputs)
    assert worked.known(steps + 1).issuperset(product.inputs)


def test_steps_in_words(worked: OperationGraph) -> None:
    words = [step_words(worked, k) for k in range(len(worked.backwards) + 1)]
    assert words[0] == BEGINNING
    assert words[1] == (
        "The walk begins with ∂E/∂E = 1. reduce_sum: a sum hands what comes in on unchanged, "
        "so each of its 2 terms gets 1."
    )
    assert words[3] == (
        "square (o1): its derivative is 2·x = 2·(−0.7414) = −1.4827, "
        "so 0.5 coming in becomes 0.5 × (−1.4827) = −0.7414."
    )
    assert words[7] == (
        "matmul (o1): what comes in, times what the connections carried, is "
        "∂E/∂w5 = 0.1385 × 0.5933 = 0.0822; along the weights it goes back to h1: 0.0364."
    )
    assert "∂E/∂b2 = 0.1004, though it does not learn" in words[6]
    assert words[-1].endswith("the inputs are constants and are not updated.")


def test_a_batch_is_averaged_by_an_operation_of_its_own() -> None:
    graph = operation_graph(gallery_moment("playground", slice(0, 10)))
    assert chain(graph)[-2:] == ["reduce_sum", "mean over the batch"]
    assert graph.error.value.item() == pytest.approx(graph.moment.error)
    assert graph.error.local[0].text == "1/10"
    assert np.all(named(graph, "negate").gradient == 0.1)


def test_several_sources_are_added() -> None:
    graph = operation_graph(gallery_moment("playground"))
    assert "add" not in [x.name for x in graph.operations if x.layer]
    spec = stack(2, 3, 1)
    layers = list(spec.layers)
    layers[2] = type(layers[2])("o", 1, layers[2].activation, sources=("h", "i"))
    skipping = type(spec)(layers=tuple(layers))
    graph = operation_graph(
        made_moment(skipping, 0.3, [0.5, -1.0], [1.0], loss="binary_cross_entropy")
    )
    added = named(graph, "add", "o")
    assert [graph.operations[k].name for k in added.inputs] == ["matmul", "matmul"]
    assert "each of its 2 terms" in step_words(graph, graph.backwards.index(added.id) + 1)


def saturated(target: float, kind: str, output: str, units: int) -> OperationGraph:
    spec = stack(1, units, hidden="tanh", output=output)
    targets = [target] if units == 1 else [target, 1.0 - target]
    inputs = [[400.0]] if units == 1 else [[1.0]]
    theta = 5.0 if units == 1 else [900.0, -900.0, 0.0, 0.0]
    return operation_graph(made_moment(spec, theta, inputs, [targets], loss=kind))


@pytest.mark.parametrize(
    ("kind", "output", "units"),
    [("binary_cross_entropy", "sigmoid", 1), ("categorical_cross_entropy", "softmax", 2)],
)
def test_where_the_output_is_saturated_the_engines_cancelled_form_goes_on(
    kind: str, output: str, units: int
) -> None:
    graph = saturated(0.0, kind, output, units)
    moment = graph.moment
    assert not np.isfinite(graph.error.value).all()
    assert "from the net input instead: E = " in graph.error.note
    assert np.isfinite(moment.error)
    at_output = named(graph, output, "o")
    assert at_output.note == CANCELLED
    net = graph.operations[at_output.inputs[0]]
    assert np.array_equal(net.gradient, moment.buffers.deltas[-1])
    assert net.gradient[0, 0] == 1.0
    words = step_words(graph, graph.backwards.index(at_output.id) + 1)
    assert words.endswith(CANCELLED)
    assert "nan" not in words


def test_a_network_of_nan_is_shown_as_it_is() -> None:
    moment = gallery_moment("worked-2-2-2")
    broken = moment.at(np.full_like(moment.theta, np.nan))
    graph = operation_graph(broken)
    assert np.isnan(graph.error.value).all()
    assert all(step_words(graph, k) for k in range(len(graph.backwards) + 1))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("kind", ["mean_squared", "categorical_cross_entropy"])
def test_an_error_without_operations_is_one(
    monkeypatch: pytest.MonkeyPatch, kind: str, rows: int
) -> None:
    monkeypatch.setattr(LOSSES[kind], "operations", ())
    moment = gallery_moment("iris", slice(0, rows), loss=LOSSES.make(kind))
    graph = operation_graph(moment)
    expected = [moment.training.loss.label] + ["reduce_sum", "mean over the batch"] * (rows > 1)
    assert chain(graph)[-len(expected) :] == expected
    assert graph.error.value.item() == pytest.approx(moment.error)
    leaves = [x for x in graph.operations if x.leaf in ("weights", "bias")]
    gradient = np.concatenate([x.gradient.ravel() for x in leaves])
    assert gradient == pytest.approx(moment.data_gradient, rel=1e-12, abs=1e-15)


def test_against_pytorch() -> None:
    torch = pytest.importorskip("torch")
    moment = gallery_moment("xor-2-3-1", slice(0, 4))
    graph = operation_graph(moment)
    leaf = {
        (x.name, x.layer): torch.tensor(x.value.copy(), requires_grad=True)
        for x in graph.operations
        if x.leaf in ("weights", "bias")
    }
    x = torch.tensor(moment.samples.inputs)
    hidden = torch.sigmoid(x @ leaf["weights", "h"].T + leaf["bias", "h"])
    out = torch.sigmoid(hidden @ leaf["weights", "o"].T + leaf["bias", "o"])
    out.retain_grad()
    error = torch.sum(torch.square(torch.tensor(moment.samples.targets) - out))
    error.backward()
    assert graph.error.value.item() == pytest.approx(error.item(), rel=1e-12)
    for (name, layer), tensor in leaf.items():
        own = named(graph, name, layer).gradient
        assert own == pytest.approx(tensor.grad.numpy(), rel=1e-12)
    assert named(graph, "sigmoid", "o").gradient == pytest.approx(out.grad.numpy(), rel=1e-12)


def test_a_chain_of_300_layers():
    spec = stack(*[1] * 300, hidden="tanh", output="identity")
    moment = made_moment(spec, 0.9, [1], [0], loss="half_squared")
    graph = operation_graph(moment)
    assert len(graph.operations) > 1200
    first = graph.operations[1]
    assert first.gradient.item() == pytest.approx(moment.data_gradient[0], rel=1e-12)
