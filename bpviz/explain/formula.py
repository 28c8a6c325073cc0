"""Derivation, update and check as lines of coloured terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isclose
from typing import Literal

from bpviz.explain.factors import Derivation, Factor, Form
from bpviz.explain.names import of_parameter, partial
from bpviz.explain.numerical import Numerical
from bpviz.explain.plain import plain
from bpviz.explain.terms import (
    DOT,
    EQUALS,
    PLUS,
    TIMES,
    Line,
    Term,
    joined,
    number,
    number_latex,
    symbol,
)
from bpviz.explain.update import Part, Update

_MINUS = symbol("-", "−")
_ARROW = symbol(r"\leftarrow", "←")


def gradient_line(derivation: Derivation, form: Form) -> Line:
    """∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w = numbers = gradient.

    With a penalty, it is the sum of what the error and the penalty give.
    """
    if derivation.penalized:
        return factor_lines(form.factors[0])[0]
    latex, text = partial(("E", "E"), of_parameter(derivation.label))
    lead = Term(latex, text, parameters=(derivation.parameter,))
    if form.sign < 0:
        lead = Term(f"-{latex}", f"−{text}", parameters=(derivation.parameter,))
    return _worked_out(lead, form.factors, "product", form.product)


def factor_lines(factor: Factor) -> list[Line]:
    """How one factor comes about: its formula with names and numbers, or what it opens to."""
    expansion = factor.expansion
    lead = term_of(factor)
    if expansion is not None:
        return [_worked_out(lead, expansion.factors, expansion.kind, factor.value)]
    terms = [lead]
    shown = number_latex(factor.value)
    for latex in dict.fromkeys((factor.formula, factor.numbers)):
        # ∂net/∂b = 1 needs no second 1.
        if latex and latex != shown:
            terms += [EQUALS, Term(latex, plain(latex), role=factor.role)]
    return [Line((*terms, EQUALS, number(factor.value, lead, strong=True)))]


def sentence_line(derivation: Derivation, form: Form) -> Line:
    """The gradient in plain words, each factor's in its colour."""
    what = "bias" if derivation.parameter.is_bias else "weight"
    if form.sign < 0:
        head = f"How far this {what} should move:"
    else:
        head = f"How fast the error changes with this {what}:"
    factors, between = form.factors, ", times"
    whole = factors[0].expansion if derivation.penalized and len(factors) == 1 else None
    if whole is not None:
        factors, between = whole.factors, ", plus"
    parts = [Term(text=f.words, role=f.role, units=f.units, factor=f) for f in factors]
    tail = f"({form.words})." if form.words else "."
    return Line((Term(text=head), *joined(parts, Term(text=between)), Term(text=tail)))


def update_lines(update: Update) -> list[Line]:
    """w ← w + Δw, and what Δw is made of."""
    latex, text = of_parameter(update.label)
    name = symbol(latex, text)
    if update.resting:
        return [
            Line((name, _ARROW, name, EQUALS, number(update.after, strong=True))),
            Line(words=update.resting),
        ]
    if len(update.parts) == 1 and isclose(update.change, -update.rate * update.gradient):
        slope = symbol(*partial(("E", "E"), (latex, text)))
        rate = symbol(r"\varepsilon", "ε")
        return [
            Line(
                (
                    *(name, _ARROW, name, _MINUS, rate, DOT, slope, EQUALS),
                    *(
                        number(update.before),
                        _MINUS,
                        number(update.rate),
                        TIMES,
                        number(update.gradient),
                    ),
                    *(EQUALS, number(update.after, strong=True)),
                )
            ),
            *_scheduled(update),
        ]
    change = symbol(rf"\Delta {latex}", f"Δ{text}")
    acting = [part for part in update.parts if part.value] or list(update.parts[:1])
    shown = [EQUALS, *joined([number(part.value) for part in acting], PLUS)]
    step = (name, _ARROW, name, PLUS, change, EQUALS)
    return [
        Line(_rule(update)),
        Line((change, *(shown if len(acting) > 1 else ()), EQUALS, number(update.change))),
        *_made_of(update, acting),
        *_scheduled(update),
        Line(
            (
                *(*step, number(update.before), PLUS, number(update.change)),
                *(EQUALS, number(update.after, strong=True)),
            )
        ),
    ]


def _made_of(update: Update, acting: list[Part]) -> Iterator[Line]:
    """What the parts of Δw are that were written, and which were none."""
    names = ", ".join(part.name for part in acting)
    yield Line(words=f"In order: {names}." if len(acting) > 1 else f"All of it is {names}.")
    yield from (Line(words=part.words) for part in acting if part.words)
    idle = ", ".join(part.name for part in update.parts if part not in acting)
    if idle:
        yield Line(words=f"Without effect on this step: {idle}.")


def _scheduled(update: Update) -> list[Line]:
    """That the rate or the momentum is what a schedule makes of it."""
    words = update.scheduled
    return [Line(words=f"{words[0].upper()}{words[1:]}.")] if words else []


def _rule(update: Update) -> tuple[Term, ...]:
    """The optimiser's name, and its formula if it has one."""
    if not update.formula:
        return (Term(text=f"{update.optimizer}."),)
    return Term(text=f"{update.optimizer}:"), Term(update.formula, plain(update.formula))


def check_line(numerical: Numerical) -> Line:
    """The same slope, measured."""
    latex = r"\frac{E(w+\epsilon)-E(w-\epsilon)}{2\epsilon}"
    return Line((Term(latex, "(E(w+ε) − E(w−ε)) / 2ε"), EQUALS, number(numerical.value)))


def term_of(factor: Factor) -> Term:
    """A factor's symbol, coloured; a click opens it."""
    return Term(
        factor.latex,
        factor.text,
        role=factor.role,
        units=factor.units,
        parameters=factor.parameters,
        factor=factor,
    )


def _worked_out(
    lead: Term, factors: Sequence[Factor], kind: Literal["sum", "product"], result: float
) -> Line:
    """lead = symbols = numbers = result."""
    symbols = [term_of(factor) for factor in factors]
    between = (PLUS, PLUS) if kind == "sum" else (DOT, TIMES)
    line = [lead, EQUALS, *joined(symbols, between[0]), EQUALS]
    if len(factors) > 1:
        line += [*joined(_values(symbols, factors), between[1]), EQUALS]
    return Line((*line, number(result, Term(role=lead.role), strong=True)))


def _values(symbols: Sequence[Term], factors: Iterable[Factor]) -> list[Term]:
    return [number(f.value, term) for term, f in zip(symbols, factors, strict=True)]
