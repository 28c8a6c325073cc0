"""LaTeX in one line of plain text."""

from __future__ import annotations

import re

import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.initializers import INITIALIZERS
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.schedules import SCHEDULES
from bpviz.explain.plain import plain

FORMULAS = [
    formula
    for registry in (ACTIVATIONS, LOSSES, OPTIMIZERS, INITIALIZERS, SCHEDULES)
    for entry in registry.values()
    for name in dir(entry)
    if name.endswith("formula") and (formula := getattr(entry, name))
]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{1}{1+e^{-net}}", "1/(1+e^−net)"),
        (r"\frac{out-target}{out\,(1-out)}", "(out−target)/(out (1−out))"),
        (r"\tfrac12 (target-out)^2", "½(target−out)²"),
        (r"-\tfrac2{10}(target-out)", "−2/10·(target−out)"),
        (r"\tfrac1K\sum (target-out)^2", "1/K·Σ (target−out)²"),
        (r"\Delta w=-\varepsilon\,\frac{\partial E}{\partial w}", "Δw=−ε ∂E/∂w"),
        (r"\frac{\hat m}{\sqrt{\hat v}+\eta}", "m\u0302/(√v\u0302+η)"),
        (r"\sqrt{a+b}", "√(a+b)"),
        (r"1.5\cdot 10^{-12}", "1.5·10⁻¹²"),
        (r"w_{21}", "w21"),
        (r"\lambda_2\,w_{5}", "λ₂ w5"),
        (r"\mathrm{out}_{h2_{3}}", "out_h2₃"),
        (r"\max(0, net)", "max(0, net)"),
        (r"\log(1+e^{net})", "log(1+e^net)"),
        (r"\frac{\frac{a}{b}}{c}", "a/b/c"),
        ("[net > 0]", "[net > 0]"),
        (r"out^{\gamma-1}", "out^(γ−1)"),
        (r"e^{-(-0.5)}", "e^−(−0.5)"),
        (r"\sqrt{\tfrac{2}{\pi}}\,(a+b)", "√(2/π) (a+b)"),
        (r"[net \leq 0]+\alpha", "[net ≤ 0]+α"),
        (r"w\sim N(0, \sigma^2)", "w ∼ N(0, σ²)"),
    ],
)
def test_plain(latex: str, text: str) -> None:
    assert plain(latex) == text


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_latex_is_left(formula: str) -> None:
    assert not set(plain(formula)) & set("\\{}")
    assert not re.search("frac|floor|prod|leq|gamma|mu", plain(formula))
