"""The update's anatomy: how much of Δw is the gradient, how much penalty, memory, clipping, …."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.settings import fields_of
from bpviz.engine.spec import ParameterId
from bpviz.explain.moment import Moment
from bpviz.explain.names import of_parameter


@dataclass(frozen=True)
class Part:
    """One part of Δw: what it comes from, its value, LaTeX; and a sentence where that says more."""

    name: str
    value: float
    latex: str = ""
    words: str = ""


@dataclass(frozen=True)
class Update:
    """The step that the moment's samples would cause. `parts` add up to `change`.

    `gradient` is that of error and penalty; `formula` is the optimiser's, in LaTeX. `rate` is the
    learning rate of this step; `scheduled` says what schedules made of rate and momentum, "" when
    they are as set. `resting` says why the parameter does not move, though its gradient may not be
    zero; "" when it does.
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
    scheduled: str = ""


def anatomy(moment: Moment, parameter: ParameterId) -> Update:
    """Take the step that the moment's samples would cause apart, for one parameter."""
    index = moment.layout.index_of(parameter)
    one = slice(index, index + 1)
    rate, optimizer = moment.step_settings
    resting = _resting(moment, parameter, index)
    change = moment.step_at(one)
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
        () if resting else _parts(moment, parameter, index, float(change[0])),
        resting,
        _scheduled(moment),
    )


def step_of(moment: Moment) -> Array:
    """Δθ of the whole network; zero where parameters rest."""
    return moment.step


def _parts(moment: Moment, parameter: ParameterId, index: int, change: float) -> tuple[Part, ...]:
    """What Δw is made of, in the order in which the trainer's rule makes it."""
    name = of_parameter(moment.layout.label(index))[0]
    if moment.step_settings.optimizer.elementwise:
        parts = _of_the_gradient(moment, parameter, index, name)
    else:
        parts = _as_a_whole(moment, index)
    if not parameter.is_bias:
        parts += _off_the_weight(moment, index, name, sum(part.value for part in parts))
        if moment.training.max_norm:
            rest = change - sum(part.value for part in parts)
            words = (
                "Max-norm scales the weights into a unit back to a length of "
                f"{moment.training.max_norm:g} together; these are "
                f"{'longer' if rest else 'no longer'}."
            )
            parts.append(Part("max-norm", rest, words=words))
    return tuple(parts)


def _of_the_gradient(moment: Moment, parameter: ParameterId, index: int, name: str) -> list[Part]:
    """The optimiser's step k · gradient + remembered, the gradient being a sum."""
    one = slice(index, index + 1)
    rate, optimizer = moment.step_settings
    moments = moment.moments_at(one)
    given = _given(moment, one)
    arguments = given, rate, moment.steps + 1, moments
    with np.errstate(all="ignore"):
        factor = float(optimizer.per_gradient(*arguments)[0])
        remembered = float(optimizer.remembered(*arguments)[0]) if moments else 0.0
    slope = rf"\frac{{\partial E}}{{\partial {name}}}"
    parts = [
        Part(
            "the gradient of the error",
            factor * float(moment.data_gradient[index]),
            rf"-\varepsilon\,{slope}",
        )
    ]
    training = moment.training
    for title, weight, gradient, latex in (
        ("the L1 penalty", training.l1, moment.l1_gradient, rf"\lambda_1\,\mathrm{{sign}}({name})"),
        ("the L2 penalty", training.l2, moment.l2_gradient, rf"\lambda_2\,{name}"),
    ):
        if weight and not parameter.is_bias:
            value = factor * float(gradient[index])
            parts.append(Part(title, value, rf"-\varepsilon\,{latex}"))
    parts += _clipping(moment, index, factor, float(given[0]))
    if moments:
        parts.append(Part(f"what {optimizer.label} remembers of earlier steps", remembered))
    return parts


def _given(moment: Moment, one: slice) -> Array:
    """The gradient of one parameter as the optimiser gets it."""
    if moment.rule.elementwise:
        return np.array(moment.rule.at(one).given(moment.gradient[one]))
    return moment.given[one]


def _clipping(moment: Moment, index: int, factor: float, given: float) -> list[Part]:
    """What clipping takes off: first each gradient by itself, then all of them together."""
    most, gradient = moment.training.clip_value, float(moment.gradient[index])
    parts = []
    if most:
        clipped = float(np.clip(moment.gradient[index], -most, most))
        words = f"Clipping by value lets no gradient be larger than {most:g}."
        parts.append(Part("clipping by value", factor * (clipped - gradient), words=words))
        gradient = clipped
    if moment.training.clip_norm:
        longest = moment.training.clip_norm
        words = f"Clipping by norm scales all gradients back to a length of {longest:g} together."
        parts.append(Part("clipping by norm", factor * (given - gradient), words=words))
    return parts


def _as_a_whole(moment: Moment, index: int) -> list[Part]:
    """The step of an optimiser that makes each weight's step of all gradients together."""
    label = moment.step_settings.optimizer.label
    words = f"{label} makes each weight's step of all gradients together, so it has no parts."
    return [Part(f"the step of {label}", float(moment.optimizer_step[index]), words=words)]


def _off_the_weight(moment: Moment, index: int, name: str, before: float) -> list[Part]:
    """What decay and shrink take off a weight, apart from its gradient."""
    training, (rate, optimizer) = moment.training, moment.step_settings
    weight, parts = float(moment.theta[index]), []
    decay = training.weight_decay + optimizer.decay
    if decay:
        taken = -rate * decay * weight
        words = f"Weight decay takes {rate:.6g} × {decay:g} of the weight, past the optimiser."
        parts.append(Part("weight decay", taken, rf"-\varepsilon\,\lambda\,{name}", words))
        before += taken
    if training.shrink:
        words = f"Shrink takes {training.shrink:g} of what the weight would be after the step."
        latex = rf"-{training.shrink:g}\,({name}+\Delta {name})"
        parts.append(Part("shrink", -training.shrink * (weight + before), latex, words))
    return parts


def _scheduled(moment: Moment) -> str:
    """What schedules make of rate and momentum: "the learning rate is 0.05 (0.1 × 0.5 …)"."""
    training, (rate, optimizer) = moment.training, moment.step_settings
    found = []
    if rate != training.learning_rate:
        found.append(_by_schedule("the learning rate", training.learning_rate, rate))
    name = training.optimizer.momentum_setting
    if name and getattr(optimizer, name) != getattr(training.optimizer, name):
        label = fields_of(type(optimizer))[name].setting.label
        label = label[0].lower() + label[1:]
        found.append(
            _by_schedule(label, getattr(training.optimizer, name), getattr(optimizer, name))
        )
    return " and ".join(found)


def _by_schedule(label: str, set_to: float, now: float) -> str:
    if not set_to:
        return f"{label} is {now:.6g}, by the schedule"
    return f"{label} is {now:.6g} ({set_to:g} × {now / set_to:.6g} by the schedule)"


def _resting(moment: Moment, parameter: ParameterId, index: int) -> str:
    label = moment.layout.label(index)
    if parameter in moment.spec.frozen:
        return f"{label} is frozen: it keeps its value, whatever its gradient."
    if parameter.is_bias and not moment.spec.layer(parameter.layer).bias_trained:
        return f"The biases of {parameter.layer} do not learn: {label} keeps its value."
    return ""
