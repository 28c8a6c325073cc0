"""The runner: takes commands between batches, trains at the chosen pace, and publishes.

It is the one owner of the trainer, also while training is paused. It knows no window and no
thread: `run` is called on a thread by whoever has one.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.training import NonFiniteError
from bpviz.experiments.experiment import Experiment
from bpviz.lab.commands import (
    Close,
    Command,
    Do,
    Pace,
    Pause,
    SetPace,
    Step,
    StepKind,
    Toggle,
    Train,
    Undo,
)
from bpviz.lab.history import History
from bpviz.lab.mailbox import Mailbox
from bpviz.lab.publishing import Publisher, Standing
from bpviz.lab.snapshot import Quantity, Snapshot
from bpviz.lab.training_run import TrainingRun

# A paused picture that lacks something gets it when nothing was asked for so long (seconds).
_REST = 0.15

# More epochs than anybody trains.
_ENDLESS = 1 << 40


class Runner:
    """Trains one experiment at a time and carries out edits on it.

    `yield_to` is called after every batch; a window passes a function that returns when its own
    thread does not need the interpreter. `submitted` counts the commands handed over so far.
    """

    def __init__(
        self,
        experiment: Experiment,
        data: PreparedData,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        self.yield_to = yield_to
        self.submitted = 0
        self._carried_out = 0
        self._commands: deque[Command] = deque()
        self._wake = threading.Condition()
        self._training = TrainingRun(experiment, data)
        self._publisher = Publisher(self._training)
        self._running = False
        self._until: int | None = None
        self._closed = False
        self._pace = Pace()
        self._due = 0.0
        self._cursor: int | None = None
        self._message, self._failures, self._failed = "", 0, False
        self._metrics: EpochMetrics | None = None
        self._speed = _Speedometer()

    # From any thread

    def submit(self, command: Command) -> None:
        """Hand over a command; it is carried out between two batches."""
        with self._wake:
            self._commands.append(command)
            self.submitted += 1
            self._wake.notify()

    @property
    def mailbox(self) -> Mailbox[Snapshot]:
        """Where the newest snapshot waits to be taken."""
        return self._publisher.mailbox

    def want(self, quantities: frozenset[Quantity]) -> None:
        """Say what views show: of a very large network nothing else is copied."""
        if quantities != self._publisher.wanted:
            self._publisher.wanted = quantities
            with self._wake:
                self._wake.notify()

    @property
    def room(self) -> int:
        """Bytes of the room for the copies that snapshots of a large network hold."""
        return self._publisher.nbytes

    @property
    def history(self) -> History:
        """The training log of the present run."""
        return self._training.history

    @property
    def is_running(self) -> bool:
        """Whether training goes on, as far as the commands carried out so far say."""
        return self._running

    # On the runner's thread

    def run(self) -> None:
        """Work until told to close."""
        self._publish()
        while not self._closed:
            if self._wait():
                self.work()
            else:
                self._publish(at_rest=True)

    def work(self) -> None:
        """Carry out all waiting commands, then train until the end of the epoch or the next one.

        What the commands changed is published once, however many they were.
        """
        had_commands = bool(self._commands)
        try:
            while self._commands:
                self._carried_out += 1
                self._carry_out(self._commands.popleft())
            if had_commands or (self._publisher.lacks and not self._running):
                self._publish()
            if self._running and not self._closed:
                self._train_a_while()
        except NonFiniteError as error:
            self._stop(str(error), failed=True)

    def _wait(self) -> bool:
        """Sleep until there is something to do; false when nothing was asked for a moment."""
        with self._wake:
            while not self._commands:
                if not self._running:
                    if self._publisher.lacks:
                        return True
                    if not self._wake.wait(_REST if self._publisher.owes_gradient else None):
                        return False
                elif (delay := self._due - time.monotonic()) > 0:
                    self._wake.wait(delay)
                else:
                    return True
        return True

    def _train_a_while(self) -> None:
        trainer = self._training.trainer
        epoch = trainer.state.epoch
        self._cursor = None
        while not self._commands:
            metrics = trainer.advance(self._batches_ahead())
            if trainer.kernel.holds_interpreter:
                self.yield_to()
            if trainer.state.epoch != epoch:
                self._finish_epochs(trainer.state.epoch - epoch, metrics)
                break
            if self._pace.unit == "batch":
                break
            if self._publisher.is_due:
                self._publish()
        if self._running and self._pace.per_second:
            self._due = max(self._due, time.monotonic() - 1.0) + 1.0 / self._pace.per_second
            self._publish()

    def _batches_ahead(self) -> int:
        """How many batches may be trained without a look at what was asked for."""
        trainer = self._training.trainer
        if self._pace.unit == "batch":
            return 1
        epochs = _ENDLESS if self._until is None else self._until - trainer.state.epoch
        epochs = 1 if self._pace.per_second else epochs
        return epochs * trainer.batches - trainer.state.batch

    def _finish_epochs(self, ended: int, evaluated: list[EpochMetrics]) -> None:
        """Log epochs that have just ended, and stop if that was asked for or a rule says so."""
        self._speed.count(ended)
        trainer = self._training.trainer
        reason = ""
        for metrics in evaluated:
            self._metrics = metrics
            self._training.log(metrics)
            reason = trainer.stop_reason(metrics)
        if reason:
            self._stop(f"Stopped: {reason}.")
        elif self._until is not None and trainer.state.epoch >= self._until:
            self._stop()
        elif self._publisher.is_welcome:
            self._publish()

    def _stop(self, message: str = "", failed: bool = False) -> None:
        self._running, self._until = False, None
        self._message, self._failed = message, failed
        self._failures += failed
        self._speed.restart()
        self._metrics = None
        self._publish()

    # Commands

    def _carry_out(self, command: Command) -> None:
        match command:
            case Do():
                before = self._training.run
                self._training.do(command)
                self._changed()
                if command.edit.pauses:
                    self._pause()
                if self._training.run != before:
                    self._metrics = self._training.at_start
            case Undo():
                self._training.undo(command.record, command.revision)
                self._changed()
            case Train(epochs):
                self._start(epochs)
            case Step(kind):
                self._step(kind)
            case SetPace(pace):
                self._pace, self._due = pace, time.monotonic()
                self._speed.restart()
            case Toggle():
                if self._running:
                    self._pause()
                else:
                    self._start(None)
            case Pause():
                self._pause()
            case Close():
                self._closed = True

    def _changed(self) -> None:
        """An edit was carried out: what was measured or shown before it is of another network."""
        self._cursor = None
        self._metrics = None
        self._message, self._failed = "", False

    def _start(self, epochs: int | None) -> None:
        self._message, self._failed = "", False
        self._until = None
        if epochs is not None:
            self._until = self._training.trainer.state.epoch + epochs
        self._running, self._due = epochs != 0, time.monotonic()
        self._speed.restart()

    def _pause(self) -> None:
        self._running, self._until = False, None
        self._metrics = None

    def _step(self, kind: StepKind) -> None:
        """A step by sample moves a cursor over the batch; passing its end trains the batch."""
        if kind == "epoch":
            self._start(1)
            return
        self._pause()
        self._message, self._failed = "", False
        trainer = self._training.trainer
        if kind == "sample":
            self._cursor = 0 if self._cursor is None else self._cursor + 1
            if self._cursor < len(trainer.batch_samples(trainer.state.batch)):
                return
        self._cursor = None
        epoch = trainer.state.epoch
        metrics = trainer.train_batch()
        if trainer.state.epoch != epoch:
            self._finish_epochs(1, [] if metrics is None else [metrics])
        self._metrics = None

    def _publish(self, at_rest: bool = False) -> None:
        """Put a snapshot into the mailbox, replacing one that was not taken."""
        if self._metrics is None:
            self._metrics = self._training.trainer.evaluate()
        standing = Standing(
            self._running,
            self._speed.per_second if self._running else 0.0,
            self._cursor,
            self._message,
            self._failed,
            self._failures,
            self._carried_out,
            at_rest,
        )
        self._publisher.publish(standing, self._metrics)


class _Speedometer:
    """Epochs per second, over about the last half second."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.per_second = 0.0
        self._since, self._count = time.monotonic(), 0

    def count(self, epochs: int) -> None:
        self._count += epochs
        elapsed = time.monotonic() - self._since
        if elapsed > 0.5:
            self.per_second = self._count / elapsed
            self._since, self._count = time.monotonic(), 0
