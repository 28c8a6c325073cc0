"""What a layer's menu offers for its connections and for the layer as a group."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from bpviz.engine.spec import ParameterId, stack
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.menus import layer_menu
from bpviz.lab.architecture_text import SetArchitecture, architecture_text
from bpviz.lab.edits import AddLayer
from bpviz.lab.graph_edits import (
    Connect,
    Disconnect,
    JoinLayers,
    MoveLayer,
    RemoveConnections,
    RestoreConnections,
    SplitLayer,
)
from tests.gui.canvas.conftest import Bench


def menu_of(bench: Bench, layer: str) -> QMenu:
    spec = bench.session.experiment.network.layer(layer)
    return layer_menu(bench.session, spec, lambda *_: None, bench.network)


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def test_weights_open_as_a_matrix_from_the_menu(bench: Bench, qtbot: QtBot) -> None:
    asked: list[tuple[str, str]] = []
    layer = bench.session.experiment.network.output
    menu = layer_menu(
        bench.session, layer, lambda *ends: asked.append((ends[0], ends[1])), bench.network
    )
    (action,) = (a for a in menu.actions() if "as a matrix" in a.text())
    menu.popup(bench.network.mapToGlobal(bench.network.rect().center()))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert asked == [(layer.id, layer.sources[0])]
    menu.close()


def below(menu: QMenu, text: str) -> dict[str, QAction]:
    # Kept: without it Python would let go of the menu.
    made = entries(menu)[text].menu()
    assert isinstance(made, QMenu)
    return entries(made)


@pytest.fixture
def skipping(make: Callable[..., Bench]) -> Bench:
    bench = make(stack(2, 6, 4, 1))
    bench.session.apply(Connect("i", "h2"))
    bench.edits.clear()
    return bench


def test_a_skip_connection_is_taken_away_from_either_end(skipping: Bench) -> None:
    menu = menu_of(skipping, "h2")
    offered = below(menu, "Disconnect from")
    assert list(offered) == [
        "Hidden 1, which feeds it",
        "Input, which feeds it",
        "Output, which it feeds",
    ]
    offered["Input, which feeds it"].trigger()
    assert skipping.edits == [(Disconnect("i", "h2"), "")]
    skipping.session.undo()
    other = menu_of(skipping, "i")
    below(other, "Disconnect from")["Hidden 2, which it feeds"].trigger()
    assert skipping.edits[-1] == (Disconnect("i", "h2"), "")


def test_a_connection_that_must_stay_says_why(skipping: Bench) -> None:
    menu = menu_of(skipping, "o")
    action = below(menu, "Disconnect from")["Hidden 2, which feeds it"]
    assert not action.isEnabled()
    assert "nothing else feeds" in action.toolTip().lower()


def test_the_output_has_no_layers_to_connect_to(skipping: Bench) -> None:
    assert "Connect to" not in entries(menu_of(skipping, "o"))
    assert "Split into two groups…" not in entries(menu_of(skipping, "o"))


@pytest.mark.parametrize(
    ("layer", "text", "wanted"),
    [
        ("h1", "Split into two groups…", SplitLayer("h1", 2)),
        ("i", "Split off a second input group…", SplitLayer("i", 1)),
    ],
)
def test_a_layer_is_split_into_groups(
    bench: Bench, layer: str, text: str, wanted: SplitLayer
) -> None:
    menu = menu_of(bench, layer)
    entries(menu)[text].trigger()
    dialog = next(iter(menu.findChildren(QInputDialog)), None)
    dialog = dialog or bench.network.findChild(QInputDialog)
    assert dialog is not None
    most = bench.session.experiment.network.layer(layer).units - 1
    assert (dialog.intMinimum(), dialog.intMaximum()) == (1, most)
    dialog.setIntValue(wanted.units)
    dialog.accept()
    assert bench.edits == [(wanted, "")]
    bench.pump()
    bench.network.grab()


def test_a_question_stays_when_the_menu_that_asked_has_gone(bench: Bench) -> None:
    menu = menu_of(bench, "h1")
    entries(menu)["Split into two groups…"].trigger()
    menu.close()
    menu.deleteLater()
    dialog = bench.network.findChild(QInputDialog)
    assert dialog is not None
    dialog.reject()


def test_groups_are_joined_again(bench: Bench) -> None:
    bench.session.apply(SplitLayer("h1", 2))
    bench.edits.clear()
    groups = [layer.id for layer in bench.session.experiment.network.layers[1:3]]
    menu = menu_of(bench, groups[0])
    join = next(action for text, action in entries(menu).items() if text.startswith("Join with"))
    join.trigger()
    assert bench.edits == [(JoinLayers(*groups), "")]
    assert architecture_text(bench.session.experiment.network) == "2 → 6 → 4 → 1"


def test_groups_that_cannot_be_joined_say_why(bench: Bench) -> None:
    bench.session.apply(SetArchitecture("2 → 3|3 → 4 → 1; h1→o"))
    layer = bench.session.experiment.network.layers[1].id
    menu = menu_of(bench, layer)
    join = next(action for text, action in entries(menu).items() if text.startswith("Join with"))
    assert not join.isEnabled()
    assert "feed" in join.toolTip()


def test_a_layer_of_one_unit_cannot_be_split(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 1, 1))
    split = entries(menu_of(bench, "h"))["Split into two groups…"]
    assert not split.isEnabled()
    assert "only one unit" in split.toolTip()


@pytest.mark.parametrize("key", [Qt.Key.Key_Menu, Qt.Key.Key_C])
def test_a_layer_that_has_gone_since_it_was_drawn_has_no_menu(bench: Bench, key: Qt.Key) -> None:
    bench.session.apply(AddLayer("h2"))
    bench.pump()
    network, position = bench.network, 3
    network.setFocus()
    network.cursor_at = Hit("unit", position, 0)
    bench.session.undo()
    before = len(network.findChildren(QMenu))
    QTest.keyClick(network, key)
    assert len(network.findChildren(QMenu)) == before


def test_a_menu_opens_on_the_network_of_the_moment(bench: Bench) -> None:
    """The picture may still be the one before the last edit."""
    bench.session.apply(AddLayer("h2"))
    bench.pump()
    network = bench.network
    network.setFocus()
    network.cursor_at = Hit("unit", 4, 0)
    bench.session.undo()
    QTest.keyClick(network, Qt.Key.Key_Menu)
    menu = next(m for m in network.findChildren(QMenu) if m.isVisible())
    offered = below(menu, "Disconnect from")
    assert list(offered) == ["Hidden 2, which feeds it"]
    menu.close()


def test_menus_are_gone_when_they_have_closed(bench: Bench, qtbot: QtBot) -> None:
    network = bench.network
    network.setFocus()
    network.cursor_at = Hit("unit", 1, 0)
    before = len(network.findChildren(QMenu))
    for key in (Qt.Key.Key_Menu, Qt.Key.Key_C):
        QTest.keyClick(network, key)
        shown = next(m for m in network.findChildren(QMenu) if m.isVisible())
        with qtbot.waitSignal(shown.destroyed):
            shown.close()
        del shown
    assert len(network.findChildren(QMenu)) == before


def test_no_edit_is_tried_out_for_a_menu(skipping: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With many missing connections that would take long."""
    skipping.session.apply(RemoveConnections(frozenset({ParameterId("h2", 0, "i", 0)})))
    edits = Connect, Disconnect, JoinLayers, MoveLayer, RestoreConnections, SplitLayer
    for kind in edits:
        monkeypatch.setattr(kind, "apply", lambda *_: pytest.fail("an edit was tried out"))
    for layer in skipping.session.experiment.network.layers:
        assert entries(menu_of(skipping, layer.id))
