"""Why a weight moves: one plain sentence with the numbers in it."""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.spec import ParameterId
from bpviz.explain.factors import Derivation
from bpviz.explain.moment import Moment
from bpviz.explain.numerical import Numerical
from bpviz.explain.terms import UnitRef
from bpviz.explain.unit_factors import UnitFactors
from bpviz.explain.update import Update

_NUDGE = 0.01
# A unit sends hardly anything below, much above this part of the largest value that its activation
# has; of 1 where that has no bounds.
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
    if derivation.penalized and (pulled := _pulled(moment, derivation)):
        return f"{head}, {pulled}."
    if moment.is_batch:
        return f"{head}, taken over the {len(moment.samples):,} samples of the batch."
    return f"{head}, because {_because(moment, derivation.parameter)}."


def _pulled(moment: Moment, derivation: Derivation) -> str:
    """That the penalty moves the parameter, where it does more than the error; else ""."""
    index = moment.layout.index_of(derivation.parameter)
    error = float(moment.data_gradient[index])
    penalty = float(moment.l1_gradient[index] + moment.l2_gradient[index])
    if abs(penalty) <= abs(error):
        return ""
    if error == 0:
        return "because the penalty pulls it towards 0"
    if error * penalty < 0:
        return "because the penalty pulls it towards 0, more than the error holds it"
    return "mostly because the penalty pulls it towards 0"


def _because(moment: Moment, parameter: ParameterId) -> str:
    end = UnitRef(parameter.layer, parameter.unit)
    if parameter.is_bias:
        sent = "a bias always sends 1"
    else:
        sent = _sent(moment, UnitRef(parameter.source, parameter.source_unit))
    if parameter.unit == -1:
        slope = moment.data_gradient[moment.layout.index_of(parameter)]
        wanted = "lower" if slope > 0 else "higher"
        return f"{sent}, and all in all the net inputs of {parameter.layer} should be {wanted}"
    return f"{sent} and {_wanted(moment, end)}"


def _sent(moment: Moment, source: UnitRef) -> str:
    name, value = moment.name(source), moment.raw(source, 0)
    if moment.mask(source, 0) == 0:
        return f"dropout left {name} out"
    shown = _short(value)
    if moment.layer(source).is_input:
        return f"the input {name} is {shown}"
    if value == 0:
        return f"{name} is off"
    bounds = moment.layer(source).activation.bounds
    share = abs(value) / (max(map(abs, bounds)) if bounds else 1.0)
    strength = "hardly" if share < _WEAK else "strongly" if share > _STRONG else "partly"
    side = "on" if value > 0 else "on the negative side"
    return f"{name} was {strength} {side} ({shown})"


def _wanted(moment: Moment, unit: UnitRef) -> str:
    """Which way a unit's output should go; net input and output may move against each other."""
    name, error, falling = moment.name(unit), *_slopes(moment, unit)
    though = f", though a larger net input makes {name} smaller here" if falling else ""
    if unit.layer != moment.spec.output.id:
        way = "lower" if error > 0 else "higher"
        return f"the units behind {name} want it {way}{though}"
    out = moment.out(unit, 0)
    target = float(moment.samples.targets[0, moment.layer(unit).places[unit.unit]])
    if out == target or (out > target) != (error > 0):
        return f"{name} should go {'down' if error > 0 else 'up'}{though}"
    side = "high" if out > target else "low"
    return f"{name} is too {side} ({_short(out)}, not {_short(target)}){though}"


def _slopes(moment: Moment, unit: UnitRef) -> tuple[float, bool]:
    """∂E/∂out, and whether the output falls with the net input; by ∂E/∂net where outputs mix."""
    delta = moment.delta(unit, 0)
    if not moment.layer(unit).activation.elementwise:
        return delta, False
    error = UnitFactors(moment).error_out(unit, 0).value
    return (delta, False) if math.isnan(error) else (error, error * delta < 0)


def _silence(moment: Moment, derivation: Derivation) -> str:
    """What makes a gradient exactly zero."""
    head, factors = "", derivation.factors
    if derivation.penalized:
        whole = factors[0].expansion
        assert whole is not None
        error = whole.factors[0]
        if error.value or error.expansion is None:
            return "error and penalty pull against each other, equally strong"
        # Neither penalty has a slope at 0 alone.
        head, factors = "at 0 there is no penalty, and ", error.expansion.factors
    if moment.is_batch:
        return f"{head}the samples of the batch cancel out, or none reaches it"
    for factor in factors:
        if factor.value == 0:
            return f"{head}{factor.words} is 0"
    return f"{head}its parts cancel out, or are too small for a number"


def _short(value: float) -> str:
    """A number for a sentence: two significant digits, or three above a tenth."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1e-7 < abs(value) < 1e-4:
        return np.format_float_positional(value, 2, fractional=False)
    return f"{value:.{2 if abs(value) < 0.1 else 3}g}"
