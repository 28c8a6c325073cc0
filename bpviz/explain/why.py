"""Why a weight moves: one plain sentence with the numbers in it."""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.spec import ParameterId
from bpviz.explain.factors import Derivation
from bpviz.explain.moment import Moment
from bpviz.explain.numerical import Numerical
from bpviz.explain.terms import UnitRef
from bpviz.explain.update import Update

_NUDGE = 0.01
# Of the range of the activation's output, or of the inputs: below is "hardly on", above "strongly".
_WEAK, _STRONG = 0.2, 0.6


def why(moment: Moment, derivation: Derivation, numerical: Numerical, update: Update) -> str:
    """Why a parameter moves as it does, the check of its gradient, and why it may rest."""
    parts = [reason(moment, derivation), numerical.sentence()]
    if update.resting:
        parts.append(update.resting)
    return " ".join(parts)


def reason(moment: Moment, derivation: Derivation) -> str:
    """What moving the parameter does to the error, and why."""
    gradient, label = derivation.gradient, derivation.label
    kind = "bias" if derivation.parameter.is_bias else "weight"
    if gradient == 0:
        return f"Moving this {kind} does not change the error now: {_silence(moment, derivation)}."
    raising = "Raising" if gradient < 0 else "Lowering"
    change = _short(abs(gradient) * _NUDGE)
    what = "error and penalty" if derivation.penalized else "the error"
    head = f"{raising} {label} by {_NUDGE:g} lowers {what} by about {change}"
    if derivation.penalized and not _error_agrees(moment, derivation):
        return f"{head}, because the penalty pulls it towards 0, more than the error holds it."
    if moment.is_batch:
        return f"{head}, taken over the {len(moment.samples):,} samples of the batch."
    return f"{head}, because {_because(moment, derivation.parameter)}."


def _error_agrees(moment: Moment, derivation: Derivation) -> bool:
    """Whether the error alone would move the parameter the same way."""
    index = moment.layout.index_of(derivation.parameter)
    return bool(moment.data_gradient[index] * derivation.gradient > 0)


def _because(moment: Moment, parameter: ParameterId) -> str:
    end = UnitRef(parameter.layer, parameter.unit)
    if parameter.is_bias:
        sent = "a bias always sends 1"
    else:
        sent = _sent(moment, UnitRef(parameter.source, parameter.source_unit))
    if parameter.unit == -1:
        slope = moment.data_gradient[moment.layout.index_of(parameter)]
        wanted = "lower" if slope > 0 else "higher"
        return f"{sent}, and all in all the units of {parameter.layer} should be {wanted}"
    return f"{sent} and {_wanted(moment, end)}"


def _sent(moment: Moment, source: UnitRef) -> str:
    name, value = moment.name(source), moment.out(source, 0)
    shown = _short(value)
    if moment.layer(source).is_input:
        return f"the input {name} is {shown}"
    if value == 0:
        return f"{name} is off"
    strength = "hardly" if abs(value) < _WEAK else "strongly" if abs(value) > _STRONG else "partly"
    side = "on" if value > 0 else "on the negative side"
    return f"{name} was {strength} {side} ({shown})"


def _wanted(moment: Moment, unit: UnitRef) -> str:
    name, delta = moment.name(unit), moment.delta(unit, 0)
    if unit.layer != moment.spec.output.id:
        way = "lower" if delta > 0 else "higher"
        return f"the units behind {name} want it {way}"
    out = moment.out(unit, 0)
    target = float(moment.samples.targets[0, moment.layer(unit).places[unit.unit]])
    if out == target or (out > target) != (delta > 0):
        return f"{name} should go {'down' if delta > 0 else 'up'}"
    return (
        f"{name} is too {'high' if out > target else 'low'} ({_short(out)}, not {_short(target)})"
    )


def _silence(moment: Moment, derivation: Derivation) -> str:
    """What makes a gradient exactly zero."""
    if moment.is_batch:
        return "the samples of the batch cancel out, or none reaches it"
    for factor in derivation.factors:
        if factor.value == 0:
            return f"{factor.words} is 0"
    return "its parts cancel out, or are too small for a number"


def _short(value: float) -> str:
    """A number for a sentence: two significant digits, or three above a tenth."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1e-7 < abs(value) < 1e-4:
        return np.format_float_positional(value, 2, fractional=False)
    return f"{value:.{2 if abs(value) < 0.1 else 3}g}"
