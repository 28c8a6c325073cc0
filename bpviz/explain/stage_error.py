"""Stage 3, output by output: how far the outputs are off, in one number."""

from __future__ import annotations

from bpviz.engine.activations import Array
from bpviz.explain.names import named, of_unit, with_numbers
from bpviz.explain.scene_building import (
    LINES,
    MORE,
    TERMS,
    Scene,
    Walked,
    cut,
    outputs_of,
    worked_out,
)
from bpviz.explain.terms import EQUALS, PLUS, Line, Term, joined, number, symbol


def error(at: Walked) -> Scene:
    moment, loss = at.moment, at.moment.training.loss
    output = moment.spec.output
    values = moment.error_terms(at.sample)
    lines = []
    for unit in (at.units if at.step.layer else outputs_of(moment))[:LINES]:
        place = output.places[unit.unit]
        numbers = {
            "out": moment.out(unit, at.sample),
            "target": float(moment.samples.targets[at.sample, place]),
            **loss.constants,
        }
        name = moment.name(unit)
        term = Term(*of_unit("E", name), role="error", units=(unit,))
        in_names = named(loss.term_formula, name, output.units)
        in_numbers = with_numbers(loss.term_formula, numbers, output.units)
        in_names, in_numbers = at.factors.counted(in_names, in_numbers, at.sample)
        result = number(float(values[place]), term, strong=True)
        lines.append(worked_out(term, (in_names, in_numbers), result, "error"))
    if not at.step.layer:
        lines = cut(lines, output.units - LINES)
        lines.append(_total_error(at, values))
    words = f"{at.stage.words} Here it is the {loss.label}."
    if (weight := moment.counts(at.sample)) is not None:
        words += f" It counts c = {weight:.6g} times, which is this sample's weight."
    if moment.is_batch:
        how = moment.training.reduction
        words += f" The error of the batch is the {how} over its {len(moment.samples):,} samples."
    return Scene(at.title, words, tuple(lines), at.units if at.step.layer else outputs_of(moment))


def _total_error(at: Walked, values: Array) -> Line:
    units, count = outputs_of(at.moment, TERMS), at.moment.spec.output.units
    total = symbol("E", "E")
    shown = [Term(*of_unit("E", at.moment.name(u)), role="error", units=(u,)) for u in units]
    more = (PLUS, MORE) if count > len(shown) else ()
    result = number(float(at.moment.errors[at.sample]), strong=True)
    if count == 1:
        return Line((total, EQUALS, shown[0], EQUALS, result))
    numbers = [number(float(v), name) for v, name in zip(values[:TERMS], shown, strict=True)]
    return Line(
        (
            *(total, EQUALS, *joined(shown, PLUS), *more, EQUALS),
            *(*joined(numbers, PLUS), *more, EQUALS, result),
        )
    )
