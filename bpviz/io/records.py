"""What files hold of a trained network, without regard to any one format."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpviz.datasets.dataset import Column
from bpviz.datasets.encoding import Encoding, PreparedData, Scaling
from bpviz.datasets.reading import Reading
from bpviz.engine.activations import Array
from bpviz.engine.data import Task
from bpviz.engine.metrics import decide
from bpviz.engine.network import Network
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import NetworkSpec


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network with its weights and all that is needed to use it on new data.

    `theta` is read-only. `encoding` turns inputs in their own units into those of the network,
    `columns` the cells of a table into inputs, read as `reading` says where the network learned
    from a table of a person's own; `target_scaling` is undone to turn outputs into
    values. `class_names` is empty when values or labels are predicted. For task "binary" an output
    above `threshold` means the second class, for "labels" that the sample has this label.
    """

    name: str
    epoch: int
    spec: NetworkSpec
    theta: Array
    encoding: Encoding
    target_scaling: Scaling
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    class_names: tuple[str, ...] = ()
    task: Task = "regression"
    threshold: float = 0.5
    image_shape: tuple[int, int] | None = None
    reading: Reading | None = None

    def predict(self, inputs: Array) -> Array:
        """Outputs for samples in their own units, shape (samples, outputs), values in theirs."""
        out = Network(self.spec, self.theta).predict(self.encoding.apply(inputs))
        return self.target_scaling.undo(out)

    def classify(self, inputs: Array) -> list[str]:
        """The names of the classes that these samples are taken for.

        Raises ValueError when the network predicts values or labels.
        """
        if not self.class_names:
            what = "labels" if self.task == "labels" else "values"
            raise ValueError(f"this network predicts {what}; it knows no classes")
        numbers = decide(self.predict(inputs), self.task, self.threshold)
        return [self.class_names[k] for k in numbers]

    def parameters(self) -> dict[str, float]:
        """All weights and biases by their labels, in the order of θ."""
        return dict(zip(layout_of(self.spec).labels(), self.theta.tolist(), strict=True))


def record(
    name: str, epoch: int, spec: NetworkSpec, theta: Array, data: PreparedData
) -> TrainedNetwork:
    """The record of a network as it is now; θ is copied."""
    kept = np.array(theta, dtype=spec.dtype)
    kept.flags.writeable = False
    return TrainedNetwork(
        name=name,
        epoch=epoch,
        spec=spec,
        theta=kept,
        encoding=data.encoding,
        target_scaling=data.target_scaling,
        columns=data.dataset.columns,
        input_names=data.dataset.input_names,
        target_names=data.dataset.target_names,
        class_names=data.dataset.class_names,
        task=data.training.task,
        threshold=data.training.threshold,
        image_shape=data.dataset.image_shape,
        reading=data.dataset.reading,
    )
