"""The runner: the one owner of the trainer, also while training is paused.

It takes commands between batches, trains, and publishes. It knows no window and no thread: `run`
is called on a thread by whoever has one.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

import numpy as np

from bpviz.datasets.dataset import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.spec import ParameterId
from bpviz.engine.training import NonFiniteError, Trainer, TrainerState
from bpviz.experiments.experiment import Experiment
from bpviz.lab.commands import (
    Close,
    Command,
    Do,
    Pace,
    Pause,
    Record,
    SetPace,
    Step,
    Train,
    Undo,
    Undoable,
)
from bpviz.lab.edits import SetParameters
from bpviz.lab.growth import grown
from bpviz.lab.history import History
from bpviz.lab.mailbox import Mailbox
from bpviz.lab.snapshot import Snapshot

# While an epoch lasts longer than this (seconds), it is shown in between as well.
_PICTURE_EVERY = 0.03
# A whole-set gradient is computed for a paused picture up to this many samples × parameters.
_PICTURE_WORK = 200_000_000


class Runner:
    """Trains one experiment at a time and carries out edits on it.

    `yield_to` is called after every batch; a window passes a function that returns when its own
    thread does not need the interpreter. `on_progress` is called after every epoch and must
    return at once.
    """

    def __init__(
        self,
        experiment: Experiment,
        data: PreparedData,
        yield_to: Callable[[], None] = lambda: None,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self.mailbox: Mailbox[Snapshot] = Mailbox()
        self.yield_to = yield_to
        self.on_progress = on_progress
        self._commands: deque[Command] = deque()
        self._wake = threading.Condition()
        self._experiment = experiment
        self._data = data
        self._trainer = Trainer(
            experiment.network, experiment.training, data.training, experiment.seed
        )
        self._initial_theta = _frozen(self._trainer.state.initial_theta)
        self.history = self._new_history()
        self._run = 1
        self._revision = 0
        self._running = False
        self._until: int | None = None
        self._closed = False
        self._pace = Pace()
        self._due = 0.0
        self._next_picture = 0.0
        self._cursor: int | None = None
        self._message, self._failed = "", False
        self._metrics: EpochMetrics | None = None
        self._speed = _Speedometer()

    # From any thread

    def submit(self, command: Command) -> None:
        """Hand over a command; it is carried out between two batches."""
        with self._wake:
            self._commands.append(command)
            self._wake.notify()

    @property
    def is_running(self) -> bool:
        """Whether training goes on, as far as the commands carried out so far say."""
        return self._running

    # On the runner's thread

    def run(self) -> None:
        """Work until told to close."""
        self._publish()
        while not self._closed:
            self._wait()
            self.work()

    def work(self) -> None:
        """Carry out waiting commands, then train until the end of the epoch or the next command."""
        while self._commands:
            self._carry_out(self._commands.popleft())
        if self._running and not self._closed:
            try:
                self._train_a_while()
            except NonFiniteError as error:
                self._stop(str(error), failed=True)

    def _wait(self) -> None:
        """Sleep until there is a command, or until it is time to train on."""
        with self._wake:
            while not self._commands:
                if not self._running:
                    self._wake.wait()
                elif (delay := self._due - time.monotonic()) > 0:
                    self._wake.wait(delay)
                else:
                    return

    def _train_a_while(self) -> None:
        trainer = self._trainer
        epoch = trainer.state.epoch
        self._cursor = None
        while not self._commands:
            metrics = trainer.train_batch()
            self.yield_to()
            if trainer.state.epoch != epoch:
                self._finish_epoch(metrics)
                break
            if self._pace.unit == "batch":
                break
            if self.mailbox.is_empty and time.monotonic() > self._next_picture:
                self._publish()
        if self._pace.per_second:
            self._due = max(self._due, time.monotonic() - 1.0) + 1.0 / self._pace.per_second
            self._publish()

    def _finish_epoch(self, metrics: EpochMetrics | None) -> None:
        self._speed.count()
        if metrics is not None:
            self._metrics = metrics
            self.history.append(metrics)
        reason = self._trainer.stop_reason(metrics) if metrics is not None else ""
        if not reason and self._until is not None and self._trainer.state.epoch >= self._until:
            reason = "done"
        if reason:
            self._stop("" if reason == "done" else f"Stopped: {reason}.")
        elif self.mailbox.is_empty:
            self._publish()
        self.on_progress()

    def _stop(self, message: str = "", failed: bool = False) -> None:
        self._running, self._until = False, None
        self._message, self._failed = message, failed
        self._speed.restart()
        self._metrics = None
        self._publish()

    # Commands

    def _carry_out(self, command: Command) -> None:
        match command:
            case Do():
                self._revision = command.revision
                self._do(command)
            case Undo():
                self._revision = command.revision
                self._undo(command.record)
            case Train(epochs):
                self._start(epochs)
            case Step(kind):
                self._step(kind)
            case SetPace(pace):
                self._pace, self._due = pace, 0.0
            case Pause():
                self._stop()
            case Close():
                self._closed = True
        if isinstance(command, Do | Undo) and (not self._running or command.record.winds_back):
            self._metrics = None
            self._publish()

    def _start(self, epochs: int | None) -> None:
        self._message, self._failed = "", False
        self._until = None if epochs is None else self._trainer.state.epoch + epochs
        self._running, self._due = True, 0.0
        self._speed.restart()

    def _step(self, kind: str) -> None:
        """A step by sample moves a cursor over the batch; passing its end trains the batch."""
        self._running = False
        self._message, self._failed = "", False
        trainer = self._trainer
        if kind == "sample":
            self._cursor = 0 if self._cursor is None else self._cursor + 1
            if self._cursor < len(trainer.batch_samples(trainer.state.batch)):
                self._publish()
                return
        self._cursor = None
        epoch = trainer.state.epoch
        try:
            metrics = trainer.train_epoch() if kind == "epoch" else trainer.train_batch()
        except NonFiniteError as error:
            self._stop(str(error), failed=True)
            return
        if trainer.state.epoch != epoch and metrics is not None:
            self.history.append(metrics)
            self.on_progress()
        self._metrics = None
        self._publish()

    # Edits

    def _do(self, command: Do) -> None:
        if not command.record.memory.captured:
            command.record.memory = self._capture(command)
        if isinstance(command.edit, SetParameters):
            self._set_parameters(command.edit.values, also_initial=True)
        elif command.edit.effect == "restart":
            self._restart(command.experiment, command.data)
        else:
            self._reconfigure(command.experiment, command.data)

    def _undo(self, record: Record) -> None:
        memory = record.memory
        if memory.state is not None and memory.history is not None:
            self._experiment, self._data = record.before, record.before_data
            self._take_trainer(memory.state.copy())
            self.history = memory.history.up_to(self._trainer.state.epoch, self._layer_ids())
            self._run = memory.run
        elif isinstance(record.edit, SetParameters):
            self._set_parameters(memory.values, also_initial=False)
            for parameter, value in memory.initial_values.items():
                self._trainer.state.initial_theta[self._trainer.layout.index_of(parameter)] = value
        else:
            self._reconfigure(record.before, record.before_data)
        record.memory = Undoable()

    def _capture(self, command: Do) -> Undoable:
        state, layout = self._trainer.state, self._trainer.layout
        memory = Undoable(run=self._run, captured=True)
        if command.record.winds_back:
            memory.state = state.copy()
            memory.history = self.history
        if isinstance(command.edit, SetParameters):
            for parameter in command.edit.values:
                at = layout.index_of(parameter)
                memory.values[parameter] = float(state.theta[at])
                if state.epoch == 0 and state.batch == 0:
                    memory.initial_values[parameter] = float(state.initial_theta[at])
        return memory

    def _set_parameters(self, values: Mapping[ParameterId, float], also_initial: bool) -> None:
        state = self._trainer.state
        at_start = state.epoch == 0 and state.batch == 0
        for parameter, value in values.items():
            at = self._trainer.layout.index_of(parameter)
            state.theta[at] = value
            if also_initial and at_start:
                state.initial_theta[at] = value
        self._trainer.forget_gradient()

    def _restart(self, experiment: Experiment, data: PreparedData) -> None:
        """Epoch 0 of a new run. A plain reset returns to the initial weights as edited."""
        is_reset = experiment == self._experiment
        old = self._trainer.state
        self._experiment, self._data = experiment, data
        state = TrainerState.initial(experiment.network, experiment.training, experiment.seed)
        if is_reset:
            np.copyto(state.theta, old.initial_theta)
            np.copyto(state.initial_theta, old.initial_theta)
        self._take_trainer(state)
        self._run += 1
        self.history = self._new_history()

    def _reconfigure(self, experiment: Experiment, data: PreparedData) -> None:
        old, state = self._experiment, self._trainer.state
        self._experiment = experiment
        if experiment.network == old.network and data is self._data:
            self._trainer.set_training(experiment.training)
            return
        if len(data.training.train) != len(self._data.training.train):
            state.batch = 0
        self._data = data
        if experiment.network.layers != old.network.layers:
            state = grown(
                state,
                old.network,
                experiment.network,
                experiment.training,
                f"edit {self._revision}",
            )
        self._take_trainer(state)

    def _take_trainer(self, state: TrainerState) -> None:
        layers_before = self.history.layers
        self._trainer = Trainer(
            self._experiment.network,
            self._experiment.training,
            self._data.training,
            state=state,
        )
        self._cursor = None
        if self._layer_ids() != layers_before:
            self.history = self.history.up_to(state.epoch, self._layer_ids())

    # Publishing

    def _publish(self) -> None:
        """Put a snapshot into the mailbox, replacing one that was not taken."""
        trainer, state = self._trainer, self._trainer.state
        if self._metrics is None:
            self._metrics = trainer.evaluate()
        self._next_picture = time.monotonic() + _PICTURE_EVERY
        gradient, of = self._shown_gradient()
        velocity = state.moments.get(self._experiment.training.optimizer.velocity)
        cursor = None
        if self._cursor is not None:
            cursor = int(trainer.batch_samples(state.batch)[self._cursor])
        self.mailbox.put(
            Snapshot(
                run=self._run,
                revision=self._revision,
                experiment=self._experiment,
                data=self._data,
                epoch=state.epoch,
                batch=state.batch,
                theta=_frozen(state.theta),
                initial_theta=self._shown_initial_theta(),
                gradient=_frozen(gradient),
                gradient_of=of,
                update=_frozen(trainer.update),
                velocity=_frozen(velocity if velocity is not None else np.zeros_like(state.theta)),
                metrics=self._metrics,
                running=self._running,
                speed=self._speed.per_second if self._running else 0.0,
                cursor=cursor,
                message=self._message,
                failed=self._failed,
            )
        )

    def _shown_initial_theta(self) -> Array:
        """A copy that snapshots share until the initial weights change."""
        if not np.array_equal(self._initial_theta, self._trainer.state.initial_theta):
            self._initial_theta = _frozen(self._trainer.state.initial_theta)
        return self._initial_theta

    def _shown_gradient(self) -> tuple[Array, str]:
        """The last batch's gradient; before any, while paused, that of the whole training part."""
        trainer = self._trainer
        if trainer.gradient_batch is not None:
            epoch, batch = trainer.gradient_batch
            return trainer.gradient, (
                f"batch {batch + 1} of epoch {epoch + 1}, at the weights before its update"
            )
        samples = len(trainer.data.train)
        if samples * trainer.layout.size <= _PICTURE_WORK:
            return trainer.whole_gradient(), f"all {samples} training samples, at these weights"
        return trainer.gradient, "no batch yet"

    def _layer_ids(self) -> tuple[str, ...]:
        return tuple(layer.id for layer in self._experiment.network.computed)

    def _new_history(self) -> History:
        """A log that begins with the error of the initial weights."""
        history = History(self._layer_ids())
        history.append(self._trainer.evaluate())
        return history


class _Speedometer:
    """Epochs per second, over about the last half second."""

    def __init__(self) -> None:
        self.per_second = 0.0
        self.restart()

    def restart(self) -> None:
        self._since, self._count = time.monotonic(), 0

    def count(self) -> None:
        self._count += 1
        elapsed = time.monotonic() - self._since
        if elapsed > 0.5:
            self.per_second = self._count / elapsed
            self.restart()


def _frozen(array: Array) -> Array:
    """A read-only copy."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy
