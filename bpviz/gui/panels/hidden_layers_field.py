"""The hidden layers as one line of text that can be edited."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bpviz.engine.settings import SettingError
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.line import Line
from bpviz.gui.widgets.text import ElidedLabel, set_property
from bpviz.lab.hidden_layers import SetHidden, hidden_text, is_stack, parse_hidden

_TIP = "Units of each hidden layer; type 6-4 for two layers of 6 and 4 units, or none"
# Sizes, or the word none.
_STARTS = "0123456789nN"
_TIP_GRAPH = "These layers are not a plain stack; change them on the canvas"


class HiddenLayersField(QWidget):
    """ "6 – 4" for two hidden layers of 6 and 4 units; Enter makes the network so."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "form")
        self._session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        label = ElidedLabel("Hidden layers", "secondary", self)
        label.setToolTip(_TIP)
        self.line = Line(_STARTS, self)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.setAccessibleName("Hidden layers")
        self.line.editingFinished.connect(self._commit)
        self.line.textEdited.connect(lambda _text: self._mark(""))
        row.addWidget(label, 1)
        row.addWidget(self.line)
        session.experiment_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the experiment's hidden layers."""
        spec = self._session.experiment.network
        self.line.setReadOnly(not is_stack(spec))
        text = hidden_text(spec)
        if not (self.line.hasFocus() and self.line.isModified()):
            self.line.show_text(text)
            self._mark("")
            self.line.ensurePolished()
            metrics = self.line.fontMetrics()
            width = max(metrics.horizontalAdvance(text), metrics.horizontalAdvance("0") * 9)
            self.line.setFixedWidth(min(width + 18, 120))

    def _commit(self) -> None:
        if not self.line.isModified():
            return
        self.line.setModified(False)
        try:
            units = parse_hidden(self.line.text())
        except SettingError as error:
            self.refresh()
            self._mark(error.message)
            self._session.said.emit(error.message, True)
            return
        hidden = self._session.experiment.network.computed[:-1]
        if units != tuple(layer.units for layer in hidden):
            self._session.apply(SetHidden(units))
        self.refresh()

    def _mark(self, error: str) -> None:
        set_property(self.line, "error", bool(error))
        tip = _TIP_GRAPH if self.line.isReadOnly() else _TIP
        self.line.setToolTip(error or tip)
