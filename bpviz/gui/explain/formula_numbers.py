"""LaTeX that is only numbers and signs, such as -(0.01-0.751365070), set without typesetting.

Formulas with this moment's numbers in them change with every moment. Most are so plain that the
kept glyphs can write them; then their numbers also show as many digits as fit.
"""

from __future__ import annotations

import functools
import re

from bpviz.gui.explain.glyphs import SUPERSCRIPT, written
from bpviz.gui.widgets.numbers import MINUS

_TOKENS = re.compile(
    r"(?P<number>\d+(?:\.\d+)?(?:\\cdot\s?10\^\{-?\d+\})?)"
    r"|\^(?P<power>\d|\{-?\d+\})"
    r"|(?P<sign>\\cdot(?![a-z])|\\times(?![a-z])|[-+=<>])"
    r"|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|(?P<half>\\tfrac12)|(?P<log>\\log(?![a-z]))"
    r"|(?P<thin>\\,)|(?P<space>\s+)"
)
_THIN_SPACE = "\N{THIN SPACE}"
_SIGNS = {r"\cdot": "·", r"\times": "×", "-": MINUS}
_DECIMAL = re.compile(r"\d+\.\d+(?:\\cdot\s?10\^\{-?\d+\})?")

# Characters, and numbers that are yet to be written with some number of digits.
Calculation = tuple[str | float, ...]


@functools.lru_cache(maxsize=512)
def calculation(latex: str) -> Calculation | None:
    """What LaTeX says if numbers, signs and brackets are all it has, else None."""
    parts: list[str | float] = []
    before, at = "open", 0
    while at < len(latex):
        match = _TOKENS.match(latex, at)
        if match is None or match.lastgroup is None:
            return None
        kind, text = match.lastgroup, match[match.lastgroup]
        at = match.end()
        if kind == "space":
            continue
        # 1.5·10⁻⁵² would be another number.
        if kind == "power" and before == "scaled":
            return None
        parts += _set(kind, text, unary=before in ("open", "sign"))
        before = "scaled" if kind == "number" and "^" in text else kind
    return tuple(parts) if any(isinstance(part, float) for part in parts) else None


def calculation_text(parts: Calculation, digits: int) -> str:
    """The characters of a calculation, its numbers with so many digits."""
    return "".join(part if isinstance(part, str) else written(part, digits) for part in parts)


@functools.lru_cache(maxsize=4096)
def skeleton(latex: str) -> str:
    """The LaTeX with its decimal numbers left out: equal for one formula at two moments."""
    return _DECIMAL.sub("#", latex)


def _set(kind: str, text: str, unary: bool) -> list[str | float]:
    if kind == "number":
        mantissa, _, power = text.partition(r"\cdot")
        exponent = re.sub(r"[^-\d]", "", power.partition("^")[2]) or "0"
        return [float(f"{mantissa}e{exponent}")]
    if kind == "power":
        return [text.strip("{}").translate(SUPERSCRIPT)]
    if kind == "sign":
        sign = _SIGNS.get(text, text)
        return [sign if unary else f" {sign} "]
    return [{"half": "½", "log": "log ", "thin": _THIN_SPACE}.get(kind, text)]
