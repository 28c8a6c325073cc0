"""Biases drawn as weights from a unit that is always 1."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from bpviz.engine.spec import ParameterId, stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.session import Mark
from bpviz.lab.edits import Load, SetLayer, SetParameters
from tests.gui.canvas.conftest import Bench
from tests.gui.canvas.test_drawing import color_at, is_bluish, is_orange


@pytest.fixture
def small(make: Callable[..., Bench]) -> Bench:
    bench = make(stack(2, 3, 1))
    bench.session.show(bias_units=True)
    return bench


def scene_of(bench: Bench) -> Scene:
    picture = bench.network.current_picture()
    assert picture is not None
    return picture.scene


def edge_middle(bench: Bench, parameter: ParameterId, which: int = 0, t: float = 0.6) -> QPointF:
    scene = scene_of(bench)
    edge = scene.edges_of(scene.theta.index_of(parameter))[which]
    return bench.network.viewport_now.to_screen(scene.point_on(edge, t))


def test_each_bias_is_one_edge_and_its_square_is_gone(small: Bench) -> None:
    scene = scene_of(small)
    assert scene.biases == []
    assert [one.layer for one in scene.ones] == [0, 1]
    shown = sorted(scene.theta.id_of(int(k)) for k in scene.index)
    assert shown == sorted(scene.theta.id_of(k) for k in range(scene.theta.size))
    small.session.show(bias_units=False)
    assert len(scene_of(small).biases) == 4
    assert scene_of(small).ones == []


def test_an_edge_begins_at_its_one_and_ends_at_its_unit(small: Bench) -> None:
    scene = scene_of(small)
    edge = scene.edges_of(scene.theta.index_of(ParameterId("h", 2)))[0]
    start, end = scene.samples[edge, 0], scene.samples[edge, -1]
    one = scene.ones[0].rect
    unit = scene.unit_item(1, 2)
    assert unit is not None
    assert tuple(start) == pytest.approx((one.right(), one.center().y()))
    assert tuple(end) == pytest.approx((unit.rect.left(), unit.rect.center().y()))


def test_it_is_coloured_like_a_weight(small: Bench) -> None:
    bias = ParameterId("h", 2)
    for value, coloured in ((3.0, is_bluish), (-3.0, is_orange)):
        small.session.apply(SetParameters({bias: value}))
        small.pump()
        assert coloured(color_at(small, edge_middle(small, bias)))


def test_pointing_and_clicking_are_as_on_a_bias(small: Bench) -> None:
    bias = ParameterId("h", 2)
    small.move(edge_middle(small, bias))
    text = small.network.card.text
    assert text is not None
    assert "bias of h₃" in text.title
    small.click(edge_middle(small, bias))
    assert small.session.selection == bias
    assert small.network.popover.isVisible()
    assert small.network.popover.parameter == bias


def test_the_one_says_what_it_is(small: Bench) -> None:
    centre = small.network.viewport_now.to_screen(scene_of(small).ones[0].rect.center())
    small.move(centre)
    text = small.network.card.text
    assert text is not None
    assert text.title == "Always 1"
    small.click(centre)
    assert small.edits == []


def test_a_shared_bias_is_an_edge_to_each_unit_all_of_one_parameter(small: Bench) -> None:
    small.session.apply(SetLayer("h", "bias", "shared"))
    small.pump()
    scene = scene_of(small)
    shared = ParameterId("h", -1)
    edges = scene.edges_of(scene.theta.index_of(shared))
    assert [scene.bias_target(edge) for edge in edges] == [(1, 0), (1, 1), (1, 2)]
    for which in range(3):
        small.click(edge_middle(small, shared, which))
        assert small.session.selection == shared
        small.network.popover.dismiss()
    small.move(QPointF(8, small.network.height() - 8))
    small.network.cursor_at = None
    beside = [edge_middle(small, shared, which) + QPointF(0, 3) for which in range(3)]
    lit = [color_at(small, at) for at in beside]
    small.session.select(None)
    for at, color in zip(beside, lit, strict=True):
        assert color_at(small, at) != color


def test_a_layer_without_biases_has_no_one(small: Bench) -> None:
    small.session.apply(SetLayer("o", "bias", "none"))
    small.pump()
    assert [one.layer for one in scene_of(small).ones] == [0]


def test_the_keyboard_goes_to_the_bias_of_each_unit(small: Bench) -> None:
    small.session.apply(SetLayer("h", "bias", "shared"))
    small.pump()
    network = small.network
    network.setFocus()
    QTest.keyClick(network, Qt.Key.Key_Down)
    for _ in range(2):
        QTest.keyClick(network, Qt.Key.Key_Down)
        QTest.keyClick(network, Qt.Key.Key_Tab)
        assert network.cursor_at is not None
        assert network.cursor_at.kind == "bias"
        assert small.session.selection == ParameterId("h", -1)
    # On to a weight of this very unit.
    QTest.keyClick(network, Qt.Key.Key_Tab)
    assert small.session.selection == ParameterId("h", 2, "i", 0)
    QTest.keyClick(network, Qt.Key.Key_Down)
    assert (network.cursor_at.kind, network.cursor_at.unit) == ("unit", 2)


def test_a_click_on_a_unit_still_selects_its_bias(small: Bench) -> None:
    at = small.view.point_of_unit("h", 1)
    assert at is not None
    small.click(at)
    assert small.session.selection == ParameterId("h", 1)


def test_a_mark_lights_up_the_edges_of_a_bias(small: Bench) -> None:
    bias = ParameterId("h", 2)
    at = edge_middle(small, bias)
    before = small.network.grab().toImage()
    small.session.mark(Mark("carried", (), (bias,)))
    after = small.network.grab().toImage()
    beside = [(at + QPointF(0, dy)).toPoint() for dy in (-5, -4, 4, 5)]
    assert any(after.pixel(p) != before.pixel(p) for p in beside)


@pytest.mark.parametrize("hidden", [(200,), (4, 6, 5, 3, 6, 4, 5, 3)])
@pytest.mark.parametrize("quantity", ["weight", "update"])
def test_large_and_deep_networks_are_drawn(
    make: Callable[..., Bench], hidden: tuple[int, ...], quantity: str
) -> None:
    bench = make(stack(2, *hidden, 1))
    bench.session.show(bias_units=True, numbers=True, quantity=quantity)
    bench.train(1)
    scene = scene_of(bench)
    for place in scene.layout.layers[1:]:
        block = scene.theta.block(scene.spec.layers[place.index].id)
        assert block is not None
        drawn = [k for k in scene.index.tolist() if block.start <= k < block.stop]
        assert drawn == [block.start + unit for unit in place.shown]
    assert not bench.network.grab().isNull()
    picture = bench.network.picture
    assert picture is not None
    weights = len(scene.theta.weight_blocks)
    assert all(number < weights for number in picture.note_rects)


def test_below_a_picture_of_inputs_there_is_a_one(make: Callable[..., Bench]) -> None:
    bench = make()
    experiment = gallery_experiment("digits")
    bench.session.apply(Load(experiment))
    bench.session.ask(sample=0)
    bench.session.show(bias_units=True)
    bench.pump()
    scene = scene_of(bench)
    place = scene.layout.layers[0]
    assert place.picture is not None
    assert scene.ones[0].rect.top() > place.centre_y + place.picture[1] / 2
    assert not bench.network.grab().isNull()


def test_a_saved_picture_has_them_too(small: Bench) -> None:
    with_ones = small.view.to_image()
    small.session.show(bias_units=False)
    assert small.view.to_image() != with_ones
