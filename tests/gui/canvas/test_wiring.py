"""Connections drawn with the mouse, and from the keyboard's menu."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from bpviz.engine.spec import ParameterId, stack
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas.wiring import Wire
from bpviz.lab.graph_edits import Connect, ConnectUnits, RemoveConnections
from tests.gui.canvas.conftest import Bench

ALT = Qt.KeyboardModifier.AltModifier


def wire(bench: Bench) -> Wire:
    gesture = bench.network.gesture
    assert isinstance(gesture, Wire)
    return gesture


def open_menu(bench: Bench) -> QMenu:
    menus = [m for m in bench.network.findChildren(QMenu) if m.isVisible()]
    assert len(menus) == 1
    return menus[0]


def test_a_line_from_unit_to_unit_connects_their_layers(bench: Bench) -> None:
    bench.take_port("i", 0)
    bench.drag(bench.unit("h2", 1))
    assert "Connect Input to Hidden 2" in wire(bench).words()
    bench.release(bench.unit("h2", 1))
    assert bench.edits == [(Connect("i", "h2"), "")]
    assert bench.session.experiment.network.layer("h2").sources == ("h1", "i")
    bench.pump()
    assert bench.session.snapshot is not None
    assert bench.session.snapshot.layout.block("h2", "i") is not None


def test_a_line_can_be_drawn_in_a_view_that_was_zoomed_and_moved(bench: Bench) -> None:
    bench.network.zoom_by(1.4, QPointF(30, 200))
    bench.take_port("i", 0)
    bench.drag(bench.unit("h2", 1))
    bench.release(bench.unit("h2", 1))
    assert bench.edits == [(Connect("i", "h2"), "")]


def test_on_the_ground_of_its_own_layer_a_line_says_nothing(bench: Bench) -> None:
    port = bench.take_port("h1", 2)
    bench.drag(port + QPointF(-4, 7))
    assert wire(bench).begun
    assert wire(bench).words() == ""
    bench.release(port + QPointF(-4, 7))
    assert bench.said == []


def test_with_alt_only_the_two_units_are_connected(bench: Bench) -> None:
    bench.take_port("i", 1)
    bench.drag(bench.unit("o", 0))
    bench.drag(bench.unit("o", 0), ALT)
    assert "only" in wire(bench).words()
    bench.release(bench.unit("o", 0), ALT)
    assert bench.edits == [(ConnectUnits(UnitRef("i", 1), UnitRef("o", 0)), "")]
    missing = bench.session.experiment.network.missing
    assert missing == {ParameterId("o", 0, "i", 0)}


def test_alt_may_be_pressed_while_the_pointer_rests(bench: Bench) -> None:
    bench.take_port("i", 1)
    bench.drag(bench.unit("o", 0))
    assert wire(bench).edit == Connect("i", "o")
    QTest.keyPress(bench.network, Qt.Key.Key_Alt, ALT)
    assert wire(bench).edit == ConnectUnits(UnitRef("i", 1), UnitRef("o", 0))
    QTest.keyRelease(bench.network, Qt.Key.Key_Alt)
    assert wire(bench).edit == Connect("i", "o")
    bench.release(bench.unit("o", 0))


def test_while_a_line_is_drawn_alt_is_not_the_menu_bars(bench: Bench) -> None:
    def taken() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Alt, ALT)
        event.ignore()
        QApplication.sendEvent(bench.network, event)
        return event.isAccepted()

    assert not taken()
    bench.take_port("i", 1)
    bench.drag(bench.unit("o", 0))
    assert taken()
    bench.release(bench.unit("o", 0))
    assert not taken()


def test_how_a_line_ends_is_told_by_its_release(bench: Bench) -> None:
    # A key that was let go elsewhere is not heard of.
    bench.take_port("i", 1)
    bench.drag(bench.unit("o", 0), ALT)
    bench.release(bench.unit("o", 0))
    assert bench.edits == [(Connect("i", "o"), "")]


def test_a_missing_connection_is_drawn_again_alone(bench: Bench) -> None:
    gone = frozenset(ParameterId("h2", 1, "h1", unit) for unit in (0, 3))
    bench.session.apply(RemoveConnections(gone))
    bench.pump()
    bench.take_port("h1", 3)
    bench.drag(bench.unit("h2", 1))
    bench.release(bench.unit("h2", 1))
    assert bench.session.experiment.network.missing == {ParameterId("h2", 1, "h1", 0)}


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        (("h1", 0), ("h2", 0), "already"),
        (("h2", 0), ("i", 0), "inputs"),
        (("h2", 2), ("h1", 4), "circle"),
        (("h1", 0), ("h1", 4), "one layer"),
    ],
)
def test_what_cannot_be_connected_says_why_and_changes_nothing(
    bench: Bench, source: tuple[str, int], target: tuple[str, int], words: str
) -> None:
    bench.take_port(*source)
    bench.drag(bench.unit(*target))
    reason = wire(bench).words()
    assert words in reason
    bench.release(bench.unit(*target))
    assert [text.lower() for text in bench.said] == [reason.lower()]
    assert not bench.laboratory.can_undo


def test_where_a_line_may_end_is_lit_up(bench: Bench) -> None:
    bench.take_port("i", 0)
    bench.drag(QPointF(5, bench.network.height() - 40))
    accent = bench.session.theme.accent
    image = bench.network.grab().toImage()
    lit = {}
    for layer in ("h1", "h2", "o"):
        picture = bench.network.current_picture()
        assert picture is not None
        place = picture.scene.place(layer)
        # Along the left side of what stands around the layer's units.
        x = place.x - place.half_width - 9
        row = [
            image.pixelColor(QPoint(round(x) + dx, round(place.ys[0]))).name() for dx in (-1, 0, 1)
        ]
        lit[layer] = accent in row
    assert lit == {"h1": False, "h2": True, "o": True}
    QTest.keyClick(bench.network, Qt.Key.Key_Escape)


def test_escape_lets_go_of_the_line(bench: Bench) -> None:
    bench.take_port("i", 0)
    bench.drag(bench.unit("o", 0))
    QTest.keyClick(bench.network, Qt.Key.Key_Escape)
    assert bench.network.gesture is None
    bench.release(bench.unit("o", 0))
    assert bench.edits == []


def test_a_line_into_nothing_does_nothing(bench: Bench) -> None:
    bench.take_port("i", 0)
    bench.drag(QPointF(5, bench.network.height() - 40))
    assert wire(bench).words() == ""
    bench.release(QPointF(5, bench.network.height() - 40))
    assert bench.edits == []
    assert bench.said == []


def test_a_line_that_is_being_drawn_ends_with_its_network(bench: Bench) -> None:
    bench.take_port("i", 0)
    bench.drag(bench.unit("o", 0))
    bench.session.apply(Connect("h1", "o"))
    bench.pump()
    assert bench.network.gesture is None


def test_a_title_has_a_port_too(bench: Bench) -> None:
    title = bench.control("title", "i")
    bench.move(title)
    picture = bench.network.current_picture()
    assert picture is not None
    port = picture.headers.title_right(0) + QPointF(12, 0)
    bench.move(port)
    assert bench.network.hover is not None
    assert bench.network.hover.kind == "port"
    bench.press(port)
    bench.drag(bench.control("title", "o"))
    bench.release(bench.control("title", "o"))
    assert bench.edits == [(Connect("i", "o"), "")]


def test_a_click_on_a_port_lists_the_layers_with_reasons(bench: Bench) -> None:
    port = bench.take_port("i", 0)
    bench.release(port)
    menu = open_menu(bench)
    offered = {action.text(): action for action in menu.actions()}
    assert list(offered) == ["Hidden 1", "Hidden 2", "Output"]
    assert not offered["Hidden 1"].isEnabled()
    assert "already" in offered["Hidden 1"].toolTip()
    offered["Output"].trigger()
    menu.close()
    assert bench.edits == [(Connect("i", "o"), "")]


def test_the_keyboard_connects_the_layer_of_its_cursor(bench: Bench) -> None:
    network = bench.network
    network.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_C):
        QTest.keyClick(network, key)
    menu = open_menu(bench)
    for _ in range(2):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert [type(edit) for edit, _ in bench.edits] == [Connect]


def test_a_unit_is_chosen_by_a_click_as_before(bench: Bench) -> None:
    bench.move(bench.unit("h1", 2))
    bench.click(bench.unit("h1", 2))
    assert bench.session.look.shown_unit == (1, 2)
    assert bench.edits == []


def test_the_output_has_no_port(bench: Bench) -> None:
    bench.move(bench.unit("o", 0))
    at = bench.unit("o", 0) + QPointF(28, 0)
    bench.move(at)
    assert bench.network.hover is None or bench.network.hover.kind != "port"


def test_the_card_of_a_unit_leaves_its_port_free(bench: Bench) -> None:
    for part in (-14, 0, 14):
        bench.move(bench.unit("h1", 3) + QPointF(part, part))
        card = bench.network.card
        picture = bench.network.current_picture()
        assert picture is not None
        assert card.isVisible()
        rect = picture.scene.unit_item(1, 3)
        assert rect is not None
        port = QPointF(rect.rect.right() + 8, rect.rect.center().y())
        assert not card.geometry().adjusted(-6, -6, 6, 6).contains(port.toPoint())


def test_connections_are_drawn_while_it_trains(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 3, 1))
    bench.train(2)
    bench.take_port("i", 0)
    bench.drag(bench.unit("o", 0))
    bench.train(2)
    assert wire(bench).edit == Connect("i", "o")
    bench.release(bench.unit("o", 0))
    bench.train(1)
    snapshot = bench.session.snapshot
    assert snapshot is not None
    assert snapshot.epoch == 5
    assert snapshot.layout.block("o", "i") is not None
