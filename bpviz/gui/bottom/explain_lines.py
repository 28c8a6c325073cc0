"""The lines of the Explain page: a derivation, what was opened in it, and what it lights up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from bpviz.explain.explanation import Explanation
from bpviz.explain.factors import Factor, Form
from bpviz.explain.formula import factor_lines, gradient_line, sentence_line, update_lines
from bpviz.explain.numerical import Numerical
from bpviz.explain.terms import EQUALS, Line, Term, number
from bpviz.gui.explain.formula_layout import is_sentence
from bpviz.gui.explain.formula_numbers import calculation
from bpviz.gui.session import Mark

# The symbols from a factor of the formula down to an opened one: the same at every moment.
Path = tuple[str, ...]

_OPENED = Term(r"\hookrightarrow", "↳")


@dataclass(eq=False)
class Shown:
    """Lines, which of them are small and grey, and where each clickable term leads."""

    lines: list[Line] = field(default_factory=list)
    quiet: set[int] = field(default_factory=set)
    _paths: dict[int, Path] = field(default_factory=dict)

    def path_of(self, term: Term) -> Path | None:
        """The path of a term of these lines that can be opened; None for any other."""
        return self._paths.get(id(term))

    def add(
        self,
        line: Line,
        opened: Collection[Path] = (),
        running: bool = False,
        quiet: bool = False,
        above: Path = (),
    ) -> None:
        """Add a line and below it what was opened of it. Its first factor is `above` itself."""
        if quiet:
            self.quiet.add(len(self.lines))
        self.lines.append(line)
        ways: dict[Path, Factor] = {}
        for term in line.terms:
            factor = term.factor
            if factor is None or not can_open(factor):
                continue
            path = above if above and factor.text == above[-1] else (*above, factor.text)
            self._paths[id(term)] = path
            if path != above:
                ways.setdefault(path, factor)
        for path, factor in ways.items():
            if path in opened:
                for inner in factor_lines(factor):
                    terms = _steady(inner.terms, factor) if running else inner.terms
                    inner = Line((_OPENED, *terms))
                    self.add(inner, opened, running, quiet=True, above=path)


def can_open(factor: Factor) -> bool:
    """Whether there is more to say about a factor than its value."""
    return bool(factor.formula) or factor.expansion is not None


def derivation_lines(
    explanation: Explanation, form: Form, opened: Collection[Path], running: bool
) -> Shown:
    """Formula, update, words and check of one parameter.

    While training is `running`, formulas with numbers in them that would have to be typeset again
    at every moment are left out.
    """
    shown = Shown()
    derivation = explanation.derivation
    # With a penalty, the line itself is what the form's one factor opens to.
    above = (form.factors[0].text,) if derivation.penalized else ()
    shown.add(gradient_line(derivation, form), opened, running, above=above)
    for line in update_lines(explanation.update):
        shown.add(_lowered(line), quiet=True)
    shown.add(sentence_line(derivation, form))
    shown.add(_reason(explanation.reason, explanation.numerical))
    return shown


def scene_lines(
    words: Sequence[str], lines: Sequence[Line], opened: Collection[Path], low: bool = False
) -> Shown:
    """Sentences, then formulas of one size, with what was opened of them.

    `low` sets derivatives with a slash.
    """
    shown = Shown()
    for text in words:
        shown.add(Line(words=text))
    if low:
        lines = [_lowered(line) for line in lines]
    fractions = any(r"\frac" in term.latex for line in lines for term in line.terms)
    for line in lines:
        shown.add(line, opened, quiet=fractions and not is_sentence(line))
    return shown


def form_marks(form: Form) -> tuple[Mark, ...]:
    """What the factors of a form speak of, each in its colour."""
    return tuple(
        Mark(factor.role, factor.units, factor.parameters)
        for factor in form.factors
        if factor.units or factor.parameters
    )


def _steady(terms: tuple[Term, ...], factor: Factor) -> tuple[Term, ...]:
    """Without the LaTeX that has this moment's numbers in it, but where glyphs can write it."""
    changing = factor.numbers
    if not changing or changing == factor.formula or calculation(changing) is not None:
        return terms
    kept: list[Term] = []
    for term in terms:
        if term.number is None and term.latex == changing:
            if kept and kept[-1] is EQUALS:
                kept.pop()
        else:
            kept.append(term)
    return tuple(kept)


def _lowered(line: Line) -> Line:
    """Plain derivatives with a slash: fractions would make a low line a high one."""
    return Line(tuple(map(_slashed, line.terms)), line.words)


def _slashed(term: Term) -> Term:
    top, _, bottom = term.latex.removeprefix(r"\frac{").removesuffix("}").partition("}{")
    if not top.startswith(r"\partial") or not bottom.startswith(r"\partial"):
        return term
    return replace(term, latex=f"{top}/{bottom}")


def _reason(reason: str, numerical: Numerical) -> Line:
    """Why it moves, and how far a measured slope agrees."""
    if not numerical.digits:
        return Line(words=f"{reason} {numerical.sentence()}")
    digits = numerical.digits
    return Line(
        (
            Term(text=reason),
            Term(text="Numerical check (E(w+ε) − E(w−ε)) / 2ε ="),
            number(numerical.value),
            Term(text=f"✓ agrees to {digits} digit{'s' * (digits > 1)}", strong=True),
        )
    )
