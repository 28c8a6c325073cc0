"""Numbers in the maths font, and calculations that need nothing but numbers and signs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from bpviz.gui.explain.formula_numbers import calculation, calculation_text, skeleton
from bpviz.gui.explain.glyphs import Glyphs, written


@pytest.fixture
def glyphs(qtbot):
    return Glyphs()


def ink(glyphs, text, size=40, strong=False, ratio=1.0) -> np.ndarray:
    """What drawing a number at (20, 60) leaves, by device pixel."""
    image = QImage(round(400 * ratio), round(80 * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    glyphs.draw(painter, 20.0, 60.0, text, size, "#000000", strong, ratio)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return (rows >> 24).astype(int)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-0.0137, 4, "−0.0137"),
        (0.74136507, 9, "0.741365070"),
        (0.74136507, 6, "0.741365"),
        (0.4, 9, "0.4"),
        (1.2347e-7, 4, "1.235·10⁻⁷"),
        (-3.25e16, 4, "−3.250·10¹⁶"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (math.nan, 4, "NaN"),
        (math.inf, 4, "∞"),
        (-math.inf, 4, "−∞"),
    ],
)
def test_numbers_as_they_are_set(value, digits, text):
    assert written(value, digits) == text


@pytest.mark.parametrize("size", [12, 15, 16, 20, 28])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_digits_are_equally_wide_and_stand_on_whole_pixels(glyphs, size, ratio):
    widths = {glyphs.width(digit, size, ratio) for digit in "0123456789"}
    assert len(widths) == 1
    assert (widths.pop() * ratio).is_integer()
    assert glyphs.width("0.1234", size, ratio) == pytest.approx(
        5 * glyphs.width("7", size, ratio) + glyphs.width(".", size, ratio)
    )


def test_digits_stand_on_the_baseline(glyphs):
    rows = np.flatnonzero((ink(glyphs, "1") > 128).any(axis=1))
    assert abs(rows[-1] + 1 - 60) <= 1
    # As high as STIX's capitals, two thirds of the size.
    assert rows[-1] - rows[0] == pytest.approx(0.66 * 40, abs=3)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_number_takes_the_width_it_says(glyphs, ratio):
    for text in ("−0.1042", "741365", "1.2·10⁻⁵"):
        columns = np.flatnonzero(ink(glyphs, text, ratio=ratio).any(axis=0)) / ratio
        end = 20 + glyphs.width(text, 40, ratio)
        assert columns[0] >= 20 - 1
        assert end - 6 <= columns[-1] <= end + 1


def test_exponents_are_small_and_raised(glyphs):
    raised, plain = ink(glyphs, "⁵"), ink(glyphs, "5")
    lowest = [np.flatnonzero(rows.any(axis=1))[-1] for rows in (raised, plain)]
    assert lowest[0] < lowest[1] - 8
    assert glyphs.width("⁵", 40) < glyphs.width("5", 40)


def test_results_are_bold_and_no_wider(glyphs):
    assert ink(glyphs, "0.5", strong=True).sum() > 1.15 * ink(glyphs, "0.5").sum()


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("-(0.01-0.751365070)", "−(0.01 − 0.7514)"),
        (r"0.751365070\,(1-0.751365070)", "0.7514\N{THIN SPACE}(1 − 0.7514)"),
        ("1-0.639967433^2", "1 − 0.6400²"),
        ("1-(-0.888799167)^2", "1 − (−0.8888)²"),
        (r"-2\,(1-0.25)", "−2\N{THIN SPACE}(1 − 0.25)"),
        (r"\tfrac12 (0.01-0.751365070)^2", "½(0.01 − 0.7514)²"),
        (r"-1\,\log 0.751365070", "−1\N{THIN SPACE}log 0.7514"),
        ("[0.3775 > 0]", "[0.3775 > 0]"),
        (r"0.123456\cdot 1-0", "0.1235 · 1 − 0"),
        (r"1.234567890\cdot 10^{-7}-1", "1.235·10⁻⁷ − 1"),
    ],
)
def test_calculations_are_read(latex, text):
    parts = calculation(latex)
    assert parts is not None
    assert calculation_text(parts, 4) == text


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{0.5}{2}",
        r"\mathrm{out}_{h1}",
        "w_5",
        "=",
        "(",
        r"\cdot",
        r"\logit 5",
        # A power of a number with a power of ten needs brackets; this is no LaTeX.
        r"1.5\cdot 10^{-5}^2",
        "",
    ],
)
def test_other_latex_is_left_to_the_typesetter(latex):
    assert calculation(latex) is None


def test_one_formula_at_two_moments_has_one_skeleton():
    formula = r"\frac{0.25-1}{y_2\,(1-3.5\cdot 10^{-7})}"
    assert skeleton(formula) == skeleton(formula.replace("0.25", "0.5"))
    assert skeleton(r"w_{1}") != skeleton(r"w_{2}")
