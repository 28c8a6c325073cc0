"""The laboratory: the experiment as a person edits it, its undo stack, its way to the runner."""

from __future__ import annotations

from collections.abc import Callable

from bpviz.datasets.encoding import PreparedData
from bpviz.experiments.experiment import Experiment
from bpviz.lab.commands import (
    Close,
    Do,
    Pace,
    Pause,
    Record,
    SetPace,
    Step,
    StepKind,
    Toggle,
    Train,
    Undo,
    kept_bytes,
)
from bpviz.lab.edits import Edit
from bpviz.lab.history import History
from bpviz.lab.preparing import Basis, Prepared, carried_out, validated
from bpviz.lab.runner import Runner
from bpviz.lab.snapshot import Quantity, Snapshot

# Bytes that the steps back may hold; the last step is kept however many it needs.
MOST_KEPT = 300_000_000


class Laboratory:
    """Validates edits, gives each its revision and hands it to the runner.

    Used from one thread; the runner works on another (or on the same, in tests). Nothing here
    waits for the runner.
    """

    def __init__(
        self,
        experiment: Experiment,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        self.experiment = experiment
        self.data = validated(experiment).data
        self.runner = Runner(experiment, self.data, yield_to)
        self.revision = 0
        self._structure_revision = 0
        self._done: list[Record] = []
        self._undone: list[Record] = []
        self._let_some_go = False

    @property
    def history(self) -> History:
        """The training log of the present run."""
        return self.runner.history

    def is_current(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot is of the network and the run that the last edits made."""
        return snapshot.revision >= self._structure_revision

    # Edits

    @property
    def basis(self) -> Basis:
        """The experiment with its data, from which an edit can be prepared on another thread."""
        return Basis(self.experiment, self.data)

    def apply(self, edit: Edit, merge: str = "", prepared: Prepared | None = None) -> None:
        """Carry out an edit. Raises SettingError, and changes nothing, when it cannot be done.

        Edits in a row with the same non-empty `merge` (a drag) are undone together. What was
        `prepared` from the present experiment need not be loaded here.
        """
        if prepared is None or not self.is_present(prepared.before):
            prepared = carried_out(edit, self.basis, prepared)
        after, data = prepared.after
        top = self._done[-1] if self._done else None
        winds_back = edit.winds_back or after.network.shape != self.experiment.network.shape
        mergeable = top is not None and top.merge == merge and not top.winds_back
        if merge and mergeable and not winds_back and not self._undone:
            record = self._done[-1]
            record.edit, record.after, record.after_data = edit, after, data
        else:
            record = Record(edit, self.experiment, after, self.data, data, merge, winds_back)
            self._done.append(record)
        self._undone.clear()
        self._let_go()
        self._do(record)

    def is_present(self, basis: Basis) -> bool:
        """Whether nothing was edited since."""
        return basis.experiment is self.experiment and basis.data is self.data

    def _let_go(self) -> None:
        """Of large networks and data only so many steps back are kept as there is memory for."""
        total = 0
        for k in range(len(self._done) - 1, 0, -1):
            total += kept_bytes(self._done[k])
            if total + kept_bytes(self._done[k - 1]) > MOST_KEPT:
                self._let_some_go = True
                del self._done[:k]
                return

    @property
    def undo_text(self) -> str:
        """What undo would take back; "" when there is nothing."""
        return self._done[-1].edit.text if self._done else ""

    @property
    def redo_text(self) -> str:
        return self._undone[-1].edit.text if self._undone else ""

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> str:
        """Take back the last edit; returns a sentence that says what happened to the training."""
        if not self._done and self._let_some_go:
            return "What was done earlier can no longer be undone: it would need too much memory."
        if not self._done:
            return "There is nothing to undo."
        record = self._done.pop()
        self._undone.append(record)
        self._move_to(record.before, record.before_data, record)
        self.runner.submit(Undo(record, self.revision))
        if record.winds_back:
            return f"Undid: {record.edit.text}. Training is back where it was before it."
        return f"Undid: {record.edit.text}."

    def redo(self) -> str:
        """Do again what was undone last."""
        if not self._undone:
            return "There is nothing to redo."
        record = self._undone.pop()
        self._done.append(record)
        self._do(record)
        return f"Redid: {record.edit.text}."

    def _do(self, record: Record) -> None:
        self._move_to(record.after, record.after_data, record)
        self.runner.submit(Do(record, self.revision, record.edit, record.after, record.after_data))

    def _move_to(self, experiment: Experiment, data: PreparedData, record: Record) -> None:
        self.experiment, self.data = experiment, data
        self.revision += 1
        if record.winds_back or record.before_data is not record.after_data:
            self._structure_revision = self.revision

    # Transport

    def train(self) -> None:
        """Train until paused or a stop rule speaks."""
        self.runner.submit(Train())

    def train_epochs(self, epochs: int) -> None:
        """Train this many epochs (perhaps none) and pause."""
        self.runner.submit(Train(epochs))

    def toggle(self) -> None:
        """Pause when training runs, else train."""
        self.runner.submit(Toggle())

    def pause(self) -> None:
        self.runner.submit(Pause())

    def step(self, kind: StepKind) -> None:
        """One sample, one batch or the rest of the epoch; training pauses there."""
        self.runner.submit(Step(kind))

    def want(self, quantities: frozenset[Quantity]) -> None:
        """Say what views show of each parameter (see Snapshot.has)."""
        self.runner.want(quantities)

    def set_pace(self, pace: Pace) -> None:
        self.runner.submit(SetPace(pace))

    def close(self) -> None:
        """End the runner's `run`."""
        self.runner.submit(Close())
