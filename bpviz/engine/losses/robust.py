"""Errors for values with outliers: absolute, Huber, log-cosh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.losses.base import LOSSES, ErrorOperation, Loss, Mask
from bpviz.engine.settings import setting


@LOSSES.register
@dataclass(frozen=True)
class Absolute(Loss):
    """E = Σ |target - out|, ∂E/∂out = sign(out - target): an outlier pulls like any other."""

    kind: ClassVar[str] = "absolute"
    label: ClassVar[str] = "absolute error"
    formula: ClassVar[str] = r"\sum |target-out|"
    term_formula: ClassVar[str] = r"|target-out|"
    gradient_formula: ClassVar[str] = r"\mathrm{sign}(out-target)"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("difference", "subtract", ("target", "out")),
        ErrorOperation("size", "absolute", ("difference",)),
    )

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.subtract(out, target, out=result)
        np.abs(result, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.subtract(out, target, out=result)
        np.sign(result, out=result)

    def sides(self, out: Array, target: Array) -> tuple[Mask, ...]:
        return (out > target,)


@LOSSES.register
@dataclass(frozen=True)
class Huber(Loss):
    """E = Σ ½ d² where |d| <= δ and δ (|d| - ½ δ) elsewhere, d = target - out (Huber 1964).

    ∂E/∂out = out - target, kept between -δ and δ.
    """

    kind: ClassVar[str] = "huber"
    label: ClassVar[str] = "Huber error"
    formula: ClassVar[str] = (
        r"\sum (\tfrac12 (target-out)^2-\tfrac12 \max(0, |target-out|-\delta)^2)"
    )
    term_formula: ClassVar[str] = r"\tfrac12 (target-out)^2-\tfrac12 \max(0, |target-out|-\delta)^2"
    gradient_formula: ClassVar[str] = r"\max(-\delta, \min(\delta, out-target))"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("difference", "subtract", ("target", "out")),
        ErrorOperation("square", "square", ("difference",)),
        ErrorOperation("half", "multiply", ("square", 0.5)),
        ErrorOperation("size", "absolute", ("difference",)),
        ErrorOperation("over", "subtract", ("size", r"\delta")),
        ErrorOperation("excess", "maximum", ("over", 0.0)),
        ErrorOperation("excess_square", "square", ("excess",)),
        ErrorOperation("excess_half", "multiply", ("excess_square", 0.5)),
        ErrorOperation("rest", "subtract", ("half", "excess_half")),
    )
    delta: float = setting(1.0, "δ", "Differences above it count in proportion only", above=0)

    @property
    def constants(self) -> dict[str, float]:
        return {r"\delta": self.delta}

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        # With m = min(|d|, δ), both pieces are m (|d| - ½ m).
        np.subtract(out, target, out=result)
        np.abs(result, out=result)
        np.minimum(result, self.delta, out=scratch)
        np.multiply(scratch, -0.5, out=scratch)
        np.add(result, scratch, out=result)
        np.multiply(scratch, -2.0, out=scratch)
        np.multiply(result, scratch, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.subtract(out, target, out=result)
        np.minimum(result, self.delta, out=result)
        np.maximum(result, -self.delta, out=result)

    def sides(self, out: Array, target: Array) -> tuple[Mask, ...]:
        return (out - target > self.delta, target - out > self.delta)


@LOSSES.register
@dataclass(frozen=True)
class LogCosh(Loss):
    """E = Σ log cosh(out - target), ∂E/∂out = tanh(out - target): a smooth absolute error.

    Chen et al. 2018. log cosh d = |d| + log(½ (1 + e^(-2|d|))), which does not overflow.
    """

    kind: ClassVar[str] = "log_cosh"
    label: ClassVar[str] = "log-cosh error"
    formula: ClassVar[str] = r"\sum \log\,\cosh(out-target)"
    term_formula: ClassVar[str] = r"\log\,\cosh(out-target)"
    gradient_formula: ClassVar[str] = r"\tanh(out-target)"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("difference", "subtract", ("out", "target")),
        ErrorOperation("smoothed", "log cosh", ("difference",)),
    )

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.subtract(out, target, out=result)
        np.abs(result, out=result)
        np.multiply(result, -2.0, out=scratch)
        np.expm1(scratch, out=scratch)
        np.multiply(scratch, 0.5, out=scratch)
        np.log1p(scratch, out=scratch)
        np.add(result, scratch, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        np.subtract(out, target, out=result)
        np.tanh(result, out=result)
