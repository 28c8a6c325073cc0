"""Is the gradient right? Central differences against backpropagation, parameter by parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.data import TrainingData
from bpviz.engine.network import Network
from bpviz.engine.noise import Masks
from bpviz.engine.parameters import layout_of
from bpviz.engine.regularizers import penalty
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Both gradients over θ, in float64. `crosses_kink` marks the parameters left out."""

    analytic: Array
    numerical: Array
    crosses_kink: Mask

    @property
    def relative_errors(self) -> Array:
        """|a - n| / max(1e-4 · max|g|, |a| + |n|), zero for parameters left out."""
        a, n = self.analytic, self.numerical
        largest = max(float(np.abs(a).max(initial=0.0)), float(np.abs(n).max(initial=0.0)))
        scale = np.maximum(1e-4 * largest, np.abs(a) + np.abs(n))
        errors: Array = np.divide(np.abs(a - n), scale, out=np.zeros_like(a), where=scale != 0)
        errors[self.crosses_kink] = 0.0
        return errors

    @property
    def max_relative_error(self) -> float:
        return float(self.relative_errors.max(initial=0.0))

    @property
    def excluded(self) -> int:
        """How many parameters were left out because a kink lies within ±ε."""
        return int(np.count_nonzero(self.crosses_kink))


def check_gradient(
    spec: NetworkSpec,
    training: TrainingConfig,
    data: TrainingData,
    theta: Array,
    epsilon: float = 1e-5,
    progress: Callable[[int, int], bool] = lambda done, total: True,
) -> GradientCheck:
    """Compare ∂(error + penalty)/∂θ over the whole training part with central differences.

    The error is the one that is measured: with sample weights, without dropout and input noise.
    The numerical derivative is (E(θ + ε) - E(θ - ε)) / 2ε with ε scaled by max(1, |θ_k|), always
    in float64. `progress` is told (done, total); when it returns False the rest stays unchecked
    and counts as left out.
    """
    spec = replace(spec, dtype="float64")
    layout = layout_of(spec)
    theta = np.array(theta, dtype=np.float64)
    data = data.astype("float64")
    state = TrainerState(
        theta, theta, {n: np.zeros_like(theta) for n in training.optimizer.moments}, 0
    )
    analytic = Trainer(spec, training, data, state=state).whole_gradient()
    probe = _Probe(spec, training, data, theta.copy())
    numerical = np.zeros_like(theta)
    kinks = np.zeros(layout.size, dtype=bool)
    present = layout.present()
    for k in range(layout.size):
        if not progress(k, layout.size):
            kinks[k:] = True
            break
        if present[k]:
            numerical[k], kinks[k] = probe.slope(k, epsilon * max(1.0, abs(theta[k])))
    return GradientCheck(analytic, numerical, kinks)


def central_difference(
    spec: NetworkSpec,
    training: TrainingConfig,
    data: TrainingData,
    theta: Array,
    index: int,
    epsilon: float,
    masks: Masks | None = None,
) -> tuple[float, bool]:
    """The slope of error + penalty along one parameter, and whether a kink lies within ±ε.

    All in float64; `theta` is written to and left as it was. `masks` are those of dropout.
    """
    return _Probe(spec, training, data, theta, masks).slope(index, epsilon)


class _Probe:
    """The error as a function of θ, and on which side of each kink every unit is."""

    def __init__(
        self,
        spec: NetworkSpec,
        training: TrainingConfig,
        data: TrainingData,
        theta: Array,
        masks: Masks | None = None,
    ) -> None:
        self.training = training
        self.data = data
        self.masks = masks
        self.theta = theta
        self.network = Network(spec, theta)
        self.is_weight = layout_of(spec).is_weight()
        self._penalized = bool(training.l1 or training.l2)
        self._scratch = np.empty(np.count_nonzero(self.is_weight) if self._penalized else 0)

    def slope(self, k: int, epsilon: float) -> tuple[float, bool]:
        """Central difference at parameter k, and whether a kink lies inside it."""
        before = self.theta[k]
        crosses = bool(self.training.l1 and self.is_weight[k] and abs(before) <= epsilon)
        self.theta[k] = before + epsilon
        above, sides_above = self._errors()
        self.theta[k] = before - epsilon
        below, sides_below = self._errors()
        self.theta[k] = before
        crosses = crosses or any(
            not np.array_equal(a, b) for a, b in zip(sides_above, sides_below, strict=True)
        )
        return float(np.sum(above - below)) / (2.0 * epsilon), crosses

    def _errors(self) -> tuple[Array, list[Mask]]:
        """What each sample adds to the error, and last the penalty; and the sides.

        They are subtracted one by one: a difference of sums would lose the sums' last digits.
        """
        train = self.data.train
        buffers = self.network.run(train.inputs, self.masks)
        with np.errstate(all="ignore"):
            each = self.training.loss.per_sample(buffers.net, buffers.out, train.targets)
        if train.weights is not None:
            each *= train.weights
        if self.training.reduction == "mean":
            each /= len(each)
        extra = 0.0
        if self._penalized:
            weights = self.theta[self.is_weight]
            extra = penalty(weights, self.training.l1, self.training.l2, self._scratch)
        sides = [
            buffers.nets[step.position] > kink
            for step in self.network.steps
            for kink in step.activation.kinks
        ]
        sides += self.training.loss.sides(buffers.out, self.data.train.targets)
        return np.append(each, extra), sides
