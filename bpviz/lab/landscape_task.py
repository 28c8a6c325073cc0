"""A map of the error as a person asks for it: around which weights, how far, over what."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.explain.error_function import ErrorFunction
from bpviz.explain.landscape import (
    POINTS,
    Plane,
    axis_values,
    map_samples,
    plane_of_weights,
    random_plane,
    refine,
)
from bpviz.lab.long_task import LongTask
from bpviz.lab.snapshot import Snapshot

# A random direction of length 1 is as long as the weights themselves.
WEIGHTS_REACH, RANDOM_REACH = 2.0, 1.0
# A map is computed from several vectors of all weights, in twice the precision.
_MOST_PARAMETERS = 4_000_000


@dataclass(frozen=True)
class TwoWeights:
    """Map the error over two weights or biases, the others held."""

    first: ParameterId
    second: ParameterId


@dataclass(frozen=True)
class RandomDirections:
    """Map the error along two random directions; each `drawing` has its own."""

    drawing: int = 0


Directions = TwoWeights | RandomDirections


@dataclass(frozen=True, eq=False)
class Landscape:
    """The error over a plane around a snapshot's weights, as far as it is computed.

    `errors[k, j]` is E (with penalty) at the k-th value of the second and the j-th of the first
    axis. `samples` training samples were looked at.
    """

    snapshot: Snapshot
    directions: Directions
    plane: Plane
    reach: float
    errors: Array
    samples: int

    @property
    def columns(self) -> Array:
        """The values of the first axis."""
        return axis_values(self.plane.centre[0], self.reach, self.errors.shape[1])

    @property
    def rows(self) -> Array:
        """The values of the second axis."""
        return axis_values(self.plane.centre[1], self.reach, self.errors.shape[0])

    @property
    def all_samples(self) -> int:
        return len(self.snapshot.data.training.train)

    @property
    def names(self) -> tuple[str, str]:
        """What the axes are called."""
        if self.plane.indices is None:
            return "first direction", "second direction"
        first, second = (self.snapshot.layout.label(k) for k in self.plane.indices)
        return first, second

    @property
    def finite_range(self) -> tuple[float, float] | None:
        """The lowest and the highest finite error; None when there is none."""
        finite = self.errors[np.isfinite(self.errors)]
        return (float(finite.min()), float(finite.max())) if finite.size else None

    def error_at(self, a: float, b: float) -> float:
        """E between the computed points, by straight lines; NaN off the map."""
        (rows, columns), centre = self.errors.shape, self.plane.centre
        x = (a - centre[0] + self.reach) / (2 * self.reach) * (columns - 1)
        y = (b - centre[1] + self.reach) / (2 * self.reach) * (rows - 1)
        if not (0 <= x <= columns - 1 and 0 <= y <= rows - 1):
            return math.nan
        j, k = min(int(x), columns - 2), min(int(y), rows - 2)
        s, t = x - j, y - k
        cell = self.errors[k : k + 2, j : j + 2]
        with np.errstate(invalid="ignore"):
            return float(np.array([1 - t, t]) @ cell @ np.array([1 - s, s]))

    def change_since(self, now: Snapshot) -> str:
        """What of the map differs now: "network", "data", "error", "weights" or "".

        Along two weights only the others count: where the two stand is what the map shows.
        """
        then = self.snapshot
        if then.spec.layers != now.spec.layers or then.spec.missing != now.spec.missing:
            return "network"
        if then.data.training is not now.data.training:
            return "data"
        if _error_settings(then) != _error_settings(now):
            return "error"
        moved = then.theta != now.theta
        if self.plane.indices is not None:
            moved[list(self.plane.indices)] = False
        return "weights" if moved.any() else ""


class LandscapeTask(LongTask):
    """One map, computed by `run` on a thread of its own; the rest may be used from any.

    `latest` is the finest map so far. `error` is a sentence when there can be none.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        directions: Directions,
        reach: float | None = None,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(POINTS, yield_to)
        self.snapshot = snapshot
        self.directions = directions
        usual = WEIGHTS_REACH if isinstance(directions, TwoWeights) else RANDOM_REACH
        self.reach = usual if reach is None else reach
        self.samples = map_samples(snapshot.spec, len(snapshot.data.training.train))
        self.latest: Landscape | None = None
        self.error = ""

    @property
    def complete(self) -> bool:
        return self.done == self.total

    def run(self) -> None:
        """Compute the map, coarse to fine."""
        snapshot = self.snapshot
        self._start()
        try:
            plane = laid_through(snapshot, self.directions)
        except SettingError as error:
            self.error = error.message
            return
        function = ErrorFunction(
            snapshot.spec, snapshot.experiment.training, snapshot.data.training.train, self.samples
        )
        found = Landscape(
            snapshot, self.directions, plane, self.reach, np.empty((0, 0)), self.samples
        )
        for errors in refine(function, plane, self.reach, self._goes_on):
            self.latest = found = replace(found, errors=errors)
        self._end()


def laid_through(snapshot: Snapshot, directions: Directions) -> Plane:
    """The plane of a map. Raises SettingError when there is none."""
    spec, theta = snapshot.spec, snapshot.theta
    if len(theta) > _MOST_PARAMETERS:
        raise SettingError(
            f"the error is mapped for up to {_MOST_PARAMETERS:,} weights and biases; "
            f"this network has {len(theta):,}"
        )
    if isinstance(directions, TwoWeights):
        return plane_of_weights(spec, theta, directions.first, directions.second)
    return random_plane(spec, theta, snapshot.experiment.seed, directions.drawing)


def steepest(snapshot: Snapshot, beside: ParameterId | None = None) -> ParameterId | None:
    """The parameter with the largest gradient among those that learn, other than `beside`.

    None when there is no other.
    """
    layout = snapshot.layout
    if layout.size > _MOST_PARAMETERS:
        # No map is made of so many; two weights stand in the fields all the same.
        first = layout.id_of(0)
        return layout.id_of(1) if beside == first else first
    sizes = np.abs(np.nan_to_num(snapshot.gradient, nan=0.0, posinf=0.0, neginf=0.0))
    sizes = np.where(layout.trainable(), sizes, -1.0)
    if beside is not None and snapshot.spec.has(beside):
        sizes[layout.index_of(beside)] = -1.0
    best = int(np.argmax(sizes))
    return layout.id_of(best) if sizes[best] >= 0 else None


def _error_settings(snapshot: Snapshot) -> tuple[Any, ...]:
    training = snapshot.experiment.training
    return training.loss, training.reduction, training.l1, training.l2
