"""The update's anatomy: how much of Δw is the gradient, how much penalty, how much memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import ParameterId
from bpviz.explain.moment import Moment
from bpviz.explain.names import of_parameter


@dataclass(frozen=True)
class Part:
    """One part of Δw, in words and in LaTeX."""

    name: str
    value: float
    latex: str = ""


@dataclass(frozen=True)
class Update:
    """The step that the moment's samples would cause. `parts` add up to `change`.

    `gradient` is that of error and penalty; `formula` is the optimiser's, in LaTeX. `resting` says
    why the parameter does not move, though its gradient may not be zero; "" when it does.
    """

    label: str
    before: float
    after: float
    change: float
    gradient: float
    rate: float
    optimizer: str
    formula: str
    parts: tuple[Part, ...]
    resting: str = ""


def anatomy(moment: Moment, parameter: ParameterId) -> Update:
    """Take the step that the moment's samples would cause apart, for one parameter."""
    index = moment.layout.index_of(parameter)
    one = slice(index, index + 1)
    optimizer, rate = moment.training.optimizer, moment.training.learning_rate
    resting = _resting(moment, parameter, index)
    change = moment.step_at(one) if optimizer.elementwise else moment.step[one]
    after = float((moment.theta[one] + change)[0])
    return Update(
        moment.layout.label(index),
        float(moment.theta[index]),
        after,
        float(change[0]),
        float(moment.gradient[index]),
        rate,
        optimizer.label,
        optimizer.formula,
        () if resting else _parts(moment, index),
        resting,
    )


def step_of(moment: Moment) -> Array:
    """Δθ of the whole network; zero where parameters rest."""
    return moment.step


def _parts(moment: Moment, index: int) -> tuple[Part, ...]:
    one = slice(index, index + 1)
    training, optimizer = moment.training, moment.training.optimizer
    moments = moment.moments_at(one)
    given = moment.gradient[one], training.learning_rate, moment.steps + 1, moments
    with np.errstate(all="ignore"):
        per_gradient = float(optimizer.per_gradient(*given)[0])
        remembered = float(optimizer.remembered(*given)[0]) if moments else 0.0
    name = of_parameter(moment.layout.label(index))[0]
    parts = [
        Part(
            "the gradient of the error",
            per_gradient * float(moment.data_gradient[index]),
            rf"-\varepsilon\,\frac{{\partial E}}{{\partial {name}}}",
        )
    ]
    for title, weight, part in (
        ("the L1 penalty", training.l1, moment.l1_gradient),
        ("the L2 penalty (weight decay)", training.l2, moment.l2_gradient),
    ):
        if weight and moment.layout.is_weight()[index]:
            parts.append(Part(title, per_gradient * float(part[index])))
    if moments:
        parts.append(Part(f"what {optimizer.label} remembers of earlier steps", remembered))
    return tuple(parts)


def _resting(moment: Moment, parameter: ParameterId, index: int) -> str:
    label = moment.layout.label(index)
    if parameter in moment.spec.frozen:
        return f"{label} is frozen: it keeps its value, whatever its gradient."
    if parameter.is_bias and not moment.spec.layer(parameter.layer).bias_trained:
        return f"The biases of {parameter.layer} do not learn: {label} keeps its value."
    return ""
