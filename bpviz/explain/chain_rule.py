"""The chain rule for any parameter of any layer graph, from the engine's own values.

∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w for the unit that w leads to. At an inner unit ∂E/∂out is a
sum over its outgoing connections, each term ∂E/∂net of the next unit times the weight between, and
so on to the outputs (Rumelhart, Hinton & Williams 1986, eq. 4 to 7).
"""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.explain.delta_form import WORDS as DELTA_WORDS
from bpviz.explain.delta_form import DeltaForm
from bpviz.explain.factors import Derivation, Expansion, Factor, Form, total
from bpviz.explain.moment import Moment
from bpviz.explain.names import of_parameter, partial, subscript
from bpviz.explain.strongest import shortened
from bpviz.explain.terms import UnitRef
from bpviz.explain.unit_factors import UnitFactors

FULL, CANCELLED, WRITTEN_OUT, DELTA = "full", "cancelled", "written out", "delta"


def derive(moment: Moment, parameter: ParameterId) -> Derivation:
    """The derivation of ∂E/∂w for a weight or bias.

    Raises SettingError when the network has no such parameter, when it is a missing connection, or
    when the numbers are not finite.
    """
    index = checked_index(moment, parameter)
    layout, deriving = moment.layout, _Deriving(moment, parameter)
    return Derivation(
        parameter,
        layout.label(index),
        layout.description(index, moment.input_names),
        moment.of,
        float(moment.theta[index]),
        float(moment.gradient[index]),
        tuple(deriving.forms()),
        bool(deriving.penalties),
    )


def checked_index(moment: Moment, parameter: ParameterId) -> int:
    """The position in θ of a parameter that can be explained. Raises SettingError."""
    try:
        index = moment.layout.index_of(parameter)
    except KeyError:
        raise SettingError("that weight or bias is no longer part of the network") from None
    label = moment.layout.label(index)
    if parameter in moment.spec.missing:
        raise SettingError(f"{label} is a missing connection: it has no weight, hence no gradient")
    if not (moment.is_finite and math.isfinite(moment.gradient[index])):
        raise SettingError(
            f"there is nothing to explain about {label}: the network's numbers are no longer "
            "finite; reset it, or undo, and lower the learning rate"
        )
    return index


