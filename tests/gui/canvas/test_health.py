"""Dead and saturated units on the canvas."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bpviz.engine.activations import ReLU
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.gui.canvas.badges import _corner
from bpviz.gui.theme import DARK, LIGHT, Theme
from bpviz.lab.edits import SetParameters
from tests.gui.canvas.conftest import Bench


def network() -> NetworkSpec:
    plain = stack(2, 3, 1)
    return plain.with_layer(LayerSpec("h", 3, ReLU(), sources=("i",)))


@pytest.fixture
def sick(make: Callable[..., Bench]) -> Bench:
    """h₁ is dead; the other two are well."""
    bench = make(network())
    values = {ParameterId("h", 0): -100.0, ParameterId("h", 1): 5.0, ParameterId("h", 2): 5.0}
    bench.session.apply(SetParameters(values))
    bench.pump()
    return bench


def badge_pixel(bench: Bench, unit: int) -> str:
    picture = bench.network.current_picture()
    assert picture is not None
    item = picture.scene.unit_item(1, unit)
    assert item is not None
    at = bench.network.viewport_now.to_screen(_corner(item, True)).toPoint()
    return bench.network.grab().toImage().pixelColor(at).name()


def test_health_is_asked_for_while_it_is_shown(make: Callable[..., Bench]) -> None:
    bench = make()
    assert bench.session.request.want_health
    bench.session.show(health=False)
    assert not bench.session.request.want_health
    bench.session.show(health=True)
    assert bench.session.request.want_health


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_dead_unit_has_a_badge_and_a_healthy_one_has_none(sick: Bench, theme: Theme) -> None:
    sick.session.show(theme=theme)
    # The bar in the middle of the ring.
    assert badge_pixel(sick, 0) == theme.warning
    assert badge_pixel(sick, 1) != theme.warning


def test_badges_can_be_turned_off(sick: Bench) -> None:
    sick.session.show(health=False)
    assert badge_pixel(sick, 0) != sick.session.theme.warning


def test_the_card_says_why(sick: Bench) -> None:
    for unit, dead in ((0, True), (1, False)):
        at = sick.view.point_of_unit("h", unit)
        assert at is not None
        sick.move(at)
        text = sick.network.card.text
        assert text is not None
        words = " ".join(text.remarks)
        assert ("gives h1 a positive net input, so its slope" in words) == dead
        assert sick.network.rect().contains(sick.network.card.geometry())


def test_a_saturated_unit_has_another_badge(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 3, 1))
    well = bench.network.grab().toImage()
    bench.session.apply(SetParameters({ParameterId("h", 0): 40.0}))
    bench.pump()
    assert [h.state for h in bench.session.evaluation.health] == ["saturated"]
    picture = bench.network.current_picture()
    assert picture is not None
    item = picture.scene.unit_item(1, 0)
    assert item is not None
    at = bench.network.viewport_now.to_screen(_corner(item, True)).toPoint()
    # Outside the unit, where the badge's plate is.
    there = bench.network.grab().toImage()
    assert there.pixel(at.x() + 6, at.y() - 4) != well.pixel(at.x() + 6, at.y() - 4)
    assert there.pixelColor(at).name() != bench.session.theme.warning
