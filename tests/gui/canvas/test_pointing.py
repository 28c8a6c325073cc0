"""What the pointer and the keyboard find on the canvas, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest

from bpviz.engine.spec import ParameterId, stack
from bpviz.explain.terms import UnitRef
from bpviz.lab.edits import RemoveUnit
from tests.gui.canvas.conftest import Bench


@pytest.mark.parametrize(
    ("layer", "unit", "source", "source_unit"),
    [("h1", 0, "i", 0), ("h1", 5, "i", 1), ("h2", 1, "h1", 2), ("o", 0, "h2", 3)],
)
def test_hovering_an_edge_finds_its_weight(
    bench: Bench, layer: str, unit: int, source: str, source_unit: int
) -> None:
    bench.move(bench.edge_point(layer, unit, source, source_unit))
    snapshot, hover = bench.session.snapshot, bench.network.hover
    assert snapshot is not None
    assert hover is not None
    found = snapshot.layout.id_of(hover.index)
    wanted = ParameterId(layer, unit, source, source_unit)
    # Edges may cross there; what is found must then be as near as the wanted one.
    picture = bench.network.current_picture()
    assert picture is not None
    at = bench.edge_point(layer, unit, source, source_unit)
    near = [
        snapshot.layout.id_of(int(picture.scene.index[e]))
        for e in picture.scene.edges_near(at.x(), at.y(), 1.5)
    ]
    assert wanted in near
    assert found in near


def test_an_edge_that_nothing_crosses_is_found_exactly(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 3, 1))
    for unit in (0, 2):
        bench.move(bench.edge_point("o", 0, "h", unit))
        hover, snapshot = bench.network.hover, bench.session.snapshot
        assert hover is not None
        assert snapshot is not None
        assert snapshot.layout.id_of(hover.index) == ParameterId("o", 0, "h", unit)


def test_the_card_tells_label_ends_value_and_gradient(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 3, 1))
    bench.train(2)
    bench.move(bench.edge_point("o", 0, "h", 2))
    card, snapshot = bench.network.card, bench.session.snapshot
    assert snapshot is not None
    assert card.isVisible()
    assert card.text is not None
    assert card.text.title == "w₉  h₃ → ŷ"
    index = snapshot.layout.index_of(ParameterId("o", 0, "h", 2))
    shown = {name: value.replace("−", "-") for name, value in card.text.values}
    assert float(shown["w"]) == pytest.approx(snapshot.theta[index], abs=1e-4, rel=1e-3)
    assert float(shown["∂E/∂w"]) == pytest.approx(snapshot.gradient[index], abs=1e-4, rel=1e-3)
    assert "epoch 2" in " ".join(card.text.remarks)


def test_the_card_follows_the_training(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 3, 1))
    bench.move(bench.edge_point("o", 0, "h", 0))
    assert bench.network.card.text is not None
    before = bench.network.card.text.values
    bench.train(3)
    assert bench.network.card.text.values != before


@pytest.mark.parametrize("corner", [(0.02, 0.02), (0.98, 0.98), (0.02, 0.98), (0.98, 0.02)])
def test_the_card_stays_inside_the_canvas(bench: Bench, corner: tuple[float, float]) -> None:
    picture = bench.network.current_picture()
    assert picture is not None
    bench.move(bench.edge_point("o", 0, "h2", 0))
    card, area = bench.network.card, bench.network.rect()
    at = QPointF(corner[0] * area.width(), corner[1] * area.height()).toPoint()
    card.show_text(card.text, at)
    assert area.contains(card.geometry())


def test_a_unit_tells_net_out_and_delta_of_the_sample(bench: Bench) -> None:
    at = bench.view.point_of_unit("h2", 1)
    assert at is not None
    bench.move(at)
    text, evaluation = bench.network.card.text, bench.session.evaluation
    assert text is not None
    assert evaluation is not None
    shown = {name: float(value.replace("−", "-")) for name, value in text.values}
    assert shown["net"] == pytest.approx(evaluation.probe.nets[2][1], abs=1e-4)
    assert shown["out"] == pytest.approx(evaluation.probe.outs[2][1], abs=1e-4)
    assert shown["δ = ∂E/∂net"] == pytest.approx(evaluation.probe.deltas[2][1], abs=1e-4, rel=1e-3)


def test_the_bias_of_an_output_unit_can_be_found(bench: Bench) -> None:
    bench.move(bench.bias_point("o", 0))
    hover, snapshot = bench.network.hover, bench.session.snapshot
    assert hover is not None
    assert hover.kind == "bias"
    assert snapshot is not None
    assert snapshot.layout.id_of(hover.index) == ParameterId("o", 0)


def test_zooming_keeps_the_point_under_the_pointer(bench: Bench) -> None:
    at = bench.view.point_of_unit("h1", 3)
    assert at is not None
    bench.network.zoom_by(2.5, at)
    again = bench.view.point_of_unit("h1", 3)
    assert again is not None
    assert (again.x(), again.y()) == pytest.approx((at.x(), at.y()))
    bench.move(at)
    assert bench.network.hover is not None
    assert (bench.network.hover.layer, bench.network.hover.unit) == (1, 3)
    bench.network.fit()
    assert bench.network.viewport_now.zoom == 1.0


def test_arrows_go_from_unit_to_unit_and_tab_through_its_parameters(bench: Bench) -> None:
    network = bench.network
    network.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(network, key)
    assert network.cursor_at is not None
    assert (network.cursor_at.kind, network.cursor_at.layer) == ("unit", 2)
    QTest.keyClick(network, Qt.Key.Key_Tab)
    assert network.cursor_at.kind == "bias"
    QTest.keyClick(network, Qt.Key.Key_Tab)
    assert network.cursor_at.kind == "edge"
    chosen = bench.session.selection
    assert chosen is not None
    assert (chosen.layer, chosen.source) == ("h2", "h1")
    assert "h2" in network.accessibleDescription()


def test_every_control_has_a_name_and_a_hint(bench: Bench) -> None:
    from PySide6.QtWidgets import QAbstractButton

    for button in bench.view.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text()
        assert button.toolTip()


def test_dragging_the_ground_moves_the_picture(bench: Bench) -> None:
    network = bench.network
    before = bench.view.point_of_unit("h1", 0)
    assert before is not None
    ground = QPointF(30, network.height() - 60).toPoint()
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(network, left, pos=ground)
    bench.drag(QPointF(ground) + QPointF(40, -25))
    QTest.mouseRelease(network, left, pos=ground + QPointF(40, -25).toPoint())
    after = bench.view.point_of_unit("h1", 0)
    assert after is not None
    assert (after.x() - before.x(), after.y() - before.y()) == pytest.approx((40, -25))


def test_what_is_pointed_at_is_told_once_and_taken_back(
    make: Callable[..., Bench],
) -> None:
    bench = make(stack(2, 3, 1))
    told: list[object] = []
    bench.session.pointed.connect(told.append)
    weight, unit = ParameterId("o", 0, "h", 0), bench.view.point_of_unit("h", 1)
    assert unit is not None
    bench.move(bench.edge_point("o", 0, "h", 0))
    bench.move(bench.edge_point("o", 0, "h", 0) + QPointF(1, 0))
    bench.move(unit)
    bench.move(bench.bias_point("o", 0))
    bench.network.leaveEvent(QEvent(QEvent.Type.Leave))
    assert told == [weight, UnitRef("h", 1), ParameterId("o", 0), None]


def test_the_keyboards_cursor_points_too_while_the_canvas_has_the_focus(bench: Bench) -> None:
    bench.view.activateWindow()
    QTest.qWaitForWindowActive(bench.view)
    told: list[object] = []
    bench.session.pointed.connect(told.append)
    network = bench.network
    network.setFocus()
    QTest.keyClick(network, Qt.Key.Key_Down)
    QTest.keyClick(network, Qt.Key.Key_Tab)
    assert told == [UnitRef("h1", 0), ParameterId("h1", 0)]
    bench.view.header.setFocus()
    network.clearFocus()
    assert told[-1] is None


def test_a_unit_that_is_taken_away_is_no_longer_pointed_at(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 3, 1))
    at = bench.view.point_of_unit("h", 2)
    assert at is not None
    bench.move(at)
    told: list[object] = []
    bench.session.pointed.connect(told.append)
    bench.session.apply(RemoveUnit("h", 2))
    bench.pump()
    assert told != []
    assert told[-1] != UnitRef("h", 2)
