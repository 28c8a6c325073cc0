"""Where weights and biases start. A weight block has shape (units, source units)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bpviz.engine.settings import Entry, Registry, SettingError, setting

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Initializer(Entry):
    """Draws one weight block or one bias vector, in float64.

    `formula` is LaTeX over the weight w, n_in = fan_in, n_out = fan_out and the symbols of
    `constants`; U is a uniform and N a normal distribution.
    """

    formula: ClassVar[str] = ""

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
    formula: ClassVar[str] = r"w\sim U(-a, a),\quad a=\sqrt{\frac{6}{n_{in}+n_{out}}}"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        bound = np.sqrt(6.0 / (fan_in + shape[0]))
        return rng.uniform(-bound, bound, shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class He(Initializer):
    """Normal(0, √(2 / fan_in)), made for ReLU (He et al. 2015, eq. 10)."""

    kind: ClassVar[str] = "he"
    label: ClassVar[str] = "He normal"
    formula: ClassVar[str] = r"w\sim N(0, \frac{2}{n_{in}})"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, np.sqrt(2.0 / fan_in), shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class XavierNormal(Initializer):
    """Normal(0, √(2 / (fan_in + fan_out))) (Glorot & Bengio 2010, eq. 12)."""

    kind: ClassVar[str] = "xavier_normal"
    label: ClassVar[str] = "Xavier normal"
    formula: ClassVar[str] = r"w\sim N(0, \frac{2}{n_{in}+n_{out}})"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, np.sqrt(2.0 / (fan_in + shape[0])), shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class HeUniform(Initializer):
    """Uniform(-a, a), a = √(6 / fan_in): the deviation of He et al. 2015, eq. 10, spread evenly."""

    kind: ClassVar[str] = "he_uniform"
    label: ClassVar[str] = "He uniform"
    formula: ClassVar[str] = r"w\sim U(-a, a),\quad a=\sqrt{\frac{6}{n_{in}}}"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        bound = np.sqrt(6.0 / fan_in)
        return rng.uniform(-bound, bound, shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class LeCun(Initializer):
    """Normal(0, √(1 / fan_in)), what SELU needs (LeCun et al. 1998, eq. 16)."""

    kind: ClassVar[str] = "lecun"
    label: ClassVar[str] = "LeCun normal"
    formula: ClassVar[str] = r"w\sim N(0, \frac{1}{n_{in}})"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, np.sqrt(1.0 / fan_in), shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class LeCunUniform(Initializer):
    """Uniform(-a, a), a = √(3 / fan_in) (LeCun et al. 1998, eq. 16, spread evenly)."""

    kind: ClassVar[str] = "lecun_uniform"
    label: ClassVar[str] = "LeCun uniform"
    formula: ClassVar[str] = r"w\sim U(-a, a),\quad a=\sqrt{\frac{3}{n_{in}}}"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        bound = np.sqrt(3.0 / fan_in)
        return rng.uniform(-bound, bound, shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class Orthogonal(Initializer):
    """A random orthogonal matrix times a gain: W Wᵀ or, with more rows, Wᵀ W is gain² · 1.

    Saxe, McClelland & Ganguli 2014, section 3: Q of the QR decomposition of normal numbers, each
    column with the sign that makes R's diagonal positive, so that all matrices are as likely. Each
    block of a layer with several sources is orthogonal by itself.
    """

    kind: ClassVar[str] = "orthogonal"
    label: ClassVar[str] = "orthogonal"
    formula: ClassVar[str] = r"W^{T}W=g^2\cdot 1"
    gain: float = setting(1.0, "Gain", "How much longer a layer makes what it is given", above=0)

    @property
    def constants(self) -> dict[str, float]:
        return {"g": self.gain}

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        Q, R = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
        Q *= np.copysign(self.gain, np.diagonal(R))
        return Q if shape[0] >= shape[1] else Q.T


@INITIALIZERS.register
@dataclass(frozen=True)
class TruncatedNormal(Initializer):
    """Normal(0, deviation) without its tails: what lies beyond two deviations is drawn again.

    So the deviation of the weights is 0.88 times the given one.
    """

    kind: ClassVar[str] = "truncated_normal"
    label: ClassVar[str] = "truncated normal"
    formula: ClassVar[str] = r"w\sim N(0, \sigma^2),\quad |w| \leq 2\,\sigma"
    deviation: float = setting(
        0.1, "Deviation", "Standard deviation before the tails are cut off", at_least=0
    )

    @property
    def constants(self) -> dict[str, float]:
        return {r"\sigma": self.deviation}

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        drawn = rng.standard_normal(shape)
        while (beyond := np.abs(drawn) > 2.0).any():
            drawn[beyond] = rng.standard_normal(np.count_nonzero(beyond))
        return drawn * self.deviation


@INITIALIZERS.register
@dataclass(frozen=True)
class Uniform(Initializer):
    """Uniform(low, high), the biases too if wanted."""

    kind: ClassVar[str] = "uniform"
    label: ClassVar[str] = "uniform"
    formula: ClassVar[str] = r"w\sim U(a, b)"
    low: float = setting(-0.3, "Lowest", "Smallest initial weight")
    high: float = setting(0.3, "Highest", "Largest initial weight")
    draw_biases: bool = setting(True, "Biases too", "Draw the biases as well; off: they start at 0")

    @property
    def constants(self) -> dict[str, float]:
        return {"a": self.low, "b": self.high}

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
    formula: ClassVar[str] = r"w\sim N(0, \sigma^2)"
    deviation: float = setting(0.1, "Deviation", "Standard deviation of the weights", at_least=0)

    @property
    def constants(self) -> dict[str, float]:
        return {r"\sigma": self.deviation}

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, self.deviation, shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class Constant(Initializer):
    """All weights equal, the biases zero: units of a layer never come apart."""

    kind: ClassVar[str] = "constant"
    label: ClassVar[str] = "constant"
    formula: ClassVar[str] = "w=c"
    value: float = setting(0.1, "Value", "What every weight starts with")

    @property
    def constants(self) -> dict[str, float]:
        return {"c": self.value}

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return np.full(shape, self.value)


@INITIALIZERS.register
@dataclass(frozen=True)
class Zeros(Initializer):
    """All zero: every hidden unit stays like its neighbours, which is the lesson of it."""

    kind: ClassVar[str] = "zeros"
    label: ClassVar[str] = "zeros"
    formula: ClassVar[str] = "w=0"

    def weights(self, shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Array:
        return np.zeros(shape)


@INITIALIZERS.register
@dataclass(frozen=True)
class Explicit(Initializer):
    """Given values, in the order of the labels w1, w2, … and b1, b2, …."""

    kind: ClassVar[str] = "explicit"
    label: ClassVar[str] = "given values"
    formula: ClassVar[str] = r"w_k=v_k"
    weight_values: tuple[float, ...] = setting((), "Weights", "The values of w1, w2, …")
    bias_values: tuple[float, ...] = setting((), "Biases", "The values of b1, b2, …")
