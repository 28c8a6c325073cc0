"""Where layers, units and edges are placed."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.engine.activations import Identity
from bpviz.engine.spec import LayerSpec, NetworkSpec, stack
from bpviz.experiments.experiment import Moved
from bpviz.lab.edge_routes import bias_points, control_points
from bpviz.lab.graph_layout import GraphLayout, depth, lay_out
from bpviz.lab.layer_places import HEADER
from bpviz.lab.moved_layers import box_of

SIZES = [(800, 470), (480, 260), (1900, 1000)]
NETWORKS = {
    "playground": stack(2, 6, 4, 1),
    "deep": stack(2, 4, 6, 5, 3, 6, 4, 5, 3, 1),
    "wide": stack(64, 200, 100, 10),
    "single": stack(1, 1),
}


def groups() -> NetworkSpec:
    """Two input groups with an encoder each, joined; one group also feeds the output."""

    def group(name: str, units: int) -> LayerSpec:
        return LayerSpec(name, units, Identity(), bias="none")

    return NetworkSpec(
        layers=(
            group("person", 3),
            group("relation", 2),
            LayerSpec("h1", 4, sources=("person",)),
            LayerSpec("h2", 3, sources=("relation",)),
            LayerSpec("h3", 4, sources=("h1", "h2")),
            LayerSpec("o", 2, sources=("h3", "person")),
        )
    )


NETWORKS["groups"] = groups()


def boxes(layout: GraphLayout) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every drawn unit."""
    found = []
    for place in layout.layers:
        half = place.size / 2
        found += [(place.x - half, y - half, place.x + half, y + half) for y in place.ys]
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NETWORKS)
def test_units_do_not_touch_each_other_nor_the_headers(name: str, size: tuple[int, int]) -> None:
    layout = lay_out(NETWORKS[name], *size)
    found = boxes(layout)
    for k, (left, top, right, bottom) in enumerate(found):
        for a, b, c, d in found[k + 1 :]:
            assert right < a or c < left or bottom < b or d < top
    for place in layout.layers:
        assert place.top >= place.header_y + HEADER - 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NETWORKS)
def test_units_lie_inside_the_area(name: str, size: tuple[int, int]) -> None:
    layout = lay_out(NETWORKS[name], *size)
    for left, top, right, bottom in boxes(layout):
        assert left >= 0
        assert right <= layout.width
        assert top >= 0
        assert bottom <= layout.height
    if name != "groups":
        assert layout.height == size[1]


def test_columns_follow_the_longest_path() -> None:
    assert depth(groups()) == [0, 0, 1, 1, 2, 3]
    skip = stack(2, 3, 1)
    output = skip.layers[2]
    fed_twice = skip.with_layer(LayerSpec("o", 1, output.activation, sources=("h", "i")))
    assert depth(fed_twice) == [0, 1, 2]


def test_columns_are_evenly_spaced_and_units_centred_on_one_line() -> None:
    layout = lay_out(stack(2, 6, 4, 1), 800, 500)
    steps = np.diff(layout.column_x)
    assert steps == pytest.approx([steps[0]] * 3)
    assert layout.column_x[0] == pytest.approx(800 - layout.column_x[-1])
    centres = [(place.top + place.bottom) / 2 for place in layout.layers]
    assert centres == pytest.approx([centres[0]] * 4)


def test_a_layer_that_does_not_fit_shows_its_first_and_last_units() -> None:
    place = lay_out(stack(64, 200, 100, 10), 800, 500).layers[1]
    kept = len(place.shown)
    assert place.hidden == 200 - kept
    first = [k for k in place.shown if k < 100]
    last = [k for k in place.shown if k >= 100]
    assert first == list(range(len(first)))
    assert last == list(range(200 - len(last), 200))
    assert abs(len(first) - len(last)) <= 1
    above = [y for y, k in zip(place.ys, place.shown, strict=True) if k < 100]
    below = [y for y, k in zip(place.ys, place.shown, strict=True) if k >= 100]
    assert max(above) < place.gap_y < min(below)


