"""Steps by the gradient's sign alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.optimizers.base import OPTIMIZERS, Optimizer
from bpviz.engine.settings import SettingError, setting


@OPTIMIZERS.register
@dataclass(frozen=True)
class RProp(Optimizer):
    """Δw = -d sign(∂E/∂w), each parameter with its own d (Riedmiller & Braun 1993, eq. 4 to 7).

    d starts at the learning rate, which does not matter afterwards; it is multiplied with η⁺ while
    the gradient keeps its sign and with η⁻ when it turns, and after a turn the parameter rests for
    a step (iRprop⁻ of Igel & Hüsken 2000, as PyTorch has it). Made for full batches.
    """

    kind: ClassVar[str] = "rprop"
    label: ClassVar[str] = "RProp"
    moments: ClassVar[tuple[str, ...]] = ("size", "sign")
    follows_rate: ClassVar[bool] = False
    formula: ClassVar[str] = r"\Delta w=-d\,\mathrm{sign}\left(\frac{\partial E}{\partial w}\right)"
    eta_minus: float = setting(
        0.5, "η⁻", "What a step size is multiplied with when the gradient turns", above=0, below=1
    )
    eta_plus: float = setting(
        1.2, "η⁺", "What a step size is multiplied with while the gradient keeps its sign", above=1
    )
    smallest: float = setting(
        1e-6, "Smallest step", "No step size is below this", above=0, logarithmic=True
    )
    largest: float = setting(
        50.0, "Largest step", "No step size is above this", above=0, logarithmic=True
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.smallest > self.largest:
            raise SettingError(
                f"the smallest step must not be above the largest, {self.largest:g}, "
                f"got {self.smallest:g}",
                "smallest",
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
        size, sign = moments["size"], moments["sign"]
        # A size of 0 is that of a parameter that has not moved yet.
        np.sign(size, out=scratch)
        np.subtract(1.0, scratch, out=scratch)
        np.multiply(scratch, rate, out=scratch)
        np.add(size, scratch, out=size)
        np.sign(gradient, out=update)
        # 1 where the sign is the one before, -1 where it turned, 0 where there is none to compare;
        # through (1, η⁺), (-1, η⁻) and (0, 1) goes a parabola.
        same = np.multiply(sign, update, out=sign)
        np.multiply(same, 0.5 * (self.eta_plus + self.eta_minus) - 1.0, out=scratch)
        np.add(scratch, 0.5 * (self.eta_plus - self.eta_minus), out=scratch)
        np.multiply(scratch, same, out=scratch)
        np.add(scratch, 1.0, out=scratch)
        np.multiply(size, scratch, out=size)
        np.clip(size, self.smallest, self.largest, out=size)
        np.minimum(same, 0.0, out=scratch)
        np.add(scratch, 1.0, out=scratch)
        np.multiply(update, scratch, out=update)
        np.copyto(sign, update)
        np.multiply(update, size, out=update)
        np.negative(update, out=update)

    def remembered(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """Nothing: without a gradient it rests."""
        return np.zeros_like(gradient)


@OPTIMIZERS.register
@dataclass(frozen=True)
class Lion(Optimizer):
    """Δw = -ε sign(β₁ m + (1 - β₁) ∂E/∂w), then m = β₂ m + (1 - β₂) ∂E/∂w.

    Chen et al. 2023, alg. 2; its decay is the setting "weight decay".
    """

    kind: ClassVar[str] = "lion"
    label: ClassVar[str] = "Lion"
    moments: ClassVar[tuple[str, ...]] = ("first",)
    velocity: ClassVar[str] = "first"
    momentum_setting: ClassVar[str] = "beta1"
    formula: ClassVar[str] = (
        r"\Delta w=-\varepsilon\,\mathrm{sign}\left(\beta_1\,m+(1-\beta_1)"
        r"\,\frac{\partial E}{\partial w}\right)"
    )
    beta1: float = setting(
        0.9, "β₁", "How much the mean of gradients counts in a step", at_least=0, below=1
    )
    beta2: float = setting(
        0.99, "β₂", "How slowly the mean of gradients changes", at_least=0, below=1
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
        first = moments["first"]
        np.multiply(first, self.beta1, out=update)
        np.multiply(gradient, 1.0 - self.beta1, out=scratch)
        np.add(update, scratch, out=update)
        np.sign(update, out=update)
        np.multiply(update, -rate, out=update)
        np.multiply(first, self.beta2, out=first)
        np.multiply(gradient, 1.0 - self.beta2, out=scratch)
        np.add(first, scratch, out=first)

    def remembered(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε β₁ m / |β₁ m + (1 - β₁) ∂E/∂w|, for the sign of c is c / |c|."""
        return np.asarray(self.beta1 * moments["first"] * self._share(gradient, rate, moments))

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε (1 - β₁) / |β₁ m + (1 - β₁) ∂E/∂w|."""
        return np.asarray((1.0 - self.beta1) * self._share(gradient, rate, moments))

    def _share(self, gradient: Array, rate: float, moments: dict[str, Array]) -> Array:
        """-ε / |c|, or 0 where c is 0."""
        size = np.abs(self.beta1 * moments["first"] + (1.0 - self.beta1) * gradient)
        return np.divide(-rate, size, out=np.zeros_like(size), where=size != 0)
