"""Activations in the manner of ReLU: large net inputs pass, negative ones hardly do."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import ClassVar

import numpy as np

from bpviz.engine.activations.base import ACTIVATIONS, Activation, Array
from bpviz.engine.settings import setting
from bpviz.engine.spare_room import spare


@ACTIVATIONS.register
@dataclass(frozen=True)
class LeakyReLU(Activation):
    """f(net) = max(α net, net), f' = 1 where net > 0 and α elsewhere (Maas, Hannun & Ng 2013)."""

    kind: ClassVar[str] = "leaky_relu"
    label: ClassVar[str] = "leaky ReLU"
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    formula: ClassVar[str] = r"\max(\alpha\cdot net, net)"
    derivative_formula: ClassVar[str] = r"[net > 0]+\alpha\cdot [net \leq 0]"
    slope: float = setting(
        0.01, "Slope below 0", "The slope α for negative net inputs", at_least=0, below=1
    )

    @property
    def constants(self) -> dict[str, float]:
        return {r"\alpha": self.slope}

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.multiply(net, self.slope, out=out)
        np.maximum(out, net, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.sign(net, out=result)
        np.maximum(result, 0.0, out=result)
        np.multiply(result, 1.0 - self.slope, out=result)
        np.add(result, self.slope, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class ELU(Activation):
    """f(net) = net where net > 0, α (e^net - 1) elsewhere; f' = 1 or α e^net.

    Clevert, Unterthiner & Hochreiter 2016.
    """

    kind: ClassVar[str] = "elu"
    label: ClassVar[str] = "ELU"
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    formula: ClassVar[str] = r"\max(0, net)+\alpha\,(e^{\min(0, net)}-1)"
    derivative_formula: ClassVar[str] = r"[net > 0]+\alpha\cdot e^{net}\cdot [net \leq 0]"
    alpha: float = setting(1.0, "α", "Negative outputs end at -α", above=0)

    @property
    def constants(self) -> dict[str, float]:
        return {r"\alpha": self.alpha}

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        _put_exponential_unit(net, out, scratch, self.alpha)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        _put_exponential_slope(net, out, result, self.alpha, 1.0)


@ACTIVATIONS.register
@dataclass(frozen=True)
class SELU(Activation):
    """λ times ELU, λ = 1.0507… and α = 1.6733… such that outputs keep mean 0 and deviation 1.

    f(net) = λ net where net > 0, λ α (e^net - 1) elsewhere (Klambauer et al. 2017, eq. 2 and 14).
    """

    kind: ClassVar[str] = "selu"
    label: ClassVar[str] = "SELU"
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    formula: ClassVar[str] = r"\lambda\,(\max(0, net)+\alpha\,(e^{\min(0, net)}-1))"
    derivative_formula: ClassVar[str] = (
        r"\lambda\,([net > 0]+\alpha\cdot e^{net}\cdot [net \leq 0])"
    )

    @property
    def constants(self) -> dict[str, float]:
        return {r"\alpha": _SELU_ALPHA, r"\lambda": _SELU_SCALE}

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        _put_exponential_unit(net, out, scratch, _SELU_ALPHA)
        np.multiply(out, _SELU_SCALE, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        _put_exponential_slope(net, out, result, _SELU_ALPHA, _SELU_SCALE)


_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


def _put_exponential_unit(net: Array, out: Array, scratch: Array, alpha: float) -> None:
    np.minimum(net, 0.0, out=out)
    np.expm1(out, out=out)
    np.multiply(out, alpha, out=out)
    np.maximum(net, 0.0, out=scratch)
    np.add(out, scratch, out=out)


def _put_exponential_slope(
    net: Array, out: Array, result: Array, alpha: float, scale: float
) -> None:
    """scale where net > 0, else out + scale · alpha."""
    (positive,) = spare(net)
    np.heaviside(net, 0.0, out=positive)
    np.multiply(positive, scale - scale * alpha, out=positive)
    np.minimum(out, 0.0, out=result)
    np.add(result, scale * alpha, out=result)
    np.add(result, positive, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class GELU(Activation):
    """f(net) = ½ net (1 + tanh u), u = √(2/π) (net + 0.044715 net³): the tanh form.

    Hendrycks & Gimpel 2016, section 2; the exact form needs erf, which NumPy lacks.
    f' = ½ (1 + tanh u) + ½ net (1 - tanh² u) √(2/π) (1 + 3·0.044715 net²). As ½ (1 + tanh u) net is
    out, this is ½ (1 + tanh u) (1 + 2 (net - out) √(2/π) (1 + 3·0.044715 net²)).
    """

    kind: ClassVar[str] = "gelu"
    label: ClassVar[str] = "GELU"
    formula: ClassVar[str] = (
        r"\tfrac12\,net\,(1+\tanh(\sqrt{\tfrac{2}{\pi}}\,(net+0.044715\cdot net^3)))"
    )
    derivative_formula: ClassVar[str] = (
        r"\tfrac12\,(1+\tanh(\sqrt{\tfrac{2}{\pi}}\,(net+0.044715\cdot net^3)))"
        r"\,(1+2\,\sqrt{\tfrac{2}{\pi}}\,(net-out)\,(1+0.134145\cdot net^2))"
    )

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.multiply(net, net, out=out)
        np.multiply(out, _GELU_CUBIC, out=out)
        np.add(out, 1.0, out=out)
        np.multiply(out, _GELU_SCALE, out=out)
        np.multiply(out, net, out=out)
        np.tanh(out, out=out)
        np.add(out, 1.0, out=out)
        np.multiply(out, 0.5, out=out)
        np.multiply(out, net, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        near, part = spare(net, 2)
        # Farther out the slope is 0 or 1 to the last digit, and squares might overflow.
        np.maximum(net, -20.0, out=near)
        np.minimum(near, 20.0, out=near)
        np.multiply(near, near, out=part)
        np.multiply(part, _GELU_CUBIC, out=result)
        np.add(result, 1.0, out=result)
        np.multiply(result, near, out=result)
        np.multiply(result, _GELU_SCALE, out=result)
        np.tanh(result, out=result)
        np.multiply(part, 3.0 * _GELU_CUBIC, out=part)
        np.add(part, 1.0, out=part)
        np.multiply(part, near, out=part)
        np.multiply(part, _GELU_SCALE, out=part)
        np.multiply(result, result, out=near)
        np.subtract(1.0, near, out=near)
        np.multiply(part, near, out=part)
        np.add(result, 1.0, out=result)
        np.add(result, part, out=result)
        np.multiply(result, 0.5, out=result)


_GELU_SCALE = sqrt(2.0 / pi)
_GELU_CUBIC = 0.044715


@ACTIVATIONS.register
@dataclass(frozen=True)
class SiLU(Activation):
    """f(net) = net sigmoid(net), f' = σ + out (1 - σ) with σ = sigmoid(net); also called swish.

    Elfwing, Uchibe & Doya 2018; Ramachandran, Zoph & Le 2017.
    """

    kind: ClassVar[str] = "silu"
    label: ClassVar[str] = "SiLU"
    formula: ClassVar[str] = r"\frac{net}{1+e^{-net}}"
    derivative_formula: ClassVar[str] = r"\frac{1+out\cdot e^{-net}}{1+e^{-net}}"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.negative(net, out=out)
        np.exp(out, out=out)
        np.add(out, 1.0, out=out)
        np.divide(net, out, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        (rest,) = spare(net)
        np.negative(net, out=result)
        np.exp(result, out=result)
        np.add(result, 1.0, out=result)
        np.reciprocal(result, out=result)
        np.subtract(1.0, result, out=rest)
        np.multiply(rest, out, out=rest)
        np.add(result, rest, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class Softplus(Activation):
    """f(net) = log(1 + e^net), f' = sigmoid(net) = 1 - e^-out (Dugas et al. 2001)."""

    kind: ClassVar[str] = "softplus"
    label: ClassVar[str] = "softplus"
    formula: ClassVar[str] = r"\log(1+e^{net})"
    derivative_formula: ClassVar[str] = r"1-e^{-out}"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        # max(0, net) + log(1 + e^-|net|), which does not overflow.
        np.abs(net, out=out)
        np.negative(out, out=out)
        np.exp(out, out=out)
        np.log1p(out, out=out)
        np.maximum(net, 0.0, out=scratch)
        np.add(out, scratch, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.negative(out, out=result)
        np.expm1(result, out=result)
        np.negative(result, out=result)
