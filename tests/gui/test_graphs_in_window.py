"""Graphs edited in the whole window, while training runs on its thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bpviz.engine.spec import ParameterId
from bpviz.gui.canvas.ports import port_of
from bpviz.gui.dialogs.architecture import ArchitectureDialog
from bpviz.gui.dialogs.pruning import PruningDialog
from bpviz.lab.architecture_text import architecture_text
from bpviz.lab.graph_edits import MoveLayer


def unit(window, layer: str, number: int) -> QPointF:
    at = window.canvas.point_of_unit(layer, number)
    assert at is not None
    return at


def trained(window, epochs: int) -> bool:
    return window.session.snapshot.epoch >= epochs


def test_a_connection_is_drawn_and_taken_back_while_it_trains(qtbot, window):
    network, session = window.canvas.network, window.session
    window.laboratory.train()
    qtbot.waitUntil(lambda: trained(window, 5))
    QTest.mouseMove(network, unit(window, "x", 0).toPoint())
    qtbot.waitUntil(lambda: network.hover is not None and network.hover.kind == "unit")
    port = port_of(network.picture.scene, network.picture.headers, network.hover)
    QTest.mouseMove(network, port.toPoint())
    QTest.mousePress(network, Qt.MouseButton.LeftButton, pos=port.toPoint())
    assert network.gesture is not None
    end = unit(window, "y", 0).toPoint()
    QTest.mouseMove(network, end)
    before = session.snapshot.epoch
    qtbot.waitUntil(lambda: trained(window, before + 20))
    assert network.gesture is not None
    QTest.mouseRelease(network, Qt.MouseButton.LeftButton, pos=end)
    assert architecture_text(session.experiment.network).endswith("; i→o")
    qtbot.waitUntil(lambda: session.snapshot.layout.block("y", "x") is not None)
    after = session.snapshot.epoch
    qtbot.waitUntil(lambda: trained(window, after + 20))
    skip = session.snapshot.layout.block("y", "x")
    assert skip.view(session.snapshot.gradient).any()
    session.undo()
    qtbot.waitUntil(lambda: session.snapshot.layout.block("y", "x") is None)


def test_a_layer_is_dragged_without_a_word_to_the_training(qtbot, window):
    session, network = window.session, window.canvas.network
    window.laboratory.train_epochs(10)
    qtbot.waitUntil(lambda: trained(window, 10))
    before, theta = unit(window, "h2", 0), session.snapshot.theta.copy()
    session.apply(MoveLayer("h2", 0.0, 0.05))
    assert unit(window, "h2", 0).y() > before.y()
    qtbot.waitUntil(lambda: session.snapshot.experiment.moved != ())
    assert (session.snapshot.theta == theta).all()
    assert session.snapshot.epoch == 10
    window.actions_by_name["Arrange all layers anew"].trigger()
    assert unit(window, "h2", 0) == before
    assert network.moved_layers == ()


def test_the_menus_open_each_window_once(qtbot, window):
    for text, kind in (
        ("Prune connections…", PruningDialog),
        ("Type architecture…", ArchitectureDialog),
    ):
        window.actions_by_name[text].trigger()
        window.actions_by_name[text].trigger()
        assert len(window.findChildren(kind)) == 1
    window.actions_by_name["Copy architecture"].trigger()
    assert QGuiApplication.clipboard().text() == "2 → 6 → 4 → 1"
    pruning = window.findChild(PruningDialog)
    qtbot.waitUntil(lambda: pruning.pruning is not None)
    assert pruning.count.text().endswith("of 40 connections")


def test_the_window_closes_while_pruning_is_measured(qtbot, window):
    window.laboratory.train()
    window.actions_by_name["Prune connections…"].trigger()
    assert window.findChild(PruningDialog).background.running
    window.close()


def test_pruning_opens_again_while_the_one_that_was_closed_still_measures(qtbot, window):
    window.actions_by_name["Prune connections…"].trigger()
    closed = window.findChild(PruningDialog)
    assert closed.background.running
    closed.close()
    window.actions_by_name["Prune connections…"].trigger()
    shown = [dialog for dialog in window.findChildren(PruningDialog) if dialog.isVisible()]
    assert len(shown) == 1
    assert shown[0] is not closed
    qtbot.waitUntil(lambda: shown[0].pruning is not None)


def test_pruned_connections_stay_away_while_it_trains(qtbot, window):
    session = window.session
    window.actions_by_name["Prune connections…"].trigger()
    pruning = window.findChild(PruningDialog)
    qtbot.waitUntil(lambda: pruning.pruning is not None)
    gone = pruning.pruning.parameters
    assert gone
    pruning.prune_button.click()
    pruning.close()
    window.laboratory.train_epochs(20)
    qtbot.waitUntil(lambda: trained(window, 20))
    snapshot = session.snapshot
    assert all(snapshot.theta[snapshot.layout.index_of(p)] == 0.0 for p in gone)
    assert not window.actions_by_name["Missing connections"].isChecked()
    window.actions_by_name["Missing connections"].trigger()
    shown = window.canvas.network.missing_shown()
    index = window.canvas.network.picture.scene.missing_index
    ids = {snapshot.layout.id_of(int(index[k])) for k in shown}
    assert ids == gone
    assert all(isinstance(p, ParameterId) for p in ids)


def test_every_way_to_edit_a_graph_is_told(qtbot, window):
    window.actions_by_name["Keyboard shortcuts"].trigger()
    from PySide6.QtWidgets import QLabel

    from bpviz.gui.dialogs.shortcuts import ShortcutsDialog

    dialog = window.findChild(ShortcutsDialog)
    told = {item.text() for item in dialog.findChildren(QLabel)}
    assert {"On the network", "Draw a connection", "Prune connections", "Missing connections"} <= (
        told
    )
    dialog.close()
