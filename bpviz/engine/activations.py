"""Activation functions: out = f(net), and how an error travels back through them.

Every entry works on arrays of shape (samples, units) and writes into arrays it is given; what
`scratch` holds afterwards means nothing. Where one number per sample or unit meets a whole array,
it is first spread out by `copyto`: NumPy would otherwise allocate a buffer for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bpviz.engine.settings import Entry, Registry

Array = NDArray[np.floating]

# As many rows of a Jacobian are worked out at once as hold so many numbers.
_JACOBIAN_NUMBERS = 1 << 20


@dataclass(frozen=True)
class Activation(Entry):
    """An activation function.

    `targets` are the outputs that stand for "no" and "yes"; `bounds` the values that outputs lie
    between, if there are any; `kinks` the net inputs where the derivative jumps. `formula` and
    `derivative_formula` are f and f' in LaTeX, over the names net and out.
    """

    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    bounds: ClassVar[tuple[float, float] | None] = None
    kinks: ClassVar[tuple[float, ...]] = ()
    elementwise: ClassVar[bool] = True
    output_only: ClassVar[bool] = False
    formula: ClassVar[str] = ""
    derivative_formula: ClassVar[str] = ""

    def forward(self, net: Array, out: Array, scratch: Array) -> None:
        """Write f(net) into `out`."""
        raise NotImplementedError

    def derivative(self, net: Array, out: Array, result: Array) -> None:
        """Write f'(net), element by element, into `result`."""
        raise NotImplementedError

    def backward(self, net: Array, out: Array, delta: Array, scratch: Array) -> None:
        """Turn ∂E/∂out, held in `delta`, into ∂E/∂net in place."""
        self.derivative(net, out, scratch)
        np.multiply(delta, scratch, out=delta)

    def jacobian_column(self, net: Array, out: Array, k: int, result: Array) -> None:
        """Write ∂out_j/∂net_k of all units j, for the one net input k, into `result`.

        By itself: zero but for f'(net_k), or, when units are mixed, what `backward` makes of each
        ∂out_j, in units² steps; an entry that knows better says so.
        """
        if self.elementwise:
            result.fill(0.0)
            one = slice(k, k + 1)
            self.derivative(net[:, one], out[:, one], result[:, one])
            return
        units = net.shape[1]
        rows = max(1, _JACOBIAN_NUMBERS // units)
        for sample in range(len(net)):
            for start in range(0, units, rows):
                delta = np.eye(min(rows, units - start), units, start, dtype=out.dtype)
                nets, outs = (np.repeat(x[sample : sample + 1], len(delta), 0) for x in (net, out))
                self.backward(nets, outs, delta, np.empty_like(delta))
                result[sample, start : start + len(delta)] = delta[:, k]


ACTIVATIONS: Registry[Activation] = Registry("activation")


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
        np.maximum(net, 0.0, out=out)

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
