"""Where the units of one layer lie in the room that its column has for it.

All lengths are device-independent pixels, y runs downwards.
"""

from __future__ import annotations

from dataclasses import dataclass

HEADER = 76.0
LABEL = 20.0
ONE_BELOW_PICTURE = 40.0

_LARGEST_ONE = 24.0


@dataclass(frozen=True)
class LayerPlace:
    """Where one layer lies.

    `shown` are the positions of the units that are drawn, `ys` their centres; `hidden` units are
    left out at `gap_y`. `size` is the side of a unit; a layer drawn as one picture has no shown
    units, and `picture` is the picture's (width, height). `header_y` is the top of its header.
    Below its units may stand a unit that is always 1, of side `one_size` (0: none) at `one_y`.
    """

    index: int
    column: int
    x: float
    header_y: float
    size: float
    pitch: float
    shown: tuple[int, ...]
    ys: tuple[float, ...]
    labelled: bool
    hidden: int = 0
    gap_y: float = 0.0
    centre_y: float = 0.0
    picture: tuple[float, float] | None = None
    one_y: float = 0.0
    one_size: float = 0.0

    @property
    def top(self) -> float:
        """The upper edge of what is drawn of the layer, without its header."""
        if self.picture:
            return self.centre_y - self.picture[1] / 2
        return self.ys[0] - self.size / 2

    @property
    def bottom(self) -> float:
        """The lower edge of what is drawn of the layer, with its labels."""
        if self.one_size:
            return self.one_y + self.one_size / 2
        if self.picture:
            return self.centre_y + self.picture[1] / 2
        return self.ys[-1] + self.size / 2 + (LABEL if self.labelled else 0.0)

    @property
    def half_width(self) -> float:
        return self.picture[0] / 2 if self.picture else self.size / 2


def need(size: float, labelled: bool) -> float:
    """The height of one unit with its label, or with a little air."""
    return size + (LABEL if labelled else 5.0)


def slots(
    wanted: list[tuple[int, float]], room: float, top: float
) -> list[tuple[int, float, float, float]]:
    """Share out a column: (layer, top of its header, top and bottom of the room for its units).

    `wanted` are the layers from top to bottom with the height that all their units would take. No
    layer gets more than it wants before the others have it; what is left over is spread.
    """
    free = room - (len(wanted) - 1) * HEADER
    heights: dict[int, float] = {}
    for rank, (k, want) in enumerate(sorted(wanted, key=lambda pair: pair[1])):
        heights[k] = min(want, (free - sum(heights.values())) / (len(wanted) - rank))
    spare = (free - sum(heights.values())) / len(wanted)
    slots = []
    y = top
    for k, _ in wanted:
        bottom = y + heights[k] + spare
        slots.append((k, 0.0 if k == wanted[0][0] else y - HEADER, y, bottom))
        y = bottom + HEADER
    return slots


@dataclass(frozen=True)
class Spot:
    """The room that a layer is given."""

    index: int
    column: int
    x: float
    header_y: float
    top: float
    bottom: float
    hosts_one: bool

    @property
    def centre(self) -> float:
        return 0.5 * (self.top + self.bottom)


def place_picture(spot: Spot, picture: tuple[float, float]) -> LayerPlace:
    """One picture of this (width, height) in place of units."""
    return LayerPlace(
        spot.index,
        spot.column,
        spot.x,
        spot.header_y,
        0.0,
        0.0,
        (),
        (),
        False,
        centre_y=spot.centre,
        picture=picture,
        one_y=spot.centre + 0.5 * picture[1] + ONE_BELOW_PICTURE - 0.5 * _LARGEST_ONE,
        one_size=_LARGEST_ONE if spot.hosts_one else 0.0,
    )


def place_units(spot: Spot, units: int, size: float, labelled: bool) -> LayerPlace:
    """Units below each other; where they are too many, the middle ones are left out."""
    room = spot.bottom - spot.top
    least = need(size, labelled)
    shown, hidden = _shown_units(units, int(room / least + 1e-6) - spot.hosts_one)
    rows = len(shown) + (1 if hidden else 0) + spot.hosts_one
    pitch = least if hidden else min(room / rows, size * 1.85)
    # Labels hang below the units; the block of both is what is centred.
    below = LABEL if pitch >= size + LABEL else 0.0
    first = spot.centre - 0.5 * ((rows - 1) * pitch + size + below) + 0.5 * size
    if spot.header_y:
        first = max(spot.top + 0.5 * size, first)
    half = len(shown) - len(shown) // 2
    steps = [k if not hidden or k < half else k + 1 for k in range(len(shown))]
    return LayerPlace(
        spot.index,
        spot.column,
        spot.x,
        spot.header_y,
        size,
        pitch,
        shown,
        tuple(first + pitch * step for step in steps),
        below > 0,
        hidden,
        first + pitch * half if hidden else 0.0,
        spot.centre,
        one_y=first + pitch * (rows - 1),
        one_size=min(_LARGEST_ONE, max(14.0, 0.6 * size)) if spot.hosts_one else 0.0,
    )


def _shown_units(units: int, fit: int) -> tuple[tuple[int, ...], int]:
    """All units, or the first and the last ones with a free place between them."""
    if units <= max(fit, 2):
        return tuple(range(units)), 0
    kept = max(2, fit - 1)
    first = kept - kept // 2
    shown = (*range(first), *range(units - kept // 2, units))
    return shown, units - kept
