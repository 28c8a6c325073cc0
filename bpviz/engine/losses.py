"""Error functions: E of one sample, summed over its output units, and its derivatives.

Arrays have shape (samples, outputs); `per_sample` returns shape (samples,). How the samples of a
batch are put together (mean or sum) is the trainer's matter, not the error's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from bpviz.engine.activations import Activation, Array
from bpviz.engine.settings import Entry, Registry


class ErrorOperation(NamedTuple):
    """One elementary operation of an error, done element by element.

    Arguments are numbers, "out", "target", "K" (how many outputs there are), or the `result` of an
    earlier operation.
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
    the slope cancels.

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

    def gradient_net(self, out: Array, target: Array, result: Array) -> None:
        """Write ∂E/∂net into `result`, for the activation named in `needs_output`."""
        raise NotImplementedError


LOSSES: Registry[Loss] = Registry("error")


@LOSSES.register
@dataclass(frozen=True)
class HalfSquared(Loss):
    """E = Σ ½ (target - out)², ∂E/∂out = out - target (Rumelhart et al. 1986, eq. 3)."""

    kind: ClassVar[str] = "half_squared"
    label: ClassVar[str] = "half squared error"
    formula: ClassVar[str] = r"\sum \tfrac12 (target-out)^2"
    term_formula: ClassVar[str] = r"\tfrac12 (target-out)^2"
    gradient_formula: ClassVar[str] = r"-(target-out)"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("difference", "subtract", ("target", "out")),
        ErrorOperation("square", "square", ("difference",)),
        ErrorOperation("half", "multiply", ("square", 0.5)),
    )

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.subtract(out, target, out=result)
        np.multiply(result, result, out=result)
        np.multiply(result, 0.5, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.subtract(out, target, out=result)


@LOSSES.register
@dataclass(frozen=True)
class Squared(Loss):
    """E = Σ (target - out)², ∂E/∂out = 2 (out - target)."""

    kind: ClassVar[str] = "squared"
    label: ClassVar[str] = "squared error"
    formula: ClassVar[str] = r"\sum (target-out)^2"
    term_formula: ClassVar[str] = r"(target-out)^2"
    gradient_formula: ClassVar[str] = r"-2\,(target-out)"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("difference", "subtract", ("target", "out")),
        ErrorOperation("square", "square", ("difference",)),
    )

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.subtract(out, target, out=result)
        np.multiply(result, result, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.subtract(out, target, out=result)
        np.multiply(result, 2.0, out=result)


@LOSSES.register
@dataclass(frozen=True)
class MeanSquared(Loss):
    """E = (1/K) Σ (target - out)² over the K outputs, ∂E/∂out = (2/K) (out - target)."""

    kind: ClassVar[str] = "mean_squared"
    label: ClassVar[str] = "mean squared error"
    formula: ClassVar[str] = r"\tfrac1K\sum (target-out)^2"
    term_formula: ClassVar[str] = r"\tfrac1K(target-out)^2"
    gradient_formula: ClassVar[str] = r"-\tfrac2K(target-out)"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("difference", "subtract", ("target", "out")),
        ErrorOperation("square", "square", ("difference",)),
        ErrorOperation("mean", "divide", ("square", "K")),
    )

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.subtract(out, target, out=result)
        np.multiply(result, result, out=result)
        np.divide(result, out.shape[1], out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.subtract(out, target, out=result)
        np.multiply(result, 2.0 / out.shape[1], out=result)


@LOSSES.register
@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """E = -Σ (t log out + (1 - t) log(1 - out)), computed from the net input (logit) x.

    With out = sigmoid(x): E = max(x, 0) - x t + log(1 + e^-|x|), and ∂E/∂x = out - t.
    """

    kind: ClassVar[str] = "binary_cross_entropy"
    label: ClassVar[str] = "binary cross-entropy"
    needs_output: ClassVar[str] = "sigmoid"
    why_needed: ClassVar[str] = "because it reads each output as a probability"
    formula: ClassVar[str] = r"-\sum (target\,\log out+(1-target)\,\log(1-out))"
    term_formula: ClassVar[str] = r"-(target\,\log out+(1-target)\,\log(1-out))"
    gradient_formula: ClassVar[str] = r"\frac{out-target}{out\,(1-out)}"
    net_gradient_formula: ClassVar[str] = r"out-target"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("log_out", "log", ("out",)),
        ErrorOperation("yes", "multiply", ("target", "log_out")),
        ErrorOperation("not_out", "subtract", (1.0, "out")),
        ErrorOperation("log_not_out", "log", ("not_out",)),
        ErrorOperation("not_target", "subtract", (1.0, "target")),
        ErrorOperation("no", "multiply", ("not_target", "log_not_out")),
        ErrorOperation("both", "add", ("yes", "no")),
        ErrorOperation("minus", "negate", ("both",)),
    )

    def bad_targets(self, target: Array) -> str:
        if target.size and (target.min() < 0 or target.max() > 1):
            return f"{self.label} needs targets between 0 and 1"
        return ""

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.abs(net, out=result)
        np.negative(result, out=result)
        np.exp(result, out=result)
        np.log1p(result, out=result)
        np.multiply(net, target, out=scratch)
        np.subtract(result, scratch, out=result)
        np.maximum(net, 0.0, out=scratch)
        np.add(result, scratch, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.divide(out - target, out * (1.0 - out), out=result)

    def gradient_net(self, out: Array, target: Array, result: Array) -> None:
        np.subtract(out, target, out=result)


@LOSSES.register
@dataclass(frozen=True)
class CategoricalCrossEntropy(Loss):
    """E = -Σ t_k log out_k with out = softmax(net): E = Σ t_k (logsumexp(net) - net_k).

    ∂E/∂net_k = out_k Σ t - t_k, which is out_k - t_k for targets that sum to one.
    """

    kind: ClassVar[str] = "categorical_cross_entropy"
    label: ClassVar[str] = "categorical cross-entropy"
    needs_output: ClassVar[str] = "softmax"
    why_needed: ClassVar[str] = "because it reads the outputs as one distribution over the classes"
    formula: ClassVar[str] = r"-\sum target\,\log out"
    term_formula: ClassVar[str] = r"-target\,\log out"
    gradient_formula: ClassVar[str] = r"-\frac{target}{out}"
    net_gradient_formula: ClassVar[str] = r"out\cdot total-target"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("log_out", "log", ("out",)),
        ErrorOperation("yes", "multiply", ("target", "log_out")),
        ErrorOperation("minus", "negate", ("yes",)),
    )

    def bad_targets(self, target: Array) -> str:
        if target.size and target.min() < 0:
            return f"{self.label} needs targets that are not negative"
        return ""

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.copyto(scratch, net.max(axis=1, keepdims=True))
        np.subtract(net, scratch, out=result)
        np.exp(result, out=scratch)
        np.copyto(scratch, np.log(scratch.sum(axis=1, keepdims=True)))
        np.subtract(scratch, result, out=result)
        np.multiply(result, target, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.divide(-target, out, out=result)

    def gradient_net(self, out: Array, target: Array, result: Array) -> None:
        np.copyto(result, target.sum(axis=1, keepdims=True))
        np.multiply(out, result, out=result)
        np.subtract(result, target, out=result)
