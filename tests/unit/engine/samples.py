"""Small networks and data that several tests of the engine use."""

from typing import Any

import numpy as np

from bpviz.engine.data import Samples, Task, TrainingData
from bpviz.engine.spec import LayerSpec, NetworkSpec


def data(
    inputs: Any, targets: Any, *, test: tuple[Any, Any] | None = None, task: Task = "regression"
) -> TrainingData:
    """Training data from nested lists; without a test part unless one is given."""
    train = Samples(np.array(inputs, float), np.array(targets, float))
    if test is None:
        part = Samples(train.inputs[:0], train.targets[:0])
    else:
        part = Samples(np.array(test[0], float), np.array(test[1], float))
    return TrainingData(train, part, task)


def random_data(
    samples: int, inputs: int, outputs: int, task: Task = "regression", seed: int = 0
) -> TrainingData:
    """Inputs in -1 … 1; targets in 0.1 … 0.9, or one class per sample for task "classes"."""
    random = np.random.default_rng(seed)

    def part(rows: int) -> Samples:
        values = random.uniform(-1, 1, (rows, inputs))
        if task == "classes":
            return Samples(values, np.eye(outputs)[random.integers(outputs, size=rows)])
        return Samples(values, random.uniform(0.1, 0.9, (rows, outputs)))

    return TrainingData(part(samples), part(samples // 3), task)


def branching(**settings: Any) -> NetworkSpec:
    """Two input groups, an encoder for one of them, a layer fed by both, a skip to the output.

    a(2) → e(2) → h(3) → o(2), b(1) → h, b → o: 4 + 6 + 3 + 6 + 2 weights.
    """
    return NetworkSpec(
        layers=(
            LayerSpec("a", 2),
            LayerSpec("b", 1),
            LayerSpec("e", 2, "sigmoid", bias="shared", sources=("a",)),
            LayerSpec("h", 3, "tanh", sources=("e", "b")),
            LayerSpec("o", 2, "sigmoid", sources=("h", "b")),
        ),
        **settings,
    )
