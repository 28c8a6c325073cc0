"""Layers that a person dragged away from where they stand by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bpviz.engine.spec import NetworkSpec
from bpviz.experiments.experiment import Moved
from bpviz.lab.layer_places import LayerPlace

_EDGE = 8.0
_APART = 10.0
# The words of a header are about this wide, whatever the units below them.
_HALF_HEADER = 46.0


class Box(NamedTuple):
    """The ground that a layer takes with its header."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, apart: float = 0.0) -> bool:
        return (
            self.left < other.right + apart
            and other.left < self.right + apart
            and self.top < other.bottom + apart
            and other.top < self.bottom + apart
        )

    def shifted(self, right: float, down: float) -> Box:
        return Box(self.left + right, self.top + down, self.right + right, self.bottom + down)


def box_of(place: LayerPlace, pitch: float) -> Box:
    """The ground of a layer, where columns are `pitch` apart."""
    half = max(place.half_width, min(_HALF_HEADER, pitch / 2 - 1))
    return Box(place.x - half, place.header_y, place.x + half, place.bottom)


def with_moves(
    spec: NetworkSpec,
    places: Sequence[LayerPlace],
    moved: Sequence[Moved],
    area: tuple[float, float],
    pitch: float,
) -> tuple[LayerPlace, ...]:
    """The places with the shifts of moved layers, which stay inside the area (width, height).

    A layer that would lie on another one lies beside it instead, as near as there is room, so
    that none is lost under another.
    """
    at = {layer.id: k for k, layer in enumerate(spec.layers)}
    result = list(places)
    wanted = [move for move in moved if move.layer in at]
    going = {at[move.layer] for move in wanted}
    width, height = area
    standing = [box_of(place, pitch) for k, place in enumerate(places) if k not in going]
    inside = Box(_EDGE, 0.0, width - _EDGE, height)
    for move in wanted:
        k = at[move.layer]
        box = box_of(places[k], pitch)
        target = _inside(box.shifted(move.right * width, move.down * height), inside)
        target = _free_spot(target, standing, inside)
        standing.append(target)
        result[k] = _shifted(places[k], target.left - box.left, target.top - box.top)
    return tuple(result)


def _inside(box: Box, area: Box) -> Box:
    right = max(area.left - box.left, min(0.0, area.right - box.right))
    down = max(area.top - box.top, min(0.0, area.bottom - box.bottom))
    return box.shifted(right, down)


def _free_spot(box: Box, standing: list[Box], area: Box) -> Box:
    """The nearest spot where the box touches none; where it is when there is none."""
    if not any(box.meets(other) for other in standing):
        return box
    rights = [0.0]
    downs = [0.0]
    for other in standing:
        rights += [other.left - _APART - box.right, other.right + _APART - box.left]
        downs += [other.top - _APART - box.bottom, other.bottom + _APART - box.top]
    spots = (box.shifted(right, down) for right in rights for down in downs)
    free = [
        spot
        for spot in spots
        if _inside(spot, area) == spot and not any(spot.meets(other) for other in standing)
    ]
    return min(free, key=lambda spot: _distance(spot, box), default=box)


def _distance(one: Box, other: Box) -> float:
    return float((one.left - other.left) ** 2 + (one.top - other.top) ** 2)


def _shifted(place: LayerPlace, right: float, down: float) -> LayerPlace:
    return replace(
        place,
        x=place.x + right,
        header_y=place.header_y + down,
        ys=tuple(y + down for y in place.ys),
        gap_y=place.gap_y + down,
        centre_y=place.centre_y + down,
        one_y=place.one_y + down,
    )
