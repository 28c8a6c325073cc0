"""Where the marks of an axis go and what they say."""

from __future__ import annotations

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def nice_step(span: float, count: int) -> float:
    """The step 1, 2 or 5 times a power of ten that divides `span` into at most `count` parts."""
    raw = span / max(1, count)
    if not (raw > 0 and math.isfinite(raw)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1.0, 2.0, 5.0):
        if factor * power >= raw * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def linear_ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers from `low` to `high`, at most `count` + 1; none where that is no range."""
    if not math.isfinite(high - low):
        return []
    step = nice_step(high - low, count)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [k * step for k in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Exponents, base ten, of the round numbers between 10^low and 10^high.

    1, 2 and 5 of each decade when so many fit, else whole decades, every second one, and so on.
    """
    decades = range(math.floor(low), math.ceil(high) + 1)
    for factors in ((1, 2, 5), (1, 3)):
        ticks = [d + math.log10(f) for d in decades for f in factors]
        inside = [t for t in ticks if low <= t <= high]
        if 2 <= len(inside) <= count:
            return inside
    if high - low < 1:
        values = linear_ticks(10.0**low, 10.0**high, count)
        return [math.log10(v) for v in values if v > 0]
    step = max(1, math.ceil((high - low) / max(1, count)))
    return [float(d) for d in decades if low <= d <= high and d % step == 0]


def tick_text(value: float, step: float, largest: float = 0.0) -> str:
    """A mark's number with as many decimals as its step asks for.

    `largest` is the largest one on the axis, so that either all or none are powers of ten.
    """
    if abs(value) < step * 1e-6:
        return "0"
    size = max(abs(value), step, largest)
    if size >= 1e6 or size < 1e-4:
        return power_text(value)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{decimals}f}".replace("-", "−")


def log_tick_text(exponent: float) -> str:
    """The number 10^exponent in short."""
    value = 10.0**exponent
    if not 1e-4 < value < 1e5:
        return power_text(value)
    return f"{value:.3g}"


def power_text(value: float) -> str:
    """A very large or small number: 2·10⁻⁶."""
    mantissa, exponent = f"{value:.1e}".split("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    head = mantissa.removesuffix(".0").replace("-", "−")
    return {"1": power, "−1": "−" + power}.get(head, f"{head}·{power}")


def value_text(value: float, digits: int = 4) -> str:
    """A value for reading off: `digits` significant ones, true minus, a dash for no number."""
    if not math.isfinite(value):
        return "–"
    if value and not 1e-4 <= abs(value) < 1e6:
        return power_text(value)
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(decimals, digits)}f}".replace("-", "−")
