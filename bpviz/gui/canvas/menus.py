"""Menus of the layer headers."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.settings import fields_of
from bpviz.engine.spec import LayerSpec
from bpviz.gui.canvas.graph_menus import add_graph_rows
from bpviz.gui.canvas.names import layer_names
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.editors import explain
from bpviz.gui.widgets.settings_form import SettingsForm
from bpviz.lab.edits import AddLayer, AddUnit, Edit, RemoveLayer, RemoveUnit, SetLayer

_BIASES = {
    "unit": "One per unit",
    "shared": "One shared by the layer",
    "none": "None",
}

_DROPOUTS = (0.0, 0.1, 0.2, 0.3, 0.5)


def apply_to_layer(session: Session, layer_id: str, edit: Edit) -> None:
    """Issue an edit of a layer, unless the layer has gone since it was drawn."""
    if any(layer.id == layer_id for layer in session.experiment.network.layers):
        session.apply(edit)


def activation_menu(session: Session, layer: LayerSpec, parent: QWidget) -> QMenu:
    """The activations that this layer can have."""
    spec = session.experiment.network
    loss = session.experiment.training.loss
    menu = QMenu(parent)
    group = QActionGroup(menu)
    is_output = layer.id == spec.output.id
    for kind, entry in ACTIVATIONS.items():
        if entry.output_only and not is_output:
            continue
        action = menu.addAction(entry.label)
        action.setCheckable(True)
        action.setChecked(kind == layer.activation.kind)
        group.addAction(action)
        refusal = loss.refusal(entry()) if is_output else ""
        action.setEnabled(not refusal)
        action.setToolTip(refusal or explain(entry))
        _does(action, session, layer.id, SetLayer(layer.id, "activation", kind))
    _add_own_settings(menu, session, layer)
    menu.setToolTipsVisible(True)
    return menu


def _add_own_settings(menu: QMenu, session: Session, layer: LayerSpec) -> None:
    """What can be set of the activation that the layer has, if anything."""
    form = SettingsForm(type(layer.activation), parent=menu)
    if not form.fields:
        form.deleteLater()
        return
    form.setContentsMargins(GAP, HALF_GAP, GAP, HALF_GAP)
    form.set_values(layer.activation)
    form.refused.connect(lambda sentence: session.said.emit(sentence, True))

    form.changed.connect(
        lambda path, value, _drag: apply_to_layer(
            session, layer.id, SetLayer(layer.id, f"activation.{path}", value)
        )
    )
    menu.addSeparator()
    row = QWidgetAction(menu)
    row.setDefaultWidget(form)
    menu.addAction(row)


def layer_menu(
    session: Session,
    layer: LayerSpec,
    show_matrix: Callable[[str, str], None],
    parent: QWidget,
    unit: int | None = None,
) -> QMenu:
    """Everything that can be done to a layer, and to a unit of it given by its lasting id."""
    spec = session.experiment.network
    names = layer_names(spec)
    menu = QMenu(parent)
    title = menu.addAction(names.get(layer.id, layer.id))
    title.setEnabled(False)
    if not layer.is_input:
        activation = activation_menu(session, layer, menu)
        activation.setTitle("Activation")
        menu.addMenu(activation)
        _add_bias_menu(menu, session, layer)
    if layer.id != spec.output.id:
        _add_dropout_menu(menu, session, layer)
    menu.addSeparator()
    hidden = not layer.is_input and layer.id != spec.output.id
    if hidden:
        _add(menu, session, layer.id, "Add a unit", AddUnit(layer.id))
        _add(menu, session, layer.id, "Remove the last unit", RemoveUnit(layer.id))
        menu.addSeparator()
    if len(layer.sources) == 1:
        source = layer.sources[0]
        _add(menu, session, source, "Add a layer before it", AddLayer(source))
    if layer.id != spec.output.id:
        _add(menu, session, layer.id, "Add a layer after it", AddLayer(layer.id))
    if hidden:
        _add(menu, session, layer.id, "Remove this layer", RemoveLayer(layer.id))
    add_graph_rows(menu, session, layer, unit)
    for source in layer.sources:
        action = menu.addAction(f"Weights from {names.get(source, source)} as a matrix…")
        action.triggered.connect(functools.partial(_show, show_matrix, layer.id, source))
    menu.setToolTipsVisible(True)
    return menu


def _add_bias_menu(menu: QMenu, session: Session, layer: LayerSpec) -> None:
    biases = menu.addMenu("Bias")
    group = QActionGroup(biases)
    for kind, text in _BIASES.items():
        action = biases.addAction(text)
        action.setCheckable(True)
        action.setChecked(kind == layer.bias)
        group.addAction(action)
        _does(action, session, layer.id, SetLayer(layer.id, "bias", kind))
    if layer.bias != "none":
        biases.addSeparator()
        learns = biases.addAction("Biases learn")
        learns.setCheckable(True)
        learns.setChecked(layer.bias_trained)
        _does(learns, session, layer.id, SetLayer(layer.id, "bias_trained", not layer.bias_trained))


def _add_dropout_menu(menu: QMenu, session: Session, layer: LayerSpec) -> None:
    """Shares to choose from, and the one that the layer has."""
    shares = menu.addMenu("Dropout")
    shares.setToolTip(fields_of(LayerSpec)["dropout"].setting.help)
    group = QActionGroup(shares)
    for share in sorted({*_DROPOUTS, layer.dropout}):
        action = shares.addAction(f"{100 * share:g} %" if share else "None")
        action.setCheckable(True)
        action.setChecked(share == layer.dropout)
        group.addAction(action)
        _does(action, session, layer.id, SetLayer(layer.id, "dropout", share))


def _add(menu: QMenu, session: Session, layer_id: str, text: str, edit: Edit) -> None:
    _does(menu.addAction(text), session, layer_id, edit)


def _does(action: QAction, session: Session, layer_id: str, edit: Edit) -> None:
    action.triggered.connect(lambda _checked=False: apply_to_layer(session, layer_id, edit))


def _show(
    show_matrix: Callable[[str, str], None], layer: str, source: str, _on: bool = False
) -> None:
    show_matrix(layer, source)
