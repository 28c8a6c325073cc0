"""How quantities are called, in LaTeX and in plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bpviz.explain.moment import Moment
from bpviz.explain.terms import UnitRef, number_latex

_NAMES = re.compile(r"(?<![\\A-Za-z])(?:out|net|target|total|K)(?![A-Za-z_])|\\[A-Za-z]+")
_ACROSS = re.compile(r"out_k|out_j|\[k=j\]")
_USUAL = re.compile(r"[A-Za-z]+[0-9]*[₀-₉]*")
_SPECIAL = re.compile(r"[\\{}%&#$_~^ ]")
_SPELLED = {"\\": r"\backslash ", "~": r"\sim ", "^": r"\wedge "}
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_DOUBLE = re.compile(r"([(|])\((-[^()]*)\)([)|])")
# What is made of inputs x1 and x2: x1², x1·x2, sin x1.
_MADE = re.compile(r"(?:sin )?[A-Za-z][0-9]+²?(?:·[A-Za-z][0-9]+)?")
_SUBSCRIPT = re.compile(r"[₀-₉]+")


def subscript(name: str) -> str:
    """A unit's short name as LaTeX: h2₃ becomes h2_{3}. What a person chose may be any text."""
    if not _USUAL.fullmatch(name):
        escaped = _SPECIAL.sub(lambda m: _SPELLED.get(m[0], rf"\{m[0]}"), name)
        return rf"\mathrm{{{escaped}}}"
    return _SUBSCRIPT.sub(lambda m: f"_{{{m[0].translate(_PLAIN)}}}", name)


def of_unit(quantity: str, name: str) -> tuple[str, str]:
    """(LaTeX, text) of out, net, target, E or f of a unit: out_{o1}, out_o1."""
    head = quantity if len(quantity) == 1 else rf"\mathrm{{{quantity}}}"
    return f"{head}_{{{subscript(name)}}}", f"{quantity}_{name}"


def of_parameter(label: str) -> tuple[str, str]:
    """(LaTeX, text) of w21: w_{21}, w21."""
    return f"{label[0]}_{{{label[1:]}}}", label


def partial(of: tuple[str, str], by: tuple[str, str]) -> tuple[str, str]:
    """(LaTeX, text) of the derivative of one quantity by another."""
    return rf"\frac{{\partial {of[0]}}}{{\partial {by[0]}}}", f"∂{of[1]}/∂{by[1]}"


def filled(formula: str, values: Mapping[str, str]) -> str:
    """A registry entry's formula with names (out, net, target, total, K) or symbols replaced."""
    return _NAMES.sub(lambda m: values.get(m[0], m[0]), formula)


def with_constants(formula: str, constants: Mapping[str, float]) -> str:
    """A registry entry's formula with the values of its settings in place of their symbols."""
    return filled(formula, {symbol: _enclosed(value) for symbol, value in constants.items()})


def named(formula: str, name: str, outputs: int, before_dropout: bool = False) -> str:
    """The formula with the unit's names in it; what a unit with dropout computes is called f."""
    values = {quantity: of_unit(quantity, name)[0] for quantity in ("out", "net", "target")}
    if before_dropout:
        values["out"] = of_unit("f", name)[0]
    values["total"] = r"\sum_j \mathrm{target}_j"
    return filled(formula, values | {"K": _count(outputs)})


def with_numbers(formula: str, values: Mapping[str, float], outputs: int) -> str:
    """The formula with numbers in it; a negative one, or one with a power, in parentheses."""
    texts = {quantity: _enclosed(value) for quantity, value in values.items()}
    return _DOUBLE.sub(r"\1\2\3", filled(formula, texts | {"K": _count(outputs)}))


def times(factor: str, formula: str) -> str:
    """A formula with a factor before it, in parentheses where it is a sum; "" stays ""."""
    if formula in ("", "1"):
        return factor if formula else ""
    return rf"{factor}\cdot ({formula})" if outer_signs(formula) else rf"{factor}\cdot {formula}"


def outer_signs(formula: str) -> list[int]:
    """Where a formula has + or -, outside of all brackets."""
    depth, found = 0, []
    for k, letter in enumerate(formula):
        depth += (letter in "({[") - (letter in ")}]")
        if letter in "+-" and not depth:
            found.append(k)
    return found


def by_dropout(mask: float | None) -> str:
    """What dropout does to a unit, in words to stand behind it; "" where there is none."""
    if mask is None:
        return ""
    return f" (times {mask:.6g}: dropout kept it)" if mask else " (left out by dropout)"


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
    """(LaTeX, text) of what a unit sends: x1 for an input (m·x1 with dropout), else out_h1."""
    name = moment.name(source)
    if moment.layer(source).is_input:
        if moment.mask(source, 0) is not None:
            return rf"m\,{_plain_symbol(name)}", f"m·{name}"
        return _plain_symbol(name), name
    return of_unit("out", name)


def _plain_symbol(name: str) -> str:
    if _MADE.fullmatch(name):
        squared = name.replace("²", "^2").replace("·", " ").replace("sin ", r"\sin ")
        return re.sub(r"([A-Za-z])([0-9]+)(?![0-9])", r"\1_{\2}", squared)
    match = re.fullmatch(r"([A-Za-z])([0-9]+)", name)
    return f"{match[1]}_{{{match[2]}}}" if match else rf"\mathrm{{{subscript(name)}}}"
