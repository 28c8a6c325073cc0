"""Conditions on single weights and biases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.settings import SettingError, setting
from bpviz.lab.lesson_conditions.base import CONDITIONS, Condition, LessonState


@CONDITIONS.register
@dataclass(frozen=True)
class ParameterSelected(Condition):
    """A weight or bias is selected: the one with this label, or any."""

    kind: ClassVar[str] = "parameter_selected"
    parameter: str = setting("", "Label", "Such as w5; none: any")

    def met(self, state: LessonState) -> bool:
        return bool(state.selected) and self.parameter in ("", state.selected)


@CONDITIONS.register
@dataclass(frozen=True)
class ParameterExplained(Condition):
    """A weight or bias was explained during the step."""

    kind: ClassVar[str] = "parameter_explained"
    parameter: str = setting("", "Label", "Such as w5; none: any")

    def met(self, state: LessonState) -> bool:
        return bool(state.explained) if not self.parameter else self.parameter in state.explained


@CONDITIONS.register
@dataclass(frozen=True)
class ParameterChanged(Condition):
    """A weight or bias has another value than when the step began."""

    kind: ClassVar[str] = "parameter_changed"
    parameter: str = setting("", "Label", "Such as w5")

    def met(self, state: LessonState) -> bool:
        values = []
        for snapshot in (state.first, state.snapshot):
            if snapshot is None:
                return False
            try:
                values.append(float(snapshot.theta[snapshot.layout.find(self.parameter)]))
            except SettingError:
                return False
        return values[0] != values[1]