@pytest.mark.parametrize("height", [168, 222, 260])
def test_of_a_few_inputs_none_is_left_out_in_a_low_window(height: int) -> None:
    inputs, hidden, _ = lay_out(stack(6, 2, 1), 370, height).layers
    assert inputs.shown == tuple(range(6))
    assert inputs.hidden == 0
    assert np.diff(inputs.ys).min() >= inputs.size + 3
    # The others need not be as small.
    assert hidden.size >= max(inputs.size, 20)


def test_all_units_are_shown_where_they_fit() -> None:
    for place, layer in zip(
        lay_out(stack(2, 6, 4, 1), 800, 470).layers, stack(2, 6, 4, 1).layers, strict=True
    ):
        assert place.shown == tuple(range(layer.units))
        assert place.hidden == 0
        assert place.size == 36


def test_layers_of_one_depth_are_stacked_with_headers_of_their_own() -> None:
    layout = lay_out(groups(), 900, 600)
    upper, lower = layout.place("person"), layout.place("relation")
    assert upper.x == lower.x
    assert upper.header_y == 0
    assert upper.bottom <= lower.header_y + 4
    assert lower.header_y + HEADER <= lower.top + 1


@pytest.mark.parametrize("units", [1, 2, 5])
def test_skip_connections_run_around_the_units_between(units: int) -> None:
    spec = stack(2, units, 1)
    spec = spec.with_layer(LayerSpec("o", 1, spec.output.activation, sources=("h", "i")))
    layout = lay_out(spec, 700, 460)
    between = layout.place("h")
    points = control_points(layout, "o", "i").reshape(-1, 10, 2)
    half = between.size / 2
    for edge in points:
        for t in np.linspace(0, 1, 50):
            for part in (edge[0:4], edge[3:7], edge[6:10]):
                x, y = (
                    (1 - t) ** 3 * part[0]
                    + 3 * t * (1 - t) ** 2 * part[1]
                    + 3 * t**2 * (1 - t) * part[2]
                    + t**3 * part[3]
                )
                if abs(x - between.x) <= half:
                    assert all(abs(y - unit) > half for unit in between.ys)


def test_edges_begin_and_end_at_the_units_they_join() -> None:
    layout = lay_out(stack(2, 6, 4, 1), 800, 500)
    points = control_points(layout, "h2", "h1")
    source, target = layout.place("h1"), layout.place("h2")
    assert points.shape == (4, 6, 4, 2)
    for row in range(4):
        for column in range(6):
            assert points[row, column, 0] == pytest.approx((source.x + 18, source.ys[column]))
            assert points[row, column, 3] == pytest.approx((target.x - 18, target.ys[row]))


def test_an_image_is_one_picture_of_whole_pixels() -> None:
    layout = lay_out(stack(64, 20, 10), 800, 500, image_shape=(8, 8))
    place = layout.layers[0]
    assert place.shown == ()
    assert place.picture is not None
    assert place.picture[0] == place.picture[1]
    assert place.picture[0] % 8 == 0
    assert control_points(layout, "h", "i").shape[:2] == (len(layout.place("h").shown), 1)
    assert lay_out(stack(63, 20, 10), 800, 500, image_shape=(8, 8)).layers[0].picture is None


@pytest.mark.parametrize("size", [(800, 500), (420, 300)])
def test_outputs_that_are_a_picture_lie_inside_the_area(size: tuple[int, int]) -> None:
    layout = lay_out(stack(10, 16, 240), *size, target_shape=(12, 20))
    output = layout.layers[-1]
    assert output.picture is not None
    assert output.shown == ()
    width, height = output.picture
    assert width / height == pytest.approx(20 / 12)
    assert output.x + width / 2 <= layout.width
    assert all(place.picture is None for place in layout.layers[:-1])
    assert lay_out(stack(10, 16, 10), *size, target_shape=(12, 20)).layers[-1].picture is None
    # Of the inputs it says nothing.
    assert lay_out(stack(240, 16, 10), *size, target_shape=(12, 20)).layers[0].picture is None


