"""Conditions on what is looked at, typed and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.settings import setting
from bpviz.lab.lesson_conditions.base import CONDITIONS, Condition, LessonState


@CONDITIONS.register
@dataclass(frozen=True)
class StageReached(Condition):
    """This one of the six stages is looked at."""

    kind: ClassVar[str] = "stage_reached"
    stage: int = setting(1, "Stage", "1 to 6", at_least=1, at_most=6)

    def met(self, state: LessonState) -> bool:
        return state.stage == self.stage


@CONDITIONS.register
@dataclass(frozen=True)
class ViewDone(Condition):
    """The special view of this name was worked through."""

    kind: ClassVar[str] = "view_done"
    name: str = setting("", "View", "Its name")

    def met(self, state: LessonState) -> bool:
        return self.name in state.done


@CONDITIONS.register
@dataclass(frozen=True)
class TabShown(Condition):
    """A tab of the card below the network is open."""

    kind: ClassVar[str] = "tab_shown"
    name: str = setting("", "Tab", "Its name")

    def met(self, state: LessonState) -> bool:
        return state.tab == self.name


@CONDITIONS.register
@dataclass(frozen=True)
class PlotShown(Condition):
    """A tab of the plots is open."""

    kind: ClassVar[str] = "plot_shown"
    name: str = setting("", "Plot", "Its name")

    def met(self, state: LessonState) -> bool:
        return state.plot == self.name


@CONDITIONS.register
@dataclass(frozen=True)
class InputsTyped(Condition):
    """The network was given inputs that are no sample of the data."""

    kind: ClassVar[str] = "inputs_typed"

    def met(self, state: LessonState) -> bool:
        return state.typed


@CONDITIONS.register
@dataclass(frozen=True)
class Answered(Condition):
    """A number was answered, near enough to the right one."""

    kind: ClassVar[str] = "answered"
    value: float = setting(0.0, "Value", "The right answer")
    tolerance: float = setting(0.001, "Tolerance", "How far off it may be", at_least=0)

    def met(self, state: LessonState) -> bool:
        return state.answer is not None and abs(state.answer - self.value) <= self.tolerance
