"""More point sets in the plane: the classics of clustering and of hard boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from bpviz.datasets.dataset import DATASETS, Array, Dataset, DataSource
from bpviz.datasets.synthetic.points import PointSet, parts, shuffled
from bpviz.engine.randomness import rng
from bpviz.engine.settings import setting

_RADIUS = 5.0


@DATASETS.register
@dataclass(frozen=True)
class Moons(PointSet):
    """Two half circles that reach into each other; noise scatters the points of both.

    Upper: (cos t, sin t), lower: (1 - cos t, 1/2 - sin t), t evenly from 0 to π, as scikit-learn's
    make_moons draws them; noise is the standard deviation in x and y.
    """

    kind: ClassVar[str] = "moons"
    label: ClassVar[str] = "moons"
    class_names: ClassVar[tuple[str, ...]] = ("upper", "lower")

    noise: float = setting(
        0.1, "Noise", "How far chance scatters points", at_least=0, at_most=0.5, slider=(0, 0.5)
    )

    def _draw(self, seed: int) -> tuple[Array, Array]:
        lower, upper = self._halves
        up, down = np.linspace(0.0, np.pi, upper), np.linspace(0.0, np.pi, lower)
        points = np.concatenate(
            [
                np.column_stack([np.cos(up), np.sin(up)]),
                np.column_stack([1.0 - np.cos(down), 0.5 - np.sin(down)]),
            ]
        )
        scatter = rng(seed, "data noise").standard_normal(points.shape)
        return points + self.noise * scatter, np.repeat([0, 1], [upper, lower])


@DATASETS.register
@dataclass(frozen=True)
class Blobs(DataSource):
    """Round clouds of points in a circle, one for each of two to eight classes."""

    kind: ClassVar[str] = "blobs"
    label: ClassVar[str] = "blobs"

    samples: int = setting(
        500, "Samples", "How many points are drawn", unit="points", at_least=8, slider=(50, 1000)
    )
    classes: int = setting(
        4, "Classes", "How many clouds there are", at_least=2, at_most=8, slider=(2, 8)
    )
    spread: float = setting(
        0.8, "Spread", "How wide a cloud is: its standard deviation", at_least=0, slider=(0, 3)
    )

    _distance: ClassVar[float] = 4.0

    def load(self, seed: int) -> Dataset:
        classes = parts(self.samples, self.classes)
        angle = 2.0 * np.pi * classes / self.classes
        centres = self._distance * np.column_stack([np.sin(angle), np.cos(angle)])
        cloud = rng(seed, "data positions").standard_normal((self.samples, 2))
        names = tuple(f"cloud {k + 1}" for k in range(self.classes))
        return shuffled(centres + self.spread * cloud, classes, names, seed)


@DATASETS.register
@dataclass(frozen=True)
class TwoSpirals(DataSource):
    """Two arms of 97 points coiled three times around each other (Lang & Witbrock 1988).

    Point i of the first arm is (r sin a, r cos a), a = iπ/16, r = 6.5 (104 - i)/104, i = 0 … 96;
    the second arm is its mirror image through the origin. Posed by A. Wieland; K. J. Lang and
    M. J. Witbrock, "Learning to tell two spirals apart", 1988. Denser arms as in the CMU neural
    network benchmarks: i/d instead of i, i = 0 … 96 d.
    """

    kind: ClassVar[str] = "two_spirals"
    label: ClassVar[str] = "two spirals"
    caption: ClassVar[str] = "spirals"
    # The classic task: all 194 are to be learned.
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.0, "scaling": "none"}

    density: int = setting(
        1, "Density", "How many times as dense as the 194 points of 1988", at_least=1, slider=(1, 5)
    )
    noise: float = setting(
        0.0, "Noise", "How far chance scatters points", at_least=0, at_most=0.5, slider=(0, 0.5)
    )

    def load(self, seed: int) -> Dataset:
        steps = np.arange(96 * self.density + 1) / self.density
        angle, radius = steps * np.pi / 16.0, 6.5 * (104.0 - steps) / 104.0
        arm = radius[:, np.newaxis] * np.column_stack([np.sin(angle), np.cos(angle)])
        points = np.concatenate([arm, -arm])
        points += self.noise * rng(seed, "data noise").uniform(-1.0, 1.0, points.shape)
        classes = np.repeat([1, 0], len(arm))
        return shuffled(points, classes, ("second arm", "first arm"), seed)


@DATASETS.register
@dataclass(frozen=True)
class Checkerboard(PointSet):
    """A board of dark and light squares; noise mislabels points near their edges."""

    kind: ClassVar[str] = "checkerboard"
    label: ClassVar[str] = "checkerboard"
    caption: ClassVar[str] = "board"
    class_names: ClassVar[tuple[str, ...]] = ("dark", "light")

    samples: int = setting(
        800, "Samples", "How many points are drawn", unit="points", at_least=2, slider=(50, 2000)
    )
    cells: int = setting(
        4, "Squares", "How many squares stand side by side", at_least=2, slider=(2, 8)
    )

    def _draw(self, seed: int) -> tuple[Array, Array]:
        width = 2.0 * _RADIUS / self.cells
        points = rng(seed, "data positions").uniform(-_RADIUS, _RADIUS, (self.samples, 2))
        seen = self._blurred(points, width, seed)
        return points, np.floor((seen + _RADIUS) / width).sum(axis=1).astype(np.intp) % 2


@DATASETS.register
@dataclass(frozen=True)
class Rings(PointSet):
    """Rings inside one another, alternating between two classes or each a class of its own."""

    kind: ClassVar[str] = "rings"
    label: ClassVar[str] = "rings"

    noise: float = setting(
        0.0,
        "Noise",
        "How far chance scatters points, in distances between rings",
        at_least=0,
        at_most=0.5,
        slider=(0, 0.5),
    )
    rings: int = setting(3, "Rings", "How many rings there are", at_least=2, slider=(2, 6))
    colouring: Literal["alternate", "one class each"] = setting(
        "alternate", "Classes", "Whether rings take turns between two classes or each has its own"
    )

    # How much of the way to the next ring a ring fills without noise.
    _width: ClassVar[float] = 0.4

    def load(self, seed: int) -> Dataset:
        ring = parts(self.samples, self.rings)
        random = rng(seed, "data positions")
        angle = random.uniform(0.0, 2.0 * np.pi, self.samples)
        across = random.uniform(-0.5, 0.5, self.samples)
        scatter = rng(seed, "data noise").standard_normal(self.samples)
        gap = _RADIUS / self.rings
        radius = gap * (ring + 0.75 + self._width * across + self.noise * scatter)
        points = radius[:, np.newaxis] * np.column_stack([np.sin(angle), np.cos(angle)])
        if self.colouring == "alternate":
            return shuffled(points, (ring + 1) % 2, ("even rings", "odd rings"), seed)
        names = tuple(f"ring {k + 1}" for k in range(self.rings))
        return shuffled(points, ring, names, seed)
