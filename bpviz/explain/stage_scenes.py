"""What is said and shown at each step of the six stages: sentences, formulas, what lights up."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.explain.formula import factor_lines, update_lines
from bpviz.explain.moment import Moment
from bpviz.explain.names import (
    carried,
    named,
    of_parameter,
    of_unit,
    partial,
    subscript,
    with_numbers,
)
from bpviz.explain.plain import plain
from bpviz.explain.stages import STAGES, Step
from bpviz.explain.strongest import order_of_strength
from bpviz.explain.terms import (
    EQUALS,
    PLUS,
    TIMES,
    Line,
    Role,
    Term,
    UnitRef,
    joined,
    number,
    symbol,
)
from bpviz.explain.unit_factors import UnitFactors
from bpviz.explain.update import anatomy, step_of

# How many lines of one kind, and how many terms of one sum, are shown.
_LINES, _TERMS = 6, 6
# A scene of a large layer speaks of no more parameters than these.
MOST = 5000
_MORE = symbol(r"\ldots", "…")
_COMMA = symbol(r",\quad", ",")


@dataclass(frozen=True, eq=False)
class Scene:
    """One step, to be shown. `units` and `parameters` are what is being computed; with `motion`,
    values or deltas run along the connections that lead to `motion_layer` ("" = all). `change`
    is Δθ where the step is about it."""

    title: str
    words: str
    lines: tuple[Line, ...] = ()
    units: tuple[UnitRef, ...] = ()
    parameters: tuple[ParameterId, ...] = ()
    motion: Literal["", "forward", "backward", "update"] = ""
    motion_layer: str = ""
    change: Array | None = None


def scene(moment: Moment, step: Step, sample: int = 0, first: ParameterId | None = None) -> Scene:
    """The scene of a step, with this moment's numbers.

    Stages 2 to 4 are of one sample of the moment; the update is of all of them. Where lines are
    about many parameters, what is about the one called `first` comes first.
    """
    return _SCENES[step.stage](_Stage(moment, step, sample, first))


class _Stage:
    """A step with what all scenes need to know about it."""

    def __init__(self, moment: Moment, step: Step, sample: int, first: ParameterId | None) -> None:
        self.moment = moment
        self.step = step
        self.sample = sample
        self.first = first
        self.factors = UnitFactors(moment)
        self.stage = STAGES[step.stage - 1]
        spec = moment.spec
        self.layers: tuple[LayerSpec, ...] = (
            (spec.layer(step.layer),) if step.layer else spec.computed
        )
        self.units: tuple[UnitRef, ...] = tuple(
            UnitRef(layer.id, unit)
            for layer in self.layers
            for unit in layer.ids
            if step.unit in (None, unit)
        )
        if first is not None and step.stage >= 4:
            self.units = tuple(sorted(self.units, key=lambda u: u != (first.layer, first.unit)))

    @property
    def where(self) -> str:
        if self.step.at is not None:
            return self.moment.name(self.step.at)
        return f"layer {self.step.layer}" if self.step.layer else ""

    @property
    def title(self) -> str:
        head = f"{self.stage.number} {self.stage.name}"
        return f"{head}: {self.where}" if self.where else head

    def incoming(self, unit: UnitRef) -> list[ParameterId]:
        """The weights into a unit that are there, and its bias."""
        moment = self.moment
        layer = moment.layer(unit)
        found = [
            ParameterId(layer.id, unit.unit, source, k)
            for source in layer.sources
            for k in moment.spec.layer(source).ids
        ]
        found = [p for p in found if p not in moment.spec.missing]
        if layer.bias != "none":
            found.append(ParameterId(layer.id, unit.unit if layer.bias == "unit" else -1))
        return found

    def parameters(self, units: Iterable[UnitRef]) -> tuple[ParameterId, ...]:
        """What leads to these units, at most MOST of it, the parameter called first before all."""
        every = (p for unit in units for p in self.incoming(unit))
        found = dict.fromkeys(itertools.islice(every, MOST))
        if self.first in found:
            return (self.first, *(p for p in found if p != self.first))
        return tuple(found)

    def moving_most(self, step: Array) -> tuple[ParameterId, ...]:
        """The parameters that a step changes most, and the one called first."""
        order = np.argsort(-np.nan_to_num(np.abs(step)), kind="stable")[:_LINES]
        found = [self.moment.layout.id_of(int(k)) for k in np.sort(order)]
        if self.first is not None:
            others = [p for p in found if p != self.first]
            found = [self.first, *others[: _LINES - 1]]
        return tuple(found)

    def count(self) -> int:
        """How many weights and biases lead to the step's layers or unit."""
        layout = self.moment.layout
        present = layout.present()
        if not self.step.layer:
            return int(present.sum())
        layer = self.layers[0]
        rows = slice(None) if self.step.unit is None else layer.places[self.step.unit]
        count = 0
        for source in layer.sources:
            block = layout.block(layer.id, source)
            assert block is not None
            count += int(block.view(present)[rows].sum())
        if layer.bias == "unit" and self.step.unit is None:
            return count + layer.units
        return count + (layer.bias != "none")

    def label(self, parameter: ParameterId) -> str:
        return self.moment.layout.label(self.moment.layout.index_of(parameter))


