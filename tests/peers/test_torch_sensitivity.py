"""PyTorch's Jacobian as an independent measure of how outputs move with inputs."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.engine.network import Network
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.sensitivity import input_gradients
from bpviz.engine.spec import LayerSpec, NetworkSpec

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.peers

OUTPUTS = {"sigmoid": torch.sigmoid, "softmax": lambda net: torch.softmax(net, dim=0)}


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_jacobian_agrees(output: str) -> None:
    """Two input groups, of which one skips to the output."""
    spec = NetworkSpec(
        layers=(
            LayerSpec("a", 2),
            LayerSpec("b", 1),
            LayerSpec("h", 4, "tanh", sources=("a", "b")),
            LayerSpec("o", 3, output, sources=("h", "b")),
        )
    )
    theta = initial_theta(spec, 5)
    w = {
        f"{block.layer}<{block.source}" if block.source else block.layer: torch.tensor(
            block.view(theta), dtype=torch.float64
        )
        for block in layout_of(spec).blocks
    }

    def net(x):
        h = torch.tanh(w["h<a"] @ x[:2] + w["h<b"] @ x[2:] + w["h"])
        return OUTPUTS[output](w["o<h"] @ h + w["o<b"] @ x[2:] + w["o"])

    inputs = np.random.default_rng(0).uniform(-1, 1, (9, 3))
    ours = input_gradients(Network(spec, theta), inputs)
    for sample, found in zip(inputs, ours, strict=True):
        theirs = torch.autograd.functional.jacobian(net, torch.tensor(sample))
        np.testing.assert_allclose(found, theirs.numpy(), rtol=1e-10, atol=1e-12)
