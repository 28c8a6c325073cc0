"""Publishing: what views need of a training is copied into snapshots, for the latest-wins slot."""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass

from bpviz.engine.activations import Array
from bpviz.engine.metrics import EpochMetrics
from bpviz.lab.mailbox import Mailbox
from bpviz.lab.rooms import Rooms, read_only
from bpviz.lab.snapshot import QUANTITIES, Quantity, Snapshot, not_copied
from bpviz.lab.training_run import TrainingRun

# While an epoch lasts longer than this (seconds), it is shown in between as well.
_PICTURE_EVERY = 0.015
# A paused picture has the gradient of the whole training part: at once up to the first number of
# samples × parameters, up to the second when nothing was asked for a moment.
_GRADIENT_AT_ONCE, _GRADIENT_AT_REST = 2_000_000, 400_000_000
# While a larger network trains, only what is drawn of its optimiser's memory is copied, and of a
# still larger one, also while it rests, only what views show just now.
_ALL_MOMENTS, _ALL_QUANTITIES = 100_000, 2_000_000
# Of the time that passes, training is to have nine tenths; the rest may be spent on copies.
# Nobody is left without a picture for longer than this (seconds), however slow the first was.
_SHARE, _LONGEST_REST = 0.1, 1.0
# Copies that views hold have at most so many bytes, or those of so many snapshots; where older
# ones are held for longer than this (seconds), one more is made all the same.
_MOST_BYTES, _FEWEST_HELD = 250_000_000, 2
_LONGEST_WAIT = 2.0


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
    `wanted` are the quantities that views show, any thread may set it. Else it is used from the
    runner's thread; others take from the mailbox.
    """

    def __init__(self, training: TrainingRun) -> None:
        self.mailbox: Mailbox[Snapshot] = Mailbox()
        self.owes_gradient = False
        self._training = training
        self.wanted: frozenset[Quantity] = frozenset({"weight"})
        self._rooms = Rooms()
        self._start = training.trainer.state.initial_theta
        self._shown_start = read_only(self._start)
        self._last: Callable[[], Snapshot | None] = lambda: None
        self._last_place: tuple[object, ...] = ()
        self._last_shown: frozenset[Quantity] = frozenset()
        self._published = -math.inf
        self._took = 0.0

    @property
    def is_due(self) -> bool:
        """Whether an epoch that lasts is to be shown in between."""
        return time.monotonic() - self._published > _PICTURE_EVERY and self.is_welcome

    @property
    def is_welcome(self) -> bool:
        """Whether views have taken the last snapshot, and have room and leisure for another.

        Large networks are shown less often, so that the copies leave training its time.
        """
        if not self.mailbox.is_empty:
            return False
        waited = time.monotonic() - self._published
        if not self._is_large:
            return True
        if waited < min(self._took / _SHARE, _LONGEST_REST):
            return False
        return waited > _LONGEST_WAIT or self._has_room

    @property
    def _has_room(self) -> bool:
        """Whether the next snapshot's copies fit beside those that are held."""
        needed = self._training.trainer.state.theta.nbytes * len(self._shown(self.wanted))
        return self._rooms.held + needed <= max(_MOST_BYTES, _FEWEST_HELD * needed)

    @property
    def lacks(self) -> bool:
        """Whether views want something by now that the last snapshot has not."""
        return not self._shown(self.wanted) <= self._last_shown

    @property
    def nbytes(self) -> int:
        """Bytes of the room for copies of large vectors."""
        return self._rooms.nbytes

    def publish(self, standing: Standing, metrics: EpochMetrics) -> None:
        """Put a snapshot into the mailbox, replacing one that was not taken."""
        begun = time.monotonic()
        # Any thread may set it meanwhile.
        wanted = self.wanted
        shown = self._shown(wanted)
        # Of what has not changed since there need not be another copy.
        last = self._last() if self._place == self._last_place else None
        if not self.mailbox.is_empty:
            # Nobody has seen it, and its room is free for this one.
            self.mailbox.take()
        snapshot = self._snapshot(standing, metrics, shown, last)
        if self._is_large:
            for name in shown & wanted:
                snapshot.reduction(name)
        self._last, self._last_place = weakref.ref(snapshot), self._place
        self._last_shown = shown
        self._rooms.release(_MOST_BYTES)
        self._published = time.monotonic()
        self._took = self._published - begun
        self.mailbox.put(snapshot)

    def _snapshot(
        self,
        standing: Standing,
        metrics: EpochMetrics,
        shown: frozenset[Quantity],
        last: Snapshot | None,
    ) -> Snapshot:
        training, trainer = self._training, self._training.trainer
        state = trainer.state
        gradient, of = self._shown_gradient(last, "gradient" in shown, standing.at_rest)
        cursor = None
        if standing.cursor is not None:
            cursor = int(trainer.batch_samples(state.batch)[standing.cursor])
        return Snapshot(
            run=training.run,
            revision=training.revision,
            experiment=training.experiment,
            data=training.data,
            epoch=state.epoch,
            batch=state.batch,
            theta=last.theta if last else self._rooms.copy(state.theta),
            initial_theta=self._shown_initial_theta(),
            gradient=gradient,
            gradient_of=of,
            update=(
                last.update
                if last and "update" in shown and last.has("update")
                else self._copied(trainer.update, "update" in shown)
            ),
            moments=self._shown_moments(standing.running, "velocity" in shown),
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
            kernel=trainer.kernel,
            cadence=trainer.cadence,
        )

    @property
    def _is_large(self) -> bool:
        return self._training.trainer.layout.size > _ALL_MOMENTS

    def _shown(self, wanted: frozenset[Quantity]) -> frozenset[Quantity]:
        """What is copied: all, or, of a very large network, what views show."""
        some = self._training.trainer.layout.size > _ALL_QUANTITIES
        return wanted | {"weight"} if some else frozenset(QUANTITIES)

    @property
    def _place(self) -> tuple[object, ...]:
        """Equal as long as no vector of the training changes."""
        training, trainer = self._training, self._training.trainer
        state = trainer.state
        now = (training.run, training.revision, state.epoch, state.batch, state.steps)
        return (*now, trainer.gradient_batch)

    def _shown_moments(self, running: bool, velocity: bool) -> dict[str, Array]:
        """Copies of what the optimiser remembers; of a large network that trains, the velocity."""
        if not velocity:
            return {}
        moments = self._training.trainer.state.moments
        if running and self._is_large:
            name = self._training.experiment.training.optimizer.velocity
            moments = {name: moments[name]} if name in moments else {}
        return {name: self._rooms.copy(moment) for name, moment in moments.items()}

    def _shown_initial_theta(self) -> Array:
        """The initial weights themselves, to be read: nothing changes them, edits replace them."""
        start = self._training.trainer.state.initial_theta
        if start is not self._start:
            self._start, self._shown_start = start, read_only(start)
        return self._shown_start

    def _copied(self, vector: Array, wanted: bool) -> Array:
        return self._rooms.copy(vector) if wanted else not_copied(vector)

    def _shown_gradient(
        self, last: Snapshot | None, wanted: bool, at_rest: bool
    ) -> tuple[Array, str]:
        """The last batch's gradient; before any, that of the whole training part."""
        trainer = self._training.trainer
        self.owes_gradient = False
        if trainer.gradient_batch is not None:
            epoch, batch = trainer.gradient_batch
            of = f"batch {batch + 1} of epoch {epoch + 1}, at the weights before its update"
            if wanted and last and last.has("gradient"):
                return last.gradient, of
            return self._copied(trainer.gradient, wanted), of
        samples = len(trainer.data.train)
        work = samples * trainer.layout.size
        if wanted and work <= (_GRADIENT_AT_REST if at_rest else _GRADIENT_AT_ONCE):
            of = f"all {samples} training samples, at these weights"
            return self._rooms.copy(trainer.whole_gradient()), of
        self.owes_gradient = wanted and work <= _GRADIENT_AT_REST and not at_rest
        return self._copied(trainer.gradient, wanted), "no batch yet"
