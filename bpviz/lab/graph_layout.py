"""Where layers, units and edges lie in the picture of a network; plain numbers, no window.

Layers stand in columns by depth, the longest path from an input; layers of one depth are stacked.
All lengths are device-independent pixels, y runs downwards, (0, 0) is the area's upper left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bpviz.engine.spec import NetworkSpec
from bpviz.experiments.experiment import Moved
from bpviz.lab.layer_places import (
    HEADER,
    ONE_BELOW_PICTURE,
    LayerPlace,
    Spot,
    need,
    place_picture,
    place_units,
    slots,
)
from bpviz.lab.moved_layers import with_moves
from bpviz.lab.skip_lanes import Lanes, find_lanes

SKIP_LANE = 30.0
_LANE_MORE, _MOST_LANES = 14.0, 72.0
FOOT = 14.0

_MARGINS = (30.0, 72.0)
_COLUMN_PITCH = 480.0
_SMALLEST_PITCH = 34.0
# Names beside units take no more than this, and no more than a part of the whole width.
_LONGEST_NAME = 120.0
_NAMES_SHARE = 0.22
_BESIDE_NAME = 10.0
_BESIDE_PICTURE = 14.0


@dataclass(frozen=True)
class GraphLayout:
    """A laid-out network: `layers` follow `spec.layers`. It may be larger than the area asked for
    when columns, or the layers of one, would otherwise touch. `lanes` are, by (layer, source), the
    ways around other layers of the connections that have some in between. `unmoved` are the places
    that the layers would have if none had been moved."""

    spec: NetworkSpec
    width: float
    height: float
    column_x: tuple[float, ...]
    layers: tuple[LayerPlace, ...]
    lanes: Mapping[tuple[str, str], Lanes] = field(default_factory=dict, compare=False)
    unmoved: tuple[LayerPlace, ...] = field(default=(), compare=False)

    @property
    def pitch(self) -> float:
        """The distance between two columns."""
        return self.column_x[1] - self.column_x[0]

    def place(self, layer_id: str) -> LayerPlace:
        for layer, place in zip(self.spec.layers, self.layers, strict=True):
            if layer.id == layer_id:
                return place
        raise KeyError(layer_id)

    def shift(self, layer_id: str) -> tuple[float, float]:
        """How far a layer stands from its own place, as shares of width and height.

        That may be less than was asked for: layers stay inside the picture and beside each other.
        """
        k = _position(self.spec, layer_id)
        own, now = self.unmoved[k], self.layers[k]
        right, down = now.x - own.x, now.header_y - own.header_y
        return round(right / self.width, 7), round(down / self.height, 7)

    def one_for(self, layer_id: str) -> LayerPlace:
        """The place whose unit that is always 1 feeds the biases of a layer.

        It stands in the column before, below the layer's first source there.
        """
        return self.layers[_host(self.spec, depth(self.spec), _position(self.spec, layer_id))]

    def skips(self, layer: str, source: str) -> bool:
        """Whether connections between these layers lead around others."""
        return (layer, source) in self.lanes


def lay_out(
    spec: NetworkSpec,
    width: float,
    height: float,
    image_shape: tuple[int, int] | None = None,
    unit_size: float = 36.0,
    bias_units: bool = False,
    names: tuple[float, float] = (0.0, 0.0),
    moved: Sequence[Moved] = (),
    target_shape: tuple[int, int] | None = None,
) -> GraphLayout:
    """Place a network in an area.

    `image_shape` (height, width) makes the input layer one picture if it has that many units,
    `target_shape` the output layer;
    `unit_size` is the side of a unit where there is room for it. With `bias_units` there are
    units that are always 1, below the units whose column comes before that of a biased layer.
    `names` are the widths of the longest names in the first and the last column: where they stand
    beside the units, these leave room for them. `moved` layers are shifted from their places.
    """
    shapes = picture_shapes(spec, image_shape, target_shape)
    plain = _lay_out(spec, width, height, shapes, unit_size, bias_units, (0.0, 0.0))
    room = _beside(plain, names)
    if room != (0.0, 0.0):
        plain = _lay_out(spec, width, height, shapes, unit_size, bias_units, room)
    places = with_moves(spec, plain.layers, moved, (plain.width, plain.height), plain.pitch)
    lanes = find_lanes(spec, places, plain.height)
    return replace(plain, layers=places, lanes=lanes, unmoved=plain.layers)


def picture_shapes(
    spec: NetworkSpec,
    image_shape: tuple[int, int] | None,
    target_shape: tuple[int, int] | None,
) -> dict[int, tuple[int, int]]:
    """Height and width of the layers that are drawn as one picture, by their positions."""
    wanted = {
        k: image_shape if layer.is_input else target_shape
        for k, layer in enumerate(spec.layers)
        if layer.is_input or layer is spec.output
    }
    return {
        k: shape
        for k, shape in wanted.items()
        if shape is not None and spec.layers[k].units == shape[0] * shape[1]
    }


def _beside(layout: GraphLayout, names: tuple[float, float]) -> tuple[float, float]:
    """The room at both ends for names that do not stand below their units."""
    most = min(_LONGEST_NAME, _NAMES_SHARE * layout.width)
    found = []
    for name, column in zip(names, (0, len(layout.column_x) - 1), strict=True):
        sizes = [
            place.size
            for place in layout.layers
            if place.column == column and place.shown and not place.labelled
        ]
        found.append(min(name, most) + max(sizes) / 2 + _BESIDE_NAME if name and sizes else 0.0)
    return found[0], found[1]


def _lay_out(
    spec: NetworkSpec,
    width: float,
    height: float,
    shapes: Mapping[int, tuple[int, int]],
    unit_size: float,
    bias_units: bool,
    ends: tuple[float, float],
) -> GraphLayout:
    """`ends` is the least room at the left of the first and at the right of the last column."""
    columns = depth(spec)
    count = max(columns) + 1
    skipping = sum(
        columns[_position(spec, source)] < columns[k] - 1
        for k, layer in enumerate(spec.layers)
        for source in layer.sources
    )
    lane = min(_MOST_LANES, SKIP_LANE + _LANE_MORE * (skipping // 2)) if skipping else 0.0
    stacks = [[k for k, c in enumerate(columns) if c == column] for column in range(count)]
    hosts = _hosts(spec, columns) if bias_units else frozenset()
    least = (_least_room(spec, hosts, stack) for stack in stacks)
    room = max(height - HEADER - 2 * lane - FOOT, *least)
    height = HEADER + 2 * lane + FOOT + room
    pictures = {
        k: _picture(shape, width / count, room - 2 * ONE_BELOW_PICTURE * (k in hosts))
        for k, shape in shapes.items()
    }
    sides = {k: 0.5 * pictures[k][0] + _BESIDE_PICTURE for k in pictures}
    left = max((side for k, side in sides.items() if spec.layers[k].is_input), default=ends[0])
    right = max((side for k, side in sides.items() if not spec.layers[k].is_input), default=ends[1])
    xs, wide = _column_positions(count, width, left, right)
    largest = min(unit_size, max(16.0, (xs[1] - xs[0]) * 0.55))
    sizes = _unit_sizes(spec, hosts, stacks, pictures, room, largest)
    places: dict[int, LayerPlace] = {}
    for column, stack in enumerate(stacks):
        wanted = [
            (k, _wanted(spec.layers[k].units, k in hosts, sizes[k], pictures.get(k))) for k in stack
        ]
        for k, header_y, top, bottom in slots(wanted, room, HEADER + lane):
            spot = Spot(k, column, xs[column], header_y, top, bottom, k in hosts)
            picture = pictures.get(k)
            if picture:
                places[k] = place_picture(spot, picture)
            else:
                places[k] = place_units(spot, spec.layers[k].units, *sizes[k])
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


def _column_positions(
    count: int, width: float, least_left: float, least_right: float
) -> tuple[list[float], float]:
    """Where the columns stand, and how wide all is with them."""
    low, high = _MARGINS
    margin = min(high, max(low, width / (2 * count)))
    left, right = max(margin, least_left), max(margin, least_right)
    pitch = max(min((width - left - right) / (count - 1), _COLUMN_PITCH), _SMALLEST_PITCH)
    left = max(left, 0.5 * (width - pitch * (count - 1)))
    xs = [left + pitch * k for k in range(count)]
    return xs, max(width, xs[-1] + right)


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
    the smallest size is drawn smaller than the others, or at last leaves units out. Units that
    show their weights from a picture are sized by themselves, and never so small that nothing can
    be made out. Below the units of `hosts` one more needs room.
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
            best = min(best, fit, key=lambda choice: need(*choice))
    for stack in crowded:
        free = room - (len(stack) - 1) * HEADER
        all_units = sum(spec.layers[k].units + (k in hosts) for k in stack)
        fit = next((s for s in _TINY if all_units * need(*s) <= free), None)
        if fit is not None and max(spec.layers[k].units for k in stack) <= _FEW:
            sizes.update(dict.fromkeys(stack, fit))
            continue
        few = sum(min(spec.layers[k].units, 5) + (k in hosts) for k in stack)
        fit = _best_size(few, free, best[0], _PLAIN)
        fit = min(best, fit or (18.0, False), key=lambda choice: need(*choice))
        sizes.update(dict.fromkeys(stack, fit))
    return {k: sizes.get(k, best) for stack in stacks for k in stack}


_PLAIN = [(s, True) for s in (52.0, 44.0, 36.0, 32.0, 28.0, 24.0)] + [
    (s, False) for s in (28.0, 24.0, 20.0, 18.0)
]
# Of so few units in a layer none is left out where these sizes spare it.
_FEW = 8
_TINY = [(16.0, False), (14.0, False), (12.0, False), (10.0, False)]
_PICTURED = [(s, True) for s in (52.0, 44.0, 36.0, 32.0)] + [(s, False) for s in (36.0, 32.0, 28.0)]


def _best_size(
    units: int, room: float, largest: float, choices: list[tuple[float, bool]]
) -> tuple[float, bool] | None:
    """The first choice at which this many units fit below each other, the largest size before."""
    for size, labelled in [(largest, True), *(c for c in choices if c[0] < largest)]:
        if units * need(size, labelled) <= room:
            return size, labelled
    return None


def _wanted(
    units: int, hosts_one: bool, size: tuple[float, bool], picture: tuple[float, float] | None
) -> float:
    """The height that a layer takes when all of it is shown."""
    if picture:
        return picture[1] + 6.0 + (2 * ONE_BELOW_PICTURE if hosts_one else 0.0)
    return (units + hosts_one) * need(*size)


def _least_room(spec: NetworkSpec, hosts: frozenset[int], stack: list[int]) -> float:
    """The height below which a column would show nothing of use, or overlap itself."""
    units = sum(min(spec.layers[k].units, 3) + (k in hosts) for k in stack)
    return max(90.0, (len(stack) - 1) * HEADER + units * need(24.0, False))
