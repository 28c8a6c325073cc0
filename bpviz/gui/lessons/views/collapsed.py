"""Collapsed weights: a network of linear layers is one layer, and gives the same outputs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from bpviz.engine.settings import SettingError
from bpviz.explain.collapse import collapsed
from bpviz.gui.canvas.names import layer_names
from bpviz.gui.lessons.views.matrices import Matrix, MatrixRow
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import label, set_property
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.collapse_check import check_collapse
from bpviz.lab.snapshot import Snapshot

_LIVE_MS = 200


class CollapsedView(QWidget):
    """The product of the layers' weights beside themselves, live. `done` when it was seen."""

    done = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._seen = False
        self.sentence = label("", "", self)
        self.agreement = label("", "title", self)
        self.formula = label("", "secondary", self)
        for words in (self.sentence, self.agreement, self.formula):
            words.setWordWrap(True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.factors, self.product, self.outputs = MatrixRow(), MatrixRow(), MatrixRow()
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2 * GAP)
        for row in (self.factors, self.product, self.outputs):
            rows.addWidget(row, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidget(inside)
        self.area.setAccessibleName("The matrices")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.sentence)
        column.addWidget(self.area, 1000)
        column.addWidget(self.agreement)
        column.addWidget(self.formula)
        column.addStretch(1)
        self._live = Throttle(_LIVE_MS, self.refresh, self)
        session.snapshot_changed.connect(self._snapshot_changed)
        session.look_changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _snapshot_changed(self) -> None:
        if self.isVisible():
            self._live.poke()

    def refresh(self) -> None:
        """Show the weights of this moment."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        try:
            weights, bias = collapsed(snapshot.spec, snapshot.theta)
        except SettingError as error:
            self._refuse(error.message)
            return
        theme = self._session.theme
        check = check_collapse(snapshot)
        self.factors.show_matrices(_factors(snapshot), theme)
        self.product.show_matrices(
            [
                Matrix(weights, "weights of the one layer", "W =", strong=True),
                Matrix(bias[:, None], "its bias", "b =", strong=True),
            ],
            theme,
        )
        count = len(check.network)
        self.outputs.show_matrices(
            [
                Matrix(check.network.T, f"outputs of the network, {count} samples"),
                Matrix(check.layer.T, "outputs of the one layer", "=" if check.same else "≠"),
            ],
            theme,
        )
        self.area.show()
        set_property(self.sentence, "role", "")
        layers = len(snapshot.spec.computed)
        self.sentence.setText(
            f"The hidden layers are linear, so {layers} layers multiply into one."
            if layers > 1
            else "This network has a single layer already."
        )
        looked = f"{check.samples:,} sample{'' if check.samples == 1 else 's'}"
        self.agreement.setText(
            f"Same outputs for {looked}: they differ by at most {value_text(check.difference, 2)}."
            if check.same
            else f"Over {looked} the outputs differ by up to {value_text(check.difference)}."
        )
        self.formula.setText(
            f"The network computes f(W · inputs + b); f is the output's "
            f"{snapshot.spec.output.activation.label}."
        )
        if check.same and self.isVisible() and not self._seen:
            self._seen = True
            self.done.emit()

    def _refuse(self, reason: str) -> None:
        set_property(self.sentence, "role", "error")
        self.sentence.setText(f"{reason[:1].upper()}{reason[1:]}.")
        self.area.hide()
        self.agreement.setText("")
        self.formula.setText("")


def _factors(snapshot: Snapshot) -> list[Matrix]:
    """The network's own weights, the last layer first, as they stand in the product."""
    spec, layout = snapshot.spec, snapshot.layout
    plain = all(len(layer.sources) == 1 for layer in spec.computed)
    names = layer_names(spec)
    found: list[Matrix] = []
    for layer in reversed(spec.computed):
        for source in layer.sources:
            block = layout.block(layer.id, source)
            assert block is not None
            title = f"{names[source]} → {names[layer.id]}"
            # With connections that skip layers it is a sum of products: no signs then.
            sign = ("·" if plain else ",") if found else ""
            values = np.asarray(block.view(snapshot.theta), np.float64)
            found.append(Matrix(values, title, sign))
    return found
