"""Schedules that fall smoothly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.schedules.base import SCHEDULES, Schedule
from bpviz.engine.settings import setting


@SCHEDULES.register
@dataclass(frozen=True)
class Exponential(Schedule):
    """γ^t: times γ over each epoch, a little with every update."""

    kind: ClassVar[str] = "exponential"
    label: ClassVar[str] = "exponential"
    formula: ClassVar[str] = r"\gamma^t"
    continuous: ClassVar[bool] = True
    gamma: float = setting(0.99, "Factor γ", "What each epoch multiplies with", above=0, at_most=1)

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        return float(self.gamma**epoch)


@SCHEDULES.register
@dataclass(frozen=True)
class InverseTime(Schedule):
    """1 / (1 + k t): half after 1/k epochs (Robbins & Monro 1951; Bottou 2012, eq. 9)."""

    kind: ClassVar[str] = "inverse_time"
    label: ClassVar[str] = "1/t"
    formula: ClassVar[str] = r"\frac{1}{1+k\,t}"
    continuous: ClassVar[bool] = True
    k: float = setting(0.01, "k", "It is halved after 1/k epochs", at_least=0, logarithmic=True)

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        return 1.0 / (1.0 + self.k * epoch)


@SCHEDULES.register
@dataclass(frozen=True)
class CosineRestarts(Schedule):
    """c + (1 - c) (1 + cos(π t / T)) / 2, from the start again after every period T.

    Loshchilov & Hutter 2017, "SGDR", eq. 5; each period is a number of times as long as the one
    before. A period as long as the training makes it a single fall.
    """

    kind: ClassVar[str] = "cosine"
    label: ClassVar[str] = "cosine with restarts"
    formula: ClassVar[str] = r"c+(1-c)\,\tfrac12\left(1+\cos\left(\pi\,\frac{t}{T}\right)\right)"
    continuous: ClassVar[bool] = True
    period: int = setting(
        100, "Period T", "How many epochs until the first restart", unit="epochs", at_least=1
    )
    multiplier: int = setting(
        1, "Times", "How many times as long each period is as the one before", at_least=1
    )
    lowest: float = setting(
        0.0, "Lowest", "The factor at the end of a period", at_least=0, at_most=1
    )

    def factor(self, epoch: float, memory: Mapping[str, float]) -> float:
        period, time = self.period, epoch
        if self.multiplier == 1:
            time %= period
        while time >= period:
            time -= period
            period *= self.multiplier
        return self.lowest + (1.0 - self.lowest) * 0.5 * (1.0 + math.cos(math.pi * time / period))
