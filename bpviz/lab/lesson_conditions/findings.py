"""A condition on what the experiment is famous for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.settings import SettingError, setting
from bpviz.experiments.experiment import Experiment
from bpviz.lab.findings import finding_of, found_in
from bpviz.lab.lesson_conditions.base import CONDITIONS, Condition, LessonState


@CONDITIONS.register
@dataclass(frozen=True)
class FindingHolds(Condition):
    """The network shows what its experiment is famous for, or does not."""

    kind: ClassVar[str] = "finding_holds"
    holds: bool = setting(True, "Holds", "Whether it is to be there; false: to be gone")
    epoch: int = setting(0, "Epoch", "Not before this epoch", unit="epochs", at_least=0)

    def check(self, experiment: Experiment) -> None:
        if finding_of(experiment) is None:
            raise SettingError(f"the experiment {experiment.name!r} has no finding", "kind")

    def met(self, state: LessonState) -> bool:
        snapshot = state.snapshot
        if snapshot is None or not state.is_current or snapshot.epoch < self.epoch:
            return False
        found = found_in(snapshot.experiment, snapshot.data, snapshot.theta)
        return found is not None and not found.refused and found.holds == self.holds
