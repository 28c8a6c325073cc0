"""How good a network is: the error over a whole part of the data, accuracy, and one epoch's row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bpviz.engine.activations import Array
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.losses import Loss
from bpviz.engine.network import Buffers, Network, evaluation_rows

Reduction = Literal["mean", "sum"]


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """One row of the training log, measured with the weights at the end of the epoch.

    Losses are without the penalty, which stands beside them; accuracy is NaN for regression, test
    figures are NaN without a test part and only then: an error that overflowed is infinite.
    `gradient_norms` are those of the last batch, one per computed layer, NaN before any. `seconds`
    is how long training took so far, counted only when a stop rule asks for it.
    """

    epoch: int
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    penalty: float
    gradient_norms: tuple[float, ...]
    seconds: float = 0.0

    @property
    def finite(self) -> bool:
        return math.isfinite(self.train_loss) and math.isfinite(self.penalty)

    @property
    def judged(self) -> tuple[str, float]:
        """The error that tells how good the network is: ("test", …), or without one, "training"."""
        if math.isnan(self.test_loss):
            return "training", self.train_loss
        return "test", self.test_loss


def decide(out: Array, task: str, threshold: float) -> NDArray[np.intp]:
    """Class numbers that outputs or targets, shape (samples, outputs), stand for.

    For task "labels" 1 and 0 for yes and no, of the outputs' shape.
    """
    if task == "labels":
        return np.greater(out, threshold).astype(np.intp)
    if task == "binary" and out.shape[1] == 1:
        return np.greater(out[:, 0], threshold).astype(np.intp)
    return np.asarray(np.argmax(out, axis=1))


def count_right(guesses: NDArray[np.intp], classes: NDArray[np.intp]) -> int:
    """How many samples are decided as they should be; with several labels, in all of them."""
    right = guesses == classes
    return int(np.count_nonzero(right.all(axis=1) if right.ndim == 2 else right))


def error_of(total: float, samples: int, reduction: Reduction) -> float:
    """The error of a part of the data, given the sum over its samples; NaN without samples.

    An error that is no number any more (∞ - ∞) is as bad as can be: infinite.
    """
    if not samples:
        return math.nan
    error = total / samples if reduction == "mean" else total
    return math.inf if math.isnan(error) else error


class Evaluator:
    """Error and accuracy of one network over a fixed set of samples, in buffers kept for it."""

    def __init__(self, network: Network, samples: Samples, data: TrainingData) -> None:
        self._network = network
        self._task = data.task
        self._threshold = data.threshold
        rows = min(evaluation_rows(network.spec), max(1, len(samples)))
        self._chunks = [samples.rows(slice(k, k + rows)) for k in range(0, len(samples), rows)]
        self._classes = [decide(x.targets, data.task, data.threshold) for x in self._chunks]
        self._buffers = {len(x): Buffers(network.spec, len(x)) for x in self._chunks}
        self._count = len(samples)

    def scores(self, loss: Loss, reduction: Reduction) -> tuple[float, float]:
        """Return (error, accuracy); NaN where there is nothing to say.

        Sample weights count in the error, not in the accuracy.
        """
        if not self._count:
            return math.nan, math.nan
        total, right = 0.0, 0
        with np.errstate(all="ignore"):
            for chunk, classes in zip(self._chunks, self._classes, strict=True):
                buffers = self._buffers[len(chunk)]
                buffers.put(chunk.inputs)
                self._network.forward(buffers)
                terms = buffers.deltas[-1]
                loss.terms(buffers.net, buffers.out, chunk.targets, terms, buffers.scratch[-1])
                if chunk.weights is not None:
                    np.multiply(terms, chunk.weights[:, np.newaxis], out=terms)
                total += float(terms.sum())
                if self._task != "regression":
                    guesses = decide(buffers.out, self._task, self._threshold)
                    right += count_right(guesses, classes)
        error = error_of(total, self._count, reduction)
        return error, math.nan if self._task == "regression" else right / self._count
