"""The error as a function of θ, for everything that asks what it would be at other weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.backprop import Backprop
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.metrics import Evaluator
from bpviz.engine.network import Network, evaluation_rows
from bpviz.engine.parameters import layout_of
from bpviz.engine.regularizers import penalty, penalty_gradient
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig

Rows = np.ndarray[Any, np.dtype[np.intp]]

# However large the network is, so many samples are looked at.
_FEWEST = 16


class ErrorFunction:
    """E(θ): error and penalty of some samples together, always in float64.

    Samples count by their weights; dropout and input noise, which are for training, have no part.
    Samples are put together as the training does it, as their mean or their sum. Of many, `most`
    samples, evenly chosen, stand for all: a sum over them is scaled up to all.
    """

    def __init__(
        self, spec: NetworkSpec, training: TrainingConfig, samples: Samples, most: int | None = None
    ) -> None:
        self.spec = spec if spec.dtype == "float64" else replace(spec, dtype="float64")
        self.training = training
        self.all_samples = len(samples)
        chosen = samples if most is None else evenly_chosen(samples, most)
        self.samples = chosen.astype("float64")
        # What the error of one sample counts for.
        looked_at = len(self.samples)
        self._share = 1.0 / looked_at if training.reduction == "mean" else len(samples) / looked_at
        self.layout = layout_of(self.spec)
        self._theta = np.zeros(self.layout.size)
        self._part = np.zeros(self.layout.size)
        self._network = Network(self.spec, self._theta)
        self._backprop = Backprop(self._network, self._part)
        everything = TrainingData(self.samples, self.samples)
        self._evaluator = Evaluator(self._network, self.samples, everything)
        self._is_weight = self.layout.is_weight()
        self._absent = ~self.layout.present()
        self._scratch = np.empty(int(np.count_nonzero(self._is_weight)))

    def __call__(self, theta: Array) -> float:
        """E at these weights; infinite or NaN where the numbers run out."""
        np.copyto(self._theta, theta)
        total, _ = self._evaluator.scores(self.training.loss, "sum")
        return total * self._share + self._penalty()

    def with_gradient(self, theta: Array) -> tuple[float, Array]:
        """E and ∂E/∂θ, by one forward and one backward pass."""
        np.copyto(self._theta, theta)
        training = self.training
        gradient = penalty_gradient(self.layout, self._theta, training.l1, training.l2)
        loss, rows, total = training.loss, evaluation_rows(self.spec), 0.0
        with np.errstate(all="ignore"):
            for k in range(0, len(self.samples), rows):
                chunk = self.samples.rows(slice(k, k + rows))
                buffers = self._network.run(chunk.inputs)
                errors = loss.per_sample(buffers.net, buffers.out, chunk.targets)
                total += float((errors if chunk.weights is None else errors * chunk.weights).sum())
                self._backprop.backward(buffers, chunk.targets, loss, self._share, chunk.weights)
                gradient += self._part
        gradient[self._absent] = 0.0
        return total * self._share + self._penalty(), gradient

    def _penalty(self) -> float:
        training = self.training
        if not (training.l1 or training.l2):
            return 0.0
        with np.errstate(all="ignore"):
            return penalty(self._theta[self._is_weight], training.l1, training.l2, self._scratch)


def affordable(spec: NetworkSpec, available: int, most: int, work: float) -> int:
    """How many of the available samples to look at: at most `most`, fewer for large networks.

    `work` is how many multiplications one forward pass of all of them may take, though never
    fewer than 16 samples are looked at. It depends on the network alone, not on the machine.
    """
    size = max(1, layout_of(spec).size)
    return min(available, most, max(_FEWEST, int(work / size)))


def evenly_chosen(samples: Samples, count: int) -> Samples:
    """So many of the samples, spread evenly from the first to the last."""
    if count >= len(samples):
        return samples
    return samples.rows(even_rows(len(samples), count))


def even_rows(available: int, count: int) -> Rows:
    """The numbers of so many rows, spread evenly from the first to the last."""
    return np.linspace(0, available - 1, count).round().astype(np.intp)