def test_the_same_network_is_placed_the_same() -> None:
    assert lay_out(groups(), 777, 555) == lay_out(groups(), 777, 555)


def random_graph(random: np.random.Generator) -> NetworkSpec:
    """One to three input groups and up to seven layers on them, with skips and stacks."""
    layers = [
        LayerSpec(f"in{k}", int(random.choice([1, 2, 5, 24])), Identity(), bias="none")
        for k in range(random.integers(1, 4))
    ]
    unused = {layer.id for layer in layers}
    for k in range(random.integers(1, 7)):
        names = [layer.id for layer in layers]
        sources = set(random.choice(names, size=min(len(names), 2), replace=False).tolist())
        units = int(random.choice([1, 2, 4, 6, 20, 60]))
        layers.append(LayerSpec(f"m{k}", units, sources=tuple(sorted(sources))))
        unused = (unused - sources) | {f"m{k}"}
    output = LayerSpec("o", int(random.choice([1, 3, 10])), sources=tuple(sorted(unused)))
    return NetworkSpec(layers=(*layers, output))


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_do_not_overlap(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = [(480, 260), (800, 450), (1900, 1000)][seed % 3]
    layout = lay_out(random_graph(random), *size)
    found = boxes(layout)
    for k, (left, top, right, bottom) in enumerate(found):
        assert top >= 0
        assert bottom <= layout.height
        for a, b, c, d in found[k + 1 :]:
            assert right < a or c < left or bottom < b or d < top
    for place in layout.layers:
        assert place.top >= place.header_y + HEADER - 1
        for other in layout.layers:
            if other.column == place.column and other.header_y > place.header_y:
                assert place.bottom <= other.header_y + 6


def with_ones(layout: GraphLayout) -> list[tuple[float, float, float, float]]:
    found = boxes(layout)
    for place in layout.layers:
        half = place.one_size / 2
        if half:
            found.append((place.x - half, place.one_y - half, place.x + half, place.one_y + half))
    return found


def assert_apart(layout: GraphLayout) -> None:
    found = with_ones(layout)
    for k, (left, top, right, bottom) in enumerate(found):
        assert top >= 0
        assert bottom <= layout.height
        for a, b, c, d in found[k + 1 :]:
            assert right <= a or c <= left or bottom <= b or d <= top
    for place in layout.layers:
        if place.picture and place.one_size:
            low = place.centre_y + place.picture[1] / 2
            assert place.one_y - place.one_size / 2 > low


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NETWORKS)
def test_units_that_are_always_1_touch_nothing(name: str, size: tuple[int, int]) -> None:
    spec = NETWORKS[name]
    layout = lay_out(spec, *size, bias_units=True)
    assert_apart(layout)
    for place in layout.layers:
        assert place.top >= place.header_y + HEADER - 1
    for layer in spec.layers:
        if layer.bias == "none":
            continue
        one = layout.one_for(layer.id)
        assert one.one_size >= 14
        assert one.column == layout.place(layer.id).column - 1
        points = bias_points(layout, layer.id)
        place = layout.place(layer.id)
        assert points[:, 0, 1] == pytest.approx([one.one_y] * len(place.shown))
        assert points[:, 3, 1] == pytest.approx(place.ys)
    plain = lay_out(spec, *size)
    assert not any(place.one_size for place in plain.layers)


@pytest.mark.parametrize("units", [1, 2, 3, 4, 20])
def test_units_that_are_always_1_have_room_where_there_is_little(units: int) -> None:
    assert_apart(lay_out(stack(units, units, units), 400, 100, bias_units=True))
    assert_apart(lay_out(groups(), 400, 100, bias_units=True))


