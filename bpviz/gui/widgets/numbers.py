"""How numbers are written and read in fields."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"


def format_number(value: float, digits: int = 6) -> str:
    """A number as short as it goes: exactly, if that takes no more than `digits` digits."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e").replace("-", MINUS)


def exact_number(value: float) -> str:
    """A number with all its digits, so that reading it back gives the same one."""
    short = f"{value:.6g}"
    text = short if float(short) == value else repr(value)
    return text.replace("e-0", "e-").replace("e+0", "e").replace("-", MINUS)


def parse_number(text: str) -> float | None:
    """The number that a text stands for, or None. A decimal comma and a true minus are fine."""
    text = text.strip().replace(MINUS, "-").replace("\N{NO-BREAK SPACE}", "")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text.replace("_", "x"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def loss_text(value: float) -> str:
    """An error for a headline: four digits behind the point, or a power of ten when tiny."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    if value != 0 and (abs(value) < 5e-4 or abs(value) >= 1e5):
        return f"{value:.2e}".replace("e-0", "e-").replace("e+0", "e").replace("-", MINUS)
    digits = 4 if abs(value) < 100 else 2
    return f"{value:.{digits}f}".replace("-", MINUS)


def percent_text(value: float) -> str:
    """A share as a percentage with one decimal; "100 %" only when it is all."""
    if math.isnan(value):
        return "–"
    if value == 1:
        return "100 %"
    return f"{min(value * 100, 99.9):.1f} %"


def nice(value: float, digits: int = 2) -> float:
    """The nearest number with few digits."""
    return float(f"{value:.{digits - 1}e}")
