"""What to watch: the experiment's own few sentences."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from bpviz.gui.bottom.page import Page
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.text import label

_NO_WORDS = (
    "This experiment has no words of its own. Experiments from the gallery (File, New) say here "
    "what to look for."
)


class WatchPage(Page):
    """Title and text of the experiment."""

    def __init__(
        self,
        session: Session,
        _yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.title = label("", "title", self)
        self.words = label("", "secondary")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setProperty("role", "secondary")
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(self.words)
        scroll.setAccessibleName("What to watch")
        self.words.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addWidget(self.title)
        column.addWidget(scroll, 1)
        session.experiment_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the words of the present experiment, or that it has none."""
        experiment = self._session.experiment
        self.title.setText(experiment.title)
        self.title.setVisible(bool(experiment.title))
        self.words.setText(experiment.watch or _NO_WORDS)
