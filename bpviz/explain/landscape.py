"""The error as a landscape: E over a plane of weight space around the present weights.

The plane runs along two chosen parameters, or along two random directions. These are scaled unit
by unit to the size of the weights that lead to it ("filter normalisation", Li et al. 2018,
"Visualizing the loss landscape of neural nets"), so that a step of 1 means the same in every
layer; biases do not take part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import layout_of
from bpviz.engine.randomness import rng
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec, ParameterId
from bpviz.explain.error_function import affordable

# Points per side, from coarse to fine; each grid holds the points of the one before.
LEVELS = (9, 17, 33, 65)
POINTS = LEVELS[-1] ** 2
# At most so many samples, and so many multiplications, per point of the map.
MOST_SAMPLES, _WORK = 500, 1e6

KeepGoing = Callable[[int, int], bool]


@dataclass(frozen=True, eq=False)
class Plane:
    """The weights base + a·first + b·second, for coordinates (a, b).

    `centre` are the coordinates of the weights that the plane was laid through. Along two
    parameters, whose positions in θ are `indices`, the coordinates are these parameters' values.
    """

    base: Array
    first: Array
    second: Array
    centre: tuple[float, float] = (0.0, 0.0)
    indices: tuple[int, int] | None = None

    def at(self, a: float, b: float) -> Array:
        """θ at these coordinates."""
        return np.asarray(self.base + a * self.first + b * self.second)

    def project(self, theta: Array) -> tuple[float, float]:
        """Coordinates of the point of the plane that is nearest to θ."""
        if self.indices is not None:
            return float(theta[self.indices[0]]), float(theta[self.indices[1]])
        base, gram = self._sides_and_gram
        a, b = np.linalg.solve(gram, self._sides(np.asarray(theta, np.float64)) - base)
        return float(a), float(b)

    def _sides(self, vector: Array) -> Array:
        return np.array([np.dot(vector, self.first), np.dot(vector, self.second)])

    @cached_property
    def _sides_and_gram(self) -> tuple[Array, Array]:
        """The products of both directions with the base, and with each other."""
        return self._sides(self.base), np.array([self._sides(self.first), self._sides(self.second)])


def plane_of_weights(
    spec: NetworkSpec, theta: Array, first: ParameterId, second: ParameterId
) -> Plane:
    """The plane of two parameters. Raises SettingError when they are not two of the network's."""
    layout = layout_of(spec)
    places = []
    for parameter in (first, second):
        if not spec.has(parameter):
            raise SettingError("that weight is no longer part of the network")
        at = layout.index_of(parameter)
        if parameter in spec.missing:
            raise SettingError(f"{layout.label(at)} is a missing connection; it has no weight")
        places.append(at)
    if places[0] == places[1]:
        raise SettingError("a map needs two different weights")
    base = np.array(theta, np.float64)
    centre = float(base[places[0]]), float(base[places[1]])
    base[places] = 0.0
    directions = np.zeros((2, layout.size))
    directions[[0, 1], places] = 1.0
    return Plane(base, directions[0], directions[1], centre, (places[0], places[1]))


def random_plane(spec: NetworkSpec, theta: Array, seed: int, drawing: int = 0) -> Plane:
    """A plane through θ along two random directions; another `drawing` gives other ones.

    Parameters that do not learn stay as they are. Raises SettingError when there is nothing to
    scale the directions by, or too few weights for two directions.
    """
    base = np.array(theta, np.float64)
    first, second = (_direction(spec, base, seed, drawing, k) for k in range(2))
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    if not np.isfinite(base).all() or not lengths > 0:
        raise SettingError("random directions need finite weights that are not all zero")
    if abs(float(np.dot(first, second))) > (1 - 1e-9) * lengths:
        raise SettingError("this network has too few weights for two directions")
    return Plane(base, first, second)


def _direction(spec: NetworkSpec, theta: Array, seed: int, drawing: int, axis: int) -> Array:
    """A Gaussian direction, scaled so that each unit's part is as long as its weights are."""
    layout = layout_of(spec)
    drawn = rng(seed, "landscape", drawing, axis).standard_normal(layout.size)
    drawn[~layout.trainable()] = 0.0
    direction = np.zeros(layout.size)
    for layer in spec.computed:
        blocks = [layout.block(layer.id, source) for source in layer.sources]
        own = [block for block in blocks if block is not None]
        weights = np.concatenate([block.view(theta) for block in own], axis=1)
        steps = np.concatenate([block.view(drawn) for block in own], axis=1)
        sizes = np.linalg.norm(weights, axis=1, keepdims=True)
        lengths = np.linalg.norm(steps, axis=1, keepdims=True)
        scale = np.divide(sizes, lengths, out=np.zeros_like(sizes), where=lengths > 0)
        for block in own:
            block.view(direction)[...] = block.view(drawn) * scale
    return direction


def map_samples(spec: NetworkSpec, available: int) -> int:
    """How many of the training samples a map looks at."""
    return affordable(spec, available, MOST_SAMPLES, _WORK)


def axis_values(centre: float, reach: float, size: int) -> Array:
    """The coordinates of a map's columns or rows: from centre - reach to centre + reach."""
    return np.linspace(centre - reach, centre + reach, size)


def refine(
    error: Callable[[Array], float],
    plane: Plane,
    reach: float,
    keep_going: KeepGoing = lambda done, total: True,
) -> Iterator[Array]:
    """E over ever finer grids, one array of shape (size, size) for each of `LEVELS`.

    Row k is the k-th value of the second coordinate, column k of the first, both rising. What was
    computed is kept, so all levels together take POINTS evaluations. `keep_going` is told (done,
    total) before each; when it returns False, there are no further grids.
    """
    finest = LEVELS[-1]
    columns = axis_values(plane.centre[0], reach, finest)
    rows = axis_values(plane.centre[1], reach, finest)
    errors = np.full((finest, finest), np.nan)
    known = np.zeros((finest, finest), dtype=bool)
    done = 0
    for size in LEVELS:
        stride = (finest - 1) // (size - 1)
        for row in range(0, finest, stride):
            for column in range(0, finest, stride):
                if known[row, column]:
                    continue
                if not keep_going(done, POINTS):
                    return
                errors[row, column] = error(plane.at(columns[column], rows[row]))
                known[row, column] = True
                done += 1
        yield errors[::stride, ::stride].copy()
