"""Formulas as data: a line is a row of terms, each with its colour and what it speaks of.

Text, LaTeX, the coloured rendering and the highlighting on the canvas are renderings of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from bpviz.engine.spec import ParameterId

if TYPE_CHECKING:
    from bpviz.explain.factors import Factor

# What a term stands for; a view gives each role a colour of its own ("" is plain text).
# error: how the error changes with something; slope: of the activation; carried: what a
# connection carries, or its weight.
Role = Literal["", "error", "slope", "carried"]

DIGITS = 9


class UnitRef(NamedTuple):
    """A unit by the id of its layer and its lasting id."""

    layer: str
    unit: int


@dataclass(frozen=True, eq=False)
class Term:
    """One piece of a formula: a symbol in LaTeX and in plain text, or a number.

    `units` and `parameters` are what it speaks of, for the canvas to light up. `factor` is what
    opens when the term is clicked. `strong` marks a result.
    """

    latex: str = ""
    text: str = ""
    number: float | None = None
    role: Role = ""
    units: tuple[UnitRef, ...] = ()
    parameters: tuple[ParameterId, ...] = ()
    factor: Factor | None = None
    strong: bool = False


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a derivation: a formula, or (`words` alone) a sentence in plain words."""

    terms: tuple[Term, ...] = ()
    words: str = ""

    def text(self, digits: int = DIGITS) -> str:
        """The line as plain text, numbers with `digits` decimals."""
        if self.words:
            return self.words
        parts = [t.text if t.number is None else number_text(t.number, digits) for t in self.terms]
        return " ".join(part for part in parts if part).replace(" .", ".").replace(" ,", ",")

    def latex(self, digits: int = DIGITS) -> str:
        """The line as LaTeX."""
        if self.words:
            return rf"\text{{{self.words}}}"
        parts = [
            t.latex if t.number is None else number_latex(t.number, digits) for t in self.terms
        ]
        return " ".join(part for part in parts if part)


def symbol(latex: str, text: str) -> Term:
    """An operator or a name without a value, in plain colour."""
    return Term(latex, text)


EQUALS = symbol("=", "=")
TIMES = symbol(r"\times", "×")
DOT = symbol(r"\cdot", "·")
PLUS = symbol("+", "+")


def number(value: float, like: Term | None = None, strong: bool = False) -> Term:
    """A number, coloured and linked as the term that it is the value of."""
    if like is None:
        return Term(number=value, strong=strong)
    return Term(
        number=value,
        role=like.role,
        units=like.units,
        parameters=like.parameters,
        factor=like.factor,
        strong=strong,
    )


def number_text(value: float, digits: int = DIGITS) -> str:
    """A number with `digits` decimals; shorter where it is exact, such as 0.05.

    Where decimals would leave too little of it, it has a power of ten.
    """
    exact = repr(float(value) + 0.0)
    if "e" not in exact and len(exact.partition(".")[2]) <= digits // 2:
        return exact.removesuffix(".0")
    if not math.isfinite(value) or 10.0 ** -((digits + 1) // 2) <= abs(value) < 1e6:
        return f"{value:.{digits}f}"
    return f"{value:.{digits - 1}e}"


def number_latex(value: float, digits: int = DIGITS) -> str:
    text = number_text(value, digits)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    return text


def joined(terms: Iterable[Term], between: Term) -> tuple[Term, ...]:
    """The terms with an operator between each two."""
    result: list[Term] = []
    for term in terms:
        if result:
            result.append(between)
        result.append(term)
    return tuple(result)