def _initialise(at: _Stage) -> Scene:
    moment = at.moment
    parameters = at.parameters(at.units)
    terms: list[Term] = []
    for parameter in parameters[: 2 * _LINES]:
        latex, text = of_parameter(at.label(parameter))
        name = Term(latex, text, parameters=(parameter,))
        terms += [_COMMA] * bool(terms) + [name, EQUALS, number(moment.weight(parameter), name)]
    if len(parameters) > 2 * _LINES:
        terms += [_COMMA, _MORE]
    how = moment.spec.initializer.label
    words = f"{at.stage.words} At first the initialiser ({how}) puts them there."
    lines = (Line(tuple(terms)),) if terms else ()
    return Scene(at.title, words, lines, at.units, parameters)


def _forward(at: _Stage) -> Scene:
    units = at.units if at.step.layer else at.units[-at.moment.spec.output.units :]
    detailed = at.step.unit is not None
    lines: list[Line] = []
    for unit in units[:_LINES]:
        if detailed or at.step.layer:
            lines.append(_net_line(at, unit))
        lines.append(_out_line(at, unit))
    if detailed:
        layer = at.layers[0]
        bias = "" if layer.bias == "none" else ", and its bias"
        words = (
            f"{at.where} adds up what reaches it, each value times its weight{bias}; "
            f"{layer.activation.label} turns the sum into its output."
        )
    else:
        words = at.stage.words
    return Scene(
        at.title,
        words,
        tuple(_cut(lines, len(units) - _LINES)),
        at.units,
        at.parameters(at.units) if at.step.layer else (),
        "forward",
        at.step.layer,
    )


def _net_line(at: _Stage, unit: UnitRef) -> Line:
    """net = Σ w·out + b, in names and in numbers; of many terms the strongest."""
    moment, incoming = at.moment, at.incoming(unit)
    values = [_sent(at, parameter) * moment.weight(parameter) for parameter in incoming]
    order = order_of_strength(values)
    chosen = sorted(order[:_TERMS])
    net = _name_of("net", at, unit)
    symbols, numbers = [], []
    for k in chosen:
        weight, value = _weighted(at, incoming[k])
        symbols.append(weight)
        numbers.append(value)
    more = (PLUS, _MORE) if len(order) > len(chosen) else ()
    result = number(moment.net(unit, at.sample), net, strong=True)
    if not incoming:
        return Line((net, EQUALS, result))
    return Line(
        (
            *(net, EQUALS, *joined(symbols, PLUS), *more),
            *(EQUALS, *_chained(numbers, PLUS), *more, EQUALS, result),
        )
    )


def _weighted(at: _Stage, parameter: ParameterId) -> tuple[Term, tuple[Term, ...]]:
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
    return term, (number(value, term), TIMES, number(_sent(at, parameter), term))


