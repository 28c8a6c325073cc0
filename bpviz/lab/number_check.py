"""Check my numbers: a pencil-and-paper step of backpropagation against the engine's own.

`quantities` lists what is to be worked out, in order; `check` compares what was typed with it and
says which came out wrong first, by how much, and where to look.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.explain.chain_rule import derive
from bpviz.explain.factors import Factor
from bpviz.explain.moment import Moment
from bpviz.explain.terms import UnitRef
from bpviz.explain.update import Update, anatomy

Status = Literal["empty", "unreadable", "coarse", "wrong", "right"]

# More than this nobody works out by hand.
MOST = 40
_SHOWN_DIGITS = 8
# A typed number tells something when its last place is at most this part of it.
_FINE = Decimal("0.01")


@dataclass(frozen=True)
class Quantity:
    """One number to be worked out. `group` is the part of the work that it belongs to.

    `needs` are the names of the quantities that it is made from, `advice` what to look at when
    they were right and it is not.
    """

    name: str
    group: str
    value: float
    needs: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of one typed number; `difference` is typed minus exact."""

    quantity: Quantity
    status: Status
    difference: float = 0.0


@dataclass(frozen=True)
class Checked:
    """All answers in order, and one sentence for the person."""

    answers: tuple[Answer, ...]
    sentence: str

    @property
    def is_done(self) -> bool:
        """Whether every number was typed, and is right."""
        return all(answer.status == "right" for answer in self.answers)


def quantities(moment: Moment, parameter: ParameterId) -> tuple[Quantity, ...]:
    """The numbers of one sample's way forward and back to a parameter, in order of the work.

    Raises SettingError when the parameter cannot be explained or the network is too large.
    """
    units = sum(layer.units for layer in moment.spec.computed)
    if 2 * units > MOST:
        raise SettingError(
            f"this network has {units:,} units to work out; choose a smaller one, "
            f"with at most {MOST // 2}"
        )
    return (
        *_forward(moment),
        *_errors(moment),
        *_backward(moment, parameter),
    )


def check(wanted: Sequence[Quantity], typed: Mapping[str, str]) -> Checked:
    """Compare what was typed, by the quantities' names, with what it should be."""
    answers = tuple(_answer(quantity, typed.get(quantity.name, "")) for quantity in wanted)
    return Checked(answers, _sentence(answers, typed))


# What is wanted


def _forward(moment: Moment) -> Iterable[Quantity]:
    for layer in moment.spec.computed:
        sources = [
            f"out {moment.name(UnitRef(source, unit))}"
            for source in layer.sources
            if not moment.spec.layer(source).is_input
            for unit in moment.spec.layer(source).ids
        ]
        all_nets = tuple(f"net {moment.name(UnitRef(layer.id, unit))}" for unit in layer.ids)
        for unit in layer.ids:
            ref = UnitRef(layer.id, unit)
            name = moment.name(ref)
            yield Quantity(
                f"net {name}", "forward", moment.net(ref, 0), tuple(sources), _net_advice(layer)
            )
            elementwise = layer.activation.elementwise
            yield Quantity(
                f"out {name}",
                "forward",
                moment.out(ref, 0),
                (f"net {name}",) if elementwise else all_nets,
                f"look at the {layer.activation.label}",
            )


def _net_advice(layer: LayerSpec) -> str:
    bias = "" if layer.bias == "none" else ", plus the bias"
    return f"look at the sum: every weight that leads to it times what it carries{bias}"


def _errors(moment: Moment) -> Iterable[Quantity]:
    layer, loss = moment.spec.output, moment.training.loss
    names = [moment.name(UnitRef(layer.id, unit)) for unit in layer.ids]
    weight = "" if moment.counts(0) is None else ", and at the sample's weight"
    advice = f"look at the {loss.label}, and at the target{weight}"
    if len(names) > 1:
        for name, term in zip(names, moment.error_terms(0), strict=True):
            yield Quantity(f"E_{name}", "error", float(term), (f"out {name}",), advice)
        needs, advice = tuple(f"E_{name}" for name in names), "look at the sum over the outputs"
    else:
        needs = (f"out {names[0]}",)
    yield Quantity("E", "error", float(moment.errors[0]), needs, advice)


def _backward(moment: Moment, parameter: ParameterId) -> Iterable[Quantity]:
    derivation = derive(moment, parameter)
    if derivation.penalized:
        whole = derivation.factors[0]
        assert whole.expansion is not None
        error, *penalties = whole.expansion.factors
        assert error.expansion is not None
        gradient = whole.text
        yield from _product(error.expansion.factors, error.text, error.value)
        yield from (_factor(penalty, ()) for penalty in penalties)
        yield _factor(whole, tuple(part.text for part in whole.expansion.factors))
    else:
        gradient = f"∂E/∂{derivation.label}"
        yield from _product(derivation.factors, gradient, derivation.gradient)
    update = anatomy(moment, parameter)
    yield Quantity(
        f"new {update.label}", "update", update.after, (gradient,), _step_advice(update, gradient)
    )


