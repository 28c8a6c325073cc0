"""The architecture as a line of text: copied, and typed in a window of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import capitalised, label, set_property
from bpviz.lab.architecture_text import ARCHITECTURE_TIP, SetArchitecture, architecture_text

_WIDTH = 480


def copy_architecture(session: Session) -> None:
    """Put the layers into the clipboard, as the line of text that can be typed in again."""
    text = architecture_text(session.experiment.network)
    QGuiApplication.clipboard().setText(text)
    session.said.emit(f"Copied: {text}", False)


class ArchitectureDialog(QDialog):
    """A line for all layers, with what is wrong with it, or how many parameters that makes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Type architecture")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(GAP)
        how = label(ARCHITECTURE_TIP + ".", "secondary", self)
        how.setWordWrap(True)
        column.addWidget(how)
        self.line = QLineEdit(architecture_text(session.experiment.network), self)
        self.line.setAccessibleName("Architecture")
        self.line.setToolTip("The layers from the inputs to the outputs")
        self.line.selectAll()
        self.line.textChanged.connect(self._check)
        column.addWidget(self.line)
        self.words = label("", "secondary", self)
        self.words.setWordWrap(True)
        # Two lines, so that the window does not change its height while somebody types.
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing() + 2)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.words)
        buttons = QDialogButtonBox(self)
        self.accept_button = buttons.addButton(
            "Use these layers", QDialogButtonBox.ButtonRole.AcceptRole
        )
        set_property(self.accept_button, "kind", "primary")
        self.accept_button.setToolTip("Layers that the network has already keep their weights")
        cancel = buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setToolTip("Leave the network as it is (Esc)")
        buttons.accepted.connect(self._use)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        session.experiment_changed.connect(self._check)
        self.resize(_WIDTH, self.sizeHint().height())
        self._check()

    def _check(self) -> None:
        """Say what is wrong with the text, or what it makes."""
        try:
            made = SetArchitecture(self.line.text()).apply(self._session.experiment)
        except SettingError as error:
            layers = self._session.experiment.network.layers
            words = capitalised(error.message, [layer.id for layer in layers])
            self._say(f"{words}.", wrong=True)
            return
        size = layout_of(made.network).size - len(made.network.missing)
        self._say("1 weight or bias." if size == 1 else f"{size:,} weights and biases.")

    def _say(self, words: str, wrong: bool = False) -> None:
        self.words.setText(words)
        set_property(self.words, "role", "error" if wrong else "secondary")
        set_property(self.line, "error", wrong)
        self.accept_button.setEnabled(not wrong)

    def _use(self) -> None:
        if self._session.apply(SetArchitecture(self.line.text())):
            self.accept()
