"""Training: a trainer is a function of network, settings, data and state, advanced by batches.

Epoch: every training sample once, batch after batch, one update per batch. All numbers that the
next batch depends on lie in `TrainerState`, so that a saved state goes on with the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.backprop import Backprop
from bpviz.engine.data import TrainingData
from bpviz.engine.metrics import EpochMetrics, Evaluator
from bpviz.engine.network import Buffers, Network
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.randomness import rng
from bpviz.engine.regularizers import add_penalty_gradient, penalty
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig, check_fit


@dataclass
class TrainerState:
    """Everything that changes while training: named arrays of θ's size, and scalars.

    `epoch` counts finished epochs, `batch` finished batches of the one under way, `steps` all
    updates so far (what Adam's bias correction counts). `stopping` is the stop rules' memory.
    """

    theta: Array
    initial_theta: Array
    moments: dict[str, Array]
    seed: int
    epoch: int = 0
    batch: int = 0
    steps: int = 0
    stopping: dict[str, dict[str, float]] = field(default_factory=dict)

    @classmethod
    def initial(cls, spec: NetworkSpec, training: TrainingConfig, seed: int) -> TrainerState:
        """The state before the first update."""
        theta = initial_theta(spec, seed)
        moments = {name: np.zeros_like(theta) for name in training.optimizer.moments}
        return cls(theta, theta.copy(), moments, seed)

    def copy(self) -> TrainerState:
        return replace(
            self,
            theta=self.theta.copy(),
            initial_theta=self.initial_theta.copy(),
            moments={name: a.copy() for name, a in self.moments.items()},
            stopping={name: dict(memory) for name, memory in self.stopping.items()},
        )

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The state as named arrays and scalars, ready for a file."""
        arrays: dict[str, np.ndarray[Any, Any]] = {
            "theta": self.theta,
            "initial_theta": self.initial_theta,
            **{f"moment.{name}": a for name, a in self.moments.items()},
        }
        for name in ("seed", "epoch", "batch", "steps"):
            arrays[name] = np.array(getattr(self, name))
        for rule, memory in self.stopping.items():
            for name, value in memory.items():
                arrays[f"stop.{rule}.{name}"] = np.array(value)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray[Any, Any]]) -> TrainerState:
        """The inverse of `to_arrays`."""
        stopping: dict[str, dict[str, float]] = {}
        for key, value in arrays.items():
            if key.startswith("stop."):
                _, rule, name = key.split(".")
                stopping.setdefault(rule, {})[name] = float(value)
        return cls(
            np.array(arrays["theta"]),
            np.array(arrays["initial_theta"]),
            {k[7:]: np.array(v) for k, v in arrays.items() if k.startswith("moment.")},
            *(int(arrays[name]) for name in ("seed", "epoch", "batch", "steps")),
            stopping=stopping,
        )


class NonFiniteError(ArithmeticError):
    """The error or a weight became infinite or not a number; the state is the last finite one."""

    def __init__(self, epoch: int, layer: str) -> None:
        super().__init__(
            f"the error became infinite in epoch {epoch}, first in layer {layer}; "
            "try a smaller learning rate, or standardise the data"
        )
        self.epoch = epoch
        self.layer = layer


