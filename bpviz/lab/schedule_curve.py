"""What schedules would make of a factor over the epochs that are planned, before any training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpviz.engine.schedules import Schedule, factor_at
from bpviz.engine.stopping import Epochs
from bpviz.experiments.experiment import Experiment

# A sketch is narrow: more points than this would fall on the same pixels.
_POINTS = 160


@dataclass(frozen=True)
class ScheduleCurve:
    """The product of some schedules' factors at times from epoch 0 to the last one."""

    times: tuple[float, ...]
    factors: tuple[float, ...]

    @property
    def epochs(self) -> int:
        return int(self.times[-1])

    @property
    def highest(self) -> float:
        return max(self.factors)

    @property
    def shares(self) -> tuple[tuple[float, float], ...]:
        """Times and factors as shares of the longest and the highest."""
        long, high = self.times[-1] or 1.0, self.highest or 1.0
        return tuple((t / long, f / high) for t, f in zip(self.times, self.factors, strict=True))


def schedule_curve(schedules: Sequence[Schedule], epochs: int) -> ScheduleCurve:
    """The factor over `epochs`. A schedule that waits for errors stays at what it starts with."""
    count = min(_POINTS, epochs + 1) if epochs >= 1 else 2
    times = tuple(epochs * k / (count - 1) for k in range(count))
    factors = tuple(factor_at(schedules, "sketch", int(t), t - int(t), {}) for t in times)
    return ScheduleCurve(times, factors)


def planned_epochs(experiment: Experiment) -> int:
    """How long an experiment is trained at most: as it says itself, or until a rule ends it."""
    rules = [rule.epochs for rule in experiment.training.stop if isinstance(rule, Epochs)]
    return min([experiment.epochs, *rules])
