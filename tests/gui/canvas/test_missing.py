"""Single connections: taken away, seen where they are missing, brought back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from bpviz.engine.spec import ParameterId, stack
from bpviz.gui.canvas.menus import layer_menu
from bpviz.lab.edits import RemoveUnit
from bpviz.lab.graph_edits import RemoveConnections, RestoreConnections
from tests.gui.canvas.conftest import Bench

WEIGHT = ParameterId("o", 0, "h", 0)
OTHER = ParameterId("h", 2, "i", 1)


@pytest.fixture
def small(make: Callable[..., Bench]) -> Bench:
    return make(stack(2, 3, 1))


@pytest.fixture
def pruned(small: Bench) -> Bench:
    small.session.apply(RemoveConnections(frozenset({WEIGHT, OTHER})))
    small.pump()
    small.edits.clear()
    return small


def middle(bench: Bench, parameter: ParameterId) -> QPointF:
    """The middle of a missing connection: its course is a cubic like that of any other."""
    return bench.edge_point(*parameter)


def shown(bench: Bench) -> set[ParameterId]:
    picture = bench.network.current_picture()
    assert picture is not None
    index = picture.scene.missing_index
    return {picture.scene.theta.id_of(int(index[k])) for k in bench.network.missing_shown()}


def test_the_editor_removes_its_connection(small: Bench) -> None:
    small.click(small.edge_point(*WEIGHT))
    popover = small.network.popover
    assert popover.remove.isVisible()
    popover.remove.click()
    small.pump()
    assert small.edits == [(RemoveConnections(frozenset({WEIGHT})), "")]
    assert not popover.isVisible()
    assert small.session.selection is None
    picture = small.network.current_picture()
    assert picture is not None
    assert picture.scene.edge_of(picture.scene.theta.index_of(WEIGHT)) is None


def test_a_bias_cannot_be_removed(small: Bench) -> None:
    small.click(small.bias_point("o", 0))
    assert small.network.popover.isVisible()
    assert not small.network.popover.remove.isVisible()


def test_delete_removes_the_connection_under_the_pointer(small: Bench) -> None:
    small.move(small.edge_point(*WEIGHT))
    QTest.keyClick(small.network, Qt.Key.Key_Delete)
    assert [edit for edit, _ in small.edits] == [RemoveConnections(frozenset({WEIGHT}))]


def test_delete_removes_the_connection_at_the_keyboards_cursor(small: Bench) -> None:
    network = small.network
    network.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Delete):
        QTest.keyClick(network, key)
    gone = ParameterId("h", 0, "i", 0)
    assert [edit for edit, _ in small.edits] == [RemoveConnections(frozenset({gone}))]
    small.pump()
    QTest.keyClick(network, Qt.Key.Key_Delete)
    assert len(small.edits) == 1


def test_delete_on_a_bias_is_refused_in_words(small: Bench) -> None:
    small.move(small.bias_point("o", 0))
    small.network.activate(small.network.hover, QPointF(9, 9).toPoint())
    small.network.popover.dismiss()
    small.network.leaveEvent(None)  # type: ignore[arg-type]
    QTest.keyClick(small.network, Qt.Key.Key_Delete)
    assert small.session.experiment.network.missing == frozenset()
    assert any("bias" in text for text in small.said)


def test_a_missing_connection_is_not_drawn_until_it_is_looked_for(pruned: Bench) -> None:
    pruned.move(QPointF(4, pruned.network.height() - 40))
    assert shown(pruned) == set()
    plain = pruned.network.grab().toImage()
    pruned.move(pruned.unit("h", 0))
    assert shown(pruned) == {WEIGHT}
    pruned.move(pruned.unit("o", 0))
    assert shown(pruned) == {WEIGHT}
    pruned.move(pruned.unit("h", 1))
    assert shown(pruned) == set()
    pruned.network.leaveEvent(None)  # type: ignore[arg-type]
    assert pruned.network.grab().toImage() == plain
    pruned.session.show(missing=True)
    assert shown(pruned) == {WEIGHT, OTHER}
    assert pruned.network.grab().toImage() != plain


def test_the_card_of_a_unit_counts_what_it_lacks(pruned: Bench) -> None:
    for unit, wanted in (("h", 0), 1), (("h", 1), 0), (("i", 1), 1):
        pruned.move(pruned.unit(*unit))
        text = pruned.network.card.text
        assert text is not None
        assert ("1 connection missing" in text.remarks) == bool(wanted)


def test_a_picture_for_a_file_shows_them_when_the_canvas_does(pruned: Bench) -> None:
    plain = pruned.view.to_image()
    pruned.move(pruned.unit("h", 0))
    assert pruned.view.to_image() == plain
    pruned.session.show(missing=True)
    assert pruned.view.to_image() != plain


def test_the_keyboards_cursor_shows_what_its_unit_lacks(pruned: Bench) -> None:
    pruned.view.activateWindow()
    QTest.qWaitForWindowActive(pruned.view)
    pruned.network.setFocus()
    QTest.keyClick(pruned.network, Qt.Key.Key_Down)
    assert shown(pruned) == {WEIGHT}


def test_along_its_course_a_missing_connection_stays_in_sight_and_is_restored(
    pruned: Bench,
) -> None:
    start, end = pruned.unit("h", 0), middle(pruned, WEIGHT)
    pruned.move(start)
    picture = pruned.network.current_picture()
    assert picture is not None
    course = picture.scene.missing_samples[
        list(picture.scene.missing_index).index(picture.scene.theta.index_of(WEIGHT))
    ]
    for x, y in course[: len(course) // 2 + 1]:
        pruned.move(QPointF(x, y))
        assert shown(pruned) == {WEIGHT}
    hover = pruned.network.hover
    assert hover is not None
    assert hover.kind == "missing"
    assert pruned.network.card.text is not None
    assert "missing" in pruned.network.card.text.remarks[0]
    pruned.click(end)
    popover = pruned.network.popover
    assert popover.isVisible()
    assert popover.restore.isVisible()
    assert not popover.field.isVisible()
    assert not popover.freeze.isVisible()
    popover.restore.click()
    assert pruned.edits == [(RestoreConnections(frozenset({WEIGHT})), "")]
    pruned.pump()
    assert pruned.session.experiment.network.missing == {OTHER}


def test_the_editor_of_a_present_connection_has_its_value_again(pruned: Bench) -> None:
    network = pruned.network
    snapshot = pruned.session.snapshot
    assert snapshot is not None
    network.edit_parameter(snapshot.layout.index_of(WEIGHT), QPointF(50, 50).toPoint())
    assert pruned.session.selection is None
    network.edit_parameter(
        snapshot.layout.index_of(ParameterId("o", 0, "h", 1)), QPointF(50, 50).toPoint()
    )
    assert network.popover.field.isVisible()
    assert not network.popover.missing.isVisible()
    assert network.rect().contains(network.popover.geometry())


def test_the_menu_restores_what_a_unit_or_its_layer_lacks(pruned: Bench) -> None:
    layer = pruned.session.experiment.network.layer("h")
    menu = layer_menu(pruned.session, layer, lambda *_: None, pruned.network, 0)
    texts = {action.text(): action for action in menu.actions()}
    texts["Restore connections of this unit"].trigger()
    assert pruned.edits[-1][0] == RestoreConnections(frozenset({WEIGHT}))
    pruned.session.undo()
    texts["Restore connections of this layer"].trigger()
    assert pruned.edits[-1][0] == RestoreConnections(frozenset({WEIGHT, OTHER}))
    assert pruned.session.experiment.network.missing == frozenset()
    menu = layer_menu(pruned.session, layer, lambda *_: None, pruned.network, 0)
    assert not [action for action in menu.actions() if "Restore" in action.text()]


def test_what_a_unit_that_has_gone_lacked_is_forgotten(pruned: Bench) -> None:
    pruned.move(pruned.unit("h", 2))
    assert shown(pruned) == {OTHER}
    pruned.session.apply(RemoveUnit("h", 2))
    pruned.pump()
    assert shown(pruned) == set()
    pruned.network.grab()
