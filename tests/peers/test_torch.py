"""PyTorch as an independent engine: gradients, and a hundred steps of every optimiser, to 1e-10.

The networks are written out once more in PyTorch, by hand: a stack, and a graph with two input
groups, a skip connection, a shared bias and a layer without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.losses import LOSSES
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.optimizers import (
    LBFGS,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    GradientDescent,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RMSprop,
    RProp,
)
from bpviz.engine.schedules import (
    CosineRestarts,
    Exponential,
    InverseTime,
    LinearWarmUp,
    OneCycle,
    Piecewise,
    Plateau,
    Schedule,
    Steps,
)
from bpviz.engine.spec import LayerSpec, NetworkSpec, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from tests.combinations import COMBINATIONS, Combination

torch = pytest.importorskip("torch")
functional = torch.nn.functional
# Tensors as small as these only wait for other threads.
torch.set_num_threads(1)

pytestmark = pytest.mark.peers

Tensors = dict[str, Any]

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda net: net,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softmax": lambda net: torch.softmax(net, dim=1),
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "selu": functional.selu,
    "gelu": lambda net: functional.gelu(net, approximate="tanh"),
    "silu": functional.silu,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    # PyTorch's own hardsigmoid takes 1/6 in float32.
    "hard_sigmoid": lambda net: functional.relu6(net + 3) / 6,
    "sine": torch.sin,
    "gaussian": lambda net: torch.exp(-net * net),
}


def short_of(out: Any, t: Any) -> Any:
    """How far an output is on the wrong side of its target, which is high above 0.5."""
    return torch.where(t >= 0.5, torch.relu(t - out), torch.relu(out - t))


def focal(net: Any, t: Any) -> Any:
    each = functional.binary_cross_entropy_with_logits(net, t, reduction="none")
    return each * (1 - torch.exp(-each)) ** 2


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
    "absolute": lambda net, f, t: functional.l1_loss(f(net), t, reduction="none").sum(dim=1),
    "huber": lambda net, f, t: functional.huber_loss(f(net), t, reduction="none").sum(dim=1),
    "log_cosh": lambda net, f, t: torch.log(torch.cosh(f(net) - t)).sum(dim=1),
    "margin_squared": lambda net, f, t: 0.5 * (short_of(f(net), t) ** 2).sum(dim=1),
    # As an expectation over the two classes, t being the probability of a yes.
    "focal": lambda net, f, t: (
        t * focal(net, torch.ones_like(t)) + (1 - t) * focal(net, torch.zeros_like(t))
    ).sum(dim=1),
}


def has_peers(one: Combination) -> bool:
    return one.loss in ERRORS and {one.output, one.hidden} <= set(FUNCTIONS)


def test_what_has_no_peer_here() -> None:
    """None yet. Who adds an entry writes it in PyTorch above, or names it here."""
    assert set(LOSSES) - set(ERRORS) == set()
    assert set(ACTIVATIONS) - set(FUNCTIONS) == set()


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    """PyTorch's NAdam keeps a product of momenta in the default number format."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


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


@pytest.mark.parametrize(
    ("kind", "output", "hidden", "reduction"), [one[:4] for one in COMBINATIONS if has_peers(one)]
)
@pytest.mark.parametrize("shape", NETWORKS)
def test_error_and_gradient(
    shape: str, kind: str, output: str, hidden: str, reduction: str
) -> None:
    spec, net = NETWORKS[shape]
    data = samples(kind, 7)
    training = TrainingConfig(loss=kind, reduction=reduction)
    trainer = Trainer(spec(hidden, output), training, data, seed=5)
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


optim = torch.optim

# Ours, a rate, and PyTorch's.
OPTIMIZERS: dict[str, tuple[Optimizer, float, Callable[..., Any]]] = {
    "gradient_descent": (GradientDescent(), 0.2, optim.SGD),
    "momentum": (Momentum(0.9), 0.02, partial(optim.SGD, momentum=0.9)),
    "nesterov": (Nesterov(0.9), 0.02, partial(optim.SGD, momentum=0.9, nesterov=True)),
    "adagrad": (Adagrad(), 0.05, optim.Adagrad),
    "rmsprop": (RMSprop(), 0.005, optim.RMSprop),
    "adadelta": (Adadelta(), 1.0, optim.Adadelta),
    "adam": (Adam(), 0.01, optim.Adam),
    "nadam": (NAdam(), 0.005, optim.NAdam),
    "amsgrad": (AMSGrad(beta2=0.9), 0.01, partial(optim.Adam, betas=(0.9, 0.9), amsgrad=True)),
    "rprop": (RProp(), 0.01, optim.Rprop),
}


