"""What to watch: the experiment's own few sentences, below the network."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from bpviz.gui.session import Session
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.text import label


class WatchStrip(Card):
    """Title and text of the experiment; closed by its × until another experiment is opened."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("What to watch", parent)
        self._session = session
        self._closed_for = ""
        self._close = QToolButton(self)
        self._close.setText("×")
        self._close.setProperty("kind", "flat")
        self._close.setToolTip("Hide these words (Help, What to watch shows them again)")
        self._close.setAccessibleName("Hide what to watch")
        self._close.clicked.connect(self.dismiss)
        self.header.addWidget(self._close)
        self.words = label("", "secondary", self)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.words)
        session.experiment_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the words of the present experiment, if it has any."""
        experiment = self._session.experiment
        self.title.setText(experiment.title or "What to watch")
        self.words.setText(experiment.watch)
        self.setVisible(bool(experiment.watch) and self._closed_for != experiment.name)

    def dismiss(self) -> None:
        self._closed_for = self._session.experiment.name
        self.refresh()

    def bring_back(self) -> None:
        self._closed_for = ""
        self.refresh()
        if not self._session.experiment.watch:
            self._session.said.emit("This experiment has no words on what to watch.", False)
