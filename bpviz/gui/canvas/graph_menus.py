"""What can be done to the connections of a layer, and to the layer as a group, from its menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.gui.canvas.names import layer_names
from bpviz.gui.session import Session
from bpviz.gui.widgets.text import capitalised
from bpviz.lab.graph_edits import (
    Connect,
    Disconnect,
    ForgetMoves,
    GraphEdit,
    JoinLayers,
    MoveLayer,
    RemoveConnections,
    RestoreConnections,
    SplitLayer,
)
from bpviz.lab.loading import sentence_of


def refusal(edit: GraphEdit, spec: NetworkSpec) -> str:
    """Why an edit cannot be done to a network, as a sentence; "" when it can."""
    try:
        reason = edit.why_not(spec)
    except SettingError as error:
        reason = sentence_of(error)
    return capitalised(reason, [layer.id for layer in spec.layers])


def remove_connection(session: Session, parameter: ParameterId) -> bool:
    """Take one connection away, and no longer select it; whether that could be done."""
    if not session.apply(RemoveConnections(frozenset({parameter}))):
        return False
    if session.selection == parameter:
        session.select(None)
    return True


def targets_menu(session: Session, layer: LayerSpec, parent: QWidget) -> QMenu:
    """The layers that a layer can be connected to; of the others it is said why not."""
    spec = session.experiment.network
    menu = QMenu("Connect to", parent)
    menu.setToolTipsVisible(True)
    menu.setToolTip("Let it feed another layer, too")
    names = layer_names(spec)
    for other in spec.layers:
        if other.id != layer.id and not other.is_input:
            _offer(menu, session, names[other.id], Connect(layer.id, other.id))
    return menu


def add_graph_rows(menu: QMenu, session: Session, layer: LayerSpec, unit: int | None) -> None:
    """Add connections, groups and place of a layer, and what its unit of this lasting id lacks."""
    spec = session.experiment.network
    if all(layer.id != other.id for other in spec.layers):
        return
    menu.addSeparator()
    if layer.id != spec.output.id:
        menu.addMenu(targets_menu(session, layer, menu))
    _add_disconnecting(menu, session, layer)
    _add_missing(menu, session, layer, unit)
    menu.addSeparator()
    _add_grouping(menu, session, layer)
    _add_places(menu, session, layer)
    menu.addSeparator()


def _add_disconnecting(menu: QMenu, session: Session, layer: LayerSpec) -> None:
    spec = session.experiment.network
    names = layer_names(spec)
    away = menu.addMenu("Disconnect from")
    away.setToolTipsVisible(True)
    for source in layer.sources:
        _offer(away, session, f"{names[source]}, which feeds it", Disconnect(source, layer.id))
    for other in spec.layers:
        if layer.id in other.sources:
            text = f"{names[other.id]}, which it feeds"
            _offer(away, session, text, Disconnect(layer.id, other.id))


def _add_missing(menu: QMenu, session: Session, layer: LayerSpec, unit: int | None) -> None:
    missing = session.experiment.network.missing
    of_layer = [p for p in missing if layer.id in (p.layer, p.source)]
    ref = (layer.id, unit)
    of_unit = [p for p in of_layer if ref in (p[:2], p[2:])]
    for text, found in (("of this unit", of_unit), ("of this layer", of_layer)):
        if found:
            count = "1 missing connection" if len(found) == 1 else f"{len(found):,} missing ones"
            edit = RestoreConnections(frozenset(found))
            action = _offer(menu, session, f"Restore connections {text}", edit)
            action.setToolTip(f"Bring back {count}, with weights drawn anew")


def _add_grouping(menu: QMenu, session: Session, layer: LayerSpec) -> None:
    spec = session.experiment.network
    if layer.id != spec.output.id:
        kind = "Split off a second input group…" if layer.is_input else "Split into two groups…"
        split = menu.addAction(kind)
        reason = refusal(SplitLayer(layer.id, 1), spec)
        split.setEnabled(not reason)
        split.setToolTip(reason or "Its last units become a layer of their own; weights stay")
        split.triggered.connect(lambda _checked=False: ask_split(session, layer, menu.parent()))
    names = layer_names(spec)
    # Reasons why two layers cannot be joined are told for those that look alike.
    for other in spec.layers:
        if other.id != layer.id and _alike(layer, other):
            _offer(menu, session, f"Join with {names[other.id]}", JoinLayers(layer.id, other.id))


def _alike(layer: LayerSpec, other: LayerSpec) -> bool:
    """Whether a person may want to join two layers: fed by the same ones."""
    return set(layer.sources) == set(other.sources)


def _add_places(menu: QMenu, session: Session, layer: LayerSpec) -> None:
    moved = session.experiment.moved
    if any(move.layer == layer.id for move in moved):
        back = _offer(menu, session, "Put it back in its place", MoveLayer(layer.id, 0.0, 0.0))
        back.setToolTip("Let it stand where it stands by itself")
    if moved:
        anew = _offer(menu, session, "Arrange all layers anew", ForgetMoves())
        anew.setToolTip("Let all layers stand where they stand by themselves")


def ask_split(session: Session, layer: LayerSpec, parent: object) -> None:
    """Ask how many units to split off a layer, and do it."""
    dialog = QInputDialog(parent if isinstance(parent, QWidget) else None)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    name = layer_names(session.experiment.network).get(layer.id, layer.id)
    dialog.setWindowTitle(f"Split {name}")
    dialog.setLabelText(
        f"How many of its {layer.units:,} units, counted from the last, become a group of their "
        "own?\nThe network computes what it did before."
    )
    dialog.setIntRange(1, max(1, layer.units - 1))
    dialog.setIntValue(max(1, layer.units // 2))
    dialog.intValueSelected.connect(lambda units: session.apply(SplitLayer(layer.id, units)))
    dialog.open()


def _offer(menu: QMenu, session: Session, text: str, edit: GraphEdit) -> QAction:
    """An action that can be chosen, or one that says why it cannot."""
    action = menu.addAction(text)
    reason = refusal(edit, session.experiment.network)
    action.setEnabled(not reason)
    if reason:
        action.setToolTip(reason)
    action.triggered.connect(lambda _checked=False: session.apply(edit))
    return action
