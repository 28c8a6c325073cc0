"""Single activations and errors against PyTorch: values and slopes, settings, far-off numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bpviz.engine.activations import (
    ACTIVATIONS,
    ELU,
    GELU,
    SELU,
    Activation,
    HardSigmoid,
    LeakyReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Softsign,
    Tanh,
)
from bpviz.engine.losses import Absolute, Focal, Huber, LogCosh, Loss

torch = pytest.importorskip("torch")
functional = torch.nn.functional

pytestmark = pytest.mark.peers

NETS = np.array([-1000.0, -90, -20, -3.5, -2.9, -1, -1e-3, 1e-9, 0.4, 1, 2.9, 3.5, 20, 90, 1000])

PEERS: list[tuple[Activation, Callable[[Any], Any]]] = [
    (Sigmoid(), torch.sigmoid),
    (Tanh(), torch.tanh),
    (LeakyReLU(), torch.nn.LeakyReLU()),
    (LeakyReLU(0.2), torch.nn.LeakyReLU(0.2)),
    (ELU(), torch.nn.ELU()),
    (ELU(0.3), torch.nn.ELU(0.3)),
    (ELU(2.5), torch.nn.ELU(2.5)),
    (SELU(), torch.nn.SELU()),
    (GELU(), torch.nn.GELU(approximate="tanh")),
    (SiLU(), torch.nn.SiLU()),
    # From 20 on PyTorch would give the net input itself.
    (Softplus(), torch.nn.Softplus(threshold=40)),
    (Softsign(), torch.nn.Softsign()),
    # PyTorch's own Hardsigmoid takes 1/6 in float32.
    (HardSigmoid(), lambda x: functional.relu6(x + 3) / 6),
]


@pytest.mark.parametrize(("activation", "peer"), PEERS, ids=lambda x: getattr(x, "kind", ""))
def test_values_and_slopes(activation: Activation, peer: Callable[[Any], Any]) -> None:
    net = NETS[None]
    out, slope = np.empty_like(net), np.empty_like(net)
    with np.errstate(over="ignore"):
        activation.forward(net, out, np.empty_like(net))
        activation.derivative(net, out, slope)
    x = torch.tensor(NETS, requires_grad=True)
    expected = peer(x)
    expected.sum().backward()
    np.testing.assert_allclose(out[0], expected.detach().numpy(), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(slope[0], x.grad.numpy(), rtol=1e-12, atol=1e-15)


def test_whoever_has_a_peer_is_compared() -> None:
    """PyTorch has no layer of the others' names; the linear one, ReLU and softmax are trivial."""
    without = {"identity", "relu", "softmax", "sine", "gaussian"}
    assert {activation.kind for activation, _ in PEERS} == set(ACTIVATIONS) - without


def log_cosh(out: Any, target: Any) -> Any:
    return torch.logaddexp(out - target, target - out) - np.log(2.0)


ERRORS: list[tuple[Loss, Callable[[Any, Any], Any]]] = [
    (Absolute(), torch.nn.L1Loss(reduction="sum")),
    (Huber(), torch.nn.HuberLoss(reduction="sum")),
    (Huber(0.25), torch.nn.HuberLoss(reduction="sum", delta=0.25)),
    (Huber(1.0), torch.nn.SmoothL1Loss(reduction="sum")),
    # PyTorch's smooth absolute error is Huber's divided by δ.
    (Huber(0.5), lambda out, t: 0.5 * functional.smooth_l1_loss(out, t, reduction="sum", beta=0.5)),
    (LogCosh(), lambda out, t: log_cosh(out, t).sum()),
]


@pytest.mark.parametrize(("loss", "peer"), ERRORS, ids=lambda x: getattr(x, "kind", ""))
def test_errors_of_values(loss: Loss, peer: Callable[[Any, Any], Any]) -> None:
    random = np.random.default_rng(4)
    out = np.concatenate([random.normal(0, 1, (20, 3)), [[-1000.0, 0.2, 1000.0]]])
    target = random.normal(0, 1, out.shape)
    y = torch.tensor(out, requires_grad=True)
    expected = peer(y, torch.tensor(target))
    expected.backward()
    gradient = np.empty_like(out)
    loss.gradient_out(out, target, gradient)
    error = loss.per_sample(out, out, target).sum()
    assert error == pytest.approx(expected.item(), rel=1e-13)
    np.testing.assert_allclose(gradient, y.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_the_focal_error(gamma: float) -> None:
    """As the paper has it, with p of the right class: -(1 - p)^γ log p, from the logits."""
    net = np.array([[-8.0, -1.0, 0.3, 6.0], [8.0, 1.0, -0.3, -6.0]])
    target = np.array([[1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    x, t = torch.tensor(net, requires_grad=True), torch.tensor(target)
    log_p = functional.logsigmoid(x * (2 * t - 1))
    expected = -((1 - log_p.exp()) ** gamma * log_p).sum()
    expected.backward()
    loss, out, gradient = Focal(gamma), 1 / (1 + np.exp(-net)), np.empty_like(net)
    loss.gradient_net(out, target, gradient)
    assert loss.per_sample(net, out, target).sum() == pytest.approx(expected.item(), rel=1e-13)
    np.testing.assert_allclose(gradient, x.grad.numpy(), rtol=1e-11, atol=1e-15)
