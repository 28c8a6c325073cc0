"""The point sets of TensorFlow Playground: four with two classes, two with a value to predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.datasets.dataset import DATASETS, Array
from bpviz.datasets.synthetic.points import PointSet
from bpviz.engine.randomness import rng
from bpviz.engine.settings import setting

_RADIUS = 5.0
_REGRESSION_RADIUS = 6.0


@DATASETS.register
@dataclass(frozen=True)
class Circle(PointSet):
    """A disc inside a ring; noise mislabels points near the edges."""

    kind: ClassVar[str] = "circle"
    label: ClassVar[str] = "circle"
    class_names: ClassVar[tuple[str, ...]] = ("outside", "inside")

    def _draw(self, seed: int) -> tuple[Array, Array]:
        random = rng(seed, "data positions")
        inner, outer = self._halves
        distance = np.concatenate(
            [
                random.uniform(0.0, 0.5 * _RADIUS, inner),
                random.uniform(0.7 * _RADIUS, _RADIUS, outer),
            ]
        )
        angle = random.uniform(0.0, 2.0 * np.pi, self.samples)
        points = np.column_stack([distance * np.sin(angle), distance * np.cos(angle)])
        seen = self._blurred(points, _RADIUS, seed)
        return points, (np.hypot(seen[:, 0], seen[:, 1]) < 0.5 * _RADIUS).astype(np.intp)


@DATASETS.register
@dataclass(frozen=True)
class Xor(PointSet):
    """Four squares around the origin, coloured like a chessboard."""

    kind: ClassVar[str] = "xor"
    label: ClassVar[str] = "exclusive or"
    class_names: ClassVar[tuple[str, ...]] = ("signs differ", "signs agree")

    _gap: ClassVar[float] = 0.3

    def _draw(self, seed: int) -> tuple[Array, Array]:
        points = rng(seed, "data positions").uniform(-_RADIUS, _RADIUS, (self.samples, 2))
        points += np.where(points > 0.0, self._gap, -self._gap)
        seen = self._blurred(points, _RADIUS, seed)
        return points, (seen[:, 0] * seen[:, 1] >= 0.0).astype(np.intp)


@DATASETS.register
@dataclass(frozen=True)
class Gauss(PointSet):
    """Two bell-shaped clouds at (2, 2) and (-2, -2); noise widens them."""

    kind: ClassVar[str] = "gauss"
    label: ClassVar[str] = "two clouds"
    class_names: ClassVar[tuple[str, ...]] = ("lower left", "upper right")

    def _draw(self, seed: int) -> tuple[Array, Array]:
        upper, lower = self._halves
        classes = np.repeat([1, 0], [upper, lower])
        centre = np.where(classes == 1, 2.0, -2.0)[:, np.newaxis]
        variance = 0.5 + 7.0 * self.noise
        spread = rng(seed, "data positions").standard_normal((self.samples, 2))
        return centre + np.sqrt(variance) * spread, classes


@DATASETS.register
@dataclass(frozen=True)
class Spiral(PointSet):
    """Two arms wound around each other; noise scatters the points of both."""

    kind: ClassVar[str] = "spiral"
    label: ClassVar[str] = "spiral"
    class_names: ClassVar[tuple[str, ...]] = ("second arm", "first arm")

    def _draw(self, seed: int) -> tuple[Array, Array]:
        first, second = self._halves
        along = np.concatenate([np.arange(first) / first, np.arange(second) / second])
        start = np.repeat([0.0, np.pi], [first, second])
        angle = 2.0 * np.pi * 1.75 * along + start
        arms = 5.0 * along[:, np.newaxis] * np.column_stack([np.sin(angle), np.cos(angle)])
        return self._blurred(arms, 1.0, seed), np.repeat([1, 0], [first, second])


@dataclass(frozen=True)
class RegressionSet(PointSet):
    """Points in a square, each with a value between -1 and 1."""

    group: ClassVar[str] = "regression"

    samples: int = setting(
        1200, "Samples", "How many points are drawn", unit="points", at_least=2, slider=(50, 2000)
    )

    def _draw(self, seed: int) -> tuple[Array, Array]:
        radius = _REGRESSION_RADIUS
        points = rng(seed, "data positions").uniform(-radius, radius, (self.samples, 2))
        return points, self._values(self._blurred(points, radius, seed))

    def _values(self, points: Array) -> Array:
        raise NotImplementedError


@DATASETS.register
@dataclass(frozen=True)
class Plane(RegressionSet):
    """The value rises evenly along the diagonal: (x1 + x2) / 10."""

    kind: ClassVar[str] = "plane"
    label: ClassVar[str] = "plane"

    def _values(self, points: Array) -> Array:
        return np.asarray(points.sum(axis=1) / 10.0)


@DATASETS.register
@dataclass(frozen=True)
class MultiGaussian(RegressionSet):
    """Three hills and three hollows; the steepest one in reach gives the value."""

    kind: ClassVar[str] = "multi_gaussian"
    label: ClassVar[str] = "hills"

    _centres: ClassVar[Array] = np.array(
        [(-4.0, 2.5), (0.0, 2.5), (4.0, 2.5), (-4.0, -2.5), (0.0, -2.5), (4.0, -2.5)]
    )
    _signs: ClassVar[Array] = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])

    def _values(self, points: Array) -> Array:
        distance = np.linalg.norm(points[:, np.newaxis] - self._centres, axis=2)
        height = np.clip(1.0 - distance / 2.0, 0.0, 1.0)
        nearest = height.argmax(axis=1)
        return self._signs[nearest] * height[np.arange(len(points)), nearest]
