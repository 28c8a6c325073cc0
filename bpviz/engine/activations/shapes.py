"""Activations of other shapes: softsign, hard sigmoid, sine, Gaussian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations.base import ACTIVATIONS, Activation, Array


@ACTIVATIONS.register
@dataclass(frozen=True)
class Softsign(Activation):
    """f(net) = net / (1 + |net|), f' = 1 / (1 + |net|)² (Bergstra et al. 2009)."""

    kind: ClassVar[str] = "softsign"
    label: ClassVar[str] = "softsign"
    targets: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    bounds: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    formula: ClassVar[str] = r"\frac{net}{1+|net|}"
    derivative_formula: ClassVar[str] = r"\frac{1}{(1+|net|)^2}"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.abs(net, out=out)
        np.add(out, 1.0, out=out)
        np.divide(net, out, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.abs(net, out=result)
        np.add(result, 1.0, out=result)
        np.multiply(result, result, out=result)
        np.reciprocal(result, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class HardSigmoid(Activation):
    """f(net) = (net + 3) / 6, kept between 0 and 1; f' = 1/6 in between.

    The slope is that of PyTorch and of Keras since version 3 (Howard et al. 2019, section 5.2);
    Keras before took 0.2 net + 0.5, and Courbariaux et al. 2015 ½ (net + 1).
    """

    kind: ClassVar[str] = "hard_sigmoid"
    label: ClassVar[str] = "hard sigmoid"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)
    kinks: ClassVar[tuple[float, ...]] = (-3.0, 3.0)
    formula: ClassVar[str] = r"\max(0, \min(1, \tfrac16(net+3)))"
    derivative_formula: ClassVar[str] = r"\tfrac16\,[|net| < 3]"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.add(net, 3.0, out=out)
        np.divide(out, 6.0, out=out)
        np.maximum(out, 0.0, out=out)
        np.minimum(out, 1.0, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.subtract(1.0, out, out=result)
        np.multiply(result, out, out=result)
        np.sign(result, out=result)
        np.divide(result, 6.0, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class Sine(Activation):
    """f(net) = sin(net), f' = cos(net) (Lapedes & Farber 1987; Sitzmann et al. 2020)."""

    kind: ClassVar[str] = "sine"
    label: ClassVar[str] = "sine"
    targets: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    bounds: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)
    formula: ClassVar[str] = r"\sin(net)"
    derivative_formula: ClassVar[str] = r"\cos(net)"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.sin(net, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.cos(net, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class Gaussian(Activation):
    """f(net) = e^(-net²), f' = -2 net out: on around 0 only (Hartman, Keeler & Kowalski 1990)."""

    kind: ClassVar[str] = "gaussian"
    label: ClassVar[str] = "Gaussian"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)
    formula: ClassVar[str] = r"e^{-net^2}"
    derivative_formula: ClassVar[str] = r"-2\cdot net\cdot out"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.multiply(net, net, out=out)
        np.negative(out, out=out)
        np.exp(out, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.multiply(net, out, out=result)
        np.multiply(result, -2.0, out=result)
