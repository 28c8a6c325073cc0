"""L-BFGS: the curvature of the error from the last few steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.optimizers.base import OPTIMIZERS, Optimizer
from bpviz.engine.settings import setting

# Pairs with less curvature say more of rounding than of the error.
_LEAST_CURVATURE = 1e-10


@OPTIMIZERS.register
@dataclass(frozen=True)
class LBFGS(Optimizer):
    """Δθ = -ε H ∂E/∂θ, H an estimate of the inverse second derivatives from the last m steps.

    Nocedal 1980, with the two-loop recursion of Liu & Nocedal 1989 (sect. 2): each step s and the
    change y of the gradient along it is a pair; H starts as γ = sᵀy / yᵀy of the newest. Steps are
    of fixed length: the learning rate is what the step is multiplied with, 1 the natural choice.
    The first one is -ε min(1, 1/|∂E/∂θ|₁) ∂E/∂θ. Made for full batches and an error without
    chance; as PyTorch's with max_iter = 1 and no line search.

    Moments: s1, y1 the newest pair to sm, ym; the previous gradient and the last step. A pair of
    zeros is one that is not there yet.
    """

    kind: ClassVar[str] = "lbfgs"
    label: ClassVar[str] = "L-BFGS"
    elementwise: ClassVar[bool] = False
    forgets: ClassVar[bool] = True
    formula: ClassVar[str] = (
        r"\Delta w=-\varepsilon\,\sum_j H_{wj}\,\frac{\partial E}{\partial w_j}"
    )
    memory: int = setting(
        10,
        "Memory m",
        "How many steps the curvature is read from; each takes the room of two sets of weights",
        unit="steps",
        at_least=1,
        at_most=100,
    )

    @property
    def moments(self) -> tuple[str, ...]:  # type: ignore[override]
        pairs = (f"{letter}{k}" for k in range(1, self.memory + 1) for letter in "sy")
        return (*pairs, "previous", "last")

    def refusal(self, update: str, obstacles: Sequence[str]) -> str:
        if update != "full":
            return (
                "L-BFGS reads the curvature off the error of all samples; "
                f'set training.update to "full", not "{update}"'
            )
        if obstacles:
            return (
                "L-BFGS needs the plain gradient of one unchanging error; "
                f"set {_listed(obstacles)} to 0, or choose another optimiser"
            )
        return ""

    def update(
        self,
        gradient: Array,
        rate: float,
        step: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        if step > 1:
            self._learn(gradient, moments)
        np.negative(gradient, out=update)
        self._turn(moments, update, scratch)
        np.multiply(update, rate * self._length(gradient, step), out=update)
        np.copyto(moments["previous"], gradient)
        np.copyto(moments["last"], update)

    def remembered(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """What the pairs make of the gradients of all parameters: all but -ε γ ∂E/∂w."""
        change, after = np.empty_like(gradient), {n: moment.copy() for n, moment in moments.items()}
        self.update(gradient, rate, step, after, change, np.empty_like(gradient))
        return np.asarray(change - self._own(gradient, rate, step, after) * gradient)

    def per_gradient(
        self, gradient: Array, rate: float, step: int, moments: dict[str, Array]
    ) -> Array:
        """-ε γ, as if the error curved alike in all directions."""
        after = {n: moment.copy() for n, moment in moments.items()}
        if step > 1:
            self._learn(gradient, after)
        return np.full_like(gradient, self._own(gradient, rate, step, after))

    def _own(self, gradient: Array, rate: float, step: int, moments: dict[str, Array]) -> float:
        pairs = self._pairs(moments)
        return -rate * self._length(gradient, step) * (_gamma(pairs[0]) if pairs else 1.0)

    def _length(self, gradient: Array, step: int) -> float:
        """What the first step, for which there is no curvature to go by, is shortened by."""
        if step > 1:
            return 1.0
        total = float(np.add.reduce(np.abs(gradient)))
        return 1.0 if total <= 1.0 else 1.0 / total

    def _learn(self, gradient: Array, moments: dict[str, Array]) -> None:
        """Take up the last step and the change of the gradient as the newest pair.

        The arrays change their names; no number is moved.
        """
        change, last = moments["previous"], moments["last"]
        np.subtract(gradient, change, out=change)
        if not float(np.dot(last, change)) > _LEAST_CURVATURE:
            return
        oldest = moments[f"s{self.memory}"], moments[f"y{self.memory}"]
        for k in range(self.memory, 1, -1):
            moments[f"s{k}"], moments[f"y{k}"] = moments[f"s{k - 1}"], moments[f"y{k - 1}"]
        moments["s1"], moments["y1"] = last, change
        moments["last"], moments["previous"] = oldest

    def _turn(self, moments: dict[str, Array], direction: Array, scratch: Array) -> None:
        """direction = H direction (Nocedal 1980, p. 779; Liu & Nocedal 1989)."""
        pairs = self._pairs(moments)
        if not pairs:
            return
        shares = []
        for s, y, curvature in pairs:
            share = float(np.dot(s, direction)) / curvature
            np.multiply(y, share, out=scratch)
            np.subtract(direction, scratch, out=direction)
            shares.append(share)
        np.multiply(direction, _gamma(pairs[0]), out=direction)
        for (s, y, curvature), share in zip(reversed(pairs), reversed(shares), strict=True):
            back = float(np.dot(y, direction)) / curvature
            np.multiply(s, share - back, out=scratch)
            np.add(direction, scratch, out=direction)

    def _pairs(self, moments: dict[str, Array]) -> list[tuple[Array, Array, float]]:
        """The pairs that are there, newest first, each with its sᵀy.

        In a state that was saved, or fitted to a network with other frozen parameters, a pair may
        have lost its curvature; it says nothing then.
        """
        both = [(moments[f"s{k}"], moments[f"y{k}"]) for k in range(1, self.memory + 1)]
        pairs = [(s, y, float(np.dot(s, y))) for s, y in both]
        return [pair for pair in pairs if pair[2] > _LEAST_CURVATURE]


def _gamma(pair: tuple[Array, Array, float]) -> float:
    """sᵀy / yᵀy of a pair."""
    _, y, curvature = pair
    return curvature / float(np.dot(y, y))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
