"""A derivation is data: a lazily expanded graph of factors with shared deltas.

Nothing here computes; `chain_rule` builds it from the engine's forward and backward values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import ParameterId
from bpviz.explain.terms import Role, UnitRef

# Sums of more values than these are NumPy's, good to about 15 digits of what is added up.
_EXACT = 10_000


@dataclass(frozen=True, eq=False)
class Factor:
    """One quantity of a derivation.

    `text` and `latex` are its symbol (∂E/∂out_o1); `formula` is how it is computed, in names, and
    `numbers` the same with this moment's values, both LaTeX, "" where it is only the sum or the
    product of what it opens to. `words` say what it is. `opened` leads to the next level.
    """

    text: str
    latex: str
    value: float
    role: Role = ""
    formula: str = ""
    numbers: str = ""
    words: str = ""
    units: tuple[UnitRef, ...] = ()
    parameters: tuple[ParameterId, ...] = ()
    opened: Callable[[], Expansion | None] = field(default=lambda: None, repr=False)

    @cached_property
    def expansion(self) -> Expansion | None:
        """What it is the sum or the product of; None for a leaf."""
        return self.opened()


@dataclass(frozen=True, eq=False)
class Expansion:
    """Factors whose sum or product is the value of what they were opened from."""

    kind: Literal["sum", "product"]
    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        values = [factor.value for factor in self.factors]
        return total(values) if self.kind == "sum" else math.prod(values)


def total(values: Sequence[float] | Array) -> float:
    """The sum, to the last digit unless it is very long; not finite where a part of it is not."""
    if len(values) > _EXACT:
        with np.errstate(all="ignore"):
            return float(np.sum(values, dtype=np.float64))
    each = values.tolist() if isinstance(values, np.ndarray) else values
    try:
        return math.fsum(each)
    except (OverflowError, ValueError):
        return sum(each)


@dataclass(frozen=True, eq=False)
class Form:
    """One way to write the gradient as a product.

    `sign` is -1 for the convention in which δ = -∂E/∂net: then the product is minus the gradient.
    """

    name: str
    factors: tuple[Factor, ...]
    sign: int = 1
    words: str = ""

    @property
    def product(self) -> float:
        return math.prod(factor.value for factor in self.factors)


@dataclass(frozen=True, eq=False)
class Derivation:
    """Why the gradient of one parameter is what it is, at one moment.

    `place` is where it sits ("h1 → o2"); `of` says of which samples, at which weights; `gradient`
    is the engine's own. The factors of every form multiply to it; the first form is the fullest
    one that is finite. `penalized`: it is that of error and penalty together.
    """

    parameter: ParameterId
    label: str
    place: str
    of: str
    value: float
    gradient: float
    forms: tuple[Form, ...]
    penalized: bool = False

    @property
    def factors(self) -> tuple[Factor, ...]:
        return self.forms[0].factors
