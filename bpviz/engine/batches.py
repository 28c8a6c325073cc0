"""Batches: in which order an epoch takes the samples, and room for the samples of one update."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.data import Samples
from bpviz.engine.network import Buffers
from bpviz.engine.noise import add_input_noise, dropout_masks
from bpviz.engine.randomness import rng
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig

Rows = np.ndarray[Any, np.dtype[np.intp]]


def epoch_order(training: TrainingConfig, seed: int, epoch: int, samples: int) -> Rows:
    """The order in which an epoch takes the training samples; batches are consecutive runs."""
    if training.update != "mini-batch":
        return np.arange(samples)
    return rng(seed, "shuffle", epoch).permutation(samples)


class BatchRoom:
    """Buffers for batches of one size, with the batch's own inputs, targets and weights.

    Where there is room for larger batches, `within`, it is shared: only one batch is worked on.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        training: TrainingConfig,
        samples: Samples,
        rows: int,
        within: BatchRoom | None = None,
    ) -> None:
        self.rows = rows
        self.buffers: Buffers
        self.inputs: Array
        self.targets: Array
        if within is not None and within.rows >= rows:
            self.buffers = Buffers(spec, rows, within.buffers)
            self.inputs, self.targets = within.inputs[:rows], within.targets[:rows]
        else:
            self.buffers = Buffers(spec, rows)
            self.inputs = np.empty((rows, samples.inputs.shape[1]), spec.dtype)
            self.targets = np.empty((rows, samples.targets.shape[1]), spec.dtype)
        self.weights = None if samples.weights is None else np.empty(rows, spec.dtype)
        self._spec = spec
        self._noise = training.input_noise
        self._drops = any(layer.dropout for layer in spec.layers)

    def gather(self, samples: Samples, numbers: Rows, seed: int, epoch: int, batch: int) -> None:
        """Copy these samples in, with the noise and dropout of this moment.

        Mode "clip" lets take write without a temporary.
        """
        np.take(samples.inputs, numbers, axis=0, out=self.inputs, mode="clip")
        np.take(samples.targets, numbers, axis=0, out=self.targets, mode="clip")
        if self.weights is not None:
            assert samples.weights is not None
            np.take(samples.weights, numbers, out=self.weights, mode="clip")
        if self._noise:
            add_input_noise(self.inputs, self._noise, seed, epoch, batch)
        if self._drops:
            self.buffers.drop(dropout_masks(self._spec, seed, epoch, batch, self.rows))
        self.buffers.put(self.inputs)


class Batches:
    """The batches of a training: `count` per epoch, of `rows` samples each but for the last one.

    `rooms` are where they are worked on, by their sizes.
    """

    def __init__(self, spec: NetworkSpec, training: TrainingConfig, samples: Samples) -> None:
        self.rows = training.rows_per_batch(len(samples))
        self.count = training.batches_per_epoch(len(samples))
        self.rooms: dict[int, BatchRoom] = {}
        self._spec, self._training, self._samples = spec, training, samples
        self._order = np.arange(len(samples))
        self._epoch = -1

    def numbers(self, seed: int, epoch: int, batch: int) -> Rows:
        """Numbers of the samples in a batch."""
        if self._training.update == "mini-batch" and self._epoch != epoch:
            self._epoch = epoch
            self._order = epoch_order(self._training, seed, epoch, len(self._samples))
        return self._order[batch * self.rows : (batch + 1) * self.rows]

    def gathered(self, seed: int, epoch: int, batch: int) -> BatchRoom:
        """The room with the samples of a batch in it."""
        numbers = self.numbers(seed, epoch, batch)
        rows = len(numbers)
        room = self.rooms.get(rows)
        if room is None:
            other = next(iter(self.rooms.values()), None)
            room = self.rooms[rows] = BatchRoom(
                self._spec, self._training, self._samples, rows, other
            )
        room.gather(self._samples, numbers, seed, epoch, batch)
        return room