@pytest.mark.parametrize(
    ("shape", "kind", "output", "update", "decay"),
    [
        ("stack", "half_squared", "tanh", "full", 0.0),
        ("graph", "binary_cross_entropy", "sigmoid", "fixed", 0.05),
        ("graph", "categorical_cross_entropy", "softmax", "full", 0.05),
    ],
)
@pytest.mark.parametrize("name", OPTIMIZERS)
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
    # RProp knows no weight decay, and looks at signs alone: its own gradient has it added below.
    known = "weight_decay" in signature(make).parameters
    peer = make(groups(p, decay if known else None), lr=rate)
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
        if not known:
            for weights in (v for k, v in p.items() if "<" in k):
                weights.grad += decay * weights.detach()
        peer.step()
    same_weights(trainer, p)
    assert np.abs(trainer.state.theta - start).max() > 0.1


def groups(p: Tensors, decay: float | None) -> list[dict[str, Any]]:
    """Weights and biases as PyTorch's parameter groups; biases do not decay."""
    weights, biases = ([v for k, v in p.items() if ("<" in k) == is_w] for is_w in (True, False))
    if decay is None:
        return [{"params": weights}, {"params": biases}]
    return [{"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": 0.0}]


def same_weights(trainer: Trainer, p: Tensors) -> None:
    for block in trainer.layout.blocks:
        key = f"{block.layer}<{block.source}" if block.source else block.layer
        close(block.view(trainer.state.theta), p[key], key)


Between = Callable[[Any, Tensors], None]


def a_hundred_steps(
    optimizer: Optimizer,
    rate: float,
    make: Callable[[Tensors], Any],
    between: Between = lambda peer, p: None,
    **settings: Any,
) -> Trainer:
    """Both engines on the stack, in batches of 4, 4 and 3 or all at once.

    `between` is called with PyTorch's gradients, before its step.
    """
    data = samples("half_squared", 11)
    training = TrainingConfig(
        **{
            "loss": "half_squared",
            "optimizer": optimizer,
            "learning_rate": rate,
            "update": "fixed",
            "batch_size": 4,
            **settings,
        }
    )
    trainer = Trainer(stack_spec("tanh", "sigmoid"), training, data, seed=3)
    p = tensors(trainer, trainer.state.theta)
    peer = make(p)
    x, t = torch.tensor(data.train.inputs), torch.tensor(data.train.targets)
    start = trainer.state.theta.copy()
    rows = list(range(11))
    batches = [rows] if training.update == "full" else [rows[:4], rows[4:8], rows[8:]]
    for step in range(100):
        batch = batches[step % len(batches)]
        trainer.train_batch()

        def closure(batch: list[int] = batch) -> Any:
            peer.zero_grad()
            out = stack_net(x[batch], p, torch.tanh)
            error = ERRORS["half_squared"](out, torch.sigmoid, t[batch]).mean()
            error.backward()
            between(peer, p)
            return error

        peer.step(closure)
    same_weights(trainer, p)
    assert np.abs(trainer.state.theta - start).max() > 0.1
    return trainer


@pytest.mark.parametrize("update", ["full", "fixed"])
def test_adamw_whose_biases_do_not_decay(update: str) -> None:
    a_hundred_steps(
        AdamW(weight_decay=0.1),
        0.01,
        lambda p: optim.AdamW(groups(p, 0.1), lr=0.01),
        update=update,
    )


@pytest.mark.parametrize("name", ["gradient_descent", "adam"])
def test_decoupled_decay_is_that_of_adamw(name: str) -> None:
    """With Adam it is AdamW; with plain descent it is the L2 penalty."""
    optimizer, rate, make = OPTIMIZERS[name]
    make = optim.AdamW if name == "adam" else make
    trainer = a_hundred_steps(
        optimizer, rate, lambda p: make(groups(p, 0.3), lr=rate), weight_decay=0.3
    )
    assert trainer.training.optimizer.decay == 0.0


@pytest.mark.parametrize(
    ("memory", "rate", "l2"), [(1, 0.2, 0.1), (3, 0.2, 0.1), (10, 0.2, 0.1), (10, 1.0, 0.01)]
)
def test_lbfgs(memory: int, rate: float, l2: float) -> None:
    """On errors steep enough that rounding does not grow by itself from step to step."""
    a_hundred_steps(
        LBFGS(memory),
        rate,
        lambda p: optim.LBFGS(
            list(p.values()),
            lr=rate,
            max_iter=1,
            history_size=memory,
            tolerance_grad=0.0,
            tolerance_change=0.0,
        ),
        update="full",
        l2=l2,
        between=lambda peer, p: penalised(p, l2),
    )


