"""Optimisers: from the gradient to Δθ, in place over the whole vector.

Each entry names the moments it keeps; the trainer holds them, one θ-sized array each. `update`
writes Δθ; the trainer masks it and adds it to θ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.settings import Entry, Registry, setting


@dataclass(frozen=True)
class Optimizer(Entry):
    """Turns gradients into steps. `velocity` names the moment that shows where θ is heading.

    `elementwise`: each element of Δθ comes of its own gradient and moments alone, so that a part
    of θ can be asked about by itself. `momentum_setting` names the setting that a momentum
    schedule multiplies. `forgets`: what is remembered holds only as long as nobody edits weights.
    """

    moments: ClassVar[tuple[str, ...]] = ()
    velocity: ClassVar[str] = ""
    elementwise: ClassVar[bool] = True
    momentum_setting: ClassVar[str] = ""
    forgets: ClassVar[bool] = False
    formula: ClassVar[str] = ""

    @property
    def decay(self) -> float:
        """The λ of the optimiser's own decoupled weight decay, Δw -= ε λ w."""
        return 0.0

    def refusal(self, update: str, obstacles: Sequence[str]) -> str:
        """Why it cannot be used with this way of updating, or with what stands in its way.

        `obstacles` names what makes error or gradient other than they look: "dropout", "input
        noise", "an L1 penalty", "clipping", "max-norm", …. "" when it can be used.
        """
        return ""

    def with_momentum(self, factor: float) -> Optimizer:
        """The optimiser with its momentum times a factor of at most 1."""
        name = self.momentum_setting
        if not name or factor == 1.0:
            return self
        return replace(self, **{name: getattr(self, name) * min(1.0, max(0.0, factor))})

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        """Write Δθ of step number `step` (1, 2, …) into `update`, advancing `moments`."""
        raise NotImplementedError

    def remembered(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """The part of Δθ that comes from the moments as they were; the rest is the gradient's.

        By itself: what the step would be if there were no gradient now.
        """
        update = np.empty_like(gradient)
        kept = {name: moment.copy() for name, moment in moments.items()}
        self.update(np.zeros_like(gradient), rate, step, kept, update, np.empty_like(gradient))
        return update

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """The factor k of Δθ = k · gradient + remembered, for each element.

        By itself: the ratio of the two, 0 where there is no gradient. It loses its digits where
        the gradient is small beside what is remembered; an entry that knows its factor gives it.
        """
        change = np.empty_like(gradient)
        after = {name: moment.copy() for name, moment in moments.items()}
        self.update(gradient, rate, step, after, change, np.empty_like(gradient))
        change -= self.remembered(gradient, rate, step, moments)
        return np.divide(change, gradient, out=np.zeros_like(gradient), where=gradient != 0)


OPTIMIZERS: Registry[Optimizer] = Registry("optimizer")


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
class Adam(Optimizer):
    """Δw = -ε m̂ / (√v̂ + η), m̂ and v̂ the bias-corrected moments (Kingma & Ba 2015, alg. 1)."""

    kind: ClassVar[str] = "adam"
    label: ClassVar[str] = "Adam"
    moments: ClassVar[tuple[str, ...]] = ("first", "second")
    velocity: ClassVar[str] = "first"
    momentum_setting: ClassVar[str] = "beta1"
    formula: ClassVar[str] = r"\Delta w=-\varepsilon\,\frac{\hat m}{\sqrt{\hat v}+\eta}"
    beta1: float = setting(
        0.9, "β₁", "How slowly the mean of gradients changes", at_least=0, below=1
    )
    beta2: float = setting(
        0.999, "β₂", "How slowly the mean of squared gradients changes", at_least=0, below=1
    )
    eta: float = setting(1e-8, "η", "Keeps the division finite", above=0, logarithmic=True)

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        first, second = moments["first"], moments["second"]
        np.multiply(first, self.beta1, out=first)
        np.multiply(gradient, 1.0 - self.beta1, out=scratch)
        np.add(first, scratch, out=first)
        np.multiply(second, self.beta2, out=second)
        np.multiply(gradient, gradient, out=scratch)
        np.multiply(scratch, 1.0 - self.beta2, out=scratch)
        np.add(second, scratch, out=second)
        np.divide(second, 1.0 - self.beta2**step, out=scratch)
        np.sqrt(scratch, out=scratch)
        np.add(scratch, self.eta, out=scratch)
        np.divide(first, scratch, out=update)
        np.multiply(update, -rate / (1.0 - self.beta1**step), out=update)

    def remembered(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε β₁ m / (1 - β₁^t) / (√v̂ + η)."""
        rate = -rate * self.beta1 / (1.0 - self.beta1**step)
        return np.asarray(rate * moments["first"] / self._size(gradient, step, moments))

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε (1 - β₁) / (1 - β₁^t) / (√v̂ + η)."""
        rate = -rate * (1.0 - self.beta1) / (1.0 - self.beta1**step)
        return np.asarray(rate / self._size(gradient, step, moments))

    def _size(self, gradient: Array, step: int, moments: dict[str, Array]) -> Array:
        """√v̂ + η, with the v̂ that this gradient leads to."""
        second = self.beta2 * moments["second"] + (1.0 - self.beta2) * gradient * gradient
        return np.asarray(np.sqrt(second / (1.0 - self.beta2**step)) + self.eta)
