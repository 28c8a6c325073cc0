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
    sizes = np.abs(np.asarray(values))
    np.nan_to_num(sizes, copy=False, nan=0.0, posinf=np.inf)
    if len(sizes) > _RUN * count:
        # What is among the `count` largest lies in one of the `count` runs with the largest tops.
        starts = np.arange(0, len(sizes), _RUN)
        tops = np.maximum.reduceat(sizes, starts)
        runs = np.sort(np.argsort(-tops, kind="stable")[:count])
        looked_at = np.concatenate([np.arange(s, min(s + _RUN, len(sizes))) for s in starts[runs]])
    else:
        looked_at = np.arange(len(sizes))
    order = np.argsort(-sizes[looked_at], kind="stable")[:count]
    return np.sort(looked_at[order])


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
