"""Where weights and biases start. A weight block has shape (units, source units)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bpviz.engine.settings import Entry, Registry, SettingError, setting

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Initializer(Entry):
    """Draws one weight block or one bias vector, in float64."""

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        """Draw a weight block; `fan_in` counts all sources of the layer, fan_out is shape[0]."""
        raise NotImplementedError

    def biases(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw a bias vector: zero unless the initialiser says otherwise."""
        return np.zeros(shape)


INITIALIZERS: Registry[Initializer] = Registry("initialiser")


@INITIALIZERS.register
@dataclass(frozen=True)
class Xavier(Initializer):
    """Uniform(-a, a), a = √(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 16)."""

    kind: ClassVar[str] = "xavier"
    label: ClassVar[str] = "Xavier uniform"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        bound = np.sqrt(6.0 / (fan_in + shape[0]))
        return rng.uniform(-bound, bound, shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class He(Initializer):
    """Normal(0, √(2 / fan_in)), made for ReLU (He et al. 2015, eq. 10)."""

    kind: ClassVar[str] = "he"
    label: ClassVar[str] = "He normal"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, np.sqrt(2.0 / fan_in), shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class Uniform(Initializer):
    """Uniform(low, high), the biases too if wanted."""

    kind: ClassVar[str] = "uniform"
    label: ClassVar[str] = "uniform"
    low: float = setting(-0.3, "Lowest", "Smallest initial weight")
    high: float = setting(0.3, "Highest", "Largest initial weight")
    draw_biases: bool = setting(True, "Biases too", "Draw the biases as well; off: they start at 0")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low > self.high:
            raise SettingError(f"lowest must not exceed highest, got {self.low} > {self.high}")

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return rng.uniform(self.low, self.high, shape)

    def biases(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.uniform(self.low, self.high, shape) if self.draw_biases else np.zeros(shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class Normal(Initializer):
    """Normal(0, deviation), biases zero."""

    kind: ClassVar[str] = "normal"
    label: ClassVar[str] = "normal"
    deviation: float = setting(0.1, "Deviation", "Standard deviation of the weights", at_least=0)

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, self.deviation, shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class Zeros(Initializer):
    """All zero: every hidden unit stays like its neighbours, which is the lesson of it."""

    kind: ClassVar[str] = "zeros"
    label: ClassVar[str] = "zeros"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return np.zeros(shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class Explicit(Initializer):
    """Given values, in the order of the labels w1, w2, … and b1, b2, …."""

    kind: ClassVar[str] = "explicit"
    label: ClassVar[str] = "given values"
    weight_values: tuple[float, ...] = setting((), "Weights", "The values of w1, w2, …")
    bias_values: tuple[float, ...] = setting((), "Biases", "The values of b1, b2, …")
