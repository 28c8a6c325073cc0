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
    between, if there are any; `kinks` the net inputs where the derivative jumps or has a corner.
    `formula` and `derivative_formula` are f and f' in LaTeX, over the names net and out and the
    symbols of `constants`.
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
