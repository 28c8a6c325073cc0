"""How far a piece of work is, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable

# Told how much is done of how much; answers whether to go on.
GoesOn = Callable[[int, int], bool]


class Cancelled(Exception):
    """The person no longer wants the table that was being read."""


def to_the_end(_done: int, _total: int) -> bool:
    """Go on whatever comes."""
    return True


def portion(goes_on: GoesOn, start: int, end: int) -> GoesOn:
    """What to tell of a part of the work, which runs from `start` to `end` thousandths of it."""
    highest = start

    def tell(done: int, total: int) -> bool:
        nonlocal highest
        highest = max(highest, start + (end - start) * min(done, total) // max(total, 1))
        return goes_on(highest, 1000)

    return tell
