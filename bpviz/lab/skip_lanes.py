"""Lanes: the heights at which skip connections pass the layers that stand in their way.

Between two layers there may be others. Beside what these take up (units, labels, headers) the
heights in between are free. Each edge takes the nearest free height to its straight line; the
edges of two layers that take the same gap run as one ribbon. Short ways are laid first, so that
longer ones arch over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bpviz.engine.spec import NetworkSpec
from bpviz.lab.layer_places import HEADER, LayerPlace

Heights = np.ndarray[Any, np.dtype[np.float64]]

# Of a ribbon: between two of its edges, at most in all, the least gap, and to what is beside it.
_STEP = 5.0
_WIDEST = 20.0
_NARROWEST = 6.0
_CLEAR = 8.0
_BETWEEN = 5.0
# Before and behind the layers that are passed.
_BESIDE = 10.0


@dataclass(frozen=True, eq=False)
class Lanes:
    """The heights of the edges between two layers while they pass others, from `left` to `right`.

    `ys` has shape (shown units of the layer, shown units of its source).
    """

    left: float
    right: float
    ys: Heights


class _Taken(NamedTuple):
    """Heights that are not free, between two places across."""

    left: float
    right: float
    top: float
    bottom: float


class _Way(NamedTuple):
    """What two layers' connections go past, and the heights of both ends of each edge."""

    layer: str
    source: str
    left: float
    right: float
    start: Heights
    end: Heights


def find_lanes(
    spec: NetworkSpec, places: Sequence[LayerPlace], height: float
) -> dict[tuple[str, str], Lanes]:
    """The lanes of all connections, by (layer, source), that have a layer in their way."""
    grounds = [_ground(place) for place in places]
    lanes_taken: list[_Taken] = []
    found: dict[tuple[str, str], Lanes] = {}
    for way in sorted(_ways(spec, places), key=lambda way: way.right - way.left):
        passed = [
            taken
            for pair in grounds
            for taken in pair
            if taken.left < way.right - _BESIDE and way.left + _BESIDE < taken.right
        ]
        beside = [x for x in lanes_taken if x.left < way.right and way.left < x.right]
        gaps = _gaps([*passed, *beside], height) or _gaps(passed, height) or [(HEADER, HEADER)]
        ys, ribbons = _into_gaps(way, gaps)
        found[way.layer, way.source] = Lanes(way.left, way.right, ys)
        lanes_taken += [_Taken(way.left, way.right, top, bottom) for top, bottom in ribbons]
    return found


def _ground(place: LayerPlace) -> tuple[_Taken, _Taken]:
    """What a layer takes up: its header, and its units with their labels."""
    half = max(place.half_width, place.one_size / 2)
    left, right = place.x - half, place.x + half
    header = _Taken(left, right, place.header_y, place.header_y + HEADER - 4)
    return header, _Taken(left, right, place.top - _CLEAR, place.bottom + _CLEAR - 2)


def _ways(spec: NetworkSpec, places: Sequence[LayerPlace]) -> Iterable[_Way]:
    at = {layer.id: place for layer, place in zip(spec.layers, places, strict=True)}
    for layer in spec.computed:
        for source in layer.sources:
            origin, target = at[source], at[layer.id]
            x0, x1 = origin.x + origin.half_width, target.x - target.half_width
            between = [
                place
                for place in places
                if place is not origin
                and place is not target
                and place.x - place.half_width > x0
                and place.x + place.half_width < x1
            ]
            if not between:
                continue
            left = min(place.x - place.half_width for place in between) - _BESIDE
            right = max(place.x + place.half_width for place in between) + _BESIDE
            start, end = np.meshgrid(_heights(origin), _heights(target))
            yield _Way(layer.id, source, max(left, x0), min(right, x1), start, end)


def _heights(place: LayerPlace) -> Heights:
    return np.array([place.centre_y] if place.picture else place.ys)


def _gaps(taken: list[_Taken], height: float) -> list[tuple[float, float]]:
    """The free heights beside these, from top to bottom."""
    gaps: list[tuple[float, float]] = []
    low = 0.0
    for _, _, top, bottom in sorted(taken, key=lambda x: x.top):
        if top - low > _NARROWEST:
            gaps.append((low, top))
        low = max(low, bottom)
    if low < height - _BETWEEN - _NARROWEST:
        gaps.append((low, height - _BETWEEN))
    return gaps


def _into_gaps(
    way: _Way, gaps: list[tuple[float, float]]
) -> tuple[Heights, list[tuple[float, float]]]:
    """The height of each edge, and the heights from … to … that its ribbons take."""
    wanted = 0.5 * (way.start + way.end)
    low, high = np.array(gaps).T
    off = np.maximum(low - wanted[..., None], wanted[..., None] - high).clip(min=0.0)
    chosen = off.argmin(axis=-1)
    ys = np.empty(wanted.shape)
    ribbons: list[tuple[float, float]] = []
    for gap in np.unique(chosen):
        mask = chosen == gap
        ys[mask] = _beside_each_other(wanted[mask], low[gap], high[gap])
        led_round = ys[mask][ys[mask] != wanted[mask]]
        if len(led_round):
            ribbons.append((led_round.min() - _BETWEEN, led_round.max() + _BETWEEN))
    return ys, ribbons


def _beside_each_other(wanted: Heights, low: float, high: float) -> Heights:
    """As near to these heights as can be, inside the gap and a little apart from each other.

    Edges keep the order of their ends, so that those of one ribbon hardly cross.
    """
    order = np.argsort(wanted, kind="stable")
    last = max(1, len(wanted) - 1)
    steps = np.arange(len(wanted)) * min(_STEP, _WIDEST / last, (high - low) / last)
    inside = np.clip(wanted[order], low, high)
    from_below = np.minimum.accumulate((inside - steps)[::-1])[::-1] + steps
    result = np.empty(wanted.shape)
    result[order] = np.maximum(from_below, low + steps)
    return result