def penalised(p: Tensors, decay: float) -> None:
    for name, values in p.items():
        if "<" in name:
            values.grad += decay * values.detach()


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_clipping_by_value(name: str) -> None:
    optimizer, rate, make = OPTIMIZERS[name]
    clipped = []

    def clip(peer: Any, p: Tensors) -> None:
        clipped.append(max(float(v.grad.abs().max()) for v in p.values()) > 0.02)
        torch.nn.utils.clip_grad_value_(p.values(), 0.02)

    a_hundred_steps(
        optimizer, rate * 3, lambda p: make(p.values(), lr=rate * 3), clip, clip_value=0.02
    )
    assert any(clipped)


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_clipping_by_norm(name: str) -> None:
    """PyTorch divides by norm + 1e-6, so the exact formula stands here; theirs comes near it."""
    optimizer, rate, make = OPTIMIZERS[name]
    clipped = []

    def clip(peer: Any, p: Tensors) -> None:
        before = [v.grad.clone() for v in p.values()]
        norm = float(torch.cat([g.ravel() for g in before]).norm())
        torch.nn.utils.clip_grad_norm_(p.values(), 0.1)
        for v, g in zip(p.values(), before, strict=True):
            exact = g * min(1.0, 0.1 / norm)
            assert torch.allclose(v.grad, exact, rtol=1e-4)
            v.grad.copy_(exact)
        clipped.append(norm > 0.1)

    a_hundred_steps(
        optimizer, rate * 3, lambda p: make(p.values(), lr=rate * 3), clip, clip_norm=0.1
    )
    assert any(clipped)
    assert not all(clipped)


@pytest.mark.parametrize("name", ["adam", "amsgrad", "nadam"])
def test_schedules_of_rate_and_momentum(name: str) -> None:
    """The factors by PyTorch's own formulas, given to its optimiser before each step."""
    optimizer, rate, make = OPTIMIZERS[name]
    beta2 = optimizer.beta2  # type: ignore[attr-defined]
    taken = []

    def turn(peer: Any, p: Tensors) -> None:
        t = len(taken) / 3
        peer.param_groups[0]["lr"] = rate * 0.9**t
        peer.param_groups[0]["betas"] = (0.9 * (0.5 + 0.5 * min(1.0, t / 20)), beta2)
        taken.append(t)

    a_hundred_steps(
        optimizer,
        rate,
        lambda p: make(p.values(), lr=rate),
        turn,
        rate_schedule=(Exponential(0.9),),
        momentum_schedule=(LinearWarmUp(20, 0.5),),
    )


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
    same_weights(trainer, p)


lr = torch.optim.lr_scheduler

# Ours, PyTorch's, and how many epochs are compared.
SCHEDULES: dict[str, tuple[Schedule, Callable[..., Any]]] = {
    "step": (Steps(7, 0.3), lambda o: lr.StepLR(o, 7, 0.3)),
    "exponential": (Exponential(0.93), lambda o: lr.ExponentialLR(o, 0.93)),
    "1/t": (
        InverseTime(0.1),
        lambda o: lr.LambdaLR(o, lambda t: 1 / (1 + 0.1 * t)),
    ),
    "piecewise": (
        Piecewise((3, 9, 20), (0.5, 0.25, 0.125)),
        lambda o: lr.MultiStepLR(o, [3, 9, 20], 0.5),
    ),
    "cosine": (
        CosineRestarts(11, 1, 0.02),
        lambda o: lr.CosineAnnealingWarmRestarts(o, 11, 1, 0.01),
    ),
    "cosine, longer and longer": (
        CosineRestarts(5, 2),
        lambda o: lr.CosineAnnealingWarmRestarts(o, 5, 2),
    ),
    "linear warm-up": (LinearWarmUp(8, 0.25), lambda o: lr.LinearLR(o, 0.25, 1.0, 8)),
    # PyTorch counts steps from 0 to 59, with the top at step 0.4 · 60 - 1 = 23.
    "one cycle": (
        OneCycle(59, 23 / 59, 0.1, 1.0, 0.001),
        lambda o: lr.OneCycleLR(
            o, 0.5, 60, pct_start=0.4, div_factor=10, final_div_factor=100, cycle_momentum=False
        ),
    ),
}


@pytest.mark.filterwarnings("ignore:Detected call of")
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name: str) -> None:
    ours, make = SCHEDULES[name]
    peer = optim.SGD([torch.zeros(1)], lr=0.5)
    schedule = make(peer)
    factors = []
    for epoch in range(60):
        factors.append(ours.factor(epoch, {}))
        assert factors[-1] == pytest.approx(peer.param_groups[0]["lr"] / 0.5, rel=1e-12), epoch
        if epoch < 59:
            schedule.step()
    assert len(set(factors)) > 3


@pytest.mark.parametrize("cooldown", [0, 3])
def test_reduce_on_plateau(cooldown: int) -> None:
    random = np.random.default_rng(4)
    errors = 1 / np.arange(1, 201) ** 0.3 + random.normal(0, 0.02, 200)
    peer = optim.SGD([torch.zeros(1)], lr=1.0)
    theirs = lr.ReduceLROnPlateau(
        peer, factor=0.5, patience=4, threshold=0.01, cooldown=cooldown, min_lr=1e-2, eps=0.0
    )
    ours, memory = Plateau(0.5, 4, 0.01, cooldown, 1e-2), {}
    seen = set()
    for epoch, error in enumerate(errors.tolist(), 1):
        theirs.step(error)
        ours.observe(EpochMetrics(epoch, 9.0, error, 0.0, 0.0, 0.0, ()), memory)
        factor = ours.factor(epoch, memory)
        assert factor == pytest.approx(peer.param_groups[0]["lr"], rel=1e-12)
        seen.add(factor)
    assert len(seen) > 5
