"""Error functions: E of one sample, summed over its output units, and its derivatives.

Arrays have shape (samples, outputs); `per_sample` returns shape (samples,). How the samples of a
batch are put together (mean or sum) is the trainer's matter, not the error's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from bpviz.engine.activations import Activation, Array
from bpviz.engine.settings import Entry, Registry

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class ErrorOperation(NamedTuple):
    """One elementary operation of an error, done element by element.

    Arguments are numbers, "out", "target", "K" (how many outputs there are), a symbol among the
    error's constants, or the `result` of an earlier operation.
    """

    result: str
    operation: str
    arguments: tuple[str | float, ...]


@dataclass(frozen=True)
class Loss(Entry):
    """An error function.

    `needs_output` names the one output activation the error can be read with ("" = any). With
    that one, ∂E/∂net is computed at once, where the derivative of the activation cancels.

    Formulas are LaTeX over the names out, net and target of one output unit k (K: how many there
    are, total: the sum of their targets): `formula` is E, `term_formula` what one output
    contributes to it, `gradient_formula` ∂E/∂out_k, and `net_gradient_formula` ∂E/∂net_k where
    the slope cancels. The symbols of `constants` may stand in all of them.

    `operations` break what one output contributes into elementary operations, the last one giving
    it; without them the error is one operation.
    """

    needs_output: ClassVar[str] = ""
    why_needed: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    term_formula: ClassVar[str] = ""
    gradient_formula: ClassVar[str] = ""
    net_gradient_formula: ClassVar[str] = ""
    operations: ClassVar[tuple[ErrorOperation, ...]] = ()

    def refusal(self, output: Activation) -> str:
        """Why this error cannot be used with that output activation; "" when it can."""
        if not self.needs_output or output.kind == self.needs_output:
            return ""
        return (
            f"{self.label} needs {self.needs_output} outputs, {self.why_needed}; "
            f"the output layer uses {output.label}"
        )

    def bad_targets(self, target: Array) -> str:
        """Why these targets cannot be learned with this error; "" when they can."""
        return ""

    def per_sample(self, net: Array, out: Array, target: Array) -> Array:
        """Return E of every sample, shape (samples,)."""
        terms = np.empty_like(out)
        self.terms(net, out, target, terms, np.empty_like(out))
        return np.asarray(terms.sum(axis=1))

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        """Write what each output contributes to E of its sample; all shapes are equal."""
        raise NotImplementedError

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        """Write ∂E/∂out into `result`."""
        raise NotImplementedError

    def sides(self, out: Array, target: Array) -> tuple[Mask, ...]:
        """On which side of each kink of the error every output is; () when it has no kinks."""
        return ()

    def gradient_net(self, out: Array, target: Array, result: Array) -> None:
        """Write ∂E/∂net into `result`, for the activation named in `needs_output`."""
        raise NotImplementedError


LOSSES: Registry[Loss] = Registry("error")
