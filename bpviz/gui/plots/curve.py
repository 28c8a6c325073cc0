"""What a chart draws."""

from __future__ import annotations

from dataclasses import dataclass

from bpviz.gui.plots.series import Array


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve: its name in legend and readout, and its values over the chart's x."""

    name: str
    values: Array
    color: str
    dashed: bool = False
    width: float = 1.8
