"""Training by the compiled epoch: the same state as `engine.training`, moved on by other means."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.batches import epoch_order
from bpviz.engine.cadence import Cadence
from bpviz.engine.compiled.program import (
    FIGURES,
    Vectors,
    how_of,
    part_of,
    program_of,
    roles_of,
    room_of,
)
from bpviz.engine.data import TrainingData
from bpviz.engine.divergence import LastFinite
from bpviz.engine.metrics import EpochMetrics, error_of
from bpviz.engine.parameters import Layout
from bpviz.engine.trainer_state import TrainerState
from bpviz.engine.training_config import TrainingConfig

# A call takes about so long (seconds): long enough for its own cost not to matter, short enough
# for commands to be carried out at once.
_CALL = 0.003
# The orders of so many samples are drawn at once.
_ORDERED = 1 << 18


class Outcome(NamedTuple):
    """What a call has done: the evaluated epochs, whether the last one ended in infinity, and
    whether the state is the last one that was found finite."""

    metrics: list[EpochMetrics]
    failed: bool
    proven: bool


class CompiledTraining:
    """Trains one network on one set of data."""

    def __init__(
        self, layout: Layout, training: TrainingConfig, data: TrainingData, cadence: Cadence
    ) -> None:
        self._training, self._data, self._cadence = training, data, cadence
        self._program = program_of(layout)
        self._how = how_of(layout, training, data, cadence)
        self._parts = part_of(data.train, data), part_of(data.test, data)
        self._roles = roles_of(layout)
        self._room = room_of(layout.spec)
        self._none = np.empty(0, layout.spec.dtype)
        self.batches = training.batches_per_epoch(len(data.train))
        self._stride = 1
        # Orders, and of which seed and from which epoch on they are.
        self._drawn = 0, 0, np.empty((0, len(data.train)), np.intp)

    def advance(
        self, state: TrainerState, last: LastFinite, gradient: Array, update: Array, most: int
    ) -> Outcome:
        """Train at least one batch and at most so many; fewer when they would take long.

        `gradient` and `update` are then those of the last batch. With stop rules an evaluated
        epoch ends the call, so that they are asked at once.
        """
        spanned = max(1, _ORDERED // len(self._data.train))
        count = max(1, min(most, self._stride, spanned * self.batches - state.batch))
        epochs = -(-(state.batch + count) // self.batches)
        rows = 1 if self._training.stop else self._cadence.most(epochs)
        table = np.empty((rows, FIGURES + len(self._program.steps)))
        # Numba takes a while to import, and longer to compile for the first time.
        from bpviz.engine.compiled.kernel import train

        began, first = time.perf_counter(), state.epoch
        done, written, remembered, failed = train(
            self._program,
            self._how,
            *self._parts,
            self._vectors(state, last, gradient, update),
            self._room,
            self._orders(state, epochs),
            (state.epoch, state.batch, state.steps),
            count,
            table,
        )
        seconds = time.perf_counter() - began
        self._adapt(count, done, seconds)
        if not self._training.is_reproducible:
            state.seconds += seconds
        if remembered >= 0:
            steps = state.steps + remembered * self.batches - state.batch
            last.is_of(first + remembered, steps)
        state.steps += done
        ended, state.batch = divmod(state.batch + done, self.batches)
        state.epoch += ended
        evaluated = filter(self._cadence.is_due, range(first + 1, state.epoch + 1))
        metrics = list(self._metrics(table[:written], evaluated, state.seconds))
        return Outcome(metrics, bool(failed), first + remembered == state.epoch)

    def _vectors(
        self, state: TrainerState, last: LastFinite, gradient: Array, update: Array
    ) -> Vectors:
        first, second = self._moments(state)
        return Vectors(
            state.theta,
            gradient,
            update,
            first,
            second,
            last.state.theta,
            *self._moments(last.state),
            self._roles,
        )

    def _moments(self, state: TrainerState) -> tuple[Array, Array]:
        names = self._training.optimizer.moments
        first, second = ([state.moments[name] for name in names] + [self._none] * 2)[:2]
        return first, second

    def _orders(self, state: TrainerState, epochs: int) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The orders of the next epochs' samples; where they are all the same, one of them.

        Those drawn last are kept: a long epoch is trained in many calls.
        """
        if self._training.update != "mini-batch":
            epochs = 1
        seed, first, drawn = self._drawn
        begin = state.epoch - first
        if seed != state.seed or begin < 0 or begin + epochs > len(drawn):
            samples = len(self._data.train)
            drawn = np.empty((epochs, samples), np.intp)
            for k in range(epochs):
                drawn[k] = epoch_order(self._training, state.seed, state.epoch + k, samples)
            self._drawn, begin = (state.seed, state.epoch, drawn), 0
        return drawn[begin : begin + epochs]

    def _adapt(self, count: int, done: int, seconds: float) -> None:
        if done == count == self._stride and seconds < 0.5 * _CALL:
            self._stride *= 2
        elif seconds > 2 * _CALL:
            self._stride = max(1, self._stride // 2)

    def _metrics(
        self, table: Array, epochs: Iterable[int], seconds: float
    ) -> Iterator[EpochMetrics]:
        regression = self._data.task == "regression"
        counts = len(self._data.train), len(self._data.test)
        for row, epoch in zip(table.tolist(), epochs, strict=False):
            train_error, test_error = [
                error_of(total, count, self._training.reduction)
                for total, count in zip(row[0:4:2], counts, strict=True)
            ]
            train_share, test_share = [
                right / count if count and not regression else np.nan
                for right, count in zip(row[1:4:2], counts, strict=True)
            ]
            yield EpochMetrics(
                epoch,
                train_error,
                test_error,
                train_share,
                test_share,
                row[4],
                tuple(row[FIGURES:]),
                seconds,
            )
