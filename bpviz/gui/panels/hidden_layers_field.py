"""The layers as one line of text that can be edited: the hidden ones, or a graph's architecture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bpviz.engine.settings import SettingError
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.line import Line
from bpviz.gui.widgets.text import ElidedLabel, set_property
from bpviz.gui.widgets.tips import wrapped
from bpviz.lab.architecture_text import ARCHITECTURE_TIP, SetArchitecture, architecture_text
from bpviz.lab.edits import Edit
from bpviz.lab.hidden_layers import SetHidden, hidden_text, is_stack, parse_hidden

_TIP = (
    "Units of each hidden layer; type 6-4 for two layers of 6 and 4 units, or none. "
    "An architecture with groups, such as 2 → 3|3 → 1, is understood, too"
)
# Sizes, or the word none.
_STARTS = "0123456789nN"
# What an architecture has and a list of sizes has not.
_GRAPH_SIGNS = frozenset("→>+|;")
_WIDEST, _WIDEST_GRAPH = 120, 140


class HiddenLayersField(QWidget):
    """ "6 – 4" for two hidden layers of 6 and 4 units; Enter makes the network so.

    A network that is no plain stack is written whole, from its inputs to its outputs.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "form")
        self._session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        self.label = ElidedLabel("Hidden layers", "secondary", self)
        self.line = Line(_STARTS, self)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.editingFinished.connect(self._commit)
        self.line.textEdited.connect(lambda _text: self._mark(""))
        row.addWidget(self.label, 1)
        row.addWidget(self.line)
        session.experiment_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the experiment's layers."""
        spec = self._session.experiment.network
        stack = is_stack(spec)
        text = hidden_text(spec) if stack else architecture_text(spec)
        name = "Hidden layers" if stack else "Layers"
        self.label.setText(name)
        self.line.setAccessibleName(name)
        if not (self.line.hasFocus() and self.line.isModified()):
            self.line.show_text(text)
            self._mark("")
            self.line.ensurePolished()
            metrics = self.line.fontMetrics()
            width = max(metrics.horizontalAdvance(text), metrics.horizontalAdvance("0") * 9)
            self.line.setFixedWidth(min(width + 18, _WIDEST if stack else _WIDEST_GRAPH))

    def _commit(self) -> None:
        if not self.line.isModified():
            return
        self.line.setModified(False)
        experiment = self._session.experiment
        try:
            edit = self._edit(self.line.text())
            changes = edit.apply(experiment).network != experiment.network
        except SettingError as error:
            self._refuse(error.message)
            return
        if changes:
            self._session.apply(edit)
        self.refresh()

    def _edit(self, text: str) -> Edit:
        """What a typed text asks for. Raises SettingError."""
        if is_stack(self._session.experiment.network) and not _GRAPH_SIGNS & set(text):
            return SetHidden(parse_hidden(text))
        return SetArchitecture(text)

    def _refuse(self, sentence: str) -> None:
        """Say what is wrong. A long text is left to be mended; Escape takes it back."""
        if self.line.hasFocus() and not is_stack(self._session.experiment.network):
            self.line.setModified(True)
        else:
            self.refresh()
        self._mark(sentence)
        self._session.said.emit(sentence, True)

    def _mark(self, error: str) -> None:
        set_property(self.line, "error", bool(error))
        tip = _TIP if is_stack(self._session.experiment.network) else ARCHITECTURE_TIP
        self.label.setToolTip(wrapped(tip))
        self.line.setToolTip(wrapped(error or tip))
