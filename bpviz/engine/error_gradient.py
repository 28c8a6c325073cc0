"""The gradient that training follows: of the error of some samples, and of the penalty."""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.backprop import Backprop
from bpviz.engine.batches import BatchRoom
from bpviz.engine.data import Samples
from bpviz.engine.network import Network, evaluation_rows
from bpviz.engine.parameters import layout_of
from bpviz.engine.regularizers import add_penalty_gradient, penalty, penalty_room
from bpviz.engine.training_config import TrainingConfig


class ErrorGradient:
    """∂(error + penalty)/∂θ of one network at its present θ, as `training` defines the error.

    `gradient` is that of the last batch; missing connections have 0.
    """

    def __init__(self, network: Network, training: TrainingConfig) -> None:
        self.training = training
        self.network = network
        self.gradient = np.zeros(network.theta.shape, network.theta.dtype)
        self._backprop = Backprop(network, self.gradient)
        self._layout = layout_of(network.spec)
        self._runs = [slice(b.start, b.stop) for b in self._layout.weight_blocks]
        present = self._layout.present()
        self._absent = None if present.all() else np.flatnonzero(~present)
        self._room: Array | None = None

    def of_batch(self, room: BatchRoom) -> None:
        """Fill `gradient` with that of a batch, with its noise and dropout."""
        self.network.forward(room.buffers)
        scale = self._scale(room.rows)
        self._backprop.backward(room.buffers, room.targets, self.training.loss, scale, room.weights)
        self._complete(self.gradient)

    def of_all(self, samples: Samples) -> Array:
        """The gradient of many samples, without chance, as a new vector."""
        rows = evaluation_rows(self.network.spec)
        total, part = np.zeros_like(self.gradient), np.empty_like(self.gradient)
        backprop = Backprop(self.network, part)
        scale = self._scale(len(samples))
        for k in range(0, len(samples), rows):
            some = samples.rows(slice(k, k + rows))
            buffers = self.network.run(some.inputs)
            backprop.backward(buffers, some.targets, self.training.loss, scale, some.weights)
            np.add(total, part, out=total)
        self._complete(total)
        return total

    def penalty(self) -> float:
        """The penalty on the weights, which the error is shown without."""
        training = self.training
        if not (training.l1 or training.l2):
            return 0.0
        with np.errstate(all="ignore"):
            return sum(
                penalty(self.network.theta[run], training.l1, training.l2, self._scratch())
                for run in self._runs
            )

    def norms(self) -> tuple[float, ...]:
        """Euclidean norm of the last batch's gradient, per computed layer."""
        norms = dict.fromkeys((layer.id for layer in self.network.spec.computed), 0.0)
        with np.errstate(all="ignore"):
            for block in self._layout.blocks:
                run = self.gradient[block.start : block.stop]
                norms[block.layer] += float(np.dot(run, run))
        return tuple(math.sqrt(value) for value in norms.values())

    def _scratch(self) -> Array:
        """Room for the penalty, which most networks do without."""
        if self._room is None:
            self._room = penalty_room(self._layout, self.network.theta)
        return self._room

    def _scale(self, samples: int) -> float:
        return 1.0 / samples if self.training.reduction == "mean" else 1.0

    def _complete(self, gradient: Array) -> None:
        """Add the penalty's part, and leave missing connections out."""
        training = self.training
        if training.l1 or training.l2:
            for run in self._runs:
                add_penalty_gradient(
                    self.network.theta[run],
                    training.l1,
                    training.l2,
                    gradient[run],
                    self._scratch(),
                )
        if self._absent is not None:
            gradient[self._absent] = 0.0
