"""Schedules that stay as they are for some epochs, and then fall by a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.schedules.base import SCHEDULES, Memory, Schedule
from bpviz.engine.settings import SettingError, setting


@SCHEDULES.register
@dataclass(frozen=True)
class Steps(Schedule):
    """γ^⌊t / n⌋: times γ every n epochs."""

    kind: ClassVar[str] = "step"
    label: ClassVar[str] = "step"
    formula: ClassVar[str] = r"\gamma^{\lfloor t/n\rfloor}"
    every: int = setting(
        30, "Every n", "How many epochs it stays the same", unit="epochs", at_least=1
    )
    gamma: float = setting(0.1, "Factor γ", "What each step multiplies with", above=0, at_most=1)

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        return float(self.gamma ** (epoch // self.every))


@SCHEDULES.register
@dataclass(frozen=True)
class Piecewise(Schedule):
    """1 at first, then from each of some epochs on a factor of its own."""

    kind: ClassVar[str] = "piecewise"
    label: ClassVar[str] = "piecewise by epoch"
    formula: ClassVar[str] = r"c_k\quad (t_k\leq t)"
    epochs: tuple[int, ...] = setting(
        (100, 200), "From epochs", "The epochs from which another factor holds, in rising order"
    )
    factors: tuple[float, ...] = setting(
        (0.1, 0.01),
        "Factors",
        "The factor from each of these epochs on; where one is lacking, the last goes on",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(a >= b for a, b in pairwise((-1, *self.epochs))):
            raise SettingError(
                f"the epochs must rise from 0 or later, got {_listed(self.epochs)}", "epochs"
            )
        if any(factor < 0 for factor in self.factors):
            raise SettingError(
                f"factors must be at least 0, got {_listed(self.factors)}", "factors"
            )
        if len(self.factors) > len(self.epochs):
            raise SettingError(
                f"each factor needs the epoch it starts at, but there are {len(self.factors)} "
                f"factors and {len(self.epochs)} epochs",
                "factors",
            )

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        current = 1.0
        for begin, factor in zip(self.epochs, self.factors, strict=False):
            if epoch >= begin:
                current = factor
        return current


@SCHEDULES.register
@dataclass(frozen=True)
class Plateau(Schedule):
    """Times γ whenever the error has not fallen for a while (PyTorch's ReduceLROnPlateau).

    It looks at the test error, without a test part at the training error, each time errors are
    measured. It has fallen when it is below (1 - threshold) of the lowest so far.
    """

    kind: ClassVar[str] = "plateau"
    label: ClassVar[str] = "reduce on plateau"
    formula: ClassVar[str] = r"\max(\gamma^k,c)"
    gamma: float = setting(0.1, "Factor γ", "What a plateau multiplies with", above=0, below=1)
    patience: int = setting(
        10, "Patience", "How many measurements in a row may be no better", at_least=0
    )
    threshold: float = setting(
        1e-4,
        "Threshold",
        "Which share of the lowest error it must fall by to be better",
        at_least=0,
        below=1,
        logarithmic=True,
    )
    cooldown: int = setting(
        0, "Cooldown", "How many measurements to wait after a fall before counting", at_least=0
    )
    lowest: float = setting(0.0, "Lowest", "The factor never falls below this", at_least=0, below=1)

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        return memory.get("factor", 1.0)

    def observe(self, metrics: EpochMetrics, memory: Memory) -> None:
        _, error = metrics.judged
        if "best" not in memory or error < memory["best"] * (1.0 - self.threshold):
            memory["best"] = error
            memory["worse"] = 0.0
        else:
            memory["worse"] += 1.0
        if memory.get("cooldown", 0.0) > 0.0:
            memory["cooldown"] -= 1.0
            memory["worse"] = 0.0
        if memory["worse"] > self.patience:
            memory["factor"] = max(self.lowest, memory.get("factor", 1.0) * self.gamma)
            memory["cooldown"] = float(self.cooldown)
            memory["worse"] = 0.0


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)
