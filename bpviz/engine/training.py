"""Training: a trainer is a function of network, settings, data and state, advanced by batches.

Epoch: every training sample once, batch after batch, one update per batch. All numbers that the
next batch depends on lie in `TrainerState`, so that a saved state goes on with the same bits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.batches import Batches, BatchRoom, epoch_order
from bpviz.engine.compiled import warming
from bpviz.engine.compiled.training import CompiledTraining
from bpviz.engine.data import TrainingData
from bpviz.engine.divergence import LastFinite, NonFiniteError, first_failure, is_finite
from bpviz.engine.error_gradient import ErrorGradient
from bpviz.engine.kernels import cadence_of, choose_kernel
from bpviz.engine.metrics import EpochMetrics, Evaluator
from bpviz.engine.network import Network
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.stopping import epochs_done
from bpviz.engine.trainer_state import TrainerState
from bpviz.engine.training_config import TrainingConfig, check_fit
from bpviz.engine.update_rule import StepSettings, UpdateRule, scheduled
from bpviz.engine.watching import stop_reason, take_note

__all__ = ["NonFiniteError", "Trainer", "TrainerState", "epoch_order"]


class Trainer:
    """Advances a TrainerState. It owns the state's arrays and changes them in place.

    `rate` is the learning rate of the last step, as the schedules had it. `kernel` says what
    computes the next one and why, `cadence` which epochs are evaluated: other settings may change
    both. A `hindrance` is why the compiled epoch is not to be used; without one, the first batch
    waits until it is loaded or compiled.

    A given state is fitted to the settings: an optimiser that keeps other moments than the state
    has starts anew, those of missing and frozen parameters are cleared, and an epoch under way
    that now has fewer batches than are done starts over. Raises SettingError when network,
    training, data and state do not go together.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        training: TrainingConfig,
        data: TrainingData,
        seed: int = 0,
        state: TrainerState | None = None,
        hindrance: str = "",
    ) -> None:
        self.data = data.astype(spec.dtype)
        check_fit(spec, training, self.data)
        self.spec = spec
        self.training = training
        self.state = state or TrainerState.initial(spec, training, seed)
        self.state.check(spec)
        self.layout = layout_of(spec)
        self.network = Network(spec, self.state.theta)
        self._error = ErrorGradient(self.network, training)
        self.gradient = self._error.gradient
        self.update = np.zeros(self.state.theta.shape, self.state.theta.dtype)
        self.gradient_batch: tuple[int, int] | None = None
        self.rate = training.learning_rate
        self._test = Evaluator(self.network, self.data.test, self.data)
        self._train = Evaluator(self.network, self.data.train, self.data)
        self._rule = UpdateRule(self.layout, training)
        self._settings = StepSettings(training.learning_rate, training.optimizer)
        self._batches = Batches(spec, training, self.data.train)
        if spec.missing:
            self.state.clear(~self.layout.present())
        self.state.fit_moments(self.layout, training)
        if self.state.batch >= self.batches:
            self.state.batch = 0
        self._last_finite = LastFinite(self.state)
        self._proven = True
        self._hindrance = hindrance
        self._is_loaded = False
        self._choose_kernel()

    @property
    def batches(self) -> int:
        """How many updates an epoch has."""
        return self._batches.count

    def set_training(self, training: TrainingConfig) -> None:
        """Go on with other settings; an optimiser that keeps other moments starts anew.

        When batches change their size, the epoch under way starts over. Raises SettingError when
        the settings do not suit the network or the data; nothing has changed then.
        """
        check_fit(self.spec, training, self.data)
        self.checkpoint()
        batches = Batches(self.spec, training, self.data.train)
        if batches.rows != self._batches.rows or training.update != self.training.update:
            self.state.batch = 0
        self._batches = batches
        before, self.training, self._error.training = self.training, training, training
        self._rule = UpdateRule(self.layout, training)
        self._settings = StepSettings(training.learning_rate, training.optimizer)
        if (before.loss, before.reduction) != (training.loss, training.reduction):
            # What stop rules and schedules remember was measured by another yardstick.
            self.state.forget_errors()
            self.forget_moments()
        if (before.l1, before.l2) != (training.l1, training.l2):
            self.forget_moments()
        if before.stop != training.stop:
            self.state.stopping.clear()
            self.state.seconds = 0.0
        if before.schedules != training.schedules:
            self.state.schedules.clear()
        if not training.keeps_best:
            self.state.forget_best()
        self.state.fit_moments(self.layout, training)
        self._choose_kernel()
        self.checkpoint()

    def set_parameters(self, values: Mapping[int, float], initial: bool = False) -> None:
        """Give parameters, by their positions in θ, other values; `initial`: to start from, too."""
        self.checkpoint()
        state = self.state
        if initial:
            state.initial_theta = state.initial_theta.copy()
        for index, value in values.items():
            state.theta[index] = value
            if initial:
                state.initial_theta[index] = value
        self.forget_moments()
        self.forget_gradient()
        self.checkpoint()

    def checkpoint(self) -> None:
        """Make the present state the one that a failure comes back to.

        When it is not finite itself (an epoch under way is going wrong), the last finite one is
        taken back first.
        """
        if not self._is_finite():
            self._restore()
        self._last_finite.remember(self.state)
        self._proven = True

    def forget_moments(self) -> None:
        """The error is another one from here on: an optimiser that forgets starts anew."""
        if self.training.optimizer.forgets:
            self.state.forget_moments()

    def forget_gradient(self) -> None:
        """The gradient and the last update are no longer of these weights."""
        self.gradient.fill(0.0)
        self.update.fill(0.0)
        self.gradient_batch = None

    def batch_samples(self, batch: int) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Numbers of the training samples in a batch of the epoch under way."""
        return self._batches.numbers(self.state.seed, self.state.epoch, batch)

    def train_batch(self) -> EpochMetrics | None:
        """One batch, one update. Returns the epoch's metrics when it was the last one.

        Metrics are None also at the end of an epoch that is not to be evaluated. Raises
        NonFiniteError when the epoch ends with an infinite error, weight or moment.
        """
        if self.state.batch == 0 and self._proven:
            self._last_finite.follow(self.state)
        if (compiled := self._compiled_form()) is not None:
            return next(iter(self._advance_compiled(compiled, 1)), None)
        if self.training.is_reproducible:
            self._advance()
        else:
            begun = time.perf_counter()
            self._advance()
            self.state.seconds += time.perf_counter() - begun
        return None if self.state.batch else self._finish_epoch()

    def advance(self, batches: int) -> list[EpochMetrics]:
        """At least one batch and at most so many; returns the metrics of the evaluated epochs.

        The compiled epoch does as many as take a few milliseconds, NumPy one. After an evaluated
        epoch that stop rules are to be asked about, there are no more. Raises NonFiniteError when
        an epoch ends with an infinite error, weight or moment, before it raises giving back what
        went well.
        """
        compiled = self._compiled_form()
        if compiled is None:
            metrics = self.train_batch()
            return [] if metrics is None else [metrics]
        if self.state.batch == 0 and self._proven:
            self._last_finite.follow(self.state)
        return self._advance_compiled(compiled, batches)

    def _advance_compiled(self, compiled: CompiledTraining, batches: int) -> list[EpochMetrics]:
        state = self.state
        self.rate = self.training.learning_rate
        outcome = compiled.advance(state, self._last_finite, self.gradient, self.update, batches)
        if outcome.failed:
            if not outcome.metrics:
                raise self._failure()
            # It fails again at the next call, and then there is nothing to report.
            self._restore()
        else:
            self._proven = outcome.proven
            ended = state.epoch * self.batches + state.batch - 1
            self.gradient_batch = (ended // self.batches, ended % self.batches)
        for metrics in outcome.metrics:
            take_note(self.training, state, metrics)
        return outcome.metrics

    def get_ready(self) -> None:
        """Load or compile what trains, which else the first batch does."""
        self._compiled_form()

    def _compiled_form(self) -> CompiledTraining | None:
        """The compiled epoch, loaded; None where NumPy trains, also because it cannot be had."""
        if self._compiled is not None and not self._is_loaded:
            self._is_loaded = True
            if warming.prepare(self.spec.dtype):
                self._choose_kernel()
        return self._compiled

    def _choose_kernel(self) -> None:
        hindrance = self._hindrance or warming.hindrance(self.spec.dtype)
        self.kernel = choose_kernel(self.spec, self.training, self.data, hindrance)
        self.cadence = cadence_of(self.spec, self.training, self.data, self.kernel)
        self._compiled: CompiledTraining | None = None
        self._is_loaded = False
        if self.kernel.name == "compiled":
            self._compiled = CompiledTraining(self.layout, self.training, self.data, self.cadence)

    def _advance(self) -> BatchRoom:
        """One batch, one update, without a look at the outcome."""
        state = self.state
        room = self._batches.gathered(state.seed, state.epoch, state.batch)
        self._error.of_batch(room)
        self.gradient_batch = (state.epoch, state.batch)
        state.steps += 1
        settings = self.step_settings()
        self.rate = settings.rate
        with np.errstate(all="ignore"):
            self._rule.advance(
                state.theta, self.gradient, settings, state.steps, state.moments, self.update
            )
        state.batch += 1
        if state.batch == self.batches:
            state.batch = 0
            state.epoch += 1
        return room

    def step_settings(self) -> StepSettings:
        """Rate and optimiser of the next step, as the schedules have them at this moment."""
        training, state = self.training, self.state
        if not training.schedules:
            return self._settings
        return scheduled(training, state.epoch, state.batch / self.batches, state.schedules)

    def train_epoch(self) -> EpochMetrics | None:
        """The rest of the epoch under way. Returns its metrics, if it was to be evaluated."""
        epoch = self.state.epoch
        while True:
            metrics = self.advance(self.batches - self.state.batch)
            if self.state.epoch != epoch:
                return metrics[0] if metrics else None

    def run(
        self, epochs: int, on_epoch: Callable[[EpochMetrics], None] = lambda metrics: None
    ) -> str:
        """Train until `epochs` are finished or a stop rule speaks; returns why it stopped."""
        state = self.state
        while state.epoch < epochs:
            for metrics in self.advance((epochs - state.epoch) * self.batches - state.batch):
                on_epoch(metrics)
                reason = self.stop_reason(metrics)
                if reason:
                    return reason
        return epochs_done(epochs)

    def stop_reason(self, metrics: EpochMetrics) -> str:
        """Why training should end after this epoch, or ""."""
        return stop_reason(self.training, self.state, metrics)

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
            self.state.seconds,
        )

    def penalty(self) -> float:
        """The penalty on the weights, which the error is shown without."""
        return self._error.penalty()

    def gradient_norms(self) -> tuple[float, ...]:
        """Euclidean norm of the last batch's gradient, per computed layer; NaN before any."""
        if self.gradient_batch is None:
            return (math.nan,) * len(self.spec.computed)
        return self._error.norms()

    def whole_gradient(self) -> Array:
        """∂(error + penalty)/∂θ over the whole training part, at the present θ, as a new vector."""
        return self._error.of_all(self.data.train)

    def _finish_epoch(self) -> EpochMetrics | None:
        metrics = self.evaluate() if self.cadence.is_due(self.state.epoch) else None
        if not self._is_finite() or (metrics is not None and not metrics.finite):
            raise self._failure()
        self._proven = metrics is not None
        if metrics is not None:
            take_note(self.training, self.state, metrics)
        return metrics

    def _is_finite(self) -> bool:
        return all(map(is_finite, (self.state.theta, *self.state.moments.values())))

    def _failure(self) -> NonFiniteError:
        """Go back to the last finite state; the error tells where the way from there went wrong.

        The compiled epoch looks at the weights after every epoch. So it may go as far as the last
        one that went well, and only the failed one is gone batch by batch.
        """
        state, failed, compiled = self.state, self.state.epoch, self._compiled
        self._restore()
        while compiled is not None and state.epoch < failed - 1:
            left = (failed - 1 - state.epoch) * self.batches - state.batch
            compiled.advance(state, self._last_finite, self.gradient, self.update, left)
        epoch, layer = first_failure(state, failed, self.network, lambda: self._advance().buffers)
        self._restore()
        return NonFiniteError(epoch, layer, state.epoch)

    def _restore(self) -> None:
        self._last_finite.restore(self.state)
        self._proven = True
        self.forget_gradient()
