"""The window's one link to the laboratory: snapshots and evaluations in, edits out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.tables.progress import to_the_end
from bpviz.datasets.telling import telling_inputs
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.explain.terms import Role, UnitRef
from bpviz.gui.loading import DataLoader, Order, nothing, order_of, replaces
from bpviz.gui.theme import LIGHT, Theme
from bpviz.lab.edits import Edit
from bpviz.lab.evaluation import Evaluation, Request
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.loading import sentence_of
from bpviz.lab.preparing import loads_slowly
from bpviz.lab.snapshot import QUANTITIES, Quantity, Snapshot
from bpviz.lab.walked_path import WalkedPath


@dataclass(frozen=True)
class Look:
    """How things are shown; nothing of it changes what is computed.

    `shown_unit` is (layer, unit) positions of a unit whose map is enlarged, or None. `bias_units`
    draws biases as weights from a unit that is always 1; `health` marks dead and saturated units;
    `missing` draws connections that are not there.
    """

    theme: Theme = LIGHT
    quantity: Quantity = "weight"
    show_test: bool = False
    discretise: bool = False
    numbers: bool = False
    presenter: bool = False
    shown_unit: tuple[int, int] | None = None
    bias_units: bool = False
    health: bool = True
    missing: bool = False


class Motion(NamedTuple):
    """Where slow motion stands: values running right, deltas left, then the update.

    With `layer`, only the connections that lead to it move, and `fraction` is their own way.
    """

    phase: Literal["forward", "backward", "update"]
    fraction: float
    layer: str = ""


@dataclass(frozen=True)
class Mark:
    """Units and parameters to be lit up on the canvas in the colour of a formula's term."""

    role: Role
    units: tuple[UnitRef, ...] = ()
    parameters: tuple[ParameterId, ...] = ()


