"""Where marked parameters lie in θ, for very many marks at once.

Pruning marks most connections of a network, and every edit of it makes a network anew that holds
the same marks or nearly so: what was found of them is kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

Positions = np.ndarray[Any, np.dtype[np.intp]]
# Layer and unit, then source and its unit; of a bias the source is "".
Mark = tuple[str, int, str, int]


class Shape(NamedTuple):
    """What the parameters of a layer depend on."""

    layer: str
    units: tuple[int, ...]
    sources: tuple[str, ...]
    bias: str


@lru_cache(maxsize=16)
def weight_positions(shapes: tuple[Shape, ...], marks: frozenset[Mark]) -> Positions | None:
    """The positions of marked weights in θ; None when a mark is on anything else."""
    blocks = _weight_blocks(shapes)
    found: list[int] = []
    try:
        for layer, unit, source, source_unit in marks:
            start, width, rows, columns = blocks[layer, source]
            found.append(start + rows[unit] * width + columns[source_unit])
    except (KeyError, TypeError, ValueError):
        return None
    positions = np.array(found, dtype=np.intp)
    positions.flags.writeable = False
    return positions


def _weight_blocks(
    shapes: tuple[Shape, ...],
) -> dict[tuple[str, str], tuple[int, int, dict[int, int], dict[int, int]]]:
    """Where each block of weights begins, how wide it is, and the places of its units."""
    places = {s.layer: {unit: place for place, unit in enumerate(s.units)} for s in shapes}
    found, start = {}, 0
    for layer, units, sources, bias in shapes:
        for source in sources:
            width = len(places[source])
            found[layer, source] = start, width, places[layer], places[source]
            start += len(units) * width
        if sources and bias != "none":
            start += len(units) if bias == "unit" else 1
    return found
