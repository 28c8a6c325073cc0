"""The laboratory: the experiment as a person edits it, its undo stack, its way to the runner."""

from __future__ import annotations

from collections.abc import Callable

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.initializers import Explicit
from bpviz.engine.parameters import check_values, initial_theta, layout_of
from bpviz.engine.training_config import check_fit
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
)
from bpviz.lab.edits import Edit, SetParameters
from bpviz.lab.history import History
from bpviz.lab.runner import Runner
from bpviz.lab.snapshot import Snapshot


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
        self.data = _validated(experiment, None, None)
        self.runner = Runner(experiment, self.data, yield_to)
        self.revision = 0
        self._structure_revision = 0
        self._done: list[Record] = []
        self._undone: list[Record] = []

    @property
    def history(self) -> History:
        """The training log of the present run."""
        return self.runner.history

    def is_current(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot is of the network and the run that the last edits made."""
        return snapshot.revision >= self._structure_revision

    # Edits

    def apply(self, edit: Edit, merge: str = "") -> None:
        """Carry out an edit. Raises SettingError, and changes nothing, when it cannot be done.

        Edits in a row with the same non-empty `merge` (a drag) are undone together.
        """
        after = edit.apply(self.experiment)
        if isinstance(edit, SetParameters):
            check_values(self.experiment.network, edit.values)
        data = _validated(after, self.experiment, self.data)
        top = self._done[-1] if self._done else None
        winds_back = (
            edit.effect in ("restart", "reset")
            or after.network.layers != self.experiment.network.layers
        )
        mergeable = top is not None and top.merge == merge and not top.winds_back
        if merge and mergeable and not winds_back and not self._undone:
            record = self._done[-1]
            record.edit, record.after, record.after_data = edit, after, data
        else:
            record = Record(edit, self.experiment, after, self.data, data, merge, winds_back)
            self._done.append(record)
        self._undone.clear()
        self._do(record)

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

    def set_pace(self, pace: Pace) -> None:
        self.runner.submit(SetPace(pace))

    def close(self) -> None:
        """End the runner's `run`."""
        self.runner.submit(Close())


def _validated(
    experiment: Experiment, known: Experiment | None, known_data: PreparedData | None
) -> PreparedData:
    """The experiment's data, after checking that data, network and training go together.

    Data that was prepared already is used again when nothing that it depends on has changed.
    """
    if known is not None and known_data is not None and _same_data(experiment, known):
        data = known_data
    else:
        data = experiment.prepare()
    check_fit(experiment.network, experiment.training, data.training)
    if isinstance(experiment.network.initializer, Explicit):
        initial_theta(experiment.network, experiment.seed)
    layout = layout_of(experiment.network)
    for parameter in experiment.network.missing | experiment.network.frozen:
        layout.index_of(parameter)
    return data


def _same_data(a: Experiment, b: Experiment) -> bool:
    one, other = a.network.output, b.network.output
    return (a.data, a.seed, one.units, one.activation) == (
        b.data,
        b.seed,
        other.units,
        other.activation,
    )