class Session(QObject):
    """What all views share. Views connect to its signals and call its methods; nothing else.

    Signals carry nothing big; receivers read the present object here: `experiment_changed` after
    every edit; `snapshot_changed` and `evaluation_changed` at most once a frame; `log_grew` when
    the training log has new rows; `look_changed`, `request_changed` when what is looked at
    changes; `motion_changed` in slow motion; `selected` with a ParameterId or None; `said` with a
    sentence for the status line and whether it is an error; `marks_changed` when other things are
    to be lit up on the canvas; `pointed` with the ParameterId or UnitRef that the mouse points at
    on the canvas, or None; `explain_asked` when a person asks why the selected parameter changes;
    `explain_step_asked` when a person asks to go on (1) or back (-1) through the six stages;
    `stage_changed` when another of the six stages (`stage`: 1 to 6, 0 for none) is looked at;
    `rows_marked` when other samples (`marked_rows`: row numbers of the dataset) are highlighted;
    `draw_asked` when a person asks to draw samples, on an empty sheet (True) or among the present.
    `snapshot` is what is shown, perhaps an earlier round; `latest` is the runner's newest; `path`
    is where the weights have been. With a `loader`, data that takes time is loaded in the
    background; without, on the spot.
    """

    experiment_changed = Signal()
    snapshot_changed = Signal()
    evaluation_changed = Signal()
    log_grew = Signal()
    look_changed = Signal()
    request_changed = Signal()
    motion_changed = Signal()
    selected = Signal(object)
    said = Signal(str, bool)
    marks_changed = Signal()
    pointed = Signal(object)
    explain_asked = Signal()
    explain_step_asked = Signal(int)
    stage_changed = Signal()
    rows_marked = Signal()
    draw_asked = Signal(bool)

    def __init__(self, laboratory: Laboratory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.laboratory = laboratory
        self.loader: DataLoader | None = None
        self.snapshot: Snapshot | None = None
        self.latest: Snapshot | None = None
        self.evaluation: Evaluation | None = None
        self.request = Request()
        self.look = Look()
        self.motion: Motion | None = None
        self.selection: ParameterId | None = None
        self.marks: tuple[Mark, ...] = ()
        self.stage = 0
        self.marked_rows: tuple[int, ...] = ()
        self._marked_in: Dataset | None = None
        self._known_layers: tuple[LayerSpec, ...] = ()
        self._met: tuple[str, tuple[str, ...]] = ("", ())
        self.path = WalkedPath()
        self.snapshot_changed.connect(self._walk)
        self._pointed: object = None
        self.pointed.connect(self._point)

    @property
    def theme(self) -> Theme:
        return self.look.theme

    @property
    def experiment(self) -> Experiment:
        """The experiment as edited so far (the snapshot may still be of an earlier one)."""
        return self.laboratory.experiment

    def apply(self, edit: Edit, merge: str = "", then: Callable[[], object] = nothing) -> bool:
        """Carry out an edit; a refused one is said in the status line and changes nothing.

        Edits with the same non-empty `merge` in a row (a drag) are one step of undo. One whose
        data takes time is carried out when that is loaded. `then` is called when it was done.
        """
        try:
            if self.loader is not None and loads_slowly(edit, self.laboratory.basis):
                self.loader.load(order_of(edit, merge, then))
                return True
            self.laboratory.apply(edit, merge)
        except SettingError as error:
            self.said.emit(sentence_of(error), True)
            return False
        if self.loader is not None and replaces(edit):
            self.loader.forget()
        self.experiment_changed.emit()
        then()
        return True

    def load(self, order: Order) -> None:
        """Carry out an edit that takes time to make."""
        if self.loader is not None:
            self.loader.load(order)
            return
        try:
            edit = order.make(to_the_end)
        except SettingError as error:
            self.said.emit(sentence_of(error), True)
        else:
            self.apply(edit, order.merge, order.then)

    def load_with(self, loader: DataLoader) -> None:
        """From now on, load what takes time in the background."""
        self.loader = loader
        loader.applied.connect(self.experiment_changed)
        loader.refused.connect(self._refused)

    def _refused(self, sentence: str, is_error: bool) -> None:
        self.said.emit(sentence, is_error)
        # Fields that show what was asked for go back to what is so.
        self.experiment_changed.emit()

    def learn_at_once(self) -> None:
        """Learn, if the experiment is one to begin at once."""
        if self.experiment.learn_at_once:
            self.laboratory.train()

    def undo(self) -> None:
        self.said.emit(self.laboratory.undo(), False)
        self.experiment_changed.emit()

    def redo(self) -> None:
        self.said.emit(self.laboratory.redo(), False)
        self.experiment_changed.emit()

    def _point(self, at: object) -> None:
        self._pointed = at

    @property
    def shown_quantities(self) -> frozenset[Quantity]:
        """What views show of each parameter: of a very large network no more is copied."""
        numbers = isinstance(self._pointed, ParameterId) or self.selection is not None
        # The update that is explained takes what the optimiser remembers.
        steps = self.request.ask is not None or self.request.step is not None
        all_of_it = numbers or steps or self.motion is not None
        return frozenset(QUANTITIES if all_of_it else ("weight", self.look.quantity))

    def meet(self, snapshot: Snapshot) -> None:
        """Look at data that was not seen before: its first training sample, its telling inputs."""
        if self._known_layers != snapshot.spec.layers:
            # What was pointed out may be gone, or stand elsewhere.
            self._known_layers = snapshot.spec.layers
            self.show(shown_unit=None)
            if self.selection is not None and not snapshot.spec.has(self.selection):
                self.select(None)
        data, source = snapshot.data, snapshot.experiment.data.source
        if self._marked_in is not data.dataset:
            self._marked_in = data.dataset
            self.mark_rows(())
        met = (source.kind, data.dataset.input_names)
        if met == self._met and self.request.sample < len(data.dataset):
            return
        self._met = met
        self.ask(sample=int(data.train_rows[0]), typed=None, axes=telling_inputs(data.dataset))
        self.show(shown_unit=None)

    def _walk(self) -> None:
        """Remember the way of the run from its beginning, whoever may ask for it later."""
        if self.snapshot is not None:
            self.path.follow(self.snapshot)

    def ask(self, **changes: Any) -> None:
        """Change what the evaluator is asked for (fields of Request)."""
        request = replace(self.request, **changes)
        if request != self.request:
            self.request = request
            self.request_changed.emit()

    def show(self, **changes: Any) -> None:
        """Change how things are shown (fields of Look)."""
        look = replace(self.look, **changes)
        if look != self.look:
            self.look = look
            self.look_changed.emit()

    def select(self, parameter: ParameterId | None) -> None:
        """Select a weight or bias everywhere."""
        self.selection = parameter
        self.selected.emit(parameter)

    def mark(self, *marks: Mark) -> None:
        """Light these up on the canvas, and nothing else."""
        if marks != self.marks:
            self.marks = marks
            self.marks_changed.emit()

    def mark_rows(self, rows: Iterable[int]) -> None:
        """Highlight these samples in every view of the data, and no others."""
        numbers = np.sort(np.fromiter(rows, dtype=np.intp))
        marked = tuple(numbers[np.diff(numbers, prepend=-1) > 0].tolist())
        if marked != self.marked_rows:
            self.marked_rows = marked
            self.rows_marked.emit()

    def enter_stage(self, stage: int) -> None:
        """Look at one of the six stages of training, 1 to 6, or (0) at none."""
        if stage != self.stage:
            self.stage = stage
            self.stage_changed.emit()

    def explain(self, parameter: ParameterId) -> None:
        """Select a parameter and show why it changes."""
        self.select(parameter)
        self.explain_asked.emit()

    def explain_step(self, by: int = 1) -> None:
        """Go one step on (1) or back (-1) through the six stages."""
        self.explain_step_asked.emit(by)
