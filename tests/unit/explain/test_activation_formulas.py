"""The formulas of activations, with numbers put in and worked out, give what the engine gives."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.explain.names import with_numbers

ELEMENTWISE = [kind for kind, entry in ACTIVATIONS.items() if entry.elementwise]
FUNCTIONS = {name: getattr(math, name) for name in ("sqrt", "tanh", "log", "sin", "cos", "e", "pi")}

# LaTeX and the same in Python, each until it occurs no more.
IN_PYTHON = (
    (r"\\t?frac(\d)(\d)", r"((\1)/(\2))"),
    (r"\^(\d)", r"**\1"),
    (r"\^\{([^{}]*)\}", r"**(\1)"),
    (r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\|([^|]*)\|", r"abs(\1)"),
    (r"\[([^][]*)\]", r"float(\1)"),
    (r"\\cdot|\\,", "*"),
    (r"\\leq", "<="),
    (r"([\d)])\s*\(", r"\1*("),
)


def worked_out(latex: str) -> float:
    """The value of a formula of numbers; Python does the arithmetic."""
    text, before = latex, ""
    while text != before:
        before = text
        # Inner braces first: a fraction waits for the powers in it.
        for pattern, python in IN_PYTHON:
            text = re.sub(pattern, python, text)
    return float(eval(text.replace("\\", ""), FUNCTIONS))


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\tfrac12\,3", 1.5),
        (r"\frac{1}{1+e^{-(-0.5)}}", 1 / (1 + math.exp(0.5))),
        (r"\sqrt{\tfrac{2}{\pi}}\,(1-3)", -2 * math.sqrt(2 / math.pi)),
        (r"2\cdot [(-1) \leq 0]", 2.0),
        (r"\max(0, 1.5\cdot 10^{-2})(2)", 0.03),
        (r"e^{-(-2)^2}\cdot |-3|", 3 * math.exp(-4)),
    ],
)
def test_formulas_are_worked_out(latex: str, value: float) -> None:
    assert worked_out(latex) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("net", [0.0, 0.7, -0.7, 5.0, -5.0, 30.0, -30.0])
@pytest.mark.parametrize("kind", ELEMENTWISE)
def test_value_and_slope(kind: str, net: float) -> None:
    activation = ACTIVATIONS.make(kind)
    nets = np.array([[net]])
    out, slope = np.empty_like(nets), np.empty_like(nets)
    activation.forward(nets, out, np.empty_like(nets))
    activation.derivative(nets, out, slope)
    numbers = {"net": net, "out": float(out[0, 0])} | activation.constants
    for formula, value in (
        (activation.formula, out[0, 0]),
        (activation.derivative_formula, slope[0, 0]),
    ):
        found = worked_out(with_numbers(formula, numbers, 1))
        assert found == pytest.approx(value, rel=1e-7, abs=1e-7)