@pytest.mark.parametrize("seed", range(30))
def test_units_that_are_always_1_touch_nothing_in_random_graphs(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = [(480, 260), (800, 450), (1900, 1000)][seed % 3]
    assert_apart(lay_out(random_graph(random), *size, bias_units=True))


@pytest.mark.parametrize("size", SIZES)
def test_below_an_image_there_is_room_for_a_unit_that_is_always_1(size: tuple[int, int]) -> None:
    assert_apart(lay_out(stack(64, 20, 10), *size, image_shape=(8, 8), bias_units=True))


def test_names_beside_units_get_room_at_both_ends() -> None:
    spec = stack(9, 6, 9)
    plain, named = lay_out(spec, 640, 300), lay_out(spec, 640, 300, names=(100, 40))
    assert not any(place.labelled for place in (named.layers[0], named.layers[-1]))
    first, last = named.layers[0], named.layers[-1]
    assert plain.layers[0].x - plain.layers[0].half_width < 100 <= first.x - first.half_width
    assert named.width - last.x - last.half_width >= 40
    assert named.width == 640
    assert lay_out(spec, 640, 300, names=(9000, 9000)).layers[0].x < 0.3 * 640


def test_names_below_units_move_nothing() -> None:
    spec = stack(2, 6, 1)
    assert lay_out(spec, 800, 600, names=(100, 100)) == lay_out(spec, 800, 600)


def courses(layout: GraphLayout, layer: str, source: str) -> np.ndarray:
    """Points along the edges between two layers, shape (edges, points, 2)."""
    points = control_points(layout, layer, source)
    points = points.reshape(-1, *points.shape[2:])
    t = np.linspace(0, 1, 40)[:, None]
    weights = np.hstack(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3))
    parts = [weights @ points[:, k : k + 4] for k in range(0, points.shape[1] - 1, 3)]
    return np.concatenate(parts, axis=1)


def assert_nothing_is_run_through(layout: GraphLayout) -> None:
    for layer in layout.spec.computed:
        for source in layer.sources:
            x, y = np.moveaxis(courses(layout, layer.id, source), -1, 0)
            # Many edges are drawn as lines between these points: those cross nothing either.
            ends = control_points(layout, layer.id, source)[..., ::3, :].reshape(len(x), -1, 2)
            at = np.linspace(0, ends.shape[1] - 1, 90)
            k = np.minimum(at.astype(int), ends.shape[1] - 2)
            lines = ends[:, k] + (at - k)[:, None] * (ends[:, k + 1] - ends[:, k])
            x, y = np.hstack([x, lines[..., 0]]), np.hstack([y, lines[..., 1]])
            for place in layout.layers:
                if place.index in map(layout.spec.layers.index, (layer, layout.spec.layer(source))):
                    continue
                half = place.half_width
                beside = abs(x - place.x) > half
                for unit in place.ys if not place.picture else (place.centre_y,):
                    reach = half if not place.picture else place.picture[1] / 2
                    assert (beside | (abs(y - unit) > reach)).all(), (layer.id, source, place)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("bias_units", [False, True])
def test_edges_run_through_no_unit_of_random_graphs(seed: int, bias_units: bool) -> None:
    random = np.random.default_rng(1000 + seed)
    size = [(480, 260), (800, 450), (1900, 1000)][seed % 3]
    layout = lay_out(random_graph(random), *size, bias_units=bias_units)
    assert_nothing_is_run_through(layout)