class Trainer:
    """Advances a TrainerState. It owns the state's arrays and changes them in place.

    Raises SettingError when network, training and data do not go together.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        training: TrainingConfig,
        data: TrainingData,
        seed: int = 0,
        state: TrainerState | None = None,
    ) -> None:
        check_fit(spec, training, data)
        self.spec = spec
        self.training = training
        self.data = data.astype(spec.dtype)
        self.state = state or TrainerState.initial(spec, training, seed)
        self.layout = layout_of(spec)
        self.network = Network(spec, self.state.theta)
        self.gradient = np.zeros_like(self.state.theta)
        self.update = np.zeros_like(self.state.theta)
        self.gradient_batch: tuple[int, int] | None = None
        self._scratch = np.empty_like(self.state.theta)
        self._backprop = Backprop(self.network, self.gradient)
        self._test = Evaluator(self.network, self.data.test, self.data)
        self._train = Evaluator(self.network, self.data.train, self.data)
        self._weight_runs = [slice(b.start, b.stop) for b in self.layout.weight_blocks]
        present, trainable = self.layout.present(), self.layout.trainable()
        self._absent = None if present.all() else np.flatnonzero(~present)
        self._held = None if trainable.all() else np.flatnonzero(~trainable)
        self._rows = min(training.rows_per_batch(len(data.train)), len(data.train))
        self._rooms: dict[int, _BatchRoom] = {}
        self._order = np.arange(len(data.train))
        self._order_epoch = -1
        self._last_finite = self.state.copy()

    @property
    def batches(self) -> int:
        """Updates per epoch."""
        return -(-len(self.data.train) // self._rows)

    def batch_samples(self, batch: int) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Numbers of the training samples in a batch of the epoch under way."""
        if self.training.update == "mini-batch" and self._order_epoch != self.state.epoch:
            self._order_epoch = self.state.epoch
            self._order = rng(self.state.seed, "shuffle", self.state.epoch).permutation(
                len(self.data.train)
            )
        return self._order[batch * self._rows : (batch + 1) * self._rows]

    def train_batch(self) -> EpochMetrics | None:
        """One batch, one update. Returns the epoch's metrics when it was the last one.

        Metrics are None also at the end of an epoch that is not to be evaluated. Raises
        NonFiniteError when the epoch ends with an infinite error.
        """
        state = self.state
        if state.batch == 0:
            self._remember()
        room = self._batch_room(self.batch_samples(state.batch))
        self._compute_gradient(room)
        self.gradient_batch = (state.epoch, state.batch)
        state.steps += 1
        with np.errstate(all="ignore"):
            self.training.optimizer.update(
                self.gradient,
                self.training.learning_rate,
                state.steps,
                state.moments,
                self.update,
                self._scratch,
            )
            if self._held is not None:
                self.update[self._held] = 0.0
                for moment in state.moments.values():
                    moment[self._held] = 0.0
            np.add(state.theta, self.update, out=state.theta)
        state.batch += 1
        if state.batch < self.batches:
            return None
        state.batch = 0
        state.epoch += 1
        return self._finish_epoch()

    def train_epoch(self) -> EpochMetrics | None:
        """The rest of the epoch under way. Returns its metrics, if it was to be evaluated."""
        epoch = self.state.epoch
        while True:
            metrics = self.train_batch()
            if self.state.epoch != epoch:
                return metrics

    def run(
        self, epochs: int, on_epoch: Callable[[EpochMetrics], None] = lambda metrics: None
    ) -> str:
        """Train until `epochs` are finished or a stop rule speaks; returns why it stopped."""
        while self.state.epoch < epochs:
            metrics = self.train_epoch()
            if metrics is not None:
                on_epoch(metrics)
                reason = self.stop_reason(metrics)
                if reason:
                    return reason
        return f"{epochs} epochs are done"

    def stop_reason(self, metrics: EpochMetrics) -> str:
        """Why training should end after this epoch, or ""."""
        reasons = [
            rule.reason(metrics, self.state.stopping.setdefault(f"{k}-{rule.kind}", {}))
            for k, rule in enumerate(self.training.stop)
        ]
        return next((reason for reason in reasons if reason), "")

    def evaluate(self) -> EpochMetrics:
        """Error and accuracy of the present weights over the whole of both parts."""
        loss, reduction = self.training.loss, self.training.reduction
        train_loss, train_accuracy = self._train.scores(loss, reduction)
        test_loss, test_accuracy = self._test.scores(loss, reduction)
        return EpochMetrics(
            self.state.epoch,
            train_loss,
            test_loss,
            train_accuracy,
            test_accuracy,
            self.penalty(),
            self.gradient_norms(),
        )

    def penalty(self) -> float:
        """The penalty on the weights, which the error is shown without."""
        training = self.training
        if not (training.l1 or training.l2):
            return 0.0
        with np.errstate(all="ignore"):
            return sum(
                penalty(self.state.theta[run], training.l1, training.l2)
                for run in self._weight_runs
            )

    def gradient_norms(self) -> tuple[float, ...]:
        """Euclidean norm of the last batch's gradient, per computed layer."""
        norms = dict.fromkeys((layer.id for layer in self.spec.computed), 0.0)
        with np.errstate(all="ignore"):
            for block in self.layout.blocks:
                run = self.gradient[block.start : block.stop]
                norms[block.layer] += float(np.dot(run, run))
        return tuple(value**0.5 for value in norms.values())

    def whole_gradient(self) -> Array:
        """∂(error + penalty)/∂θ over the whole training part, at the present θ, as a new vector."""
        kept = self.gradient.copy()
        room = _BatchRoom(self, len(self.data.train), keep_samples=False)
        room.take(self.data.train.inputs, self.data.train.targets)
        self._compute_gradient(room)
        result = self.gradient.copy()
        self.gradient[...] = kept
        return result

    def _compute_gradient(self, room: _BatchRoom) -> None:
        self.network.forward(room.buffers)
        scale = 1.0 / room.rows if self.training.reduction == "mean" else 1.0
        self._backprop.backward(room.buffers, room.targets, self.training.loss, scale)
        if self.training.l1 or self.training.l2:
            for run in self._weight_runs:
                add_penalty_gradient(
                    self.state.theta[run],
                    self.training.l1,
                    self.training.l2,
                    self.gradient[run],
                    self._scratch[run],
                )
        if self._absent is not None:
            self.gradient[self._absent] = 0.0

    def _batch_room(self, samples: np.ndarray[Any, Any]) -> _BatchRoom:
        rows = len(samples)
        room = self._rooms.get(rows)
        if room is None:
            room = self._rooms[rows] = _BatchRoom(self, rows, keep_samples=True)
        room.gather(self.data, samples)
        return room

    def _finish_epoch(self) -> EpochMetrics | None:
        if self.state.epoch % self.training.evaluate_every:
            return None
        metrics = self.evaluate()
        if not metrics.finite:
            epoch, layer = self.state.epoch, self._first_infinite_layer()
            self._restore()
            raise NonFiniteError(epoch, layer)
        return metrics

    def _remember(self) -> None:
        last, state = self._last_finite, self.state
        np.copyto(last.theta, state.theta)
        for name, moment in state.moments.items():
            np.copyto(last.moments[name], moment)
        last.epoch, last.batch, last.steps = state.epoch, state.batch, state.steps

    def _restore(self) -> None:
        last, state = self._last_finite, self.state
        np.copyto(state.theta, last.theta)
        for name, moment in state.moments.items():
            np.copyto(moment, last.moments[name])
        state.epoch, state.batch, state.steps = last.epoch, last.batch, last.steps
        self.gradient.fill(0.0)
        self.update.fill(0.0)
        self.gradient_batch = None

    def _first_infinite_layer(self) -> str:
        for block in self.layout.blocks:
            if not np.isfinite(block.view(self.state.theta)).all():
                return block.layer
        return self.spec.output.id


class _BatchRoom:
    """Buffers for batches of one size, with the batch's own inputs and targets."""

    def __init__(self, trainer: Trainer, rows: int, keep_samples: bool) -> None:
        self.rows = rows
        self.buffers = Buffers(trainer.spec, rows)
        data, dtype = trainer.data.train, trainer.spec.dtype
        if keep_samples:
            inputs = np.empty((rows, data.inputs.shape[1]), dtype)
            self.take(inputs, np.empty((rows, data.targets.shape[1]), dtype))

    def take(self, inputs: Array, targets: Array) -> None:
        """Hold these samples."""
        self.inputs, self.targets = inputs, targets
        self.buffers.put(inputs)

    def gather(self, data: TrainingData, samples: np.ndarray[Any, Any]) -> None:
        """Copy these training samples in; mode "clip" lets take write without a temporary."""
        np.take(data.train.inputs, samples, axis=0, out=self.inputs, mode="clip")
        np.take(data.train.targets, samples, axis=0, out=self.targets, mode="clip")
