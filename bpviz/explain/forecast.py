"""What a step would do: the error before and after it, and along one parameter.

Error here is error and penalty together, for it is this sum that the gradient is of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.data import TrainingData
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig
from bpviz.explain.error_function import ErrorFunction, affordable

# Samples looked at, and multiplications per forward pass, at most: a step takes two passes, a
# profile one for each of its points.
STEP_SAMPLES, _STEP_WORK = 2_000, 2e7
PROFILE_SAMPLES, _PROFILE_WORK = 500, 2e6


@dataclass(frozen=True, eq=False)
class LineProfile:
    """E over the values of one parameter, all others held.

    `slope` is backpropagation's ∂E/∂w at the present `value`, where E is `error`; penalty included
    in all three. `samples` of `all_samples` training samples were looked at, evenly chosen.
    """

    values: Array
    errors: Array
    value: float
    error: float
    slope: float
    samples: int
    all_samples: int

    def tangent(self, value: float) -> float:
        """E + ∂E/∂w · (value - w): what the gradient alone expects."""
        return self.error + self.slope * (value - self.value)

    def at(self, value: float) -> float:
        """E at a value between the computed ones, read off the curve."""
        return float(np.interp(value, self.values, self.errors))


def step_samples(spec: NetworkSpec, data: TrainingData) -> int:
    """How many training samples `step_forecast` looks at."""
    return affordable(spec, len(data.train), STEP_SAMPLES, _STEP_WORK)


def step_forecast(
    spec: NetworkSpec, training: TrainingConfig, data: TrainingData, theta: Array, update: Array
) -> tuple[float, float]:
    """Error and penalty over the training part at θ, and at θ + Δθ.

    Of a large training part `step_samples` samples, evenly chosen, stand for all.
    """
    error = ErrorFunction(spec, training, data.train, step_samples(spec, data))
    before = np.asarray(theta, np.float64)
    return error(before), error(before + update)


def profile_samples(spec: NetworkSpec, data: TrainingData) -> int:
    """How many training samples `line_profile` looks at."""
    return affordable(spec, len(data.train), PROFILE_SAMPLES, _PROFILE_WORK)


def line_profile(
    spec: NetworkSpec,
    training: TrainingConfig,
    data: TrainingData,
    theta: Array,
    index: int,
    low: float,
    high: float,
    points: int = 61,
) -> LineProfile:
    """E along the parameter at position `index` of θ, from `low` to `high`."""
    error = ErrorFunction(spec, training, data.train, profile_samples(spec, data))
    present = np.array(theta, np.float64)
    here, gradient = error.with_gradient(present)
    value, values = float(present[index]), np.linspace(low, high, points)
    moved, errors = present.copy(), np.empty(points)
    for k in range(points):
        moved[index] = values[k]
        errors[k] = error(moved)
    return LineProfile(
        values,
        errors,
        value,
        here,
        float(gradient[index]),
        len(error.samples),
        error.all_samples,
    )