def all_skips(*units: int) -> NetworkSpec:
    ids = [f"n{k}" for k in range(len(units))]
    return NetworkSpec(
        layers=tuple(
            LayerSpec(name, size, sources=tuple(ids[:k]))
            for k, (name, size) in enumerate(zip(ids, units, strict=True))
        )
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("units", [(2, 4, 4, 4, 1), (24, 6, 24), (3, 3, 3, 3, 3, 3, 3)])
def test_edges_run_through_no_unit_where_every_layer_feeds_all_later_ones(
    units: tuple[int, ...], size: tuple[int, int]
) -> None:
    layout = lay_out(all_skips(*units), *size)
    assert_nothing_is_run_through(layout)
    inside = [courses(layout, layer, source)[..., 1] for layer, source in layout.lanes]
    assert min(ys.min() for ys in inside) > HEADER - 10
    assert max(ys.max() for ys in inside) < layout.height


def test_an_edge_whose_straight_way_is_free_keeps_to_it() -> None:
    layout = lay_out(all_skips(8, 2, 8), 900, 600)
    ys = courses(layout, "n2", "n0").reshape(8, 8, -1, 2)[..., 1]
    assert np.ptp(ys[0, 0]) == pytest.approx(0)
    assert np.ptp(ys[7, 7]) == pytest.approx(0)
    assert np.ptp(ys[3, 3]) > 10


def shifted(right: float, down: float, *layers: str) -> list[Moved]:
    return [Moved(layer, right, down) for layer in layers]


def test_a_moved_layer_takes_its_header_and_its_edges_with_it() -> None:
    spec = stack(2, 4, 3, 1)
    still, layout = lay_out(spec, 800, 500), lay_out(spec, 800, 500, moved=shifted(0.05, 0.1, "h1"))
    before, after = still.place("h1"), layout.place("h1")
    assert after.x - before.x == pytest.approx(40)
    assert after.header_y - before.header_y == pytest.approx(50)
    assert np.array(after.ys) - before.ys == pytest.approx(50)
    assert layout.place("h2") == still.place("h2")
    edges = control_points(layout, "h2", "h1")
    assert edges[0, :, 0] == pytest.approx(np.column_stack([[after.x + 18] * 4, after.ys]))
    assert lay_out(spec, 800, 500, moved=shifted(0.3, 0.3, "gone")) == still


@pytest.mark.parametrize("seed", range(60))
def test_moved_layers_stay_inside_and_beside_each_other(seed: int) -> None:
    random = np.random.default_rng(seed)
    spec = stack(2, 3, 2, 1) if seed % 2 else all_skips(2, 3, 2, 1)
    ids = [layer.id for layer in spec.layers]
    moved = [Moved(name, *random.uniform(-1, 1, 2)) for name in ids if random.random() < 0.6]
    layout = lay_out(spec, 1400, 900, moved=moved)
    found = [box_of(place, layout.pitch) for place in layout.layers]
    for k, box in enumerate(found):
        assert box.left >= 0
        assert box.right <= layout.width
        assert box.top >= 0
        assert box.bottom <= layout.height + 1e-9
        assert not any(box.meets(other) for other in found[k + 1 :])


def test_a_layer_dropped_on_another_one_lies_beside_it() -> None:
    spec = stack(2, 3, 3, 1)
    still = lay_out(spec, 900, 600)
    across = (still.place("h2").x - still.place("h1").x) / 900
    layout = lay_out(spec, 900, 600, moved=shifted(across, 0.0, "h1"))
    first, second = (box_of(layout.place(name), layout.pitch) for name in ("h1", "h2"))
    assert not first.meets(second)
    assert first.meets(second, apart=12)
    assert layout.place("h2") == still.place("h2")


@pytest.mark.parametrize("down", [-0.1, 0.0, 0.15])
def test_edges_lead_around_a_layer_that_was_moved(down: float) -> None:
    spec = all_skips(2, 3, 3, 1)
    layout = lay_out(spec, 1200, 700, moved=shifted(0.02, down, "n1", "n2"))
    assert_nothing_is_run_through(layout)


def test_a_layer_moved_before_what_feeds_it_is_reached_in_a_bow() -> None:
    layout = lay_out(stack(2, 3, 1), 1200, 700, moved=shifted(-0.6, 0.3, "h"))
    edges = control_points(layout, "h", "i")
    assert (edges[..., 1, 0] > edges[..., 0, 0]).all()
    assert (edges[..., 2, 0] < edges[..., 3, 0]).all()
