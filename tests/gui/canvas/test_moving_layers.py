"""Layers that are dragged to another place of the picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from bpviz.engine.spec import stack
from bpviz.experiments.experiment import Moved
from bpviz.gui.canvas.menus import layer_menu
from bpviz.gui.canvas.names import layer_names
from bpviz.lab.edits import AddLayer
from bpviz.lab.graph_edits import ForgetMoves, MoveLayer
from tests.gui.canvas.conftest import Bench


def place(bench: Bench, layer: str) -> QPointF:
    """Where the first unit of a layer lies."""
    return bench.unit(layer, 0)


def way(bench: Bench, layer: str, before: QPointF) -> tuple[float, float]:
    """How far the first unit of a layer lies from where it was, in thousandths of a pixel."""
    after = place(bench, layer)
    return round(after.x() - before.x(), 3), round(after.y() - before.y(), 3)


def drag_title(bench: Bench, layer: str, by: QPointF, steps: int = 4) -> None:
    start = bench.control("title", layer)
    bench.move(start)
    bench.press(start)
    for k in range(1, steps + 1):
        bench.drag(start + by * (k / steps))
    bench.release(start + by)


def test_a_layer_follows_its_title_and_one_drag_is_one_edit(bench: Bench) -> None:
    before, others = place(bench, "h1"), place(bench, "h2")
    area = bench.network.size()
    drag_title(bench, "h1", QPointF(30, 24))
    assert len(bench.edits) == 1
    edit = bench.edits[0][0]
    assert isinstance(edit, MoveLayer)
    assert edit.layer == "h1"
    assert (edit.right, edit.down) == pytest.approx((30 / area.width(), 24 / area.height()))
    assert way(bench, "h1", before) == (30, 24)
    assert place(bench, "h2") == others
    bench.pump()
    assert way(bench, "h1", before) == (30, 24)
    bench.session.undo()
    assert place(bench, "h1") == before
    assert not bench.laboratory.can_undo


def test_while_it_is_dragged_only_the_picture_changes(bench: Bench) -> None:
    before, start = place(bench, "h1"), bench.control("title", "h1")
    bench.press(start)
    bench.drag(start + QPointF(25, 20))
    assert way(bench, "h1", before) == (25, 20)
    assert bench.edits == []
    bench.train(2)
    assert way(bench, "h1", before) == (25, 20)
    QTest.keyClick(bench.network, Qt.Key.Key_Escape)
    assert place(bench, "h1") == before
    bench.release(start + QPointF(25, 20))
    assert bench.edits == []


def test_a_layer_that_is_taken_away_while_it_is_dragged_is_let_go(bench: Bench) -> None:
    bench.session.apply(AddLayer("h2"))
    bench.pump()
    added = bench.session.experiment.network.layers[3].id
    start = bench.control("title", added)
    bench.press(start)
    bench.drag(start + QPointF(25, 20))
    bench.session.undo()
    # The picture is still the one before.
    bench.drag(start + QPointF(45, 30))
    assert bench.network.moved_layers == ()
    bench.drag(start + QPointF(50, 30))
    bench.release(start + QPointF(50, 30))
    bench.pump()
    bench.network.grab()
    assert [type(edit) for edit, _ in bench.edits] == [AddLayer]
    assert bench.said == [bench.said[0]]


def test_curves_are_coarser_while_a_layer_is_dragged(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 14, 14, 1))

    def courses() -> np.ndarray:
        picture = bench.network.current_picture()
        assert picture is not None
        return picture.scene.samples

    fine = courses()
    start = bench.control("title", "h2")
    bench.press(start)
    bench.drag(start + QPointF(25, 20))
    coarse = courses()
    assert coarse.shape[1] < fine.shape[1] / 2
    of_others = slice(0, 2 * 14)
    assert np.allclose(coarse[of_others, [0, -1]], fine[of_others, [0, -1]])
    QTest.keyClick(bench.network, Qt.Key.Key_Escape)
    assert np.array_equal(courses(), fine)
    bench.release(start)


def test_near_its_own_place_a_layer_snaps_back(bench: Bench) -> None:
    before = place(bench, "h1")
    drag_title(bench, "h1", QPointF(50, 6))
    assert way(bench, "h1", before) == (50, 0)
    drag_title(bench, "h1", QPointF(-46, 3))
    assert place(bench, "h1") == before
    assert bench.session.experiment.moved == ()


def test_past_the_edge_a_layer_keeps_the_shift_that_is_seen(bench: Bench) -> None:
    drag_title(bench, "h1", QPointF(0, 2000))
    before = place(bench, "h1")
    down = bench.session.experiment.moved[0].down
    assert 0 < down < 0.5
    # So it follows at once when it is taken back.
    drag_title(bench, "h1", QPointF(0, -15))
    assert way(bench, "h1", before) == (0, -15)
    drag_title(bench, "h1", QPointF(0, 15))
    assert bench.session.experiment.moved[0].down == pytest.approx(down, abs=1e-6)


def test_where_nothing_moved_there_is_nothing_to_undo(bench: Bench) -> None:
    drag_title(bench, "h1", QPointF(0, 2000))
    bench.edits.clear()
    drag_title(bench, "h1", QPointF(0, 200))
    assert bench.edits == []
    network = bench.network
    network.setFocus()
    QTest.keyClick(network, Qt.Key.Key_Down)
    QTest.keyClick(network, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert bench.edits == []


def test_a_click_on_a_title_still_opens_the_menu(bench: Bench) -> None:
    bench.click(bench.control("title", "h1"))
    assert bench.edits == []
    menu = next(m for m in bench.network.findChildren(QMenu) if m.isVisible())
    assert menu.actions()[0].text() == "Hidden 1"
    menu.close()


def test_shift_and_arrows_move_the_layer_of_the_cursor(bench: Bench) -> None:
    network = bench.network
    network.setFocus()
    QTest.keyClick(network, Qt.Key.Key_Down)
    before = place(bench, "h1")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(network, key, Qt.KeyboardModifier.ShiftModifier)
    assert way(bench, "h1", before) == (8, 16)
    assert network.cursor_at is not None
    bench.session.undo()
    assert place(bench, "h1") == before
    assert not bench.laboratory.can_undo


def test_the_menu_puts_a_layer_back_or_all(bench: Bench) -> None:
    layer = bench.session.experiment.network.layer("h1")

    def texts() -> dict[str, Callable[[], None]]:
        menu = layer_menu(bench.session, layer, lambda *_: None, bench.network)
        return {action.text(): action.trigger for action in menu.actions()}

    assert "Put it back in its place" not in texts()
    bench.session.apply(MoveLayer("h1", 0.1, 0.1))
    bench.session.apply(MoveLayer("h2", 0.0, 0.1))
    texts()["Put it back in its place"]()
    assert bench.session.experiment.moved == (Moved("h2", 0.0, 0.1),)
    texts()["Arrange all layers anew"]()
    assert bench.edits[-1][0] == ForgetMoves()
    assert bench.session.experiment.moved == ()


def test_a_picture_of_inputs_can_be_dragged(make: Callable[..., Bench]) -> None:
    from bpviz.experiments.gallery import gallery_experiment

    bench = make(gallery_experiment("digits"))
    picture = bench.network.current_picture()
    assert picture is not None
    at = picture.scene.layout.layers[0]
    start = QPointF(at.x, at.centre_y)
    bench.move(start)
    bench.press(start)
    bench.drag(start + QPointF(0, 30))
    bench.release(start + QPointF(0, 30))
    assert [edit.layer for edit, _ in bench.edits if isinstance(edit, MoveLayer)] == ["x"]


def test_the_ground_is_still_dragged_to_move_the_view(bench: Bench) -> None:
    ground = QPointF(30, bench.network.height() - 60)
    before = place(bench, "h1")
    bench.move(ground)
    bench.press(ground)
    bench.drag(ground + QPointF(40, -25))
    bench.release(ground + QPointF(40, -25))
    assert way(bench, "h1", before) == (40, -25)
    assert bench.edits == []


def test_a_picture_for_a_file_shows_layers_where_they_were_dragged(bench: Bench) -> None:
    before = bench.view.to_image()
    bench.session.apply(MoveLayer("h1", 0.0, 0.1))
    bench.pump()
    assert bench.view.to_image() != before


def test_groups_have_a_button_to_add_a_layer_each(make: Callable[..., Bench]) -> None:
    from bpviz.lab.architecture_text import SetArchitecture

    bench = make(stack(2, 4, 1))
    bench.session.apply(SetArchitecture("2 → 3|3 → 1"))
    bench.pump()
    bench.edits.clear()
    picture = bench.network.current_picture()
    assert picture is not None
    groups = [layer.id for layer in picture.spec.layers[1:3]]
    for place, group in zip(picture.headers.insert_places()[1:3], groups, strict=True):
        bench.move(place.rect.center())
        hover = bench.network.hover
        assert hover is not None
        assert hover.control is not None
        text = bench.network.card.text
        assert text is not None
        assert text.title == f"Add a layer behind {layer_names(picture.spec)[group]}"
        bench.click(place.rect.center())
        assert bench.edits[-1][0] == AddLayer(group)
        bench.session.undo()
        bench.pump()
