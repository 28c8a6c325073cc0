"""An explanation for a terminal, a paper and a program: plain text, LaTeX, and a JSON table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpviz.explain.explanation import Explanation
from bpviz.explain.factors import Derivation, Expansion, Factor, Form
from bpviz.explain.formula import (
    check_line,
    factor_lines,
    gradient_line,
    sentence_line,
    update_lines,
)
from bpviz.explain.terms import Line

# How far factors are opened by themselves: a sum, its terms, their deltas, and what these are.
_DEPTH = 5


def report_lines(explanation: Explanation) -> list[Line]:
    """Everything there is to say, line by line; factors are opened down to the outputs."""
    derivation = explanation.derivation
    lines: list[Line] = []
    for form in derivation.forms:
        if len(derivation.forms) > 1:
            lines.append(Line(words=_title(form)))
        lines += [gradient_line(derivation, form), sentence_line(derivation, form)]
        seen: set[int] = set()
        for factor in _to_open(derivation, form):
            lines += _opened(factor, seen, _DEPTH)
    lines += [
        Line(words="Update"),
        *update_lines(explanation.update),
        Line(words="Check"),
        check_line(explanation.numerical),
        Line(words=explanation.why),
    ]
    return lines


def _title(form: Form) -> str:
    """The form's name, and what of it stays whole."""
    title = f"{form.name.capitalize()} form"
    for factor in form.factors:
        if _is_lost(factor):
            return f"{title}, but for {factor.text}, which stays whole: it would be 0 · ∞"
    return title


def _is_lost(factor: Factor) -> bool:
    """Whether it is a ∂E/∂net of which the saturated parts cannot be shown."""
    return factor.text.startswith("∂E/∂net") and factor.expansion is None and not factor.formula


def _to_open(derivation: Derivation, form: Form) -> tuple[Factor, ...]:
    """The factors that the line of the gradient shows."""
    whole = form.factors[0].expansion if derivation.penalized else None
    return form.factors if whole is None else whole.factors


def _opened(factor: Factor, seen: set[int], depth: int) -> Iterator[Line]:
    """How a factor comes about, each once, however many lead to it."""
    if id(factor) in seen or not depth:
        return
    seen.add(id(factor))
    if factor.expansion is None and not factor.formula:
        return
    yield from factor_lines(factor)
    if factor.expansion is not None:
        for part in factor.expansion.factors:
            yield from _opened(part, seen, depth - 1)


def as_text(explanation: Explanation) -> str:
    """For a terminal."""
    derivation = explanation.derivation
    head = f"{derivation.label} ({derivation.place}) = {derivation.value:.9g}, {derivation.of}"
    return "\n".join([head, *(line.text() for line in report_lines(explanation))])


def as_latex(explanation: Explanation) -> str:
    """For a paper: the lines of one `aligned` environment."""
    rows = " \\\\\n".join(f"&{line.latex()}" for line in report_lines(explanation))
    return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"


def as_table(explanation: Explanation) -> dict[str, Any]:
    """For a program: plain values; the factors multiply to the gradient."""
    derivation, update = explanation.derivation, explanation.update
    return {
        "parameter": derivation.label,
        "place": derivation.place,
        "of": derivation.of,
        "value": derivation.value,
        "gradient": derivation.gradient,
        "numerical_gradient": explanation.numerical.value,
        "digits": explanation.numerical.digits,
        "factors": [_factor_table(factor, _DEPTH) for factor in derivation.factors],
        "forms": [
            {
                "name": form.name,
                "sign": form.sign,
                # Those of the first form are opened above.
                "factors": [_factor_table(f, _DEPTH if k else 1) for f in form.factors],
            }
            for k, form in enumerate(derivation.forms)
        ],
        "update": {
            "before": update.before,
            "after": update.after,
            "change": update.change,
            "rate": update.rate,
            "parts": [{"name": part.name, "value": part.value} for part in update.parts],
        },
        "why": explanation.why,
    }


def _factor_table(factor: Factor, depth: int) -> dict[str, Any]:
    table: dict[str, Any] = {
        "symbol": factor.text,
        "latex": factor.latex,
        "value": factor.value,
        "words": factor.words,
    }
    if factor.formula:
        table["formula"] = factor.formula
    expansion: Expansion | None = factor.expansion if depth > 1 else None
    if expansion is not None:
        table[expansion.kind] = [_factor_table(part, depth - 1) for part in expansion.factors]
    return table
