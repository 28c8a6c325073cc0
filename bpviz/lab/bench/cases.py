"""The networks that are measured, with data made for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from bpviz.engine.randomness import rng
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.bench.measuring import Work

RATE = 0.01
# Later than any epoch that is reached here.
NEVER = 10**9


@dataclass(frozen=True)
class Case:
    """A plain stack of layers that learns `samples` samples in mini-batches of `batch`.

    `aims` is how many times as fast as which peer it is to be.
    """

    units: tuple[int, ...]
    batch: int
    samples: int = 5000
    hidden: Literal["tanh", "relu"] = "tanh"
    dtype: Literal["float64", "float32"] = "float64"
    aims: dict[str, float] = field(default_factory=dict)
    label: str = ""

    @property
    def name(self) -> str:
        shape = self.label or "-".join(f"{n:,}" for n in self.units)
        return f"{shape} {self.hidden}, batch {self.batch}, {self.dtype}"

    @property
    def is_binary(self) -> bool:
        return self.units[-1] == 1

    def network(self) -> NetworkSpec:
        output = "sigmoid" if self.is_binary else "softmax"
        return stack(*self.units, hidden=self.hidden, output=output, dtype=self.dtype)

    def training(self) -> TrainingConfig:
        """Plain gradient descent without a look at the outcome, as the peers are driven."""
        return TrainingConfig(
            loss=BinaryCrossEntropy() if self.is_binary else CategoricalCrossEntropy(),
            learning_rate=RATE,
            batch_size=self.batch,
            evaluate_every=NEVER,
        )

    def data(self) -> TrainingData:
        """Inputs between -1 and 1, and classes that can be learned from them; no test part."""
        random = rng(0, "bench")
        inputs = random.uniform(-1.0, 1.0, (self.samples, self.units[0])).astype(self.dtype)
        kinds = max(2, self.units[-1])
        directions = random.standard_normal((self.units[0], kinds)).astype(self.dtype)
        classes = np.argmax(inputs @ directions, axis=1)
        if self.is_binary:
            targets = classes[:, np.newaxis].astype(self.dtype)
        else:
            targets = np.eye(kinds, dtype=self.dtype)[classes]
        nothing = Samples(inputs[:0], targets[:0])
        task: Literal["binary", "classes"] = "binary" if self.is_binary else "classes"
        return TrainingData(Samples(inputs, targets), nothing, task)

    def trainer(self, data: TrainingData, training: TrainingConfig | None = None) -> Trainer:
        return Trainer(self.network(), training or self.training(), data)


class Playground(Case):
    """The real experiment of that name; its few samples make what an epoch costs by itself tell."""

    def data(self) -> TrainingData:
        data = gallery_experiment("playground").prepare().training
        return replace(data, test=data.test.rows(slice(0, 0)))

    def network(self) -> NetworkSpec:
        return gallery_experiment("playground").network


def trains(trainer: Trainer) -> Work:
    """Training so many more epochs, as a work to be measured."""
    return lambda epochs: trainer.run(trainer.state.epoch + epochs)


CASES = (
    Case((2, 4, 2, 1), 10, aims={"scikit-learn": 60, "PyTorch": 80}),
    Case((2, 4, 2, 1), 1, 2000, aims={"scikit-learn": 60, "PyTorch": 80}),
    Playground((2, 6, 4, 1), 10, samples=250, label="playground 2-6-4-1"),
    Case(
        (7, 8, 8, 8, 8, 8, 8, 1),
        10,
        aims={"scikit-learn": 20, "PyTorch": 25},
        label="7-(8×6)-1",
    ),
    Case((64, 32, 10), 32, 8000, "relu", "float32", {"scikit-learn": 5, "PyTorch": 8}),
    Case((784, 128, 64, 10), 128, 12_800, "relu", "float32", {"scikit-learn": 2.5, "PyTorch": 1.1}),
    Case((784, 1024, 1024, 10), 128, 3840, "relu", "float32", {"PyTorch": 1.0}),
)
