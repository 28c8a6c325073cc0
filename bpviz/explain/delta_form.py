"""The delta form, in the other sign convention: δ = -∂E/∂net, so that w ← w + α·δ·y.

δ of an output is (what its output should move by) · f'(net); δ of an inner unit is
(Σ δ_next · w) · f'(net). α is the learning rate.
"""

from __future__ import annotations

from bpviz.explain.connections import between, outgoing
from bpviz.explain.factors import Expansion, Factor
from bpviz.explain.names import (
    named,
    of_parameter,
    of_unit,
    outer_signs,
    partial,
    with_numbers,
)
from bpviz.explain.strongest import shortened
from bpviz.explain.terms import UnitRef
from bpviz.explain.unit_factors import UnitFactors

WORDS = (
    "here δ is minus ∂E/∂net, so that the weight grows by α·δ times what it carries, "
    "α being the learning rate"
)
_MINUS_ONE = Factor("−1", "-1", -1.0)


class DeltaForm:
    """Makes the δ of one moment, each once; the values are those of the other form, negated."""

    def __init__(self, units: UnitFactors) -> None:
        self.units = units
        self.moment = units.moment
        self._deltas: dict[tuple[UnitRef, int], Factor] = {}

    def delta(self, unit: UnitRef, sample: int) -> Factor:
        """δ of a unit: what its net input should move by. It opens to the recursion."""
        key = (unit, sample)
        if key not in self._deltas:
            latex, text = _delta_of(self.moment.name(unit))
            formula, numbers = self._at_once(unit, sample)
            self._deltas[key] = Factor(
                text,
                latex,
                -self.moment.delta(unit, sample),
                "error",
                formula=formula,
                numbers=numbers,
                words=f"the delta of {self.moment.name(unit)}",
                units=(unit,),
                opened=lambda: self._open(unit, sample),
            )
        return self._deltas[key]

    def _at_once(self, unit: UnitRef, sample: int) -> tuple[str, str]:
        """target - out, in names and in numbers, where the slope of an output has cancelled."""
        loss = self.moment.training.loss
        if not (self._is_output(unit) and loss.needs_output):
            return "", ""
        return self._negated(loss.net_gradient_formula, unit, sample)

    def _open(self, unit: UnitRef, sample: int) -> Expansion | None:
        units = self.units
        if not self._is_output(unit):
            return Expansion("product", (self._pull(unit, sample), units.slope(unit, sample)))
        if self.moment.training.loss.needs_output:
            return None
        if not self.moment.layer(unit).activation.elementwise:
            return Expansion("product", (_MINUS_ONE, units.delta(unit, sample)))
        return Expansion("product", (self._output_pull(unit, sample), units.slope(unit, sample)))

    def _output_pull(self, unit: UnitRef, sample: int) -> Factor:
        """-∂E/∂out of an output: target - out, for the half squared error."""
        latex, text = partial(("E", "E"), of_unit("out", self.moment.name(unit)))
        formula, numbers = self._negated(self.moment.training.loss.gradient_formula, unit, sample)
        return Factor(
            f"−{text}",
            f"-{latex}",
            -self.units.error_out(unit, sample).value,
            "error",
            formula=formula,
            numbers=numbers,
            words=f"what {self.moment.name(unit)}'s output should move by",
            units=(unit,),
        )

    def _pull(self, unit: UnitRef, sample: int) -> Factor:
        """Σ δ_next · w over the units that an inner unit feeds."""
        name = self.moment.name(unit)
        latex, text = partial(("E", "E"), of_unit("out", name))
        error = self.units.error_out(unit, sample)

        def opened() -> Expansion | None:
            ways = outgoing(self.moment, unit, sample)
            if not len(ways):
                return None
            if len(ways) == 1:
                return self._way(unit, ways.unit(0), sample)
            values = -ways.values

            def term(k: int) -> Factor:
                return self._term(unit, ways.unit(k), float(values[k]), sample)

            return Expansion("sum", shortened(values, term, "connections"))

        return Factor(
            f"−{text}",
            f"-{latex}",
            -error.value,
            "error",
            words=f"what {name}'s output should move by: the deltas behind it, by the weights",
            units=(unit,),
            parameters=error.parameters,
            opened=opened,
        )

    def _term(self, unit: UnitRef, to: UnitRef, value: float, sample: int) -> Factor:
        """δ_next · w of one outgoing connection."""
        way = self._way(unit, to, sample)
        delta, weight = way.factors
        return Factor(
            f"{delta.text}·{weight.text}",
            f"{delta.latex}\\,{weight.latex}",
            value,
            "error",
            words=f"the part that comes back from {self.moment.name(to)} through {weight.text}",
            units=(to,),
            parameters=weight.parameters,
            opened=lambda: way,
        )

    def _way(self, unit: UnitRef, to: UnitRef, sample: int) -> Expansion:
        moment, parameter = self.moment, between(unit, to)
        latex, text = of_parameter(moment.layout.label(moment.layout.index_of(parameter)))
        weight = Factor(
            text,
            latex,
            moment.weight(parameter),
            "carried",
            words=f"the weight {text} between them",
            parameters=(parameter,),
        )
        return Expansion("product", (self.delta(to, sample), weight))

    def _is_output(self, unit: UnitRef) -> bool:
        return unit.layer == self.moment.spec.output.id

    def _negated(self, formula: str, unit: UnitRef, sample: int) -> tuple[str, str]:
        """Minus a formula of an output unit, in names and in numbers."""
        if not formula:
            return "", ""
        count = self.moment.spec.output.units
        minus = opposite(formula)
        values = self.units.values(unit, sample) | self.moment.training.loss.constants
        in_names = named(minus, self.moment.name(unit), count)
        return self.units.counted(in_names, with_numbers(minus, values, count), sample)


def opposite(formula: str) -> str:
    """Minus a formula: out-target becomes target-out, -2(…) becomes 2(…)."""
    signs = outer_signs(formula)
    if not signs:
        return f"-{formula}"
    first, rest = formula[: signs[0]], formula[signs[0] + 1 :]
    if len(signs) > 1 or formula[signs[0]] == "+":
        return f"-({formula})"
    if first:
        return f"{rest}-{first}"
    inner = rest[1:-1]
    return inner if rest == f"({inner})" and "(" not in inner else rest


def _delta_of(name: str) -> tuple[str, str]:
    latex, text = of_unit("E", name)
    return latex.replace("E", r"\delta", 1), text.replace("E", "δ", 1)
