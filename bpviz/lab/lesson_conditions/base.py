"""What conditions have in common: the state that they look at, and their registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpviz.engine.settings import Entry, Registry
from bpviz.engine.spec import ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.lab.snapshot import Snapshot


@dataclass(frozen=True)
class LessonState:
    """What conditions look at.

    `first` is the snapshot with which the step began and `start` the experiment then; `snapshot`
    and `experiment` are the present ones. `explained` are labels of parameters that were explained
    during the step, `done` the names of views that were worked through, `typed` whether inputs
    were typed, `stage` the stage of training that is looked at, `tab` and `plot` what is open.
    """

    experiment: Experiment
    start: Experiment
    snapshot: Snapshot | None = None
    first: Snapshot | None = None
    selection: ParameterId | None = None
    explained: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    stage: int = 0
    tab: str = ""
    plot: str = ""
    typed: bool = False
    answer: float | None = None

    @property
    def selected(self) -> str:
        """The label of the selected parameter, "" for none."""
        snapshot = self.snapshot
        if self.selection is None or snapshot is None or not snapshot.spec.has(self.selection):
            return ""
        return snapshot.layout.label(snapshot.layout.index_of(self.selection))

    @property
    def is_current(self) -> bool:
        """Whether the snapshot is already one of the experiment as it was edited last."""
        return self.snapshot is not None and self.snapshot.experiment == self.experiment


@dataclass(frozen=True)
class Condition(Entry):
    """Something a person is asked to bring about."""

    def met(self, state: LessonState) -> bool:
        """Whether it is so now. Any state can be asked."""
        raise NotImplementedError

    def check(self, experiment: Experiment) -> None:
        """Raise SettingError when it makes no sense with the experiment of its step."""


CONDITIONS: Registry[Condition] = Registry("condition")


def make_condition(table: Mapping[str, Any]) -> Condition:
    """A condition from its table in a lesson's file. Raises SettingError."""
    return CONDITIONS.make(table)
