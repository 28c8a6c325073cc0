"""The backward pass against the published worked example and the derivation's own products."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.backprop import Backprop
from bpviz.engine.initializers import Explicit
from bpviz.engine.losses import LOSSES
from bpviz.engine.network import Network
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import branching, data, random_data


def worked_example() -> Trainer:
    """Inputs 0.05 and 0.10, targets 0.01 and 0.99, shared biases that do not learn."""
    hidden = LayerSpec("h", 2, "sigmoid", bias="shared", bias_trained=False, sources=("i",))
    output = LayerSpec("o", 2, "sigmoid", bias="shared", bias_trained=False, sources=("h",))
    spec = NetworkSpec(
        layers=(LayerSpec("i", 2), hidden, output),
        initializer=Explicit((0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55), (0.35, 0.6)),
    )
    training = TrainingConfig(loss="half_squared", learning_rate=0.5, update="full")
    return Trainer(spec, training, data([[0.05, 0.10]], [[0.01, 0.99]]))


def test_the_worked_example_forward() -> None:
    trainer = worked_example()
    buffers = trainer.network.run(np.array([[0.05, 0.10]]))
    assert buffers.nets[1][0, 0] == pytest.approx(0.3775, abs=1e-15)
    np.testing.assert_allclose(buffers.outs[1], [[0.593269992, 0.596884378]], atol=5e-10)
    assert buffers.net[0, 0] == pytest.approx(1.105905967, abs=5e-10)
    np.testing.assert_allclose(buffers.out, [[0.75136507, 0.772928465]], atol=5e-9)
    assert trainer.evaluate().train_loss == pytest.approx(0.298371109, abs=5e-10)


def test_the_worked_example_backward() -> None:
    trainer = worked_example()
    gradient, find = trainer.whole_gradient(), trainer.layout.find
    assert gradient[find("w5")] == pytest.approx(0.082167041, abs=5e-10)
    assert gradient[find("w1")] == pytest.approx(0.000438568, abs=5e-10)
    deltas = Network(trainer.spec, trainer.state.theta).run(np.array([[0.05, 0.10]]))
    assert deltas.out[0, 0] - 0.01 == pytest.approx(0.74136507, abs=5e-9)


def test_the_worked_example_after_one_step() -> None:
    trainer = worked_example()
    trainer.train_batch()
    theta, find = trainer.state.theta, trainer.layout.find
    for label, value in {
        "w1": 0.149780716,
        "w2": 0.19956143,
        "w3": 0.24975114,
        "w4": 0.29950229,
        "w5": 0.35891648,
        "w6": 0.408666186,
        "w7": 0.511301270,
        "w8": 0.561370121,
    }.items():
        assert theta[find(label)] == pytest.approx(value, abs=5e-9), label
    assert (theta[find("b1")], theta[find("b2")]) == (0.35, 0.6)
    assert trainer.gradient[find("b1")] != 0.0


def derivation(loss: str) -> tuple[dict[str, float], dict[str, float]]:
    """Gradient of a 2-2-1 network by label, and the values that its formulas speak of."""
    weights, biases = (0.3, -0.2, 0.5, 0.1, 0.7, -0.4), (0.05, -0.1, 0.2)
    spec = stack(2, 2, 1, hidden="sigmoid", initializer=Explicit(weights, biases))
    x1, x2, t = 0.6, -0.9, 0.8
    trainer = Trainer(spec, TrainingConfig(loss=loss, update="full"), data([[x1, x2]], [[t]]))
    y1 = 1 / (1 + math.exp(-(x1 * 0.3 + x2 * -0.2 + 0.05)))
    y2 = 1 / (1 + math.exp(-(x1 * 0.5 + x2 * 0.1 - 0.1)))
    y = 1 / (1 + math.exp(-(y1 * 0.7 + y2 * -0.4 + 0.2)))
    labels = trainer.layout.labels()
    gradient = dict(zip(labels, trainer.whole_gradient().tolist(), strict=True))
    return gradient, {"x1": x1, "x2": x2, "t": t, "y1": y1, "y2": y2, "y": y}


@pytest.mark.parametrize("loss", ["half_squared", "binary_cross_entropy"])
def test_the_derivations_products(loss: str) -> None:
    g, v = derivation(loss)
    y, t, y1, y2 = v["y"], v["t"], v["y1"], v["y2"]
    delta = -(t - y) * (y * (1 - y) if loss == "half_squared" else 1.0)
    expected = {
        "w1": delta * 0.7 * y1 * (1 - y1) * v["x1"],
        "w2": delta * 0.7 * y1 * (1 - y1) * v["x2"],
        "w3": delta * -0.4 * y2 * (1 - y2) * v["x1"],
        "w4": delta * -0.4 * y2 * (1 - y2) * v["x2"],
        "w5": delta * y1,
        "w6": delta * y2,
        "b1": delta * 0.7 * y1 * (1 - y1),
        "b2": delta * -0.4 * y2 * (1 - y2),
        "b3": delta,
    }
    assert g == pytest.approx(expected, rel=1e-13)


def test_a_skip_adds_its_own_path() -> None:
    """Linear i → h → o beside i → o: ∂E/∂w of i → h sees only what goes on through h."""
    layers = (
        LayerSpec("i", 1),
        LayerSpec("h", 1, "identity", bias="none", sources=("i",)),
        LayerSpec("g", 1, "identity", bias="none", sources=("i", "h")),
        LayerSpec("o", 1, "identity", bias="none", sources=("h", "g", "i")),
    )
    # w1 i→h 2, w2 i→g 3, w3 h→g 5, w4 h→o 7, w5 g→o 11, w6 i→o 13
    spec = NetworkSpec(layers=layers, initializer=Explicit((2, 3, 5, 7, 11, 13)))
    trainer = Trainer(
        spec, TrainingConfig(loss="half_squared", update="full"), data([[0.5]], [[0.0]])
    )
    h, g = 0.5 * 2, 0.5 * 3 + 1.0 * 5
    out = h * 7 + g * 11 + 0.5 * 13
    assert trainer.network.predict(np.array([[0.5]])).tolist() == [[out]]
    expected = [out * x for x in ((7 + 5 * 11) * 0.5, 11 * 0.5, 11 * h, h, g, 0.5)]
    assert trainer.whole_gradient().tolist() == expected


@pytest.mark.parametrize(("reduction", "factor"), [("sum", 1.0), ("mean", 0.5)])
def test_a_batch_is_the_sum_or_the_mean_of_its_samples(reduction: str, factor: float) -> None:
    spec = branching()
    training = TrainingConfig(loss="half_squared", reduction=reduction, update="full")
    rows, targets = [[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6]], [[0.0, 1.0], [1.0, 0.5]]
    whole = Trainer(spec, training, data(rows, targets), 5).whole_gradient()
    each = [
        Trainer(spec, training, data([row], [target]), 5).whole_gradient()
        for row, target in zip(rows, targets, strict=True)
    ]
    np.testing.assert_allclose(whole, factor * (each[0] + each[1]), rtol=1e-13)


def test_a_shared_bias_gathers_all_deltas() -> None:
    spec = branching()
    unit = spec.with_layer(replace(spec.layer("e"), bias="unit"))
    values = np.linspace(-1, 1, layout_of(spec).size)
    spread = np.insert(values, 5, values[4])
    inputs, targets = np.array([[0.1, 0.2, 0.3]]), np.array([[0.0, 1.0]])
    gradients = []
    for network, theta in ((spec, values), (unit, spread)):
        built, gradient = Network(network, theta), np.empty_like(theta)
        buffers = built.run(inputs)
        Backprop(built, gradient).backward(buffers, targets, LOSSES.make("squared"), 1.0)
        gradients.append(gradient)
    shared, each = gradients
    assert shared[4] == pytest.approx(each[4] + each[5], rel=1e-13)
    np.testing.assert_allclose(np.delete(shared, 4), np.delete(each, [4, 5]), rtol=1e-13)


def test_a_missing_connection_has_no_gradient_and_carries_no_delta() -> None:
    gone = ParameterId("h", 1, "e", 0)
    spec, whole = branching(missing=frozenset({gone})), branching()
    training = TrainingConfig(loss="half_squared", update="full", l1=0.1, l2=0.1)
    samples = data([[0.1, 0.2, 0.3]], [[0.0, 1.0]])
    trainer = Trainer(spec, training, samples, 3)
    state = Trainer(whole, training, samples, 3).state
    at = trainer.layout.index_of(gone)
    state.theta[at] = 0.0
    expected = Trainer(whole, training, samples, state=state).whole_gradient()
    assert expected[at] != 0.0
    expected[at] = 0.0
    np.testing.assert_array_equal(trainer.whole_gradient(), expected)


@pytest.mark.parametrize("spec", [branching(), stack(2, 3, 1)])
def test_without_a_gradient_the_deltas_are_the_same(spec: NetworkSpec) -> None:
    columns = sum(layer.units for layer in spec.inputs)
    samples = random_data(6, columns, spec.output.units).train
    theta = initial_theta(spec, 3)
    theta.flags.writeable = False
    network = Network(spec, theta)
    both = []
    for gradient in (np.empty_like(theta), None):
        buffers = network.run(samples.inputs)
        Backprop(network, gradient).backward(
            buffers, samples.targets, LOSSES.make("half_squared"), 0.5
        )
        both.append(buffers.deltas)
    for one, other in zip(*both, strict=True):
        assert one.tobytes() == other.tobytes()