class _Deriving:
    """The forms of one gradient; what they share is made once."""

    def __init__(self, moment: Moment, parameter: ParameterId) -> None:
        self.moment = moment
        self.parameter = parameter
        self.layout = moment.layout
        self.index = self.layout.index_of(parameter)
        self.label = self.layout.label(self.index)
        self.units = UnitFactors(moment)
        self.deltas = DeltaForm(self.units)
        self.penalties = self._penalties()
        layer = moment.spec.layer(parameter.layer)
        shared = parameter.is_bias and parameter.unit == -1
        self.ends = tuple(
            UnitRef(layer.id, u) for u in (layer.ids if shared else (parameter.unit,))
        )

    def forms(self) -> list[Form]:
        if not (self.moment.is_batch or self.penalties):
            return self._sample_forms(0)
        return [Form(FULL, self._whole())]

    # One sample

    def _sample_forms(self, sample: int) -> list[Form]:
        """All ways to write one sample's gradient; a delta lost to 0 · ∞ stays whole in them."""
        carried = self._carried(sample)
        if len(self.ends) > 1:
            return [Form(FULL, (self._summed_delta(sample), carried))]
        end, units = self.ends[0], self.units
        delta = units.delta(end, sample)
        opened = units.product_of(delta)
        full = (*opened, carried) if opened else (delta, carried)
        forms = [Form(FULL, full)]
        written = tuple(_flattened(full, units))
        if len(written) > len(full):
            forms.append(Form(WRITTEN_OUT, written))
        cancelled = tuple(_flattened((delta, carried), units, cancel=True))
        if any(map(units.is_cancelled, cancelled)):
            slope = self.moment.spec.output.activation.label
            words = f"the slope of {slope} at the output has cancelled"
            forms.append(Form(CANCELLED, cancelled, words=words))
        pull = self.deltas.delta(end, sample)
        forms.append(Form(DELTA, (pull, carried), sign=-1, words=DELTA_WORDS))
        return forms

    def _carried(self, sample: int) -> Factor:
        return self.units.carried(self.parameter, self.label, self.ends, sample)

    def _summed_delta(self, sample: int) -> Factor:
        """A bias shared by a layer acts on all its units: their deltas add up."""
        layer = self.parameter.layer
        deltas = self.moment.buffers.deltas[self.moment.positions[layer]][sample]
        return Factor(
            f"Σ ∂E/∂net_{layer}",
            rf"\sum_k\frac{{\partial E}}{{\partial \mathrm{{net}}_{{{subscript(layer)}k}}}}",
            total(deltas),
            "error",
            words=f"how the error changes with the net inputs of all units of {layer} together",
            units=self.ends,
            opened=lambda: Expansion(
                "sum",
                shortened(deltas, lambda k: self.units.delta(self.ends[k], sample), "units"),
            ),
        )

    # A batch, and the penalty

    def _symbol(self, of: str = "E") -> tuple[str, str]:
        return partial((of, of), of_parameter(self.label))

    def _penalties(self) -> list[Factor]:
        """What the penalties add to the gradient of this weight."""
        moment, training = self.moment, self.moment.training
        if self.parameter.is_bias:
            return []
        name = of_parameter(self.label)[0]
        found = []
        for title, rate, gradient, formula in (
            ("L1 penalty", training.l1, moment.l1_gradient, rf"\lambda_1\,\mathrm{{sign}}({name})"),
            ("L2 penalty", training.l2, moment.l2_gradient, rf"\lambda_2\,{name}"),
        ):
            if rate:
                latex = rf"\frac{{\partial\,\mathrm{{{title[:2]}}}}}{{\partial {name}}}"
                found.append(
                    Factor(
                        f"∂{title[:2]}/∂{self.label}",
                        latex,
                        float(gradient[self.index]),
                        formula=formula,
                        words=f"what the {title} adds",
                        parameters=(self.parameter,),
                    )
                )
        return found

    def _whole(self) -> tuple[Factor, ...]:
        """The gradient of a batch, or of an error with a penalty."""
        data = self._data_factors()
        if not self.penalties:
            return data
        product = math.prod(factor.value for factor in data)
        latex, text = self._symbol()
        error = Factor(
            text,
            latex,
            product,
            "error",
            words="how the error itself changes with the weight",
            parameters=(self.parameter,),
            opened=lambda: Expansion("product", data),
        )
        latex, text = partial((r"(E+\mathrm{penalty})", "(E+penalty)"), of_parameter(self.label))
        parts = (error, *self.penalties)
        return (
            Factor(
                text,
                latex,
                total([part.value for part in parts]),
                "error",
                words="how error and penalty together change with the weight",
                parameters=(self.parameter,),
                opened=lambda: Expansion("sum", parts),
            ),
        )

    def _data_factors(self) -> tuple[Factor, ...]:
        moment = self.moment
        if not moment.is_batch:
            return self._sample_forms(0)[0].factors
        values = self._per_sample()
        count = len(values)
        latex, text = self._symbol("E_s")
        added = Factor(
            f"Σ {text}",
            rf"\sum_s {latex}",
            total(values),
            "error",
            words=f"the gradients of all {count:,} samples added up",
            parameters=(self.parameter,),
            opened=lambda: Expansion(
                "sum", shortened(values, lambda k: self._sample(k, float(values[k])), "samples")
            ),
        )
        if moment.training.reduction == "sum":
            return (added,)
        mean = Factor(
            f"1/{count}",
            rf"\frac{{1}}{{{count}}}",
            moment.scale,
            words=f"the error of a batch is the mean over its {count:,} samples",
        )
        return (mean, added)

    def _per_sample(self) -> Array:
        """∂E_s/∂w of every sample, each with its own error taken whole; shape (samples,)."""
        buffers, positions = self.moment.buffers, self.moment.positions
        deltas = buffers.deltas[positions[self.parameter.layer]]
        if len(self.ends) > 1:
            return np.asarray(deltas.sum(axis=1))
        end = self.ends[0]
        own = deltas[:, self.moment.layer(end).places[end.unit]]
        if self.parameter.is_bias:
            return own
        source = self.moment.spec.layer(self.parameter.source)
        outs = buffers.outs[positions[source.id]][:, source.places[self.parameter.source_unit]]
        with np.errstate(all="ignore"):
            return np.asarray(own * outs)

    def _sample(self, sample: int, value: float) -> Factor:
        number = str(sample + 1)
        of = (f"E_{{{number}}}", f"E_{number}")
        latex, text = partial(of, of_parameter(self.label))
        return Factor(
            text,
            latex,
            value,
            "error",
            words=f"the gradient of the batch's sample {number}",
            parameters=(self.parameter,),
            opened=lambda: Expansion("product", self._sample_forms(sample)[0].factors),
        )


def _flattened(
    factors: tuple[Factor, ...], units: UnitFactors, cancel: bool = False
) -> list[Factor]:
    """Factors with every one that is itself a product written out, as far as there is no sum.

    `cancel`: ∂E/∂net of an output stays whole, as the error gives it at once.
    """
    result: list[Factor] = []
    waiting = [*reversed(factors)]
    while waiting:
        factor = waiting.pop()
        if cancel and (whole := units.cancelled(factor)) is not None:
            result.append(whole)
            continue
        expansion = factor.expansion
        if expansion is not None and expansion.kind == "product":
            waiting += reversed(expansion.factors)
        else:
            result.append(factor)
    return result
