"""Errors of squared differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.losses.base import LOSSES, ErrorOperation, Loss, Mask
from bpviz.engine.settings import setting
from bpviz.engine.spare_room import spare


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
class MarginSquared(Loss):
    """E = Σ ½ (target - out)² over the outputs that are not yet beyond their targets.

    A target above `middle` is a high one, and an output above it has no error; below a low target
    likewise (Hinton 1986, for the family trees). Where there is an error, ∂E/∂out is out - target.
    """

    kind: ClassVar[str] = "margin_squared"
    label: ClassVar[str] = "margin squared error"
    formula: ClassVar[str] = r"\sum \tfrac12 (target-out)^2\,[(target-out)\,(target-\mu) \geq 0]"
    term_formula: ClassVar[str] = r"\tfrac12 (target-out)^2\,[(target-out)\,(target-\mu) \geq 0]"
    gradient_formula: ClassVar[str] = r"(out-target)\,[(target-out)\,(target-\mu) \geq 0]"
    operations: ClassVar[tuple[ErrorOperation, ...]] = (
        ErrorOperation("difference", "subtract", ("target", "out")),
        ErrorOperation("square", "square", ("difference",)),
        ErrorOperation("half", "multiply", ("square", 0.5)),
        ErrorOperation("above", "subtract", ("target", r"\mu")),
        ErrorOperation("short", "multiply", ("difference", "above")),
        ErrorOperation("counts", "step", ("short",)),
        ErrorOperation("counted", "multiply", ("half", "counts")),
    )
    middle: float = setting(0.5, "Middle", "Targets above it are high ones, those below it low")

    @property
    def constants(self) -> dict[str, float]:
        return {r"\mu": self.middle}

    def terms(self, net: Array, out: Array, target: Array, result: Array, scratch: Array) -> None:
        np.subtract(target, out, out=result)
        np.subtract(target, self.middle, out=scratch)
        np.multiply(scratch, result, out=scratch)
        np.heaviside(scratch, 1.0, out=scratch)
        np.multiply(result, result, out=result)
        np.multiply(result, 0.5, out=result)
        np.multiply(result, scratch, out=result)

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        (counts,) = spare(out)
        np.subtract(out, target, out=result)
        np.subtract(self.middle, target, out=counts)
        np.multiply(counts, result, out=counts)
        np.heaviside(counts, 1.0, out=counts)
        np.multiply(result, counts, out=result)

    def sides(self, out: Array, target: Array) -> tuple[Mask, ...]:
        return (out > target,)
