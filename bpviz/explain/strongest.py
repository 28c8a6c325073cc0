"""Long sums are shown by their strongest terms, and the rest as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bpviz.explain.factors import Factor, total

# More terms than this nobody reads.
MOST = 24


def order_of_strength(values: Sequence[float]) -> list[int]:
    """The numbers of the values, those of the largest size first."""
    return sorted(range(len(values)), key=lambda k: -abs(values[k]))


def shortened(
    values: Sequence[float], make: Callable[[int], Factor], what: str
) -> tuple[Factor, ...]:
    """The terms of a sum: all of them, or the strongest in their order and the others together.

    `make` gives the factor of a term by its number; `what` names them in the plural.
    """
    if len(values) <= MOST:
        return tuple(make(k) for k in range(len(values)))
    order = order_of_strength(values)
    shown, others = sorted(order[: MOST - 1]), order[MOST - 1 :]
    rest = total([values[k] for k in others])
    words = f"the other {len(others):,} {what} together"
    return (
        *(make(k) for k in shown),
        Factor(f"({words})", rf"(\ldots)_{{{len(others)}}}", rest, "error", words=words),
    )
