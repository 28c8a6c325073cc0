"""Predict: new inputs in, the network's answer out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.gui.panels.input_values import InputValues
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import label


class PredictView(QWidget):
    """The input values in a view of their own; done when the first new input was given."""

    done = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        words = label(
            "The weights rest now: only the forward pass is left. Type or drag an input that is "
            "no sample of the training set, and read the outputs.",
            "secondary",
            self,
        )
        words.setWordWrap(True)
        column.addWidget(words)
        self.inputs = InputValues(session)
        column.addWidget(self.inputs)
        column.addStretch(1)
        session.request_changed.connect(self._asked)

    def _asked(self) -> None:
        if self._session.request.typed is not None:
            self.done.emit()
