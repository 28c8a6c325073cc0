"""Schedules: what the learning rate, or the momentum, is multiplied with as training goes on.

Several in a list multiply, so that a warm-up can go before a decay. Time is counted in epochs,
from 0; a `continuous` schedule sees fractions of an epoch, any other the epoch under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.settings import Entry, Registry

Memory = dict[str, float]


@dataclass(frozen=True)
class Schedule(Entry):
    """A factor over time. `formula` is LaTeX over t, the time in epochs."""

    formula: ClassVar[str] = ""
    continuous: ClassVar[bool] = False

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        """The factor at a time; `memory` is the schedule's own part of the trainer's state."""
        raise NotImplementedError

    def observe(self, metrics: EpochMetrics, memory: Memory) -> None:
        """Take note of an evaluated epoch; by itself nothing."""


SCHEDULES: Registry[Schedule] = Registry("schedule")


@SCHEDULES.register
@dataclass(frozen=True)
class Constant(Schedule):
    """The same all the time: a factor of 1."""

    kind: ClassVar[str] = "constant"
    label: ClassVar[str] = "constant"
    formula: ClassVar[str] = "1"

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        return 1.0


def factor_at(
    schedules: Iterable[Schedule], name: str, epoch: int, part: float, memory: dict[str, Memory]
) -> float:
    """The product of the schedules' factors when `part` (0 to 1) of an epoch is done.

    `name` says of what ("rate", "momentum"): each schedule's memory stands under its own key.
    """
    product = 1.0
    for k, schedule in enumerate(schedules):
        time = epoch + part if schedule.continuous else epoch
        product *= schedule.factor(time, memory.get(_key(name, k, schedule), {}))
    return product


def observe(
    schedules: Iterable[Schedule], name: str, metrics: EpochMetrics, memory: dict[str, Memory]
) -> None:
    """Let the schedules take note of an evaluated epoch."""
    for k, schedule in enumerate(schedules):
        schedule.observe(metrics, memory.setdefault(_key(name, k, schedule), {}))


def _key(name: str, number: int, schedule: Schedule) -> str:
    return f"{name}-{number}-{schedule.kind}"
