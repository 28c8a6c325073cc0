"""What a formula speaks of is lit up in the colour of its term."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage

from bpviz.engine.spec import ParameterId, stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.terms import Role, UnitRef
from bpviz.gui.canvas import marks as module
from bpviz.gui.session import Mark
from bpviz.gui.theme import DARK, LIGHT, Theme
from bpviz.lab.edits import AddUnit, Load, RemoveUnit, SetParameters
from tests.gui.canvas.conftest import Bench

WEIGHT = ParameterId("o", 0, "h", 0)


@pytest.fixture
def small(make: Callable[..., Bench]) -> Bench:
    return make(stack(2, 3, 1))


def grabbed(bench: Bench) -> QImage:
    return bench.network.grab().toImage()


def near(color: QColor, token: str, reach: int = 60) -> bool:
    other = QColor(token)
    parts = zip(color.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return all(abs(a - b) <= reach for a, b in parts)


def tokens(theme: Theme) -> dict[str, str]:
    return {"error": theme.violet, "slope": theme.accent, "carried": theme.magenta}


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("role", ["error", "slope", "carried"])
def test_an_edge_has_a_halo_in_the_colour_of_the_term(
    small: Bench, role: Role, theme: Theme
) -> None:
    small.session.show(theme=theme)
    at = small.edge_point("o", 0, "h", 0)
    small.session.mark(Mark(role, (), (WEIGHT,)))
    token = tokens(theme)[role]
    halo = module.blend(theme.card, token, 0.55)
    image = grabbed(small)
    beside = [image.pixelColor((at + QPointF(0, dy)).toPoint()) for dy in range(-9, 10)]
    assert any(near(color, halo.name(), 12) for color in beside)
    small.session.mark()
    image = grabbed(small)
    beside = [image.pixelColor((at + QPointF(0, dy)).toPoint()) for dy in range(-9, 10)]
    assert not any(near(color, halo.name(), 12) for color in beside)


@pytest.mark.parametrize("role", ["error", "slope", "carried"])
def test_a_unit_has_a_ring_in_the_colour_of_the_term(small: Bench, role: Role) -> None:
    small.session.mark(Mark(role, (UnitRef("h", 1),)))
    at = small.view.point_of_unit("h", 1)
    assert at is not None
    picture = small.network.picture
    assert picture is not None
    half = picture.scene.unit_item(1, 1).rect.width() / 2  # type: ignore[union-attr]
    ring = grabbed(small).pixelColor((at + QPointF(half + 1.5, 0)).toPoint())
    assert near(ring, tokens(small.session.theme)[role])


def test_a_bias_has_a_ring_and_a_mark_without_a_role_the_accent(small: Bench) -> None:
    before = grabbed(small)
    small.session.mark(Mark("", (), (ParameterId("o", 0),)))
    after = grabbed(small)
    at = small.bias_point("o", 0).toPoint()
    around = [(x, y) for x in range(-9, 10) for y in range(-9, 10)]
    changed = [
        after.pixelColor(at.x() + x, at.y() + y)
        for x, y in around
        if after.pixel(at.x() + x, at.y() + y) != before.pixel(at.x() + x, at.y() + y)
    ]
    assert any(near(color, small.session.theme.accent, 20) for color in changed)


def test_other_edges_are_subdued_and_come_back(small: Bench) -> None:
    small.session.apply(SetParameters({ParameterId("o", 0, "h", 2): 2.0}))
    small.pump()
    at = small.edge_point("o", 0, "h", 2).toPoint()
    full = grabbed(small).pixelColor(at)
    small.session.mark(Mark("error", (), (WEIGHT,)))
    pale = grabbed(small).pixelColor(at)
    assert pale.lightness() > full.lightness() + 15
    small.session.mark()
    assert grabbed(small).pixelColor(at) == full


def test_what_has_two_marks_has_two_rings_the_first_one_outside(small: Bench) -> None:
    unit = (UnitRef("h", 1),)
    small.session.mark(Mark("error", unit), Mark("slope", unit))
    at = small.view.point_of_unit("h", 1)
    picture = small.network.picture
    assert at is not None
    assert picture is not None
    half = picture.scene.unit_item(1, 1).rect.width() / 2  # type: ignore[union-attr]
    image, theme = grabbed(small), small.session.theme
    assert near(image.pixelColor((at + QPointF(half + 1.5, 0)).toPoint()), theme.accent)
    assert near(image.pixelColor((at + QPointF(half + 5.5, 0)).toPoint()), theme.violet)


def test_the_pointed_edge_keeps_the_colour_of_its_term(small: Bench) -> None:
    small.session.mark(Mark("error", (), (WEIGHT,)))
    small.move(small.edge_point("o", 0, "h", 0))
    picture = small.network.picture
    assert picture is not None
    small.network.grab()
    assert (
        picture.marks.color_of_edge(picture.scene.edges_of(picture.scene.theta.index_of(WEIGHT))[0])
        == small.session.theme.violet
    )


def test_of_many_marked_edges_the_strongest_have_halos(
    make: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_HALOS", 3)
    values = module.np.array([0.1, -5.0, 0.2, 3.0, float("nan"), 4.0])
    assert set(module._strongest((0, 1, 2, 3, 4, 5), values)) == {1, 3, 5}
    assert module._strongest((2, 0), values) == [2, 0]


def test_marks_of_what_is_not_there_or_not_shown_are_left_out(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 120, 1))
    plain = grabbed(bench)
    hidden = Mark("error", (UnitRef("h", 60),), (ParameterId("h", 60, "i", 0),))
    gone = Mark("slope", (UnitRef("x", 0), UnitRef("h", 999)), (ParameterId("x", 0),))
    bench.session.mark(hidden, gone, Mark("carried", (), (ParameterId("h", 60),)))
    assert grabbed(bench) == plain


def test_marks_outlive_a_change_of_the_network(small: Bench) -> None:
    small.session.mark(Mark("error", (UnitRef("h", 2),), (ParameterId("o", 0, "h", 2),)))
    for edit in (RemoveUnit("h", 2), AddUnit("h")):
        small.session.apply(edit)
        small.pump()
        assert not grabbed(small).isNull()


def test_in_pictures_of_inputs_and_weights_a_pixel_is_framed(make: Callable[..., Bench]) -> None:
    bench = make()
    experiment = gallery_experiment("digits")
    bench.session.apply(Load(experiment))
    bench.session.ask(sample=0)
    bench.pump()
    inputs, hidden = experiment.network.layers[:2]
    weight = ParameterId(hidden.id, hidden.ids[0], inputs.id, 27)
    plain = grabbed(bench)
    bench.session.mark(Mark("carried", (UnitRef(inputs.id, 27),), (weight,)))
    marked = grabbed(bench)
    picture = bench.network.picture
    assert picture is not None
    lit = picture.marks._lit[0]
    assert len(lit.pixels) == 2
    view = bench.network.viewport_now
    for pixel in lit.pixels:
        at = view.to_screen(pixel.topLeft() + QPointF(-0.75, pixel.height() / 2))
        frame = QPoint(int(at.x()), int(at.y()))
        assert marked.pixel(frame) != plain.pixel(frame)
        assert near(marked.pixelColor(frame), bench.session.theme.magenta, 90)


def test_a_saved_picture_shows_no_marks(small: Bench) -> None:
    plain = small.view.to_image()
    small.session.mark(Mark("error", (UnitRef("h", 0),), (WEIGHT,)))
    assert small.view.to_image() == plain
