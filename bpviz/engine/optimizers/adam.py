"""Adam and its family: a mean of gradients over a mean of their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.optimizers.base import OPTIMIZERS, Optimizer
from bpviz.engine.settings import setting


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
        self._advance(gradient, moments, scratch)
        self._size(step, moments, scratch)
        np.divide(moments["first"], scratch, out=update)
        np.multiply(update, -rate / (1.0 - self.beta1**step), out=update)

    def remembered(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε β₁ m / (1 - β₁^t) / (√v̂ + η), with the v̂ that this gradient leads to."""
        size, _, share = self._shares(gradient, step, moments)
        return np.asarray(-rate * self.beta1 * share * moments["first"] / size)

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε (1 - β₁) / (1 - β₁^t) / (√v̂ + η)."""
        size, own, share = self._shares(gradient, step, moments)
        return np.asarray(-rate * (own + (1.0 - self.beta1) * share) / size)

    def _advance(self, gradient: Array, moments: dict[str, Array], scratch: Array) -> None:
        """m = β₁ m + (1 - β₁) ∂E/∂w, v = β₂ v + (1 - β₂) (∂E/∂w)²."""
        first, second = moments["first"], moments["second"]
        np.multiply(first, self.beta1, out=first)
        np.multiply(gradient, 1.0 - self.beta1, out=scratch)
        np.add(first, scratch, out=first)
        np.multiply(second, self.beta2, out=second)
        np.multiply(gradient, gradient, out=scratch)
        np.multiply(scratch, 1.0 - self.beta2, out=scratch)
        np.add(second, scratch, out=second)

    def _size(self, step: int, moments: dict[str, Array], size: Array) -> None:
        """Write √v̂ + η."""
        np.divide(moments["second"], 1.0 - self.beta2**step, out=size)
        np.sqrt(size, out=size)
        np.add(size, self.eta, out=size)

    def _shares(
        self, gradient: Array, step: int, moments: dict[str, Array]
    ) -> tuple[Array, Array | float, Array | float]:
        """(√v̂ + η, a, b) of Δw = -ε (a ∂E/∂w + b m) / (√v̂ + η), after this gradient."""
        size, after = np.empty_like(gradient), {n: moment.copy() for n, moment in moments.items()}
        self._advance(gradient, after, size)
        self._size(step, after, size)
        return size, 0.0, 1.0 / (1.0 - self.beta1**step)


@OPTIMIZERS.register
@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled decay, Δw = -ε m̂ / (√v̂ + η) - ε λ w (Loshchilov & Hutter 2019, alg. 2).

    The decay leaves biases alone.
    """

    kind: ClassVar[str] = "adamw"
    label: ClassVar[str] = "AdamW"
    formula: ClassVar[str] = (
        r"\Delta w=-\varepsilon\,\frac{\hat m}{\sqrt{\hat v}+\eta}-\varepsilon\,\lambda\,w"
    )
    weight_decay: float = setting(
        0.01,
        "Decay λ",
        "Takes this share, times the learning rate, off every weight at each step; biases keep "
        "theirs",
        at_least=0,
    )

    @property
    def decay(self) -> float:
        return self.weight_decay


@OPTIMIZERS.register
@dataclass(frozen=True)
class NAdam(Adam):
    """Adam with Nesterov's look ahead (Dozat 2016, alg. 2).

    Δw = -ε (μ' m / (1 - Πμ μ') + (1 - μ) ∂E/∂w / (1 - Πμ)) / (√v̂ + η), where
    μ = β₁ (1 - ½ 0.96^(t ψ)) grows to β₁, μ' is that of step t + 1, and Πμ the product up to t.
    1 - Πμ is the moment `share`: the weight that gradients have in the mean by now.
    """

    kind: ClassVar[str] = "nadam"
    label: ClassVar[str] = "NAdam"
    moments: ClassVar[tuple[str, ...]] = ("first", "second", "share")
    formula: ClassVar[str] = (
        r"\Delta w=-\frac{\varepsilon}{\sqrt{\hat v}+\eta}\left(\mu'\,\hat m"
        r"+\frac{1-\mu}{1-\prod\mu}\,\frac{\partial E}{\partial w}\right)"
    )
    momentum_decay: float = setting(0.004, "ψ", "How fast the momentum grows to β₁", at_least=0)

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        now, following = self._momentum(step), self._momentum(step + 1)
        share = moments["share"]
        self._advance(gradient, moments, scratch)
        np.multiply(share, now, out=share)
        np.add(share, 1.0 - now, out=share)
        np.multiply(share, following, out=scratch)
        np.add(scratch, 1.0 - following, out=scratch)
        np.divide(moments["first"], scratch, out=scratch)
        np.multiply(scratch, following, out=scratch)
        np.divide(gradient, share, out=update)
        np.multiply(update, 1.0 - now, out=update)
        np.add(update, scratch, out=update)
        self._size(step, moments, scratch)
        np.divide(update, scratch, out=update)
        np.multiply(update, -rate, out=update)

    def _momentum(self, step: int) -> float:
        return self.beta1 * (1.0 - 0.5 * float(0.96 ** (step * self.momentum_decay)))

    def _shares(
        self, gradient: Array, step: int, moments: dict[str, Array]
    ) -> tuple[Array, Array | float, Array | float]:
        size, _, _ = super()._shares(gradient, step, moments)
        now, following = self._momentum(step), self._momentum(step + 1)
        share = moments["share"] * now + (1.0 - now)
        return size, (1.0 - now) / share, following / (share * following + (1.0 - following))


@OPTIMIZERS.register
@dataclass(frozen=True)
class AMSGrad(Adam):
    """Adam over the largest v so far, so that steps do not grow again (Reddi et al. 2018, alg. 2).

    Bias-corrected, as PyTorch has it.
    """

    kind: ClassVar[str] = "amsgrad"
    label: ClassVar[str] = "AMSGrad"
    moments: ClassVar[tuple[str, ...]] = ("first", "second", "largest")
    formula: ClassVar[str] = r"\Delta w=-\varepsilon\,\frac{\hat m}{\sqrt{\max(\hat v)}+\eta}"

    def _advance(self, gradient: Array, moments: dict[str, Array], scratch: Array) -> None:
        super()._advance(gradient, moments, scratch)
        np.maximum(moments["largest"], moments["second"], out=moments["largest"])

    def _size(self, step: int, moments: dict[str, Array], size: Array) -> None:
        super()._size(step, {"second": moments["largest"]}, size)
