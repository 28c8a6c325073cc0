"""How numbers stand on operations and in the sentences about them."""

from __future__ import annotations

import math


def short_number(value: float) -> str:
    """A number with four decimals, fewer where that is exact; small ones with four digits."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if 0.01 <= abs(value) < 1e5:
        text = f"{value:.4f}"
        if float(text) == value:
            text = text.rstrip("0").rstrip(".")
    else:
        text = f"{value:.4g}".replace("e-0", "e-").replace("e+0", "e")
    return text.replace("-", "−")
