"""PyTorch as an independent engine: gradients, and a hundred steps of every optimiser, to 1e-10.

The networks are written out once more in PyTorch, by hand: a stack, and a graph with two input
groups, a skip connection, a shared bias and a layer without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import Adam, GradientDescent, Momentum, Optimizer
from bpviz.engine.spec import LayerSpec, NetworkSpec, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig

torch = pytest.importorskip("torch")
functional = torch.nn.functional

pytestmark = pytest.mark.peers

Tensors = dict[str, Any]

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda net: net,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softmax": lambda net: torch.softmax(net, dim=1),
}

# Error of every sample from the output layer's net inputs, its function and the targets.
ERRORS: dict[str, Callable[[Any, Callable[[Any], Any], Any], Any]] = {
    "half_squared": lambda net, f, t: 0.5 * ((f(net) - t) ** 2).sum(dim=1),
    "squared": lambda net, f, t: ((f(net) - t) ** 2).sum(dim=1),
    "mean_squared": lambda net, f, t: functional.mse_loss(f(net), t, reduction="none").mean(dim=1),
    "binary_cross_entropy": lambda net, f, t: functional.binary_cross_entropy_with_logits(
        net, t, reduction="none"
    ).sum(dim=1),
    "categorical_cross_entropy": lambda net, f, t: functional.cross_entropy(
        net, t, reduction="none"
    ),
}

PAIRS = [
    (kind, output)
    for kind in LOSSES
    for output in ACTIVATIONS
    if not LOSSES.make(kind).refusal(ACTIVATIONS.make(output))
]


def stack_spec(hidden: str, output: str) -> NetworkSpec:
    return stack(3, 5, 4, 3, hidden=hidden, output=output)


def stack_net(x: Any, p: Tensors, f: Callable[[Any], Any]) -> Any:
    h1 = f(functional.linear(x, p["h1<i"], p["h1"]))
    h2 = f(functional.linear(h1, p["h2<h1"], p["h2"]))
    return functional.linear(h2, p["o<h2"], p["o"])


def graph_spec(hidden: str, output: str) -> NetworkSpec:
    return NetworkSpec(
        layers=(
            LayerSpec("a", 2),
            LayerSpec("b", 1),
            LayerSpec("e", 3, hidden, bias="shared", sources=("a",)),
            LayerSpec("g", 2, hidden, bias="none", sources=("b", "e")),
            LayerSpec("o", 3, output, sources=("g", "e", "a")),
        )
    )


def graph_net(x: Any, p: Tensors, f: Callable[[Any], Any]) -> Any:
    a, b = x[:, :2], x[:, 2:]
    e = f(a @ p["e<a"].T + p["e"])
    g = f(b @ p["g<b"].T + e @ p["g<e"].T)
    return g @ p["o<g"].T + e @ p["o<e"].T + a @ p["o<a"].T + p["o"]


NETWORKS = {"stack": (stack_spec, stack_net), "graph": (graph_spec, graph_net)}


def tensors(trainer: Trainer, vector: np.ndarray[Any, Any]) -> Tensors:
    """The blocks of a vector over θ by name: "h<i" the weights from i to h, "h" its biases."""
    return {
        f"{block.layer}<{block.source}" if block.source else block.layer: torch.tensor(
            block.view(vector), dtype=torch.float64, requires_grad=True
        )
        for block in trainer.layout.blocks
    }


def samples(kind: str, count: int, seed: int = 1) -> TrainingData:
    random = np.random.default_rng(seed)
    inputs = random.uniform(-1, 1, (count, 3))
    if kind == "categorical_cross_entropy":
        targets = np.eye(3)[random.integers(3, size=count)]
    else:
        targets = random.uniform(0, 1, (count, 3))
    return TrainingData(Samples(inputs, targets), Samples(inputs[:0], targets[:0]))


def close(ours: np.ndarray[Any, Any], theirs: Any, what: str) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-10, atol=1e-10, err_msg=what)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("hidden", [k for k in FUNCTIONS if k != "softmax"])
@pytest.mark.parametrize(("kind", "output"), PAIRS)
@pytest.mark.parametrize("shape", NETWORKS)
def test_error_and_gradient(
    shape: str, kind: str, output: str, hidden: str, reduction: str
) -> None:
    spec, net = NETWORKS[shape]
    data = samples(kind, 7)
    training = TrainingConfig(loss=kind, reduction=reduction)
    trainer = Trainer(spec(hidden, output), training, data, seed=3)
    p = tensors(trainer, trainer.state.theta)
    x, t = torch.tensor(data.train.inputs), torch.tensor(data.train.targets)
    each = ERRORS[kind](net(x, p, FUNCTIONS[hidden]), FUNCTIONS[output], t)
    error = each.mean() if reduction == "mean" else each.sum()
    error.backward()
    assert trainer.evaluate().train_loss == pytest.approx(error.item(), rel=1e-12)
    gradient = trainer.whole_gradient()
    assert np.abs(gradient).max() > 1e-3
    for block in trainer.layout.blocks:
        name = f"{block.layer}<{block.source}" if block.source else block.layer
        close(block.view(gradient), p[name].grad, name)


OPTIMIZERS: dict[str, tuple[Optimizer, float, Callable[..., Any]]] = {
    "gradient_descent": (GradientDescent(), 0.2, lambda groups: torch.optim.SGD(groups, lr=0.2)),
    "momentum": (
        Momentum(0.9),
        0.02,
        lambda groups: torch.optim.SGD(groups, lr=0.02, momentum=0.9),
    ),
    "adam": (
        Adam(0.9, 0.999, 1e-8),
        0.01,
        lambda groups: torch.optim.Adam(groups, lr=0.01, betas=(0.9, 0.999), eps=1e-8),
    ),
}


@pytest.mark.parametrize(("update", "decay"), [("full", 0.0), ("fixed", 0.05)])
@pytest.mark.parametrize(
    ("kind", "output"),
    [("half_squared", "tanh"), ("binary_cross_entropy", "sigmoid"), PAIRS[-1]],
)
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("shape", NETWORKS)
def test_a_hundred_steps(
    shape: str, name: str, kind: str, output: str, update: str, decay: float
) -> None:
    """With L2, which is PyTorch's weight_decay on the weights alone, and a smaller last batch."""
    spec, net = NETWORKS[shape]
    optimizer, rate, make = OPTIMIZERS[name]
    data = samples(kind, 11)
    training = TrainingConfig(
        loss=kind, optimizer=optimizer, learning_rate=rate, update=update, batch_size=4, l2=decay
    )
    trainer = Trainer(spec("tanh", output), training, data, seed=3)
    p = tensors(trainer, trainer.state.theta)
    peer = make(
        [
            {"params": [v for k, v in p.items() if "<" in k], "weight_decay": decay},
            {"params": [v for k, v in p.items() if "<" not in k], "weight_decay": 0.0},
        ]
    )
    x, t = torch.tensor(data.train.inputs), torch.tensor(data.train.targets)
    start = trainer.state.theta.copy()
    rows = list(range(11))
    batches = [rows] if update == "full" else [rows[:4], rows[4:8], rows[8:]]
    for step in range(100):
        batch = batches[step % len(batches)]
        trainer.train_batch()
        peer.zero_grad()
        error = ERRORS[kind](net(x[batch], p, torch.tanh), FUNCTIONS[output], t[batch]).mean()
        error.backward()
        peer.step()
    for block in trainer.layout.blocks:
        key = f"{block.layer}<{block.source}" if block.source else block.layer
        close(block.view(trainer.state.theta), p[key], key)
    assert np.abs(trainer.state.theta - start).max() > 0.1


def test_frozen_parameters_are_pytorchs_without_a_gradient() -> None:
    """A layer whose biases do not learn, under Adam."""
    data = samples("half_squared", 9)
    spec = stack_spec("tanh", "sigmoid")
    spec = spec.with_layer(replace(spec.layer("h1"), bias_trained=False))
    training = TrainingConfig(
        loss="half_squared", optimizer="adam", learning_rate=0.01, update="full"
    )
    trainer = Trainer(spec, training, data, seed=3)
    trainer.layout.block("h1").view(trainer.state.theta)[...] = 0.3
    p = tensors(trainer, trainer.state.theta)
    peer = torch.optim.Adam([v for k, v in p.items() if k != "h1"], lr=0.01)
    x, t = torch.tensor(data.train.inputs), torch.tensor(data.train.targets)
    for _ in range(100):
        trainer.train_batch()
        peer.zero_grad()
        ERRORS["half_squared"](stack_net(x, p, torch.tanh), torch.sigmoid, t).mean().backward()
        peer.step()
    for block in trainer.layout.blocks:
        key = f"{block.layer}<{block.source}" if block.source else block.layer
        close(block.view(trainer.state.theta), p[key], key)