def _product(factors: Sequence[Factor], name: str, value: float) -> Iterable[Quantity]:
    """Factors, each after what it is made of, and their product of this name."""
    known: set[str] = set()
    for factor in factors:
        parts = factor.expansion.factors if factor.expansion is not None else ()
        for part in parts:
            if part.text not in known:
                known.add(part.text)
                yield _factor(part, ())
        known.add(factor.text)
        yield _factor(factor, tuple(part.text for part in parts))
    if len(factors) > 1 or factors[0].text != name:
        needs = tuple(factor.text for factor in factors)
        yield Quantity(name, "backward", value, needs, "multiply the factors")


def _step_advice(update: Update, gradient: str) -> str:
    """How the new value is reached; by the rate and the gradient only where that is the step."""
    if update.resting:
        return f"remember that {update.resting[0].lower()}{update.resting[1:].rstrip('.')}"
    if math.isclose(update.change, -update.rate * update.gradient, rel_tol=1e-6):
        return f"take the learning rate {update.rate:g} times {gradient} away from {update.label}"
    parts = _listed(
        [f"{part.value:.{_SHOWN_DIGITS}g} for {part.name}" for part in update.parts if part.value]
    )
    return f"look at the step, which {update.optimizer} makes: add {parts} to {update.label}"


def _factor(factor: Factor, needs: tuple[str, ...]) -> Quantity:
    operation = factor.expansion.kind if factor.expansion is not None and needs else ""
    advice = {"sum": "add the parts up", "product": "multiply the parts"}.get(
        operation, f"it is {factor.words}" if factor.words else ""
    )
    return Quantity(factor.text, "backward", factor.value, needs, advice)


# What was typed


def _answer(quantity: Quantity, text: str) -> Answer:
    if not text.strip():
        return Answer(quantity, "empty")
    number = read_decimal(text)
    if number is None:
        return Answer(quantity, "unreadable")
    exact = Decimal(quantity.value)
    difference = float(number - exact)
    if abs(difference) <= 1e-12 * max(1.0, abs(quantity.value)):
        return Answer(quantity, "right", difference)
    place = Decimal(1).scaleb(_exponent(number))
    # One unit in the last place either way: rounding on the way there is no mistake.
    away = abs(number - round(exact / place) * place)
    if place <= abs(exact) * _FINE:
        return Answer(quantity, "right" if away <= place else "wrong", difference)
    return Answer(quantity, "coarse" if not away else "wrong", difference)


def read_decimal(text: str) -> Decimal | None:
    """A number with the places it was typed with, or None. A decimal comma is fine."""
    text = re.sub(r"[\s ]", "", text).replace("\N{MINUS SIGN}", "-")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    # What Decimal reads beyond numbers: underscores, "inf", "nan"; and powers nobody means.
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text, re.ASCII):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern lets nothing else through
        return None


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


# What is said


def _sentence(answers: Sequence[Answer], typed: Mapping[str, str]) -> str:
    by_name = {answer.quantity.name: answer for answer in answers}
    for answer in answers:
        name = answer.quantity.name
        mine = typed.get(name, "").strip()
        if answer.status == "unreadable":
            return f"{name}: “{mine}” is not a number."
        if answer.status == "coarse":
            return f"{name}: {mine} is right as far as it goes; give more digits."
        if answer.status == "wrong":
            return _wrong(answer, mine, by_name)
    typed_ones = [answer for answer in answers if answer.status == "right"]
    if len(typed_ones) == len(answers):
        return f"All {len(answers)} numbers are right."
    if not typed_ones:
        return "Type what you worked out; a few digits are enough."
    following = next(answer for answer in answers if answer.status == "empty")
    count = len(typed_ones)
    so_far = "The first number is" if count == 1 else f"All {count} numbers so far are"
    return f"{so_far} right. Go on with {following.quantity.name}."


def _wrong(answer: Answer, mine: str, by_name: Mapping[str, Answer]) -> str:
    quantity = answer.quantity
    side = "high" if answer.difference > 0 else "low"
    text = (
        f"{quantity.name}: you have {mine}, it is {quantity.value:.{_SHOWN_DIGITS}g}; "
        f"you are {abs(answer.difference):.3g} too {side}."
    )
    if _is_negative_of(answer):
        return f"{text} The size is right: look at the sign."
    if not quantity.advice:
        return text
    right = [name for name in quantity.needs if by_name[name].status == "right"]
    if right and len(right) == len(quantity.needs):
        verb = "were" if len(right) > 1 else "was"
        return f"{text} {_listed(right)} {verb} right, so {quantity.advice}."
    advice = quantity.advice[0].upper() + quantity.advice[1:].rstrip(".")
    return f"{text} {advice}."


def _is_negative_of(answer: Answer) -> bool:
    mine = answer.difference + answer.quantity.value
    exact = answer.quantity.value
    return mine != 0 and abs(mine + exact) <= 0.01 * abs(exact)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
