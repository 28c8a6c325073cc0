"""The race: random search, finite differences and backpropagation from one start."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.data import TrainingData
from bpviz.engine.parameters import initial_theta
from bpviz.engine.settings import SettingError
from bpviz.experiments.experiment import Experiment
from bpviz.explain.error_function import ErrorFunction
from bpviz.explain.landscape import map_samples
from bpviz.explain.weight_search import SEARCHES, Costs, Progress, Search, cost_per_step

# Each may use so many forward passes, or so many seconds of its own, whichever ends first.
MOST_PASSES = 20_000
MOST_SECONDS = 10.0
# They take turns of so many passes, or so many seconds.
_TURN_PASSES, _TURN_SECONDS = 60, 0.02


@dataclass(eq=False)
class Lane:
    """One search in the race: the points of its curve, (passes, seconds, error), and its state.

    A point is recorded when the error changes; the last one is where it stands.
    """

    search: Search
    points: list[tuple[int, float, float]] = field(default_factory=list)
    finished: bool = False
    diverged: bool = False

    @property
    def error(self) -> float:
        return self.points[-1][2] if self.points else math.nan

    @property
    def passes(self) -> int:
        return self.points[-1][0] if self.points else 0

    def curve(self) -> Array:
        """All points so far, shape (points, 3)."""
        return np.array(list(self.points), dtype=np.float64).reshape(-1, 3)

    def record(self, progress: Progress) -> None:
        """Note where the search stands; standing still only lengthens the last stretch."""
        point = (progress.passes, progress.seconds, progress.error)
        stands = len(self.points) >= 2 and self.points[-1][2] == self.points[-2][2] == point[2]
        if stands:
            self.points[-1] = point
        else:
            self.points.append(point)


class Race:
    """All searches in turns, by `run` on a thread of its own; the rest may be used from any.

    They use the experiment's learning rate and start at `theta`, or at the experiment's initial
    weights, on at most 500 of its training samples. How far each comes with a number of passes
    depends on the seed alone. Without `data` the experiment's own is prepared by `run`; where that
    cannot be done, `refused` is the sentence that says why.
    """

    def __init__(
        self,
        experiment: Experiment,
        data: TrainingData | None = None,
        theta: Array | None = None,
        yield_to: Callable[[], None] = lambda: None,
        most_passes: int = MOST_PASSES,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self.experiment = experiment
        self.lanes = tuple(Lane(search) for search in SEARCHES)
        self.most_passes = most_passes
        self.samples = 0
        self.refused = ""
        self._data = data
        self._theta = theta
        self._most_seconds = most_seconds
        self._yield_to = yield_to
        self._cancelled = threading.Event()

    @property
    def costs(self) -> Costs:
        """What a step of each search costs on this network."""
        return cost_per_step(self.experiment.network)

    @property
    def finished(self) -> bool:
        """Whether all have used up what they may use."""
        return all(lane.finished for lane in self.lanes)

    @property
    def share(self) -> float:
        """How much of the passes is used up by the one that has used the fewest, 0 to 1."""
        return min(
            1.0 if lane.finished else min(1.0, lane.passes / self.most_passes)
            for lane in self.lanes
        )

    def curves(
        self, by: Literal["passes", "seconds"], points: int = 400
    ) -> tuple[Array, list[Array]]:
        """Error of each over passes or seconds, read off at common places; NaN beyond its end.

        Between two of its points a search stands where it stood.
        """
        tables = [lane.curve() for lane in self.lanes]
        column = 0 if by == "passes" else 1
        ends = [table[-1, column] for table in tables if len(table)]
        x = np.linspace(0.0, max(ends, default=0.0), points)
        curves = []
        for table in tables:
            at = np.searchsorted(table[:, column], x, side="right") - 1
            known = (at >= 0) & (x <= (table[-1, column] if len(table) else -1.0))
            curves.append(np.where(known, table[at, 2] if len(table) else np.nan, np.nan))
        return x, curves

    def cancel(self) -> None:
        """Let `run` end soon."""
        self._cancelled.set()

    def run(self) -> None:
        """Let them run in turns until all are done."""
        spec, training, seed = (
            self.experiment.network,
            self.experiment.training,
            self.experiment.seed,
        )
        try:
            train = (self._data or self.experiment.prepare().training).train
            theta = initial_theta(spec, seed) if self._theta is None else self._theta
        except SettingError as refusal:
            self.refused = refusal.message
            return
        self.samples = map_samples(spec, len(train))
        error = ErrorFunction(spec, training, train, self.samples)
        start = np.array(theta, np.float64)
        runs = [lane.search.run(error, start, training.learning_rate, seed) for lane in self.lanes]
        while not self.finished:
            for lane, run in zip(self.lanes, runs, strict=True):
                if not lane.finished and not self._turn(lane, run):
                    return

    def _turn(self, lane: Lane, run: Iterator[Progress]) -> bool:
        """One turn; False when the race was cancelled in it."""
        passes, seconds = lane.passes, lane.points[-1][1] if lane.points else 0.0
        for progress in run:
            self._yield_to()
            if self._cancelled.is_set():
                return False
            if progress.passes > self.most_passes:
                lane.finished = True
                return True
            lane.record(progress)
            if not math.isfinite(progress.error):
                lane.diverged = True
            if lane.diverged or progress.seconds >= self._most_seconds:
                lane.finished = True
                return True
            if (
                progress.passes - passes >= _TURN_PASSES
                or progress.seconds - seconds >= _TURN_SECONDS
            ):
                return True
        return True
