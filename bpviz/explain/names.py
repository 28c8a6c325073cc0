"""How quantities are called, in LaTeX and in plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bpviz.explain.moment import Moment
from bpviz.explain.terms import UnitRef, number_latex

_NAMES = re.compile(r"(?<![\\A-Za-z])(out|net|target|total|K)(?![A-Za-z_])")
_ACROSS = re.compile(r"out_k|out_j|\[k=j\]")
_USUAL = re.compile(r"[A-Za-z]+[0-9]*[₀-₉]*")
_SPECIAL = re.compile(r"[\\{}%&#$_~^ ]")
_SPELLED = {"\\": r"\backslash ", "~": r"\sim ", "^": r"\wedge "}
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_DOUBLE = re.compile(r"\(\((-[^()]*)\)\)")
_SUBSCRIPT = re.compile(r"[₀-₉]+")


def subscript(name: str) -> str:
    """A unit's short name as LaTeX: h2₃ becomes h2_{3}. What a person chose may be any text."""
    if not _USUAL.fullmatch(name):
        escaped = _SPECIAL.sub(lambda m: _SPELLED.get(m[0], rf"\{m[0]}"), name)
        return rf"\mathrm{{{escaped}}}"
    return _SUBSCRIPT.sub(lambda m: f"_{{{m[0].translate(_PLAIN)}}}", name)


def of_unit(quantity: str, name: str) -> tuple[str, str]:
    """(LaTeX, text) of out, net, target or E of a unit: out_{o1}, out_o1."""
    head = quantity if quantity == "E" else rf"\mathrm{{{quantity}}}"
    return f"{head}_{{{subscript(name)}}}", f"{quantity}_{name}"


def of_parameter(label: str) -> tuple[str, str]:
    """(LaTeX, text) of w21: w_{21}, w21."""
    return f"{label[0]}_{{{label[1:]}}}", label


def partial(of: tuple[str, str], by: tuple[str, str]) -> tuple[str, str]:
    """(LaTeX, text) of the derivative of one quantity by another."""
    return rf"\frac{{\partial {of[0]}}}{{\partial {by[0]}}}", f"∂{of[1]}/∂{by[1]}"


def filled(formula: str, values: Mapping[str, str]) -> str:
    """A registry entry's formula with the names out, net, target, total and K replaced."""
    return _NAMES.sub(lambda m: values.get(m[1], m[1]), formula)


def named(formula: str, name: str, outputs: int) -> str:
    """The formula with the unit's names in it."""
    values = {quantity: of_unit(quantity, name)[0] for quantity in ("out", "net", "target")}
    values["total"] = r"\sum_j \mathrm{target}_j"
    return filled(formula, values | {"K": _count(outputs)})


def with_numbers(formula: str, values: Mapping[str, float], outputs: int) -> str:
    """The formula with numbers in it; a negative one, or one with a power, in parentheses."""
    texts = {quantity: _enclosed(value) for quantity, value in values.items()}
    return _DOUBLE.sub(r"(\1)", filled(formula, texts | {"K": _count(outputs)}))


def across_units(formula: str, out_k: str, out_j: str, same: bool) -> str:
    """∂out_k/∂net_j of one unit's output by another's net input, with names or numbers in it."""
    values = {"out_k": out_k, "out_j": out_j, "[k=j]": "1" if same else "0"}
    return _ACROSS.sub(lambda m: values[m[0]], formula)


def _enclosed(value: float) -> str:
    text = number_latex(value)
    return f"({text})" if text.startswith("-") or "^" in text else text


def _count(outputs: int) -> str:
    """A number that may follow \\tfrac1: two digits need braces."""
    return str(outputs) if outputs < 10 else f"{{{outputs}}}"


def carried(moment: Moment, source: UnitRef) -> tuple[str, str]:
    """(LaTeX, text) of what a unit sends: x1 for an input, else out_h1."""
    name = moment.name(source)
    if moment.layer(source).is_input:
        return _plain_symbol(name), name
    return of_unit("out", name)


def _plain_symbol(name: str) -> str:
    match = re.fullmatch(r"([A-Za-z])([0-9]+)", name)
    return f"{match[1]}_{{{match[2]}}}" if match else rf"\mathrm{{{subscript(name)}}}"
