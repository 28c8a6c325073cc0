"""Derivation, update and check as lines of coloured terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bpviz.explain.factors import Derivation, Factor, Form
from bpviz.explain.names import of_parameter, partial
from bpviz.explain.numerical import Numerical
from bpviz.explain.terms import (
    DOT,
    EQUALS,
    PLUS,
    TIMES,
    Line,
    Term,
    joined,
    number,
    symbol,
)
from bpviz.explain.update import Update

_MINUS = symbol("-", "−")
_ARROW = symbol(r"\leftarrow", "←")


def gradient_line(derivation: Derivation, form: Form) -> Line:
    """∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w = numbers = gradient."""
    latex, text = partial(("E", "E"), of_parameter(derivation.label))
    lead = Term(latex, text, parameters=(derivation.parameter,))
    if form.sign < 0:
        lead = Term(f"-{latex}", f"−{text}", parameters=(derivation.parameter,))
    symbols = [term_of(factor) for factor in form.factors]
    return Line(
        (
            lead,
            EQUALS,
            *joined(symbols, DOT),
            EQUALS,
            *joined(_values(symbols, form.factors), TIMES),
            EQUALS,
            number(form.product, strong=True),
        )
    )


def factor_lines(factor: Factor) -> list[Line]:
    """How one factor comes about: its formula with names and numbers, or what it opens to."""
    expansion = factor.expansion
    lead = term_of(factor)
    if expansion is not None:
        symbols = [term_of(part) for part in expansion.factors]
        signs = (PLUS, PLUS) if expansion.kind == "sum" else (DOT, TIMES)
        return [
            Line(
                (
                    lead,
                    EQUALS,
                    *joined(symbols, signs[0]),
                    EQUALS,
                    *joined(_values(symbols, expansion.factors), signs[1]),
                    EQUALS,
                    number(factor.value, lead, strong=True),
                )
            )
        ]
    terms = [lead]
    for latex in (factor.formula, factor.numbers):
        if latex:
            terms += [EQUALS, Term(latex, plain(latex), role=factor.role)]
    return [Line((*terms, EQUALS, number(factor.value, lead, strong=True)))]


def sentence_line(derivation: Derivation, form: Form) -> Line:
    """The gradient in plain words, each factor's in its colour."""
    what = "bias" if derivation.parameter.is_bias else "weight"
    if form.sign < 0:
        head = f"Minus how fast the error changes with this {what}:"
    else:
        head = f"How fast the error changes with this {what}:"
    parts = [Term(text=f.words, role=f.role, units=f.units, factor=f) for f in form.factors]
    tail = f" ({form.words})" if form.words else ""
    return Line((Term(text=head), *joined(parts, Term(text="times")), Term(text=f"{tail}.")))


def update_lines(update: Update) -> list[Line]:
    """w ← w + Δw, and what Δw is made of."""
    latex, text = of_parameter(update.label)
    name = symbol(latex, text)
    if update.resting:
        return [
            Line((name, _ARROW, name, EQUALS, number(update.after, strong=True))),
            Line(words=update.resting),
        ]
    if len(update.parts) == 1 and update.rate:
        gradient = -update.change / update.rate
        slope = symbol(*partial(("E", "E"), (latex, text)))
        rate = symbol(r"\varepsilon", "ε")
        return [
            Line(
                (
                    *(name, _ARROW, name, _MINUS, rate, DOT, slope, EQUALS),
                    *(number(update.before), _MINUS, number(update.rate), TIMES, number(gradient)),
                    *(EQUALS, number(update.after, strong=True)),
                )
            )
        ]
    change = symbol(rf"\Delta {latex}", f"Δ{text}")
    shown = joined([number(part.value) for part in update.parts], PLUS)
    step = (name, _ARROW, name, PLUS, change, EQUALS)
    return [
        Line((Term(update.formula, f"{update.optimizer}: {plain(update.formula)}"),)),
        Line((change, EQUALS, *shown, EQUALS, number(update.change))),
        Line(words=f"In order: {', '.join(part.name for part in update.parts)}."),
        Line(
            (*step, number(update.before), PLUS, number(update.change), EQUALS)
            + (number(update.after, strong=True),)
        ),
    ]


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


def _values(symbols: Sequence[Term], factors: Iterable[Factor]) -> list[Term]:
    return [number(f.value, term) for term, f in zip(symbols, factors, strict=True)]


_PLAIN = {
    r"\mathrm": "",
    r"\frac": "",
    r"\tfrac12": "½",
    r"\tfrac1K": "1/K",
    r"\cdot": "·",
    r"\times": "×",
    r"\partial": "∂",
    r"\varepsilon": "ε",
    r"\alpha": "α",
    r"\Delta": "Δ",
    r"\lambda": "λ",
    r"\eta": "η",
    r"\delta": "δ",
    r"\sum": "Σ",
    r"\sqrt": "√",
    r"\hat": "",
    r"\ldots": "…",
    r"\left": "",
    r"\right": "",
    r"\,": " ",
    "}{": "/",
    "{": "",
    "}": "",
    "\\": "",
}


def plain(latex: str) -> str:
    """LaTeX as plain text, good enough to be read in a terminal."""
    for command, text in _PLAIN.items():
        latex = latex.replace(command, text)
    return " ".join(latex.replace("-", "−").split())
