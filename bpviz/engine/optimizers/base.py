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
from bpviz.engine.settings import Entry, Registry


@dataclass(frozen=True)
class Optimizer(Entry):
    """Turns gradients into steps. `velocity` names the moment that shows where θ is heading.

    `elementwise`: each element of Δθ comes of its own gradient and moments alone, so that a part
    of θ can be asked about by itself. `momentum_setting` names the setting that a momentum
    schedule multiplies. `forgets`: what is remembered holds only as long as nobody edits weights,
    network, data or penalty. `follows_rate`: the learning rate matters at every step.
    """

    moments: ClassVar[tuple[str, ...]] = ()
    velocity: ClassVar[str] = ""
    elementwise: ClassVar[bool] = True
    momentum_setting: ClassVar[str] = ""
    forgets: ClassVar[bool] = False
    follows_rate: ClassVar[bool] = True
    formula: ClassVar[str] = ""

    @property
    def decay(self) -> float:
        """The λ of the optimiser's own decoupled weight decay, Δw -= ε λ w."""
        return 0.0

    def refusal(self, update: str, obstacles: Sequence[str]) -> str:
        """Why it cannot be used with this way of updating, or with what stands in its way.

        `obstacles` are the settings that make error or gradient other than they look, by their
        paths: "training.l1", "training.clip_norm", …. "" when it can be used.
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
