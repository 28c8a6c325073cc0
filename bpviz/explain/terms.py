"""Formulas as data: a line is a row of terms, each with its colour and what it speaks of.

Text, LaTeX, the coloured rendering and the highlighting on the canvas are renderings of it.
"""

from __future__ import annotations

import math
import re
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

MINUS = "\N{MINUS SIGN}"
# After these a negative number stands in parentheses.
_BINDING = {"×", "·", "−", r"\times", r"\cdot", "-"}
_SPECIAL = re.compile(r"[\\{}%&#$_~^]")
_SPELLED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
# Signs among words that pdfLaTeX knows only in formulas.
_COMMANDS = (
    r"\partial \Delta \Sigma \infty \surd \alpha \beta \delta \varepsilon \eta \lambda \pi "
    r"\frac12 ^2 \to \leftarrow - \cdot \times \pm \approx \ldots _0 _1 _2 _3 _4 _5 _6 _7 _8 _9"
)
_SIGNS = dict(zip("∂ΔΣ∞√αβδεηλπ½²→←−·×±≈…₀₁₂₃₄₅₆₇₈₉", _COMMANDS.split(), strict=True))
_QUOTES = str.maketrans({"“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---"})
_SIGN_RUN = re.compile(f"[{''.join(_SIGNS)}]+")
_SUBSCRIPT_RUN = re.compile("(?:_[0-9] ?)+")


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
        parts: list[str] = []
        for term in self.terms:
            if term.number is None:
                parts.append(term.text)
            else:
                shown = number_text(term.number, digits)
                if shown.startswith("-"):
                    shown = MINUS + shown[1:]
                _place(parts, shown, MINUS)
        return _sentence(parts)

    def latex(self, digits: int = DIGITS) -> str:
        """The line as LaTeX."""
        if self.words:
            return text_latex(self.words)
        parts: list[str] = []
        words: list[str] = []
        for term in (*self.terms, Term()):
            if term.text and not term.latex:
                words.append(term.text)
                continue
            if words:
                parts.append(text_latex(_sentence(words)))
                words = []
            if term.number is None:
                parts.append(term.latex)
            else:
                _place(parts, number_latex(term.number, digits), "-")
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
    """The same as LaTeX."""
    if not math.isfinite(value):
        return r"\mathrm{nan}" if math.isnan(value) else r"-\infty" if value < 0 else r"\infty"
    text = number_text(value, digits)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    return text


def text_latex(words: str) -> str:
    """Words as LaTeX, in a formula; mathematical signs among them are formulas of their own."""
    escaped = _SPECIAL.sub(lambda m: _SPELLED.get(m[0], rf"\{m[0]}"), words)
    signs = _SIGN_RUN.sub(lambda m: f"${_signs_latex(m[0])}$", escaped)
    return rf"\text{{{signs.translate(_QUOTES)}}}"


def _signs_latex(signs: str) -> str:
    """A run of signs; the digits of one subscript belong together."""
    latex = " ".join(_SIGNS[sign] for sign in signs)
    return _SUBSCRIPT_RUN.sub(lambda m: f"_{{{re.sub('[_ ]', '', m[0])}}}", latex)


def _place(parts: list[str], shown: str, minus: str) -> None:
    """Add a number: + -a becomes - a, and × -a becomes × (-a)."""
    if parts and shown.startswith(minus):
        if parts[-1] == "+":
            parts[-1], shown = minus, shown[len(minus) :]
        elif parts[-1] in _BINDING:
            shown = f"({shown})"
    parts.append(shown)


def _sentence(parts: list[str]) -> str:
    return " ".join(part for part in parts if part).replace(" .", ".").replace(" ,", ",")


def joined(terms: Iterable[Term], between: Term) -> tuple[Term, ...]:
    """The terms with an operator between each two."""
    result: list[Term] = []
    for term in terms:
        if result:
            result.append(between)
        result.append(term)
    return tuple(result)
