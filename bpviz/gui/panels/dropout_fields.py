"""The dropout of each hidden layer, one row per layer."""

from __future__ import annotations

import dataclasses
import functools

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.engine.settings import Field, fields_of
from bpviz.engine.spec import LayerSpec
from bpviz.gui.canvas.names import layer_names
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.setting_field import SettingField
from bpviz.lab.edits import SetLayer

# More layers than this are set where they stand: in their menus on the canvas.
_MOST = 6


class DropoutFields(QWidget):
    """Rows that come and go with the layers."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "form")
        self._session = session
        self.rows: dict[str, SettingField] = {}
        self._titles: list[str] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(HALF_GAP)
        session.experiment_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the experiment's layers."""
        spec = self._session.experiment.network
        layers = [layer for layer in spec.computed if layer is not spec.output][:_MOST]
        names = layer_names(spec)
        titles = [names[layer.id] for layer in layers]
        if [*self.rows] != [layer.id for layer in layers] or titles != self._titles:
            self._rebuild(layers, titles)
        for layer in layers:
            self.rows[layer.id].set_value(layer.dropout)

    def _rebuild(self, layers: list[LayerSpec], titles: list[str]) -> None:
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows, self._titles = {}, titles
        for layer, title in zip(layers, titles, strict=True):
            row = SettingField(_field_of(title if len(layers) > 1 else ""), self)
            row.changed.connect(functools.partial(self._change, layer.id))
            row.refused.connect(lambda sentence: self._session.said.emit(sentence, True))
            self.rows[layer.id] = row
            self._column.addWidget(row)

    def _change(self, layer: str, _path: str, value: object, drag: str) -> None:
        merge = f"{layer} dropout {drag}" if drag else ""
        if not self._session.apply(SetLayer(layer, "dropout", value), merge):
            self.refresh()


def _field_of(title: str) -> Field:
    """The declaration of a layer's dropout, with the layer in its label."""
    field = fields_of(LayerSpec)["dropout"]
    if not title:
        return field
    label = f"{field.setting.label} {title[:1].lower()}{title[1:]}"
    return dataclasses.replace(field, setting=dataclasses.replace(field.setting, label=label))
