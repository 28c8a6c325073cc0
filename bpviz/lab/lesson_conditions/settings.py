"""Conditions on the settings of the experiment, by their dotted paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeGuard

from bpviz.engine.settings import Entry, SettingError, setting, to_plain
from bpviz.experiments.experiment import Experiment
from bpviz.lab.lesson_conditions.base import CONDITIONS, Condition, LessonState


@CONDITIONS.register
@dataclass(frozen=True)
class SettingIs(Condition):
    """A setting, by its dotted path, has a value; an entry of a registry is named by its kind."""

    kind: ClassVar[str] = "setting_is"
    path: str = setting("", "Setting", "Its dotted path, such as training.learning_rate")
    value: Any = setting(None, "Value", "What it is to be")
    tolerance: float = setting(0.0, "Tolerance", "How far a number may be off", at_least=0)

    def check(self, experiment: Experiment) -> None:
        present_value(experiment, self.path)

    def met(self, state: LessonState) -> bool:
        present = _present(state, self.path)
        if isinstance(present, Entry) and isinstance(self.value, str):
            return present.kind == self.value
        if _is_number(present) and _is_number(self.value):
            return bool(abs(present - self.value) <= self.tolerance)
        return present is not None and bool(to_plain(present) == self.value)


@CONDITIONS.register
@dataclass(frozen=True)
class SettingAtLeast(Condition):
    """A number among the settings is at least this large."""

    kind: ClassVar[str] = "setting_at_least"
    path: str = setting("", "Setting", "Its dotted path")
    value: float = setting(0.0, "Value", "The mark")

    def check(self, experiment: Experiment) -> None:
        if not _is_number(present := present_value(experiment, self.path)):
            raise SettingError(f"is no number but {present!r}", self.path)

    def met(self, state: LessonState) -> bool:
        present = _present(state, self.path)
        return _is_number(present) and present >= self.value


def present_value(experiment: Experiment, path: str) -> Any:
    """A setting of the experiment by its dotted path. Raises SettingError when there is none."""
    value: Any = experiment
    for name in path.split("."):
        if not hasattr(value, name):
            raise SettingError("there is no such setting", path)
        value = getattr(value, name)
    return value


def _present(state: LessonState, path: str) -> Any:
    """The setting's value; None where there is none now, as of an optimiser that was changed."""
    try:
        return present_value(state.experiment, path)
    except SettingError:
        return None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
