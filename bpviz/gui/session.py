"""The window's one link to the laboratory: snapshots and evaluations in, edits out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.gui.theme import LIGHT, Theme
from bpviz.lab.edits import Edit
from bpviz.lab.evaluation import Evaluation, Request
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.snapshot import Quantity, Snapshot


class Session(QObject):
    """What all views share. Views connect to its signals and call its methods; nothing else.

    Signals carry objects that live on here, so that a late receiver reads the present one:
    `experiment_changed` after every edit; `snapshot_changed` and `evaluation_changed` at most once
    a frame; `log_grew` when the training log has new rows; `view_changed` when what is looked at
    changes (quantity, sample, axes, theme); `selected` with a ParameterId, or None; `said` with a
    sentence for the status line (is it an error?).
    """

    experiment_changed = Signal()
    snapshot_changed = Signal()
    evaluation_changed = Signal()
    log_grew = Signal()
    view_changed = Signal()
    selected = Signal(object)
    said = Signal(str, bool)

    def __init__(self, laboratory: Laboratory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.laboratory = laboratory
        self.snapshot: Snapshot | None = None
        self.evaluation: Evaluation | None = None
        self.request = Request()
        self.quantity: Quantity = "weight"
        self.show_test = False
        self.discretise = False
        self.theme: Theme = LIGHT
        self.selection: ParameterId | None = None

    @property
    def experiment(self) -> Any:
        """The experiment as edited so far (the snapshot may still be of an earlier one)."""
        return self.laboratory.experiment

    def apply(self, edit: Edit, merge: str = "") -> bool:
        """Carry out an edit; a refused one is said in the status line and changes nothing.

        Edits with the same non-empty `merge` in a row (a drag) are one step of undo.
        """
        try:
            self.laboratory.apply(edit, merge)
        except SettingError as error:
            self.said.emit(str(error), True)
            return False
        self.experiment_changed.emit()
        return True

    def ask(self, **changes: Any) -> None:
        """Change what the evaluator is asked for (fields of Request)."""
        request = replace(self.request, **changes)
        if request != self.request:
            self.request = request
            self.view_changed.emit()

    def look(self, **changes: Any) -> None:
        """Change how things are shown: quantity, show_test, discretise, theme."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.view_changed.emit()

    def select(self, parameter: ParameterId | None) -> None:
        """Select a weight or bias everywhere."""
        self.selection = parameter
        self.selected.emit(parameter)
