"""Long sums are shown by their strongest terms, and the rest as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.explain.factors import Factor, total

# More terms than this nobody reads.
MOST = 24
# How many values are looked through at once for those that stand out.
_RUN = 1024

Places = np.ndarray[Any, np.dtype[np.intp]]


def strongest(values: Sequence[float] | Array, count: int) -> Places:
    """Where the values of the largest size are, in rising order; of equal ones the first.

    What is no number counts as 0.
    """
    array = np.asarray(values)
    if len(array) <= _RUN * count:
        looked_at = np.arange(len(array))
    else:
        # What is among the `count` largest lies in one of the `count` runs with the largest tops.
        starts = np.arange(0, len(array), _RUN)
        tops = np.maximum(np.fmax.reduceat(array, starts), -np.fmin.reduceat(array, starts))
        looked_at = np.concatenate(
            [np.arange(s, min(s + _RUN, len(array))) for s in starts[_largest(tops, count)]]
        )
    return looked_at[_largest(np.abs(array[looked_at]), count)]


def _largest(sizes: Array, count: int) -> Places:
    order = np.argsort(-np.where(np.isnan(sizes), 0.0, sizes), kind="stable")
    return np.sort(order[:count])


def shortened(
    values: Sequence[float] | Array, make: Callable[[int], Factor], what: str
) -> tuple[Factor, ...]:
    """The terms of a sum: all of them, or the strongest in their order and the others together.

    `make` gives the factor of a term by its number; `what` names them in the plural.
    """
    count = len(values)
    if count <= MOST:
        return tuple(make(k) for k in range(count))
    shown = strongest(values, MOST - 1)
    others = count - len(shown)
    words = f"the other {others:,} {what} together"
    return (
        *(make(int(k)) for k in shown),
        Factor(
            f"({words})",
            rf"(\ldots)_{{{others}}}",
            total(np.delete(np.asarray(values), shown)),
            "error",
            words=words,
        ),
    )
