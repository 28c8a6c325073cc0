"""Elementary operations: each knows its value and how to differentiate itself.

To let an error be made of a new operation, add a line to KINDS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from bpviz.engine.activations import Array

# An argument: an array, or a number that stands in the error's definition.
Value: TypeAlias = "Array | float"


@dataclass(frozen=True)
class Slope:
    """How the result changes with one argument, element by element.

    `text` and `latex` have {0}, {1} where the arguments' names or numbers go.
    """

    text: str
    latex: str
    of: Callable[[Sequence[Value]], Value]


@dataclass(frozen=True)
class Kind:
    """An operation on numbers, done element by element, with one slope for each argument."""

    name: str
    text: str
    forward: Callable[..., Value]
    slopes: tuple[Slope, ...]


_ONE = Slope("1", "1", lambda _: 1.0)
_MINUS = Slope("−1", "-1", lambda _: -1.0)
_FIRST = Slope("{0}", "{0}", lambda x: x[0])
_SECOND = Slope("{1}", "{1}", lambda x: x[1])
_TWICE = Slope("2·{0}", r"2\,{0}", lambda x: 2.0 * x[0])
_INVERSE = Slope("1/{0}", r"\frac{{1}}{{{0}}}", lambda x: 1.0 / x[0])
_PART = Slope("1/{1}", r"\frac{{1}}{{{1}}}", lambda x: 1.0 / x[1])
_FLAT = Slope("0", "0", lambda x: np.zeros_like(x[0]))
_SIGN = Slope("sign {0}", r"\mathrm{{sign}}\,{0}", lambda x: np.sign(x[0]))
_TANH = Slope("tanh {0}", r"\tanh {0}", lambda x: np.tanh(x[0]))
_LARGER = Slope("[{0} > {1}]", "[{0} > {1}]", lambda x: np.greater(x[0], x[1]) * 1.0)
_SMALLER = Slope("[{1} > {0}]", "[{1} > {0}]", lambda x: np.greater(x[1], x[0]) * 1.0)
_BASE = Slope(
    "{1}·{0}^({1}−1)",
    r"{1}\cdot {0}^{{{1}-1}}",
    lambda x: x[1] * np.power(x[0], np.subtract(x[1], 1.0)),
)
_EXPONENT = Slope(
    "{0}^{1}·log {0}", r"{0}^{{{1}}}\log {0}", lambda x: np.power(x[0], x[1]) * np.log(x[0])
)
_MINUS_PART = Slope("−{0}/{1}²", r"-\frac{{{0}}}{{{1}^2}}", lambda x: -x[0] / (x[1] * x[1]))

KINDS = {
    kind.name: kind
    for kind in (
        Kind("add", "{0} + {1}", np.add, (_ONE, _ONE)),
        Kind("subtract", "{0} − {1}", np.subtract, (_ONE, _MINUS)),
        Kind("negate", "−{0}", np.negative, (_MINUS,)),
        Kind("multiply", "{0} · {1}", np.multiply, (_SECOND, _FIRST)),
        Kind("divide", "{0} / {1}", np.divide, (_PART, _MINUS_PART)),
        Kind("square", "{0}²", np.square, (_TWICE,)),
        Kind("log", "log {0}", np.log, (_INVERSE,)),
        Kind("power", "{0}^{1}", np.power, (_BASE, _EXPONENT)),
        Kind("absolute", "|{0}|", np.abs, (_SIGN,)),
        Kind("maximum", "max({0}, {1})", np.maximum, (_LARGER, _SMALLER)),
        Kind("step", "[{0} ≥ 0]", lambda x: np.heaviside(x, 1.0), (_FLAT,)),
        Kind("log cosh", "log cosh {0}", lambda x: np.logaddexp(x, -x) - np.log(2.0), (_TANH,)),
    )
}
