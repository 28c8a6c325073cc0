"""What the scenes of all stages are built with: what a step is about, and lines of terms."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.explain.connections import parameters_into
from bpviz.explain.moment import Moment
from bpviz.explain.names import of_unit
from bpviz.explain.plain import plain
from bpviz.explain.stages import STAGES, Step
from bpviz.explain.strongest import strongest
from bpviz.explain.terms import EQUALS, Line, Role, Term, UnitRef, symbol
from bpviz.explain.unit_factors import UnitFactors

# How many lines of one kind, and how many terms of one sum, are shown.
LINES, TERMS = 6, 6
# A scene of a large layer speaks of no more units and parameters than these.
MOST = 5000
MORE = symbol(r"\ldots", "…")


@dataclass(frozen=True, eq=False)
class Scene:
    """One step, to be shown. `units` and `parameters` are what is being computed, at most MOST of
    each; with `motion`, values or deltas run along the connections that lead to `motion_layer`
    ("" = all). `change` is Δθ where the step is about it."""

    title: str
    words: str
    lines: tuple[Line, ...] = ()
    units: tuple[UnitRef, ...] = ()
    parameters: tuple[ParameterId, ...] = ()
    motion: Literal["", "forward", "backward", "update"] = ""
    motion_layer: str = ""
    change: Array | None = None


class Walked:
    """A step with what all scenes need to know about it.

    `units` are those that it is about, at most MOST of them; from stage 4 on the one that `first`
    leads to comes first.
    """

    def __init__(self, moment: Moment, step: Step, sample: int, first: ParameterId | None) -> None:
        self.moment = moment
        self.step = step
        self.sample = sample
        self.factors = UnitFactors(moment)
        self.stage = STAGES[step.stage - 1]
        spec = moment.spec
        self.layers: tuple[LayerSpec, ...] = (
            (spec.layer(step.layer),) if step.layer else spec.computed
        )
        self.first = first if first is not None and self._leads_here(first) else None
        self.units = self._units()

    def _leads_here(self, parameter: ParameterId) -> bool:
        spec = self.moment.spec
        at_unit = self.step.unit is None or parameter.unit in (self.step.unit, -1)
        at_layer = any(layer.id == parameter.layer for layer in self.layers)
        there = spec.has(parameter) and parameter not in spec.missing
        return at_layer and at_unit and there

    def _units(self) -> tuple[UnitRef, ...]:
        if self.step.at is not None:
            return (self.step.at,)
        every = (UnitRef(layer.id, unit) for layer in self.layers for unit in layer.ids)
        head: list[UnitRef] = []
        if self.first is not None and self.first.unit != -1 and self.step.stage >= 4:
            head = [UnitRef(self.first.layer, self.first.unit)]
        return tuple(dict.fromkeys(itertools.chain(head, itertools.islice(every, MOST))))[:MOST]

    @property
    def where(self) -> str:
        if self.step.at is not None:
            return self.moment.name(self.step.at)
        return f"layer {self.step.layer}" if self.step.layer else ""

    @property
    def title(self) -> str:
        head = f"{self.stage.number} {self.stage.name}"
        return f"{head}: {self.where}" if self.where else head

    def parameters(self) -> tuple[ParameterId, ...]:
        """What leads to the units, at most MOST of it, the parameter called first before all."""
        every = (p for unit in self.units for p in parameters_into(self.moment, unit))
        head = [self.first] if self.first is not None else []
        return tuple(dict.fromkeys([*head, *itertools.islice(every, MOST)]))[:MOST]

    def moving_most(self, step: Array) -> tuple[ParameterId, ...]:
        """The parameters that a step changes most, and the one called first."""
        found = [self.moment.layout.id_of(int(k)) for k in strongest(step, LINES)]
        if self.first is not None:
            others = [p for p in found if p != self.first]
            found = [self.first, *others[: LINES - 1]]
        return tuple(found)

    def unit_count(self) -> int:
        """How many units the step is about."""
        return 1 if self.step.unit is not None else sum(layer.units for layer in self.layers)

    def count(self) -> int:
        """How many weights and biases lead to the step's layers or unit."""
        layout = self.moment.layout
        present = layout.present()
        if not self.step.layer:
            return int(np.count_nonzero(present))
        layer = self.layers[0]
        rows = slice(None) if self.step.unit is None else layer.places[self.step.unit]
        count = 0
        for source in layer.sources:
            block = layout.block(layer.id, source)
            assert block is not None
            count += int(np.count_nonzero(block.view(present)[rows]))
        if layer.bias == "unit" and self.step.unit is None:
            return count + layer.units
        return count + (layer.bias != "none")

    def label(self, parameter: ParameterId) -> str:
        return self.moment.layout.label(self.moment.layout.index_of(parameter))

    def sent(self, parameter: ParameterId) -> float:
        """What a connection carries, 1 into a bias."""
        if parameter.is_bias:
            return 1.0
        return self.moment.out(UnitRef(parameter.source, parameter.source_unit), self.sample)


def outputs_of(moment: Moment, most: int = MOST) -> tuple[UnitRef, ...]:
    """The output units, at most so many."""
    return tuple(UnitRef(moment.spec.output.id, unit) for unit in moment.spec.output.ids[:most])


def name_of(quantity: str, at: Walked, unit: UnitRef) -> Term:
    """net or out of a unit."""
    return Term(*of_unit(quantity, at.moment.name(unit)), units=(unit,))


def worked_out(lead: Term, formulas: Iterable[str], result: Term, role: Role = "slope") -> Line:
    """lead = formula = numbers = result; what a registry entry lacks is left out."""
    terms = [lead]
    for formula in filter(None, formulas):
        terms += [EQUALS, Term(formula, plain(formula), role=role, units=lead.units)]
    return Line((*terms, EQUALS, result))


def cut(lines: list[Line], missing: int) -> list[Line]:
    """The lines, and a word on how many there would be more."""
    return [*lines, Line(words=f"… and {missing:,} more.")] if missing > 0 else lines
