"""Stage 4, unit by unit: deltas run back, and what they make of each connection's weight."""

from __future__ import annotations

from bpviz.engine.spec import ParameterId
from bpviz.explain.formula import factor_lines
from bpviz.explain.names import carried, of_parameter, partial, subscript
from bpviz.explain.scene_building import LINES, Scene, Walked, cut, outputs_of
from bpviz.explain.terms import EQUALS, TIMES, Line, Term, UnitRef, number, symbol


def backward(at: Walked) -> Scene:
    moment, lines = at.moment, []
    units = at.units if at.step.layer else outputs_of(moment, LINES)
    count = at.unit_count() if at.step.layer else moment.spec.output.units
    for unit in units[:LINES]:
        delta = at.factors.delta(unit, at.sample)
        if at.step.unit is not None and delta.expansion is not None:
            factors = delta.expansion.factors
            lines += [line for factor in factors[:LINES] for line in factor_lines(factor)]
            lines = cut(lines, len(factors) - LINES)
        lines += factor_lines(at.factors.cancelled(delta) or delta)
    lines = cut(lines, count - LINES)
    parameters = at.parameters() if at.step.layer else ()
    if at.step.layer:
        # A layer's shared bias has one such line for each unit, not one for the layer.
        own = [p for p in parameters if at.step.unit is not None or p.unit != -1]
        lines += [_gradient_line(at, p) for p in own[:LINES]]
        lines = cut(lines, at.count() - len(parameters) + len(own) - LINES)
    if at.step.unit is not None:
        words = (
            f"The delta of {at.where} is how the error changes with its net input. Times what a "
            "connection carries, it is the gradient of that connection's weight."
        )
    else:
        words = at.stage.words
    return Scene(
        at.title,
        words,
        tuple(lines),
        at.units,
        parameters,
        "backward",
        at.step.layer,
    )


def _gradient_line(at: Walked, parameter: ParameterId) -> Line:
    """∂E/∂w = ∂E/∂net · what the connection carries."""
    unit = at.step.at or UnitRef(parameter.layer, parameter.unit)
    latex, text = partial(("E", "E"), of_parameter(at.label(parameter)))
    if parameter.unit == -1:
        # A bias of the whole layer: this is what one of its units adds.
        name = at.moment.name(unit)
        latex, text = rf"{latex}\,\text{{ via }}{subscript(name)}", f"{text} via {name}"
    lead = Term(latex, text, parameters=(parameter,))
    delta = at.factors.delta(unit, at.sample)
    sent = Term(*_carried_name(at, parameter), role="carried", parameters=(parameter,))
    error = Term(delta.latex, delta.text, role="error", units=(unit,), factor=delta)
    value = at.sent(parameter)
    return Line(
        (
            *(lead, EQUALS, error, symbol(r"\cdot", "·"), sent, EQUALS),
            *(number(delta.value, error), TIMES, number(value, sent), EQUALS),
            number(delta.value * value, lead, strong=True),
        )
    )


def _carried_name(at: Walked, parameter: ParameterId) -> tuple[str, str]:
    if parameter.is_bias:
        return "1", "1"
    return carried(at.moment, UnitRef(parameter.source, parameter.source_unit))
