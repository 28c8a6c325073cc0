"""How speeds are measured and compared: in turns, over several rounds, by medians."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 5

# What is done so many times in a row.
Work = Callable[[int], object]
Rates = NDArray[np.float64]


@dataclass(frozen=True)
class Measurement:
    """One figure: what was measured, its value and unit, and what it aims at.

    The value is None when there is nothing to measure here; `note` then says why, else what
    belongs to it.
    """

    name: str
    value: float | None
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the aim was reached; None where there is no aim or no value."""
        if self.value is None or (self.at_least is None and self.at_most is None):
            return None
        above = self.at_least is None or self.value >= self.at_least
        return above and (self.at_most is None or self.value <= self.at_most)


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often per second `work` can be done."""
    done, begun = 0, time.perf_counter()
    while not done or time.perf_counter() - begun < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - begun)


def in_turns(works: Mapping[str, Work], seconds: float, rounds: int = ROUNDS) -> dict[str, Rates]:
    """How often per second each work can be done, in every round; shape (rounds,) each.

    A shared machine changes its speed from second to second. So each work gets a share of
    `seconds` in each round, right after one another, and what is compared are the rates of one
    round. What is done for the first time (buffers, compiling) is not counted.
    """
    share = seconds / rounds
    times = {name: _times_within(work, share) for name, work in works.items()}
    rates: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun = time.perf_counter()
            work(times[name])
            rates[name].append(times[name] / (time.perf_counter() - begun))
    return {name: np.array(found) for name, found in rates.items()}


def median(values: Rates) -> float:
    return float(np.median(values))


def ratio(rates: Mapping[str, Rates], one: str, other: str) -> float:
    """How many times as fast `one` is as `other`: the median over the rounds' own ratios."""
    return median(rates[one] / rates[other])


def _times_within(work: Work, seconds: float) -> int:
    """How many times in a row `work` is done in about so many seconds."""
    work(1)
    times = 1
    while True:
        begun = time.perf_counter()
        work(times)
        took = time.perf_counter() - begun
        if took >= 0.2 * seconds:
            return max(1, round(times * seconds / took))
        times *= 2