def _out_line(at: _Stage, unit: UnitRef) -> Line:
    """out = f(net), in names and in numbers."""
    moment, layer = at.moment, at.moment.layer(unit)
    out = _name_of("out", at, unit)
    result = number(moment.out(unit, at.sample), out, strong=True)
    formula = layer.activation.formula
    if not layer.activation.elementwise:
        return _worked_out(out, (formula,), result)
    name, net = moment.name(unit), moment.net(unit, at.sample)
    in_names = named(formula, name, layer.units)
    in_numbers = with_numbers(formula, {"net": net}, layer.units)
    return _worked_out(out, (in_names, in_numbers), result)


def _error(at: _Stage) -> Scene:
    moment, loss = at.moment, at.moment.training.loss
    output = moment.spec.output
    values = _error_terms(at)
    lines = []
    for unit in (at.units if at.step.layer else _outputs(moment))[:_LINES]:
        place = output.places[unit.unit]
        numbers = {
            "out": moment.out(unit, at.sample),
            "target": float(moment.samples.targets[at.sample, place]),
        }
        name = moment.name(unit)
        term = Term(*of_unit("E", name), role="error", units=(unit,))
        in_names = named(loss.term_formula, name, output.units)
        in_numbers = with_numbers(loss.term_formula, numbers, output.units)
        result = number(float(values[place]), term, strong=True)
        lines.append(_worked_out(term, (in_names, in_numbers), result, "error"))
    if not at.step.layer:
        lines = _cut(lines, output.units - _LINES)
        lines.append(_total_error(at, values))
    words = f"{at.stage.words} Here it is the {loss.label}."
    if moment.is_batch:
        how = moment.training.reduction
        words += f" The error of the batch is the {how} over its {len(moment.samples):,} samples."
    return Scene(at.title, words, tuple(lines), at.units if at.step.layer else _outputs(moment))


def _total_error(at: _Stage, values: Array) -> Line:
    units = _outputs(at.moment)
    total = symbol("E", "E")
    names = [Term(*of_unit("E", at.moment.name(u)), role="error", units=(u,)) for u in units]
    shown = names[:_TERMS]
    more = (PLUS, _MORE) if len(units) > len(shown) else ()
    result = number(float(at.moment.errors[at.sample]), strong=True)
    if len(units) == 1:
        return Line((total, EQUALS, names[0], EQUALS, result))
    numbers = [number(float(v), name) for v, name in zip(values, shown, strict=False)]
    return Line(
        (
            *(total, EQUALS, *joined(shown, PLUS), *more, EQUALS),
            *(*joined(numbers, PLUS), *more, EQUALS, result),
        )
    )


def _error_terms(at: _Stage) -> Array:
    """What each output contributes to E, by the engine; shape (outputs,)."""
    moment = at.moment
    row = slice(at.sample, at.sample + 1)
    out = moment.buffers.out[row]
    result = np.empty_like(out)
    with np.errstate(all="ignore"):
        moment.training.loss.terms(
            moment.buffers.net[row], out, moment.samples.targets[row], result, np.empty_like(out)
        )
    return np.asarray(result[0])


def _backward(at: _Stage) -> Scene:
    moment, lines = at.moment, []
    units = at.units if at.step.layer else _outputs(moment)
    for unit in units[:_LINES]:
        delta = at.factors.delta(unit, at.sample)
        if at.step.unit is not None and delta.expansion is not None:
            factors = delta.expansion.factors
            lines += [line for factor in factors[:_LINES] for line in factor_lines(factor)]
            lines = _cut(lines, len(factors) - _LINES)
        lines += factor_lines(at.factors.cancelled(delta) or delta)
    lines = _cut(lines, len(units) - _LINES)
    if at.step.unit is not None:
        parameters = at.parameters(at.units)
        for parameter in parameters[:_LINES]:
            lines.append(_gradient_line(at, units[0], parameter))
        lines = _cut(lines, len(parameters) - _LINES)
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
        at.parameters(at.units) if at.step.layer else (),
        "backward",
        at.step.layer,
    )


