"""The classical activations: none at all, sigmoid, tanh, ReLU, softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations.base import ACTIVATIONS, Activation, Array


@ACTIVATIONS.register
@dataclass(frozen=True)
class Identity(Activation):
    """f(net) = net."""

    kind: ClassVar[str] = "identity"
    label: ClassVar[str] = "linear"
    formula: ClassVar[str] = r"net"
    derivative_formula: ClassVar[str] = r"1"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.copyto(out, net)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        result.fill(1.0)

    def backward(self, net: Array, out: Array, delta: Array, scratch: Array) -> None:
        return


@ACTIVATIONS.register
@dataclass(frozen=True)
class Sigmoid(Activation):
    """f(net) = 1 / (1 + e^-net), f' = out (1 - out) (Rumelhart, Hinton & Williams 1986, eq. 2)."""

    kind: ClassVar[str] = "sigmoid"
    label: ClassVar[str] = "sigmoid"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)
    formula: ClassVar[str] = r"\frac{1}{1+e^{-net}}"
    derivative_formula: ClassVar[str] = r"out\,(1-out)"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.negative(net, out=out)
        np.exp(out, out=out)
        np.add(out, 1.0, out=out)
        np.reciprocal(out, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.subtract(1.0, out, out=result)
        np.multiply(result, out, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class Tanh(Activation):
    """f(net) = tanh(net), f' = 1 - out²."""

    kind: ClassVar[str] = "tanh"
    label: ClassVar[str] = "tanh"
    targets: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    bounds: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)
    formula: ClassVar[str] = r"\tanh(net)"
    derivative_formula: ClassVar[str] = r"1-out^2"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.tanh(net, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.multiply(out, out, out=result)
        np.subtract(1.0, result, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class ReLU(Activation):
    """f(net) = max(0, net), f' = 1 where net > 0 and 0 elsewhere (Nair & Hinton 2010)."""

    kind: ClassVar[str] = "relu"
    label: ClassVar[str] = "ReLU"
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    formula: ClassVar[str] = r"\max(0, net)"
    derivative_formula: ClassVar[str] = r"[net > 0]"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        # With a number instead of an array of zeros, NumPy takes twice as long.
        scratch.fill(0.0)
        np.maximum(net, scratch, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        np.sign(out, out=result)


@ACTIVATIONS.register
@dataclass(frozen=True)
class Softmax(Activation):
    """out_k = e^net_k / Σ_j e^net_j, ∂out_k/∂net_j = out_k ([k = j] - out_j) (Bridle 1990)."""

    kind: ClassVar[str] = "softmax"
    label: ClassVar[str] = "softmax"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)
    elementwise: ClassVar[bool] = False
    output_only: ClassVar[bool] = True
    formula: ClassVar[str] = r"\frac{e^{net_k}}{\sum_j e^{net_j}}"
    derivative_formula: ClassVar[str] = r"out_k\,([k=j]-out_j)"

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        np.copyto(scratch, net.max(axis=1, keepdims=True))
        np.subtract(net, scratch, out=out)
        np.exp(out, out=out)
        np.copyto(scratch, out.sum(axis=1, keepdims=True))
        np.divide(out, scratch, out=out)

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        """Write the diagonal of the Jacobian, ∂out_k/∂net_k."""
        np.subtract(1.0, out, out=result)
        np.multiply(result, out, out=result)

    def backward(self, net: Array, out: Array, delta: Array, scratch: Array) -> None:
        np.multiply(delta, out, out=scratch)
        np.copyto(scratch, scratch.sum(axis=1, keepdims=True))
        np.subtract(delta, scratch, out=delta)
        np.multiply(delta, out, out=delta)

    def jacobian_column(self, net: Array, out: Array, k: int, result: Array) -> None:
        np.negative(out, out=result)
        result[:, k] += 1.0
        np.multiply(result, out[:, k : k + 1], out=result)
