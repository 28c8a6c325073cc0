"""The family trees in PyTorch: two input groups, the margin error, the switch at sweep 20, shrink.

Written out by the paper's rules: an output that is beyond its target has no error; momentum and
rate rise after 20 sweeps; after each change every weight loses a share, biases do not.
"""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.experiments.gallery import gallery_experiment

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

pytestmark = pytest.mark.peers

# Each layer with its sources, in the order of θ.
SOURCES = {
    "person": ("people",),
    "relation": ("relations",),
    "both": ("person", "relation"),
    "answer": ("both",),
    "y": ("answer",),
}


def test_sixty_sweeps_over_the_family_trees_agree_with_pytorch() -> None:
    experiment = gallery_experiment("family-tree")
    data = experiment.prepare()
    trainer = experiment.trainer(data)
    blocks = trainer.layout.blocks
    names = [(block.layer, block.source) for block in blocks]
    assert names == [(layer, s) for layer, sources in SOURCES.items() for s in (*sources, "")]
    p = {
        name: torch.tensor(np.array(block.view(trainer.state.theta)), requires_grad=True)
        for name, block in zip(names, blocks, strict=True)
    }
    velocity = {name: torch.zeros_like(value) for name, value in p.items()}
    x = torch.tensor(data.training.train.inputs)
    t = torch.tensor(data.training.train.targets)
    assert set(t.flatten().tolist()) == {0.2, 0.8}
    for sweep in range(60):
        out = {"people": x[:, :24], "relations": x[:, 24:]}
        for layer, sources in SOURCES.items():
            net = p[layer, ""] + sum(out[s] @ p[layer, s].T for s in sources)
            out[layer] = torch.sigmoid(net)
        short = torch.where(t > 0.5, torch.relu(t - out["y"]), torch.relu(out["y"] - t))
        error = (short**2).sum() / 2
        trainer.run(sweep)
        assert trainer.evaluate().train_loss == pytest.approx(error.item(), rel=1e-9)
        gradients = torch.autograd.grad(error, list(p.values()))
        rate, momentum = (0.05, 0.5) if sweep < 20 else (0.1, 0.9)
        with torch.no_grad():
            for (name, value), gradient in zip(p.items(), gradients, strict=True):
                velocity[name] = momentum * velocity[name] - rate * gradient
                value += velocity[name]
                if name[1]:
                    value *= 1 - 0.0002
    trainer.run(60)
    for name, block in zip(names, blocks, strict=True):
        mine = block.view(trainer.state.theta)
        np.testing.assert_allclose(mine, p[name].detach().numpy(), rtol=1e-8, atol=1e-10)
