"""Stages 1 and 2, step by step: where the weights start, and how values run to the outputs."""

from __future__ import annotations

import numpy as np

from bpviz.engine.spec import ParameterId
from bpviz.explain.connections import between, bias_of, incoming
from bpviz.explain.names import carried, named, of_parameter, times, with_numbers
from bpviz.explain.scene_building import (
    LINES,
    MORE,
    TERMS,
    Scene,
    Walked,
    cut,
    name_of,
    outputs_of,
    worked_out,
)
from bpviz.explain.strongest import strongest
from bpviz.explain.terms import (
    EQUALS,
    PLUS,
    TIMES,
    Line,
    Term,
    UnitRef,
    joined,
    number,
    number_latex,
    symbol,
)

_COMMA = symbol(r",\quad", ",")


def initialise(at: Walked) -> Scene:
    moment = at.moment
    parameters = at.parameters()
    terms: list[Term] = []
    for parameter in parameters[: 2 * LINES]:
        latex, text = of_parameter(at.label(parameter))
        name = Term(latex, text, parameters=(parameter,))
        terms += [_COMMA] * bool(terms) + [name, EQUALS, number(moment.weight(parameter), name)]
    if len(parameters) > 2 * LINES:
        terms += [_COMMA, MORE]
    how = moment.spec.initializer.label
    words = f"{at.stage.words} At first the initialiser ({how}) puts them there."
    lines = (Line(tuple(terms)),) if terms else ()
    return Scene(at.title, words, lines, at.units, parameters)


def forward(at: Walked) -> Scene:
    moment = at.moment
    units = at.units if at.step.layer else outputs_of(moment, LINES)
    count = at.unit_count() if at.step.layer else moment.spec.output.units
    detailed = at.step.unit is not None
    lines: list[Line] = []
    for unit in units[:LINES]:
        if detailed or at.step.layer:
            lines.append(_net_line(at, unit))
        lines += _out_lines(at, unit)
    if detailed:
        layer = at.layers[0]
        bias = "" if layer.bias == "none" else ", and its bias"
        words = (
            f"{at.where} adds up what reaches it, each value times its weight{bias}; "
            f"{layer.activation.label} turns the sum into its output."
        )
        if moment.mask(units[0], at.sample) is not None:
            words += " Dropout multiplies the output with m; 0 leaves the unit out of this step."
    else:
        words = at.stage.words
    return Scene(
        at.title,
        f"{words}{moment.quiet_words}",
        tuple(cut(lines, count - LINES)),
        at.units,
        at.parameters() if at.step.layer else (),
        "forward",
        at.step.layer,
    )


def _net_line(at: Walked, unit: UnitRef) -> Line:
    """net = Σ w·out + b, in names and in numbers; of many terms the strongest."""
    moment = at.moment
    ways, bias = incoming(moment, unit, at.sample), bias_of(moment, unit)
    values = ways.values
    if bias is not None:
        values = np.append(values, moment.weight(bias))
    net = name_of("net", at, unit)
    result = number(moment.net(unit, at.sample), net, strong=True)
    if not len(values):
        return Line((net, EQUALS, result))
    symbols, numbers = [], []
    for k in strongest(values, TERMS):
        source = between(ways.unit(int(k)), unit) if k < len(ways) else bias
        assert source is not None
        weight, value = _weighted(at, source)
        symbols.append(weight)
        numbers.append(value)
    more = (PLUS, MORE) if len(values) > TERMS else ()
    return Line(
        (
            *(net, EQUALS, *joined(symbols, PLUS), *more),
            *(EQUALS, *_chained(numbers, PLUS), *more, EQUALS, result),
        )
    )


def _weighted(at: Walked, parameter: ParameterId) -> tuple[Term, tuple[Term, ...]]:
    """What one connection adds to a net input: w·out in names, and in numbers."""
    latex, text = of_parameter(at.label(parameter))
    value = at.moment.weight(parameter)
    if parameter.is_bias:
        term = Term(latex, text, role="carried", parameters=(parameter,))
        return term, (number(value, term),)
    source = UnitRef(parameter.source, parameter.source_unit)
    sent = carried(at.moment, source)
    term = Term(
        f"{latex}\\,{sent[0]}",
        f"{text}·{sent[1]}",
        role="carried",
        units=(source,),
        parameters=(parameter,),
    )
    return term, (number(value, term), TIMES, number(at.sent(parameter), term))


def _out_lines(at: Walked, unit: UnitRef) -> list[Line]:
    """out = f(net), in names and in numbers; with dropout f = f(net) and then out = m · f."""
    moment, mask = at.moment, at.moment.mask(unit, at.sample)
    out = name_of("out", at, unit)
    if mask is None:
        return [_activation_line(at, unit, out)]
    f = name_of("f", at, unit)
    raw = moment.raw(unit, at.sample)
    formulas = times("m", f.latex), times(number_latex(mask), number_latex(raw))
    result = number(moment.out(unit, at.sample), out, strong=True)
    return [_activation_line(at, unit, f), worked_out(out, formulas, result)]


def _activation_line(at: Walked, unit: UnitRef, lead: Term) -> Line:
    moment, layer = at.moment, at.moment.layer(unit)
    result = number(moment.raw(unit, at.sample), lead, strong=True)
    formula = layer.activation.formula
    if not layer.activation.elementwise:
        return worked_out(lead, (formula,), result)
    name, net = moment.name(unit), moment.net(unit, at.sample)
    in_names = named(formula, name, layer.units)
    values = {"net": net, **layer.activation.constants}
    in_numbers = with_numbers(formula, values, layer.units)
    return worked_out(lead, (in_names, in_numbers), result)


def _chained(groups: list[tuple[Term, ...]], between: Term) -> tuple[Term, ...]:
    """Groups of terms with an operator between each two."""
    result: tuple[Term, ...] = ()
    for group in groups:
        result += (between, *group) if result else group
    return result
