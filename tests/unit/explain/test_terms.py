"""Lines as text and as LaTeX: numbers, signs between them, and words."""

from __future__ import annotations

import math

import pytest

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
    number_text,
    symbol,
    text_latex,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05, "0.05"),
        (1.0, "1"),
        (-3.0, "-3"),
        (-0.0, "0"),
        (0.2748110833, "0.274811083"),
        (0.0001234567891, "0.000123457"),
        (0.000001234567891, "1.23456789e-06"),
        (-12345678.9012345, "-1.23456789e+07"),
        (math.inf, "inf"),
    ],
)
def test_numbers(value, text):
    assert number_text(value) == text


def test_fewer_digits():
    assert number_text(0.2748110833, 3) == "0.275"
    assert Line((number(0.2748110833),)).text(4) == "0.2748"


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (1.234567891e-12, r"1.23456789\cdot 10^{-12}"),
        (-0.5, "-0.5"),
        (math.inf, r"\infty"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\mathrm{nan}"),
    ],
)
def test_numbers_in_latex(value, latex):
    assert number_latex(value) == latex


def test_a_negative_number_keeps_its_sign_apart_from_the_operator():
    minus = symbol("-", "−")
    line = Line((number(-1.0), PLUS, number(-2.0), TIMES, number(-3.0), EQUALS, number(-4.0)))
    assert line.text() == "−1 − 2 × (−3) = −4"
    assert line.latex() == r"-1 - 2 \times (-3) = -4"
    line = Line((number(1.0), minus, number(-2.0), DOT, number(3.0), PLUS, number(0.5)))
    assert line.text() == "1 − (−2) · 3 + 0.5"
    assert line.latex() == r"1 - (-2) \cdot 3 + 0.5"


def test_words_alone():
    line = Line(words="50 % of h_1 & {x} #2 $ ~ ^ \\")
    assert line.text() == "50 % of h_1 & {x} #2 $ ~ ^ \\"
    assert line.latex() == (
        r"\text{50 \% of h\_1 \& \{x\} \#2 \$ "
        r"\textasciitilde{} \textasciicircum{} \textbackslash{}}"
    )


def test_signs_among_words():
    latex = text_latex("h1₁₂ is ½ out², −0.5 × λ₂ → “E”")
    assert latex == (
        r"\text{h1$_{12}$ is $\frac12$ out$^2$, $-$0.5 $\times$ $\lambda _{2}$ $\to$ ``E''}"
    )


def test_terms_without_latex_are_text_in_latex():
    """They stand together, so that the spaces between them are kept."""
    line = Line(
        (Term(text="momentum_1:"), Term(text="one"), Term(text=", two."), Term("a=b", "a=b"))
    )
    assert line.text() == "momentum_1: one, two. a=b"
    assert line.latex() == r"\text{momentum\_1: one, two.} a=b"
    assert text_latex("a") == r"\text{a}"


def test_a_number_looks_like_what_it_is_the_value_of():
    lead = Term("x", "x", role="error", units=(("h", 0),))
    shown = number(2.0, lead, strong=True)
    assert (shown.role, shown.units, shown.number, shown.strong) == ("error", lead.units, 2.0, True)
    assert number(2.0).role == ""


def test_joined():
    a, b = symbol("a", "a"), symbol("b", "b")
    assert joined([], PLUS) == ()
    assert joined([a], PLUS) == (a,)
    assert joined([a, b], PLUS) == (a, PLUS, b)
