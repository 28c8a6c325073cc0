"""What point sets in the plane share.

Positions and noise are drawn apart from each other, so that moving the noise slider moves labels
(or spreads points) and leaves the rest of the picture where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.dataset import Array, Dataset, DataSource
from bpviz.engine.randomness import rng
from bpviz.engine.settings import setting


@dataclass(frozen=True)
class PointSet(DataSource):
    """Points in the plane, as many and as noisy as wanted."""

    class_names: ClassVar[tuple[str, ...]] = ()

    samples: int = setting(
        500, "Samples", "How many points are drawn", unit="points", at_least=2, slider=(50, 1000)
    )
    noise: float = setting(
        0.0, "Noise", "How much chance blurs the labels", at_least=0, at_most=0.5, slider=(0, 0.5)
    )

    def load(self, seed: int) -> Dataset:
        points, targets = self._draw(seed)
        return shuffled(points, targets, self.class_names, seed)

    def _draw(self, seed: int) -> tuple[Array, Array]:
        """Points, shape (samples, 2), and class numbers or values, shape (samples,)."""
        raise NotImplementedError

    def _blurred(self, points: Array, radius: float, seed: int) -> Array:
        """The points as the labelling sees them: moved by up to noise · radius in x and y."""
        return points + self.noise * rng(seed, "data noise").uniform(-radius, radius, points.shape)

    @property
    def _halves(self) -> tuple[int, int]:
        return self.samples - self.samples // 2, self.samples // 2


def shuffled(
    points: Array, targets: np.ndarray[Any, Any], class_names: tuple[str, ...], seed: int
) -> Dataset:
    """Points of the plane, shape (samples, 2), in random order with their classes or values."""
    order = rng(seed, "data order").permutation(len(points))
    if not class_names:
        targets = targets[:, np.newaxis]
    return Dataset(points[order], targets[order], ("x1", "x2"), ("y",), class_names)


def parts(samples: int, count: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """For each sample its part, 0 to count - 1: parts of equal size, the first ones one larger."""
    return np.sort(np.arange(samples) % count)
