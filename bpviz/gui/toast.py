"""A sentence over the foot of the network that goes away by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import capitalised

_MARGIN = 8
_READING_MS = 3_000
_READING_MS_PER_LETTER = 40


class Toast(QLabel):
    """Shows what the session says, over the lower edge of `host`; a click dismisses it.

    While `foot` is shown there, it stands above that. `over` tells whether it is shown.
    """

    over = Signal(bool)

    def __init__(self, session: Session, host: QWidget, foot: QWidget | None = None) -> None:
        super().__init__(host)
        self._foot = foot
        self.setObjectName("toast")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName("Message")
        self._session = session
        self._host = host
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._is_error = False
        # What was so when it was said.
        self._experiment, self._was_running = session.experiment, False
        session.said.connect(self.say)
        session.experiment_changed.connect(self._meet_experiment)
        session.snapshot_changed.connect(self._meet_training)
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str, is_error: bool = False) -> None:
        """Show a sentence for as long as it takes to read."""
        if not text:
            return
        self._is_error, self._experiment = is_error, self._session.experiment
        self._was_running = self._is_running
        theme = self._session.theme
        edge = theme.warning if is_error else theme.border
        self.setStyleSheet(
            f"QLabel#toast {{ background: {theme.card}; color: {theme.text}; "
            f"border: 1px solid {edge}; border-radius: 8px; padding: 8px 16px; }}"
        )
        layers = self._session.experiment.network.layers
        self.setText(capitalised(text, [layer.id for layer in layers]))
        self._place()
        self.show()
        self.raise_()
        self._timer.start(_READING_MS + _READING_MS_PER_LETTER * len(text))

    @property
    def _is_running(self) -> bool:
        snapshot = self._session.snapshot
        return snapshot is not None and snapshot.running

    def _meet_experiment(self) -> None:
        """What was said of another experiment is no longer so."""
        if self._session.experiment is not self._experiment:
            self.hide()

    def _meet_training(self) -> None:
        """Neither is what was said of training that rested, when it goes on."""
        before, self._was_running = self._was_running, self._is_running
        if self._was_running and not before and not self._is_error:
            self.hide()

    def _place(self) -> None:
        host = self._host
        width = min(640, host.width() - 2 * _MARGIN)
        natural = self.fontMetrics().horizontalAdvance(self.text()) + 48
        self.setFixedWidth(min(width, natural))
        self.adjustSize()
        bottom = host.height() - _MARGIN
        if self._foot is not None and self._foot.isVisible():
            bottom = self._foot.y() - GAP
        self.move((host.width() - self.width()) // 2, bottom - self.height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.over.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.over.emit(False)

    def mousePressEvent(self, event: object) -> None:
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
