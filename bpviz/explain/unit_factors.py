"""The factors that belong to one unit and one sample: ∂E/∂out, ∂out/∂net, ∂E/∂net, ∂net/∂w."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import ParameterId
from bpviz.explain.connections import between, outgoing
from bpviz.explain.factors import Expansion, Factor, total
from bpviz.explain.moment import Moment
from bpviz.explain.names import (
    across_units,
    by_dropout,
    carried,
    named,
    of_parameter,
    of_unit,
    partial,
    times,
    with_numbers,
)
from bpviz.explain.strongest import shortened
from bpviz.explain.terms import UnitRef, number_latex

_E = ("E", "E")
# The connections that a sum over a wide layer lights up.
_LINKED = 200


class UnitFactors:
    """Makes factors of one moment. Deltas are shared: each is made once, however many ask."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self._deltas: dict[tuple[UnitRef, int], Factor] = {}
        self._delta_of: dict[int, tuple[UnitRef, int]] = {}
        self._cancelled: dict[tuple[UnitRef, int], Factor] = {}
        self._output = moment.spec.output.id

    # ∂E/∂net

    def delta(self, unit: UnitRef, sample: int) -> Factor:
        """δ = ∂E/∂net, the engine's own; it opens to what it is made of."""
        key = (unit, sample)
        if key not in self._deltas:
            latex, text = partial(_E, of_unit("net", self.moment.name(unit)))
            factor = Factor(
                text,
                latex,
                self.moment.delta(unit, sample),
                "error",
                words=f"how the error changes with {self.moment.name(unit)}'s net input",
                units=(unit,),
                opened=lambda: self._open_delta(unit, sample),
            )
            self._deltas[key] = factor
            self._delta_of[id(factor)] = key
        return self._deltas[key]

    def product_of(self, delta: Factor) -> tuple[Factor, ...]:
        """∂E/∂out and ∂out/∂net of a delta; () when it does not open to such a product."""
        expansion = delta.expansion
        if expansion is None or expansion.kind != "product":
            return ()
        return expansion.factors

    def cancelled(self, factor: Factor) -> Factor | None:
        """∂E/∂net of an output as the error gives it at once, the slope having cancelled.

        None for a factor that is no such delta.
        """
        unit, sample = self._delta_of.get(id(factor), (None, 0))
        if unit is None or unit.layer != self._output or not self.moment.training.loss.needs_output:
            return None
        key = (unit, sample)
        if key not in self._cancelled:
            formula = self.moment.training.loss.net_gradient_formula
            values = self.values(unit, sample) | self.moment.training.loss.constants
            count = self.moment.spec.output.units
            in_names, in_numbers = self.counted(
                named(formula, self.moment.name(unit), count),
                with_numbers(formula, values, count),
                sample,
            )
            self._cancelled[key] = replace(
                factor, formula=in_names, numbers=in_numbers, opened=lambda: None
            )
        return self._cancelled[key]

    def is_cancelled(self, factor: Factor) -> bool:
        return any(factor is known for known in self._cancelled.values())

    def _open_delta(self, unit: UnitRef, sample: int) -> Expansion | None:
        if self.moment.layer(unit).activation.elementwise:
            opened = Expansion("product", (self.error_out(unit, sample), self.slope(unit, sample)))
        else:
            opened = Expansion("sum", self._jacobian_terms(unit, sample))
        # A saturated output may give 0 · ∞; the engine's own value stands without this way to it.
        return opened if math.isfinite(opened.value) else None

    # ∂E/∂out

    def error_out(self, unit: UnitRef, sample: int) -> Factor:
        """∂E/∂out of an output unit, or the sum over an inner unit's outgoing connections."""
        if unit.layer == self._output:
            return self._error_of_output(unit, sample)
        name = self.moment.name(unit)
        latex, text = partial(_E, of_unit("out", name))
        ways = outgoing(self.moment, unit, sample)
        values = ways.values

        def term(k: int) -> Factor:
            return self._term(unit, ways.unit(k), float(values[k]), sample)

        def opened() -> Expansion | None:
            if not len(ways):
                return None
            if len(ways) == 1:
                return self._way(unit, ways.unit(0), sample)
            return Expansion("sum", shortened(values, term, "connections"))

        return Factor(
            text,
            latex,
            total(values),
            "error",
            words=f"how the error changes with {name}'s output",
            units=(unit,),
            parameters=tuple(between(unit, ways.unit(k)) for k in range(min(_LINKED, len(ways)))),
            opened=opened,
        )

    def _error_of_output(self, unit: UnitRef, sample: int) -> Factor:
        moment = self.moment
        name, loss = moment.name(unit), moment.training.loss
        latex, text = partial(_E, of_unit("out", name))
        outputs = moment.spec.output.units
        values = self.values(unit, sample) | loss.constants
        formula, numbers = self.counted(
            named(loss.gradient_formula, name, outputs),
            with_numbers(loss.gradient_formula, values, outputs),
            sample,
        )
        weight = moment.counts(sample)
        counting = "" if weight is None else f" (times {weight:.6g}, the sample's weight)"
        return Factor(
            text,
            latex,
            float(self.output_gradient(sample)[moment.layer(unit).places[unit.unit]]),
            "error",
            formula=formula,
            numbers=numbers,
            words=f"how the error changes with {name}'s output{counting}",
            units=(unit,),
        )

    def counted(self, in_names: str, in_numbers: str, sample: int) -> tuple[str, str]:
        """A formula of the error, in names and in numbers, times c, the sample's weight."""
        weight = self.moment.counts(sample)
        if weight is None:
            return in_names, in_numbers
        return times("c", in_names), times(number_latex(weight), in_numbers)

    def output_gradient(self, sample: int) -> Array:
        """∂E/∂out of all outputs, as the error itself gives it by the sample's weight.

        Shape (outputs,).
        """
        buffers, targets = self.moment.buffers, self.moment.samples.targets
        result = np.empty_like(buffers.out[sample : sample + 1])
        with np.errstate(all="ignore"):
            self.moment.training.loss.gradient_out(
                buffers.out[sample : sample + 1], targets[sample : sample + 1], result
            )
            if (weight := self.moment.counts(sample)) is not None:
                result *= weight
        return np.asarray(result[0])

    def _term(self, unit: UnitRef, to: UnitRef, value: float, sample: int) -> Factor:
        """What one outgoing connection brings: ∂E_o1/∂out_h1, or ∂E/∂net · w further in."""
        moment = self.moment
        name, target = moment.name(unit), moment.name(to)
        parameter = between(unit, to)
        weight = of_parameter(moment.layout.label(moment.layout.index_of(parameter)))
        if to.layer == self._output and moment.spec.output.activation.elementwise:
            latex, text = partial(of_unit("E", target), of_unit("out", name))
        else:
            error = partial(_E, of_unit("net", target))
            latex, text = f"{error[0]}\\,{weight[0]}", f"{error[1]}·{weight[1]}"
        return Factor(
            text,
            latex,
            value,
            "error",
            words=f"the part that comes back from {target} through {weight[1]}",
            units=(to,),
            parameters=(parameter,),
            opened=lambda: self._way(unit, to, sample),
        )

    def _way(self, unit: UnitRef, to: UnitRef, sample: int) -> Expansion:
        """∂E/∂net of the next unit times ∂net/∂out, which is the weight."""
        moment = self.moment
        parameter = between(unit, to)
        label = moment.layout.label(moment.layout.index_of(parameter))
        latex, text = partial(of_unit("net", moment.name(to)), of_unit("out", moment.name(unit)))
        weight = Factor(
            text,
            latex,
            moment.weight(parameter),
            "carried",
            formula=of_parameter(label)[0],
            words=f"the weight {label} between them",
            parameters=(parameter,),
        )
        return Expansion("product", (self.delta(to, sample), weight))

    # ∂out/∂net

    def slope(self, unit: UnitRef, sample: int) -> Factor:
        """f'(net) of a unit; m · f'(net) where dropout multiplies its output with m."""
        moment = self.moment
        layer, name = moment.layer(unit), moment.name(unit)
        k, place = moment.positions[unit.layer], layer.places[unit.unit]
        nets, outs = (x[k][sample : sample + 1] for x in (moment.buffers.nets, moment.buffers.raw))
        slopes = np.empty_like(outs)
        with np.errstate(all="ignore"):
            layer.activation.derivative(nets, outs, slopes)
        latex, text = partial(of_unit("out", name), of_unit("net", name))
        formula, mask = layer.activation.derivative_formula, moment.mask(unit, sample)
        value = float(slopes[0, place])
        in_names = named(formula, name, layer.units, mask is not None)
        values = self.values(unit, sample) | layer.activation.constants
        in_numbers = with_numbers(formula, values, layer.units)
        if mask is not None:
            value *= mask
            in_names, in_numbers = times("m", in_names), times(number_latex(mask), in_numbers)
        return Factor(
            text,
            latex,
            value,
            "slope",
            formula=in_names,
            numbers=in_numbers,
            words=f"the slope of {layer.activation.label} at {name}'s net input{by_dropout(mask)}",
            units=(unit,),
        )

    def _jacobian_terms(self, unit: UnitRef, sample: int) -> tuple[Factor, ...]:
        """Every output moves with one net input: ∂E/∂out_j · ∂out_j/∂net_k for all j."""
        column = self.jacobian_column(unit, sample)
        errors = self.output_gradient(sample)
        ids = self.moment.spec.output.ids
        formula = self.moment.spec.output.activation.derivative_formula

        def term(j: int) -> Factor:
            other = UnitRef(self._output, ids[j])
            error = self._error_of_output(other, sample)
            name_j, name_k = self.moment.name(other), self.moment.name(unit)
            latex, text = partial(of_unit("out", name_j), of_unit("net", name_k))
            outs = [self.moment.out(each, sample) for each in (other, unit)]
            slope = Factor(
                text,
                latex,
                float(column[j]),
                "slope",
                formula=across_units(
                    formula, of_unit("out", name_j)[0], of_unit("out", name_k)[0], other == unit
                ),
                numbers=across_units(
                    formula, number_latex(outs[0]), number_latex(outs[1]), other == unit
                ),
                words=f"how {name_j} moves with {name_k}'s net input",
                units=(other, unit),
            )
            return Factor(
                f"{error.text}·{text}",
                f"{error.latex}\\,{latex}",
                error.value * slope.value,
                "error",
                words=f"the way through {name_j}",
                units=(other,),
                opened=lambda: Expansion("product", (error, slope)),
            )

        with np.errstate(all="ignore"):
            values = errors * column
        return shortened(values, term, "outputs")

    def jacobian_column(self, unit: UnitRef, sample: int) -> Array:
        """∂out_j/∂net_k of all outputs j, for the one net input k; shape (outputs,)."""
        buffers, activation = self.moment.buffers, self.moment.spec.output.activation
        nets, outs = buffers.net[sample : sample + 1], buffers.out[sample : sample + 1]
        result = np.empty_like(outs)
        place = self.moment.layer(unit).places[unit.unit]
        with np.errstate(all="ignore"):
            activation.jacobian_column(nets, outs, place, result)
        return np.asarray(result[0])

    # ∂net/∂w

    def carried(
        self, parameter: ParameterId, label: str, ends: tuple[UnitRef, ...], sample: int
    ) -> Factor:
        """What the connection carries: the sender's output, or 1 into a bias."""
        moment = self.moment
        name = moment.name(ends[0]) if len(ends) == 1 else ends[0].layer
        latex, text = partial(of_unit("net", name), of_parameter(label))
        if parameter.is_bias:
            return Factor(
                text,
                latex,
                1.0,
                "carried",
                formula="1",
                words="the 1 that a bias is always fed",
                parameters=(parameter,),
            )
        source = UnitRef(parameter.source, parameter.source_unit)
        sender = moment.name(source)
        mask, is_input = moment.mask(source, sample), moment.layer(source).is_input
        words = f"the input {sender}" if is_input else f"what {sender} sent along the connection"
        numbers = ""
        if is_input and mask is not None:
            numbers = times(number_latex(mask), number_latex(moment.raw(source, sample)))
        return Factor(
            text,
            latex,
            moment.out(source, sample),
            "carried",
            formula=carried(moment, source)[0],
            numbers=numbers,
            words=f"{words}{by_dropout(mask)}",
            units=(source,),
            parameters=(parameter,),
        )

    def values(self, unit: UnitRef, sample: int) -> dict[str, float]:
        """The numbers behind net, out, target and total in the formulas of one unit.

        `out` is f(net), before dropout.
        """
        values = {"net": self.moment.net(unit, sample), "out": self.moment.raw(unit, sample)}
        if unit.layer == self._output:
            place = self.moment.layer(unit).places[unit.unit]
            targets = self.moment.samples.targets[sample]
            values |= {"target": float(targets[place]), "total": float(targets.sum())}
        return values
