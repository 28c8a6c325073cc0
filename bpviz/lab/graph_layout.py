"""Where layers, units and edges lie in the picture of a network; plain numbers, no window.

Layers stand in columns by depth, the longest path from an input; layers of one depth are stacked.
All lengths are device-independent pixels, y runs downwards, (0, 0) is the area's upper left.
"""

from __future__ import annotations

from dataclasses import dataclass

from bpviz.engine.spec import NetworkSpec

HEADER = 76.0
LABEL = 20.0
SKIP_LANE = 30.0
FOOT = 14.0

_MARGINS = (30.0, 72.0)
_COLUMN_PITCH = 480.0
_SMALLEST_PITCH = 34.0
_LARGEST_ONE = 24.0
_ONE_BELOW_PICTURE = 40.0


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


@dataclass(frozen=True)
class GraphLayout:
    """A laid-out network: `layers` follow `spec.layers`. It may be larger than the area asked for
    when columns, or the layers of one, would otherwise touch."""

    spec: NetworkSpec
    width: float
    height: float
    column_x: tuple[float, ...]
    layers: tuple[LayerPlace, ...]

    @property
    def pitch(self) -> float:
        """The distance between two columns."""
        return self.column_x[1] - self.column_x[0]

    def place(self, layer_id: str) -> LayerPlace:
        for layer, place in zip(self.spec.layers, self.layers, strict=True):
            if layer.id == layer_id:
                return place
        raise KeyError(layer_id)

    def one_for(self, layer_id: str) -> LayerPlace:
        """The place whose unit that is always 1 feeds the biases of a layer.

        It stands in the column before, below the layer's first source there.
        """
        return self.layers[_host(self.spec, depth(self.spec), _position(self.spec, layer_id))]

    def skips(self, layer: str, source: str) -> bool:
        """Whether connections between these layers pass over other columns."""
        return self.place(layer).column - self.place(source).column > 1


def lay_out(
    spec: NetworkSpec,
    width: float,
    height: float,
    image_shape: tuple[int, int] | None = None,
    unit_size: float = 36.0,
    bias_units: bool = False,
) -> GraphLayout:
    """Place a network in an area.

    `image_shape` (height, width) makes the input layer one picture if it has that many units;
    `unit_size` is the side of a unit where there is room for it. With `bias_units` there are
    units that are always 1, below the units whose column comes before that of a biased layer.
    """
    columns = depth(spec)
    count = max(columns) + 1
    skipping = any(
        columns[_position(spec, source)] < columns[k] - 1
        for k, layer in enumerate(spec.layers)
        for source in layer.sources
    )
    lane = SKIP_LANE if skipping else 0.0
    stacks = [[k for k, c in enumerate(columns) if c == column] for column in range(count)]
    hosts = _hosts(spec, columns) if bias_units else frozenset()
    least = (_least_room(spec, hosts, stack) for stack in stacks)
    room = max(height - HEADER - 2 * lane - FOOT, *least)
    height = HEADER + 2 * lane + FOOT + room
    pictures = {
        k: _picture(image_shape, width / count, room - 2 * _ONE_BELOW_PICTURE * (k in hosts))
        for k, layer in enumerate(spec.layers)
        if image_shape and layer.is_input and layer.units == image_shape[0] * image_shape[1]
    }
    left = max((w / 2 + 14 for w, _ in pictures.values()), default=0.0)
    xs = _column_positions(count, width, left)
    wide = max(width, xs[-1] + xs[0])
    largest = min(unit_size, max(16.0, (xs[1] - xs[0]) * 0.55))
    sizes = _unit_sizes(spec, hosts, stacks, pictures, room, largest)
    places: dict[int, LayerPlace] = {}
    for column, stack in enumerate(stacks):
        wanted = [
            (k, _wanted(spec.layers[k].units, k in hosts, sizes[k], pictures.get(k))) for k in stack
        ]
        for k, header_y, top, bottom in _slots(wanted, room, HEADER + lane):
            spot = _Spot(k, column, xs[column], header_y, top, bottom, k in hosts)
            picture = pictures.get(k)
            if picture:
                places[k] = _place_picture(spot, picture)
            else:
                places[k] = _place_units(spot, spec.layers[k].units, *sizes[k])
    ordered = tuple(places[k] for k in range(len(spec.layers)))
    return GraphLayout(spec, wide, height, tuple(xs), ordered)


def depth(spec: NetworkSpec) -> list[int]:
    """The column of each layer: the length of the longest path that leads to it."""
    columns: dict[str, int] = {}
    for layer in spec.layers:
        columns[layer.id] = max((columns[s] + 1 for s in layer.sources), default=0)
    return [columns[layer.id] for layer in spec.layers]


def _position(spec: NetworkSpec, layer_id: str) -> int:
    return next(k for k, layer in enumerate(spec.layers) if layer.id == layer_id)


def _host(spec: NetworkSpec, columns: list[int], layer: int) -> int:
    """The layer, in the column before, below which the unit for a layer's biases stands."""
    sources = (_position(spec, source) for source in spec.layers[layer].sources)
    return next(k for k in sources if columns[k] == columns[layer] - 1)


