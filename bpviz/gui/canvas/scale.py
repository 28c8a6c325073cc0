"""How far the colours reach: ± the largest absolute value, rounded, slow to shrink."""

from __future__ import annotations

import math

# After this many pictures in a row that would do with a smaller scale, it shrinks.
_PATIENCE = 40
_MUCH_SMALLER = 0.75


def rounded_up(value: float) -> float:
    """The next number with two significant digits."""
    if not (value > 0 and math.isfinite(value)):
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    # What is within rounding of a step counts as that step: 0.3 is not 0.31.
    return float(f"{math.ceil(value / step - 1e-9) * step:.2g}")


class ColorScale:
    """The present reach of the colours for one quantity of one run."""

    def __init__(self) -> None:
        self.value = 0.0
        self._small = 0

    def follow(self, largest: float) -> float:
        """Take in the largest absolute value of a new picture, and return the reach.

        It is 0 when all values are zero, and stays when one is no number.
        """
        wanted = rounded_up(largest) if math.isfinite(largest) else self.value
        if wanted >= self.value:
            self.value, self._small = wanted, 0
        elif wanted == 0.0:
            self.value, self._small = 0.0, 0
        elif wanted < _MUCH_SMALLER * self.value:
            self._small += 1
            if self._small > _PATIENCE:
                self.value, self._small = rounded_up(largest * 1.15), 0
        else:
            self._small = 0
        return self.value


def short(value: float) -> str:
    """A number for labels: three significant digits, a real minus sign, no needless zeros."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    size = abs(value)
    if size >= 1e5 or size < 1e-4:
        mantissa, exponent = f"{size:.1e}".replace(".0e", "e").split("e")
        text = f"{mantissa}e{'−' if exponent[0] == '-' else ''}{int(exponent[1:])}"
    else:
        text = f"{size:.3g}" if size < 1000 else f"{size:,.0f}"
    return f"−{text}" if value < 0 else text


def exact(value: float) -> str:
    """A number for cards and fields: four digits that matter, as wide as its neighbours."""
    if not math.isfinite(value):
        return "not finite"
    size = abs(value)
    if size == 0:
        text = "0"
    elif size < 1e-3 or size >= 1e5:
        mantissa, exponent = f"{size:.3e}".split("e")
        text = f"{mantissa}e{'−' if exponent[0] == '-' else ''}{int(exponent[1:])}"
    else:
        text = f"{size:.4f}"
    return f"−{text}" if value < 0 else text


def in_two_digits(value: float) -> str:
    """A number for a small place on the canvas: two decimals, or one power of ten."""
    size = abs(value)
    if not math.isfinite(value):
        return "–"
    if size >= 1000 or 0 < size < 0.005:
        return short(float(f"{value:.1g}")) if size else "0"
    text = f"{size:.2f}" if size < 100 else f"{size:.0f}"
    return f"−{text}" if value < 0 and float(text) else text
