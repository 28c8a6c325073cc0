"""Steps along the gradient: plain, with momentum, with Nesterov's look ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.optimizers.base import OPTIMIZERS, Optimizer
from bpviz.engine.settings import setting


@OPTIMIZERS.register
@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Δw = -ε ∂E/∂w (Cauchy 1847; Rumelhart et al. 1986, eq. 8)."""

    kind: ClassVar[str] = "gradient_descent"
    label: ClassVar[str] = "gradient descent"
    formula: ClassVar[str] = r"\Delta w=-\varepsilon\,\frac{\partial E}{\partial w}"

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        np.multiply(gradient, -rate, out=update)

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε."""
        return np.full_like(gradient, -rate)


@OPTIMIZERS.register
@dataclass(frozen=True)
class Momentum(Optimizer):
    """Δw(t) = -ε ∂E/∂w(t) + α Δw(t - 1) (Rumelhart et al. 1986, eq. 9)."""

    kind: ClassVar[str] = "momentum"
    label: ClassVar[str] = "momentum"
    moments: ClassVar[tuple[str, ...]] = ("velocity",)
    velocity: ClassVar[str] = "velocity"
    momentum_setting: ClassVar[str] = "momentum"
    formula: ClassVar[str] = (
        r"\Delta w(t)=-\varepsilon\,\frac{\partial E}{\partial w(t)}+\alpha\,\Delta w(t-1)"
    )
    momentum: float = setting(
        0.9, "Momentum α", "How much of the last step is repeated", at_least=0, below=1
    )

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        velocity = moments["velocity"]
        np.multiply(velocity, self.momentum, out=velocity)
        np.multiply(gradient, rate, out=scratch)
        np.subtract(velocity, scratch, out=velocity)
        np.copyto(update, velocity)

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε."""
        return np.full_like(gradient, -rate)


@OPTIMIZERS.register
@dataclass(frozen=True)
class Nesterov(Momentum):
    """v = α v - ε ∂E/∂w, Δw = α v - ε ∂E/∂w: momentum that looks a step ahead.

    Nesterov 1983, in the form of Sutskever et al. 2013 (eq. 3 and 4) that PyTorch has: w is the
    point that is looked ahead to.
    """

    kind: ClassVar[str] = "nesterov"
    label: ClassVar[str] = "Nesterov momentum"
    formula: ClassVar[str] = (
        r"\Delta w(t)=\alpha\,v(t)-\varepsilon\,\frac{\partial E}{\partial w(t)},\quad "
        r"v(t)=\alpha\,v(t-1)-\varepsilon\,\frac{\partial E}{\partial w(t)}"
    )

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        velocity = moments["velocity"]
        np.multiply(gradient, rate, out=scratch)
        np.multiply(velocity, self.momentum, out=velocity)
        np.subtract(velocity, scratch, out=velocity)
        np.multiply(velocity, self.momentum, out=update)
        np.subtract(update, scratch, out=update)

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε (1 + α)."""
        return np.full_like(gradient, -rate * (1.0 + self.momentum))
