"""Publishing: what views need of a training is copied into snapshots, for the latest-wins slot."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.metrics import EpochMetrics
from bpviz.lab.mailbox import Mailbox
from bpviz.lab.snapshot import Snapshot
from bpviz.lab.training_run import TrainingRun

# While an epoch lasts longer than this (seconds), it is shown in between as well.
_PICTURE_EVERY = 0.015
# A paused picture has the gradient of the whole training part: at once up to the first number of
# samples × parameters, up to the second when nothing was asked for a moment.
_GRADIENT_AT_ONCE, _GRADIENT_AT_REST = 2_000_000, 400_000_000
# While a larger network trains, only what is drawn of its optimiser's memory is copied.
_ALL_MOMENTS = 100_000


@dataclass(frozen=True)
class Standing:
    """What the runner knows of itself when it publishes; see Snapshot.

    `cursor` counts the samples of the batch under way. `at_rest`: nothing was asked for a moment,
    so that there is time for what takes longer.
    """

    running: bool = False
    speed: float = 0.0
    cursor: int | None = None
    message: str = ""
    failed: bool = False
    failures: int = 0
    commands: int = 0
    at_rest: bool = False


class Publisher:
    """Makes snapshots of one training and puts them into `mailbox`.

    `owes_gradient` says that a paused picture still lacks the gradient of the whole training part.
    Used from the runner's thread; others take from the mailbox.
    """

    def __init__(self, training: TrainingRun) -> None:
        self.mailbox: Mailbox[Snapshot] = Mailbox()
        self.owes_gradient = False
        self._training = training
        self._initial_theta = _frozen(training.trainer.state.initial_theta)
        self._next_picture = 0.0

    @property
    def is_due(self) -> bool:
        """Whether an epoch that lasts is to be shown in between."""
        return self.mailbox.is_empty and time.monotonic() > self._next_picture

    def publish(self, standing: Standing, metrics: EpochMetrics) -> None:
        """Put a snapshot into the mailbox, replacing one that was not taken."""
        training, trainer = self._training, self._training.trainer
        state = trainer.state
        self._next_picture = time.monotonic() + _PICTURE_EVERY
        gradient, of = self._shown_gradient(standing.at_rest)
        cursor = None
        if standing.cursor is not None:
            cursor = int(trainer.batch_samples(state.batch)[standing.cursor])
        self.mailbox.put(
            Snapshot(
                run=training.run,
                revision=training.revision,
                experiment=training.experiment,
                data=training.data,
                epoch=state.epoch,
                batch=state.batch,
                theta=_frozen(state.theta),
                initial_theta=self._shown_initial_theta(),
                gradient=_frozen(gradient),
                gradient_of=of,
                update=_frozen(trainer.update),
                moments=self._shown_moments(standing.running),
                steps=state.steps,
                metrics=metrics,
                running=standing.running,
                speed=standing.speed,
                cursor=cursor,
                message=standing.message,
                failed=standing.failed,
                failures=standing.failures,
                commands=standing.commands,
                scheduled=trainer.step_settings(),
                best=None if state.best_theta is None else (state.best_epoch, state.best_error),
            )
        )

    def _shown_moments(self, running: bool) -> dict[str, Array]:
        """Copies of what the optimiser remembers; of a large network that trains, the velocity."""
        moments = self._training.trainer.state.moments
        if running and self._training.trainer.layout.size > _ALL_MOMENTS:
            velocity = self._training.experiment.training.optimizer.velocity
            moments = {name: moments[name] for name in moments if name == velocity}
        return {name: _frozen(moment) for name, moment in moments.items()}

    def _shown_initial_theta(self) -> Array:
        """A copy that snapshots share until the initial weights change."""
        start = self._training.trainer.state.initial_theta
        if not np.array_equal(self._initial_theta, start):
            self._initial_theta = _frozen(start)
        return self._initial_theta

    def _shown_gradient(self, at_rest: bool) -> tuple[Array, str]:
        """The last batch's gradient; before any, that of the whole training part."""
        trainer = self._training.trainer
        self.owes_gradient = False
        if trainer.gradient_batch is not None:
            epoch, batch = trainer.gradient_batch
            return trainer.gradient, (
                f"batch {batch + 1} of epoch {epoch + 1}, at the weights before its update"
            )
        samples = len(trainer.data.train)
        work = samples * trainer.layout.size
        if work <= (_GRADIENT_AT_REST if at_rest else _GRADIENT_AT_ONCE):
            return trainer.whole_gradient(), f"all {samples} training samples, at these weights"
        self.owes_gradient = work <= _GRADIENT_AT_REST and not at_rest
        return trainer.gradient, "no batch yet"


def _frozen(array: Array) -> Array:
    """A read-only copy."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy
