"""One lesson being taken: where it stands, and what brings it on."""

from __future__ import annotations

from dataclasses import dataclass

from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.lessons import Lesson, LessonStep
from bpviz.lab.lesson_conditions import Condition, LessonState, make_condition


@dataclass
class LessonRun:
    """A lesson and the step it stands at; after the last step it stands at its closing words.

    Each step begins with a state (`begin`) and is fed states. When its condition comes to be met,
    the lesson goes on by itself; one that was met from the beginning, as after going back, waits
    for the person. `last_success` is what the step before had to say when it was done;
    `has_begun` says whether the present step has.

    Raises SettingError at once for a condition that can never be asked.
    """

    lesson: Lesson
    index: int = 0
    is_met: bool = False
    last_success: str = ""
    _condition: Condition | None = None
    has_begun: bool = False

    def __post_init__(self) -> None:
        self._conditions = conditions_of(self.lesson)

    @property
    def step(self) -> LessonStep | None:
        """The present step; None at the closing words."""
        steps = self.lesson.steps
        return steps[self.index] if self.index < len(steps) else None

    @property
    def is_over(self) -> bool:
        return self.step is None

    @property
    def waits(self) -> bool:
        """Whether the step asks for something that was not done yet."""
        return self.step is not None and self.step.condition is not None and not self.is_met

    def begin(self, state: LessonState) -> None:
        """The step begins, in this state."""
        self._condition = None if self.is_over else self._conditions[self.index]
        self.is_met = self._condition is not None and self._condition.met(state)
        self.has_begun = True

    def feed(self, state: LessonState) -> bool:
        """Look at a state; returns whether the lesson has gone on, to a step still to begin."""
        if not self.has_begun or self._condition is None or self.is_met:
            return False
        if not self._condition.met(state):
            return False
        step = self.step
        assert step is not None
        self._move(self.index + 1, step.success or "Done.")
        return True

    def next(self) -> None:
        """Go on, whether or not the step was done."""
        if not self.is_over:
            self._move(self.index + 1)

    def back(self) -> None:
        """To the step before."""
        if self.index:
            self._move(self.index - 1)

    def restart(self) -> None:
        """To the first step."""
        self._move(0)

    def _move(self, index: int, success: str = "") -> None:
        self.index = index
        self.last_success = success
        self.is_met = False
        self._condition = None
        self.has_begun = False


def conditions_of(lesson: Lesson) -> tuple[Condition | None, ...]:
    """What each step waits for. Raises SettingError, naming lesson and step, for a bad one."""
    made: list[Condition | None] = []
    for index, step in enumerate(lesson.steps):
        if step.condition is None:
            made.append(None)
            continue
        try:
            condition = make_condition(step.condition)
            condition.check(gallery_experiment(lesson.experiment_at(index)))
        except SettingError as error:
            raise error.under(f"{lesson.name}.steps.{index + 1}.condition") from None
        made.append(condition)
    return tuple(made)