def _gradient_line(at: _Stage, unit: UnitRef, parameter: ParameterId) -> Line:
    """∂E/∂w = ∂E/∂net · what the connection carries."""
    latex, text = partial(("E", "E"), of_parameter(at.label(parameter)))
    if parameter.unit == -1:
        # A bias of the whole layer: this is what one of its units adds.
        name = at.moment.name(unit)
        latex, text = rf"{latex}\,\text{{ via }}{subscript(name)}", f"{text} via {name}"
    lead = Term(latex, text, parameters=(parameter,))
    delta = at.factors.delta(unit, at.sample)
    sent = Term(*_carried_name(at, parameter), role="carried", parameters=(parameter,))
    error = Term(delta.latex, delta.text, role="error", units=(unit,), factor=delta)
    value = _sent(at, parameter)
    return Line(
        (
            *(lead, EQUALS, error, symbol(r"\cdot", "·"), sent, EQUALS),
            *(number(delta.value, error), TIMES, number(value, sent), EQUALS),
            number(delta.value * value, lead, strong=True),
        )
    )


def _update(at: _Stage) -> Scene:
    moment, lines = at.moment, []
    step = step_of(moment)
    parameters = at.parameters(at.units) if at.step.layer else ()
    chosen = parameters[:_LINES] if at.step.layer else at.moving_most(step)
    resting = set()
    for parameter in chosen:
        update = anatomy(moment, parameter)
        if update.resting:
            resting.add(update.resting)
        else:
            lines += update_lines(update)
    lines = _cut(lines, at.count() - len(chosen))
    lines += [Line(words=text) for text in sorted(resting)]
    words = f"{at.stage.words} All of them move at once, by the gradients from before the step."
    return Scene(at.title, words, tuple(lines), at.units, parameters, "update", at.step.layer, step)


def _iterate(at: _Stage) -> Scene:
    moment = at.moment
    after = moment.at(moment.theta + step_of(moment)).error
    error = symbol("E", "E")
    line = Line(
        (error, EQUALS, number(moment.error), symbol(r"\to", "→"), number(after, strong=True))
    )
    whose = "of this batch" if moment.is_batch else "of this sample"
    words = (
        f"With the new weights the error {whose} goes from here to there. The next step goes on "
        "with them; or type other inputs on the left and read the prediction."
    )
    return Scene(at.title, words, (line,), _outputs(moment))


_SCENES: dict[int, Callable[[_Stage], Scene]] = {
    1: _initialise,
    2: _forward,
    3: _error,
    4: _backward,
    5: _update,
    6: _iterate,
}


def _outputs(moment: Moment) -> tuple[UnitRef, ...]:
    return tuple(UnitRef(moment.spec.output.id, unit) for unit in moment.spec.output.ids)


def _sent(at: _Stage, parameter: ParameterId) -> float:
    """What a connection carries, 1 into a bias."""
    if parameter.is_bias:
        return 1.0
    return at.moment.out(UnitRef(parameter.source, parameter.source_unit), at.sample)


def _carried_name(at: _Stage, parameter: ParameterId) -> tuple[str, str]:
    if parameter.is_bias:
        return "1", "1"
    return carried(at.moment, UnitRef(parameter.source, parameter.source_unit))


def _name_of(quantity: str, at: _Stage, unit: UnitRef) -> Term:
    return Term(*of_unit(quantity, at.moment.name(unit)), units=(unit,))


def _chained(groups: list[tuple[Term, ...]], between: Term) -> tuple[Term, ...]:
    """Groups of terms with an operator between each two."""
    result: tuple[Term, ...] = ()
    for group in groups:
        result += (between, *group) if result else group
    return result


def _worked_out(lead: Term, formulas: Iterable[str], result: Term, role: Role = "slope") -> Line:
    """lead = formula = numbers = result; what a registry entry lacks is left out."""
    terms = [lead]
    for formula in filter(None, formulas):
        terms += [EQUALS, Term(formula, plain(formula), role=role, units=lead.units)]
    return Line((*terms, EQUALS, result))


def _cut(lines: list[Line], missing: int) -> list[Line]:
    """The lines, and a word on how many there would be more."""
    return [*lines, Line(words=f"… and {missing:,} more.")] if missing > 0 else lines
