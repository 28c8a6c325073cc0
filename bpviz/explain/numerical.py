"""The gradient measured: (E(w + ε) - E(w - ε)) / 2ε, and how many digits agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bpviz.engine.data import TrainingData
from bpviz.engine.gradient_check import central_difference
from bpviz.engine.spec import ParameterId
from bpviz.explain.moment import Moment

# Below this, rounding of the error hides a slope.
_MEASURABLE = 1e-8


@dataclass(frozen=True)
class Numerical:
    """A central difference in float64, and the analytic gradient that it is compared with.

    `at_kink`: the function has a kink within ±ε, so that there is nothing to compare.
    """

    value: float
    analytic: float
    epsilon: float
    at_kink: bool = False

    @property
    def digits(self) -> int | None:
        """Significant digits that agree; None where there is nothing to compare."""
        a, n = self.analytic, self.value
        if self.at_kink or not (math.isfinite(a) and math.isfinite(n)):
            return None
        largest = max(abs(a), abs(n))
        if a == n:
            return 16
        return max(0, min(16, math.floor(-math.log10(abs(a - n) / largest))))

    def sentence(self) -> str:
        """How far the two agree, in words."""
        if self.at_kink:
            return "The function has a kink within ±ε here, so a numerical slope says nothing."
        if self.digits is None:
            return "The error is not a finite number here, so there is no slope to measure."
        if self.analytic == self.value == 0:
            return "The numerical check finds no slope either."
        if not self.digits and max(abs(self.analytic), abs(self.value)) < _MEASURABLE:
            return "The slope is too small for a numerical check."
        if not self.digits:
            return f"The numerical check does not agree: it measures {self.value:.3g}."
        return f"The numerical check agrees to {self.digits} digit{'s' * (self.digits > 1)}."


def numerical_derivative(
    moment: Moment, parameter: ParameterId, epsilon: float = 1e-5
) -> Numerical:
    """Measure ∂(error + penalty)/∂w of the moment's samples by central differences.

    With the moment's dropout masks, its noisy inputs and its weights, as the gradient has them.
    ε is scaled by max(1, |w|).
    """
    index = moment.layout.index_of(parameter)
    epsilon *= max(1.0, abs(float(moment.theta[index])))
    spec = moment.spec
    if spec.dtype != "float64":
        spec = replace(spec, dtype="float64")
    samples = moment.samples.astype("float64")
    data = TrainingData(samples, samples.rows(slice(0)))
    theta = np.array(moment.theta, dtype=np.float64)
    masks = moment.masks and [None if m is None else m.astype(spec.dtype) for m in moment.masks]
    value, at_kink = central_difference(spec, moment.training, data, theta, index, epsilon, masks)
    return Numerical(value, float(moment.gradient[index]), epsilon, at_kink)
