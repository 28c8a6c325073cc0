"""A step size for each parameter, by the size of its gradients so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.optimizers.base import OPTIMIZERS, Optimizer
from bpviz.engine.settings import setting


class Scaled(Optimizer):
    """Δw = -ε k ∂E/∂w, where k > 0 comes of squared gradients; at rest without a gradient."""

    def scale(self, gradient: Array, moments: dict[str, Array], scale: Array, room: Array) -> None:
        """Advance the moments that k depends on, and write k into `scale`; `room` is free."""
        raise NotImplementedError

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        self.scale(gradient, moments, scratch, update)
        np.multiply(gradient, scratch, out=update)
        np.multiply(update, -rate, out=update)

    def remembered(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """Nothing: what is remembered only scales the gradient."""
        return np.zeros_like(gradient)

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε k."""
        scale, after = np.empty_like(gradient), {n: moment.copy() for n, moment in moments.items()}
        self.scale(gradient, after, scale, np.empty_like(gradient))
        return np.asarray(-rate * scale)


@OPTIMIZERS.register
@dataclass(frozen=True)
class Adagrad(Scaled):
    """Δw = -ε ∂E/∂w / (√s + η), s the sum of all squared gradients (Duchi et al. 2011, fig. 1)."""

    kind: ClassVar[str] = "adagrad"
    label: ClassVar[str] = "Adagrad"
    moments: ClassVar[tuple[str, ...]] = ("total",)
    formula: ClassVar[str] = (
        r"\Delta w=-\frac{\varepsilon}{\sqrt{s}+\eta}\,\frac{\partial E}{\partial w}"
    )
    eta: float = setting(1e-10, "η", "Keeps the division finite", above=0, logarithmic=True)

    def scale(self, gradient: Array, moments: dict[str, Array], scale: Array, room: Array) -> None:
        total = moments["total"]
        np.multiply(gradient, gradient, out=scale)
        np.add(total, scale, out=total)
        _one_over_root(total, self.eta, scale)


@OPTIMIZERS.register
@dataclass(frozen=True)
class RMSprop(Scaled):
    """Δw = -ε ∂E/∂w / (√s + η), s = ρ s + (1 - ρ) (∂E/∂w)², a mean of squared gradients.

    Tieleman & Hinton 2012, lecture 6.5 of "Neural networks for machine learning".
    """

    kind: ClassVar[str] = "rmsprop"
    label: ClassVar[str] = "RMSprop"
    moments: ClassVar[tuple[str, ...]] = ("squares",)
    formula: ClassVar[str] = (
        r"\Delta w=-\frac{\varepsilon}{\sqrt{s}+\eta}\,\frac{\partial E}{\partial w}"
    )
    rho: float = setting(
        0.99, "ρ", "How slowly the mean of squared gradients changes", at_least=0, below=1
    )
    eta: float = setting(1e-8, "η", "Keeps the division finite", above=0, logarithmic=True)

    def scale(self, gradient: Array, moments: dict[str, Array], scale: Array, room: Array) -> None:
        squares = moments["squares"]
        _average(squares, gradient, self.rho, scale)
        _one_over_root(squares, self.eta, scale)


@OPTIMIZERS.register
@dataclass(frozen=True)
class Adadelta(Scaled):
    """Δw = -ε √(u + η) / √(s + η) ∂E/∂w, u and s the means of squared steps and gradients.

    Zeiler 2012, alg. 1, whose learning rate is 1; like PyTorch's, u is of the steps before ε.
    """

    kind: ClassVar[str] = "adadelta"
    label: ClassVar[str] = "Adadelta"
    moments: ClassVar[tuple[str, ...]] = ("squares", "steps")
    formula: ClassVar[str] = (
        r"\Delta w=-\varepsilon\,\frac{\sqrt{u+\eta}}{\sqrt{s+\eta}}"
        r"\,\frac{\partial E}{\partial w}"
    )
    rho: float = setting(0.9, "ρ", "How slowly the means of squares change", at_least=0, below=1)
    eta: float = setting(
        1e-6,
        "η",
        "Lets the first steps begin, and keeps the division finite",
        above=0,
        logarithmic=True,
    )

    def scale(self, gradient: Array, moments: dict[str, Array], scale: Array, room: Array) -> None:
        squares, steps = moments["squares"], moments["steps"]
        _average(squares, gradient, self.rho, room)
        np.add(squares, self.eta, out=room)
        np.add(steps, self.eta, out=scale)
        np.divide(scale, room, out=scale)
        np.sqrt(scale, out=scale)
        np.multiply(gradient, scale, out=room)
        _average(steps, room, self.rho, room)


def _average(mean: Array, values: Array, rho: float, scratch: Array) -> None:
    """mean = ρ mean + (1 - ρ) values², in place; `scratch` may be `values`."""
    np.multiply(values, values, out=scratch)
    np.multiply(scratch, 1.0 - rho, out=scratch)
    np.multiply(mean, rho, out=mean)
    np.add(mean, scratch, out=mean)


def _one_over_root(squares: Array, eta: float, out: Array) -> None:
    """1 / (√s + η)."""
    np.sqrt(squares, out=out)
    np.add(out, eta, out=out)
    np.divide(1.0, out, out=out)
