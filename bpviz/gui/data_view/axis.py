"""Numbers along a short axis: as many as there is room for, but never one alone."""

from __future__ import annotations

from bpviz.gui.plots.ticks import linear_ticks, nice_step

_GAP = 48


def spread_ticks(low: float, high: float, pixels: float) -> list[tuple[float, float]]:
    """Values to be marked between two values, each with the step it is rounded to."""
    count = max(2, int(pixels / _GAP))
    while True:
        ticks = linear_ticks(low, high, count)
        if len(ticks) >= 2 or count > 8:
            step = nice_step(high - low, count)
            return [(value, step) for value in ticks]
        count += 1
