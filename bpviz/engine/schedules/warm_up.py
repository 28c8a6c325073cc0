"""Schedules that rise at first; put before another one in the list, they multiply with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.schedules.base import SCHEDULES, Schedule
from bpviz.engine.settings import setting


@SCHEDULES.register
@dataclass(frozen=True)
class LinearWarmUp(Schedule):
    """From a to 1 on a straight line over the first n epochs (Goyal et al. 2017, sect. 2.2)."""

    kind: ClassVar[str] = "linear_warm_up"
    label: ClassVar[str] = "linear warm-up"
    formula: ClassVar[str] = r"\min\left(1,a+(1-a)\,\frac{t}{n}\right)"
    continuous: ClassVar[bool] = True
    epochs: int = setting(5, "Epochs n", "How long it rises", unit="epochs", at_least=1)
    start: float = setting(0.1, "Start a", "The factor at the start", at_least=0, at_most=1)

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        return self.start + (1.0 - self.start) * min(1.0, epoch / self.epochs)


@SCHEDULES.register
@dataclass(frozen=True)
class CosineWarmUp(Schedule):
    """From a to 1 over the first n epochs, gently at both ends: half a wave of a cosine."""

    kind: ClassVar[str] = "cosine_warm_up"
    label: ClassVar[str] = "cosine warm-up"
    formula: ClassVar[str] = r"a+(1-a)\,\tfrac12\left(1-\cos\left(\pi\,\frac{t}{n}\right)\right)"
    continuous: ClassVar[bool] = True
    epochs: int = setting(5, "Epochs n", "How long it rises", unit="epochs", at_least=1)
    start: float = setting(0.1, "Start a", "The factor at the start", at_least=0, at_most=1)

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        return _between(self.start, 1.0, epoch / self.epochs)


@SCHEDULES.register
@dataclass(frozen=True)
class OneCycle(Schedule):
    """From the start to the top and down to the end, each along half a wave of a cosine.

    Smith & Topin 2019, "super-convergence", with PyTorch's factors: the top is the learning rate
    as it is set. For the momentum, which goes the other way: start 1, top 0.9, end 1. After the
    last of its epochs it stays at the end.
    """

    kind: ClassVar[str] = "one_cycle"
    label: ClassVar[str] = "one cycle"
    formula: ClassVar[str] = (
        r"a+(b-a)\,\tfrac12\left(1-\cos\left(\pi\,\frac{t}{p\,n}\right)\right),\quad "
        r"b+(c-b)\,\tfrac12\left(1-\cos\left(\pi\,\frac{t-p\,n}{(1-p)\,n}\right)\right)"
    )
    continuous: ClassVar[bool] = True
    epochs: int = setting(100, "Epochs n", "How long the cycle is", unit="epochs", at_least=1)
    share: float = setting(
        0.3, "Share p", "Which part of the cycle leads to the top", above=0, below=1
    )
    start: float = setting(0.04, "Start a", "The factor at the start", at_least=0)
    top: float = setting(1.0, "Top b", "The factor in between", at_least=0)
    end: float = setting(
        4e-6, "End c", "The factor at the end and from then on", at_least=0, logarithmic=True
    )

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        top = self.share * self.epochs
        if epoch < top:
            return _between(self.start, self.top, epoch / top)
        return _between(self.top, self.end, (epoch - top) / (self.epochs - top))


def _between(start: float, end: float, part: float) -> float:
    """From start to end along half a wave of a cosine, for part = 0 to 1; then the end."""
    return start + (end - start) * 0.5 * (1.0 - math.cos(math.pi * min(1.0, part)))