def _hosts(spec: NetworkSpec, columns: list[int]) -> frozenset[int]:
    return frozenset(
        _host(spec, columns, k) for k, layer in enumerate(spec.layers) if layer.bias != "none"
    )


def _column_positions(count: int, width: float, least_left: float) -> list[float]:
    low, high = _MARGINS
    margin = min(high, max(low, width / (2 * count)))
    left = max(margin, least_left)
    pitch = max(min((width - left - margin) / (count - 1), _COLUMN_PITCH), _SMALLEST_PITCH)
    left = max(left, 0.5 * (width - pitch * (count - 1)))
    return [left + pitch * k for k in range(count)]


def _picture(shape: tuple[int, int], cell: float, room: float) -> tuple[float, float]:
    """Size of an input picture: whole pixels each, so that they look alike."""
    rows, columns = shape
    side = min(150.0, 0.8 * room, max(56.0, 0.9 * cell))
    pixel = side / max(rows, columns)
    pixel = float(int(pixel)) if pixel >= 1 else pixel
    return columns * pixel, rows * pixel


def _unit_sizes(
    spec: NetworkSpec,
    hosts: frozenset[int],
    stacks: list[list[int]],
    pictures: dict[int, tuple[float, float]],
    room: float,
    largest: float,
) -> dict[int, tuple[float, bool]]:
    """Per layer the side of its units and whether there is room for labels below them.

    All layers get the size of the fullest column that still fits. A column that would not fit at
    the smallest size leaves units out instead. Units that show their weights from a picture are
    sized by themselves, and never so small that nothing can be made out. Below the units of
    `hosts` one more needs room.
    """
    seeing = {
        k
        for k, layer in enumerate(spec.layers)
        if any(_position(spec, s) in pictures for s in layer.sources)
    }
    best = (largest, True)
    sizes: dict[int, tuple[float, bool]] = {}
    crowded: list[list[int]] = []
    for stack in stacks:
        counts = [1 if k in pictures else spec.layers[k].units + (k in hosts) for k in stack]
        free = room - (len(stack) - 1) * HEADER
        if seeing & set(stack):
            fit = _best_size(sum(counts), free, largest, _PICTURED)
            sizes.update(dict.fromkeys(stack, fit or (min(largest, 30.0), False)))
            continue
        fit = _best_size(sum(counts), free, largest, _PLAIN)
        if fit is None:
            crowded.append(stack)
        else:
            # What needs more room comes first; the fullest column decides.
            best = min(best, fit, key=lambda choice: _need(*choice))
    for stack in crowded:
        few = sum(min(spec.layers[k].units, 5) + (k in hosts) for k in stack)
        fit = _best_size(few, room - (len(stack) - 1) * HEADER, best[0], _PLAIN)
        fit = min(best, fit or (18.0, False), key=lambda choice: _need(*choice))
        sizes.update(dict.fromkeys(stack, fit))
    return {k: sizes.get(k, best) for stack in stacks for k in stack}


_PLAIN = [(s, True) for s in (52.0, 44.0, 36.0, 32.0, 28.0, 24.0)] + [
    (s, False) for s in (28.0, 24.0, 20.0, 18.0)
]
_PICTURED = [(s, True) for s in (52.0, 44.0, 36.0, 32.0)] + [(s, False) for s in (36.0, 32.0, 28.0)]


def _best_size(
    units: int, room: float, largest: float, choices: list[tuple[float, bool]]
) -> tuple[float, bool] | None:
    """The first choice at which this many units fit below each other, the largest size before."""
    for size, labelled in [(largest, True), *(c for c in choices if c[0] < largest)]:
        if units * _need(size, labelled) <= room:
            return size, labelled
    return None


def _need(size: float, labelled: bool) -> float:
    """The height of one unit with its label, or with a little air."""
    return size + (LABEL if labelled else 5.0)


def _wanted(
    units: int, hosts_one: bool, size: tuple[float, bool], picture: tuple[float, float] | None
) -> float:
    """The height that a layer takes when all of it is shown."""
    if picture:
        return picture[1] + 6.0 + (2 * _ONE_BELOW_PICTURE if hosts_one else 0.0)
    return (units + hosts_one) * _need(*size)


def _least_room(spec: NetworkSpec, hosts: frozenset[int], stack: list[int]) -> float:
    """The height below which a column would show nothing of use, or overlap itself."""
    units = sum(min(spec.layers[k].units, 3) + (k in hosts) for k in stack)
    return max(90.0, (len(stack) - 1) * HEADER + units * _need(24.0, False))


def _slots(
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
class _Spot:
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


def _place_picture(spot: _Spot, picture: tuple[float, float]) -> LayerPlace:
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
        one_y=spot.centre + 0.5 * picture[1] + _ONE_BELOW_PICTURE - 0.5 * _LARGEST_ONE,
        one_size=_LARGEST_ONE if spot.hosts_one else 0.0,
    )


def _place_units(spot: _Spot, units: int, size: float, labelled: bool) -> LayerPlace:
    room = spot.bottom - spot.top
    need = _need(size, labelled)
    shown, hidden = _shown_units(units, int(room / need + 1e-6) - spot.hosts_one)
    rows = len(shown) + (1 if hidden else 0) + spot.hosts_one
    pitch = need if hidden else min(room / rows, size * 1.85)
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
