"""Functions to be learned: of one input, and Friedman's of ten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.dataset import DATASETS, Array, Dataset, DataSource
from bpviz.engine.randomness import rng
from bpviz.engine.settings import setting


@dataclass(frozen=True)
class FunctionOfOne(DataSource):
    """Values of a function of one input, which chance may scatter."""

    group: ClassVar[str] = "regression"

    samples: int = setting(
        120, "Samples", "How many points are drawn", unit="points", at_least=2, slider=(10, 500)
    )
    noise: float = setting(
        0.1,
        "Noise",
        "How far chance scatters values: its standard deviation",
        at_least=0,
        slider=(0, 0.5),
    )

    def load(self, seed: int) -> Dataset:
        radius = self._radius
        inputs = rng(seed, "data positions").uniform(-radius, radius, (self.samples, 1))
        scatter = rng(seed, "data noise").standard_normal(inputs.shape)
        return Dataset(inputs, self._values(inputs) + self.noise * scatter, ("x",), ("y",))

    @property
    def _radius(self) -> float:
        """How far inputs reach on either side of 0."""
        raise NotImplementedError

    def _values(self, inputs: Array) -> Array:
        raise NotImplementedError


@DATASETS.register
@dataclass(frozen=True)
class Sine(FunctionOfOne):
    """A wave, y = sin x, over one or more periods."""

    kind: ClassVar[str] = "sine"
    label: ClassVar[str] = "sine"

    periods: int = setting(
        2, "Periods", "How many times the wave swings", at_least=1, slider=(1, 5)
    )

    @property
    def _radius(self) -> float:
        return np.pi * self.periods

    def _values(self, inputs: Array) -> Array:
        return np.sin(inputs)


@DATASETS.register
@dataclass(frozen=True)
class Step(FunctionOfOne):
    """A jump from 0 to 1 at x = 0, which a smooth network can only come near."""

    kind: ClassVar[str] = "step"
    label: ClassVar[str] = "step"

    @property
    def _radius(self) -> float:
        return 5.0

    def _values(self, inputs: Array) -> Array:
        return np.where(inputs < 0.0, 0.0, 1.0)


@DATASETS.register
@dataclass(frozen=True)
class Friedman1(DataSource):
    """A function of five inputs among ten, five of which say nothing (Friedman 1991).

    y = 10 sin(π x1 x2) + 20 (x3 - 1/2)² + 10 x4 + 5 x5 + noise · N(0, 1), inputs even in 0 … 1:
    J. H. Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19 (1), 1991.
    """

    kind: ClassVar[str] = "friedman"
    label: ClassVar[str] = "Friedman 1"
    group: ClassVar[str] = "regression"
    suggested: ClassVar[Mapping[str, Any]] = {
        "test_fraction": 0.5,
        "scaling": "standardise",
        "scale_targets": True,
    }

    samples: int = setting(
        500, "Samples", "How many samples are drawn", at_least=2, slider=(50, 2000)
    )
    noise: float = setting(
        1.0,
        "Noise",
        "How far chance scatters values: its standard deviation",
        at_least=0,
        slider=(0, 5),
    )

    def load(self, seed: int) -> Dataset:
        inputs = rng(seed, "data positions").uniform(0.0, 1.0, (self.samples, 10))
        x1, x2, x3, x4, x5 = inputs.T[:5]
        values = 10.0 * np.sin(np.pi * x1 * x2) + 20.0 * (x3 - 0.5) ** 2 + 10.0 * x4 + 5.0 * x5
        values += self.noise * rng(seed, "data noise").standard_normal(self.samples)
        names = tuple(f"x{k}" for k in range(1, 11))
        return Dataset(inputs, values[:, np.newaxis], names, ("y",))
