"""Errors for classes: cross-entropies and the focal error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.losses.base import LOSSES, ErrorOperation, Loss
from bpviz.engine.settings import setting
from bpviz.engine.spare_room import spare


@dataclass(frozen=True)
class OfProbabilities(Loss):
    """An error that reads each output as the probability of a yes, net being its logit."""

    needs_output: ClassVar[str] = "sigmoid"
    why_needed: ClassVar[str] = "because it reads each output as a probability"

    def bad_targets(self, target: Array) -> str:
        if target.size and (target.min() < 0 or target.max() > 1):
            return f"{self.label} needs targets between 0 and 1"
        return ""


@LOSSES.register
@dataclass(frozen=True)
class BinaryCrossEntropy(OfProbabilities):
    """E = -Σ (t log out + (1 - t) log(1 - out)), computed from the net input (logit) x.

    With out = sigmoid(x): E = max(x, 0) - x t + log(1 + e^-|x|), and ∂E/∂x = out - t.
    """

    kind: ClassVar[str] = "binary_cross_entropy"
    label: ClassVar[str] = "binary cross-entropy"
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


@LOSSES.register
@dataclass(frozen=True)
class Focal(OfProbabilities):
    """E = -Σ (t (1 - out)^γ log out + (1 - t) out^γ log(1 - out)): what is right counts little.

    Lin et al. 2017, eq. 4. With out = sigmoid(x), log out = -log(1 + e^-x) and log(1 - out) =
    -log(1 + e^x), which do not overflow. γ = 0 is binary cross-entropy.
    """

    kind: ClassVar[str] = "focal"
    label: ClassVar[str] = "focal error"
    formula: ClassVar[str] = (
        r"-\sum (target\,(1-out)^{\gamma}\,\log out+(1-target)\,out^{\gamma}\,\log(1-out))"
    )
    term_formula: ClassVar[str] = (
        r"-(target\,(1-out)^{\gamma}\,\log out+(1-target)\,out^{\gamma}\,\log(1-out))"
    )
    gradient_formula: ClassVar[str] = (
        r"target\,(1-out)^{\gamma}\left(\frac{\gamma\,\log out}{1-out}-\frac{1}{out}\right)"
        r"-(1-target)\,out^{\gamma}\left(\frac{\gamma\,\log(1-out)}{out}-\frac{1}{1-out}\right)"
    )
    net_gradient_formula: ClassVar[str] = (
        r"target\,(1-out)^{\gamma}\,(\gamma\cdot out\,\log out-(1-out))"
        r"-(1-target)\,out^{\gamma}\,(\gamma\,(1-out)\,\log(1-out)-out)"
    )
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("log_out", "log", ("out",)),
        ErrorOperation("not_out", "subtract", (1.0, "out")),
        ErrorOperation("yes_focus", "power", ("not_out", r"\gamma")),
        ErrorOperation("yes_part", "multiply", ("yes_focus", "log_out")),
        ErrorOperation("yes", "multiply", ("target", "yes_part")),
        ErrorOperation("log_not_out", "log", ("not_out",)),
        ErrorOperation("no_focus", "power", ("out", r"\gamma")),
        ErrorOperation("no_part", "multiply", ("no_focus", "log_not_out")),
        ErrorOperation("not_target", "subtract", (1.0, "target")),
        ErrorOperation("no", "multiply", ("not_target", "no_part")),
        ErrorOperation("both", "add", ("yes", "no")),
        ErrorOperation("minus", "negate", ("both",)),
    )
    gamma: float = setting(
        2.0, "γ", "How little the outputs that are nearly right count", at_least=0, slider=(0, 5)
    )

    @property
    def constants(self) -> dict[str, float]:
        return {r"\gamma": self.gamma}

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        # log out and log(1 - out), but for their signs.
        log_yes, log_no = result, scratch
        np.negative(net, out=log_yes)
        np.logaddexp(0.0, log_yes, out=log_yes)
        np.logaddexp(0.0, net, out=log_no)
        yes, part = spare(out, 2)
        np.multiply(log_no, -self.gamma, out=yes)
        np.exp(yes, out=yes)
        np.multiply(yes, log_yes, out=yes)
        np.multiply(yes, target, out=yes)
        np.multiply(log_yes, -self.gamma, out=part)
        np.exp(part, out=part)
        np.multiply(part, log_no, out=part)
        np.subtract(1.0, target, out=result)
        np.multiply(result, part, out=result)
        np.add(result, yes, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        self.gradient_net(out, target, result)
        np.divide(result, out * (1.0 - out), out=result)

    def gradient_net(self, out: Array, target: Array, result: Array) -> None:
        # result = target (1-out)^γ (γ out log out - (1-out)),
        # no = (1-target) out^γ (γ (1-out) log(1-out) - out), and ∂E/∂net = result - no.
        # Logarithms of at least the smallest number: that of 0 is multiplied by 0.
        tiny = np.finfo(out.dtype).tiny
        rest, focus, no = spare(out, 3)
        np.subtract(1.0, out, out=rest)
        np.maximum(rest, tiny, out=no)
        np.log(no, out=no)
        np.multiply(no, self.gamma, out=no)
        np.multiply(no, rest, out=no)
        np.subtract(no, out, out=no)
        np.power(out, self.gamma, out=focus)
        np.multiply(no, focus, out=no)
        np.subtract(1.0, target, out=focus)
        np.multiply(no, focus, out=no)
        np.maximum(out, tiny, out=result)
        np.log(result, out=result)
        np.multiply(result, self.gamma, out=result)
        np.multiply(result, out, out=result)
        np.subtract(result, rest, out=result)
        np.power(rest, self.gamma, out=focus)
        np.multiply(result, focus, out=result)
        np.multiply(result, target, out=result)
        np.subtract(result, no, out=result)
