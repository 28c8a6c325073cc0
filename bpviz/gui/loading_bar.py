"""A slim bar over the foot of the network while data is loaded in the background."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from bpviz.gui.loading import DataLoader
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import ElidedLabel, label

_MARGIN = 16
_WIDTH = 480
# What is over sooner needs no bar.
_PATIENCE_MS = 250
_STEPS = 1000


class LoadingBar(QFrame):
    """Says what is loaded and how far it is, over the lower edge of `host`, with a Cancel."""

    def __init__(self, loader: DataLoader, host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("role", "card")
        self.setAccessibleName("Loading of data")
        self._loader, self._host = loader, host
        row = QHBoxLayout(self)
        row.setContentsMargins(12, GAP, GAP, GAP)
        row.setSpacing(12)
        self.words = ElidedLabel("", "", self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(140)
        self.progress.setAccessibleName("How far the loading is")
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setToolTip("Stop loading and leave everything as it is")
        self.cancel_button.setAccessibleName("Cancel loading")
        self.cancel_button.clicked.connect(loader.cancel)
        self.share = label("", "secondary", self)
        self.share.setFixedWidth(36)
        self.share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.words, 1)
        row.addWidget(self.share)
        row.addWidget(self.progress)
        row.addWidget(self.cancel_button)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._appear)
        loader.changed.connect(self._follow)
        host.installEventFilter(self)
        self.hide()

    def _follow(self) -> None:
        if not self._loader.name:
            self._patience.stop()
            self.hide()
            return
        self._show_state()
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()

    def _show_state(self) -> None:
        done, total = self._loader.progress
        self.words.setText(f"Loading {self._loader.name}")
        self.share.setText(f"{done / total:.0%}" if total else "")
        # Where nobody knows how much there is, the bar just moves.
        self.progress.setRange(0, _STEPS if total else 0)
        if total:
            self.progress.setValue(round(_STEPS * min(1.0, done / total)))

    def _appear(self) -> None:
        if self._loader.name:
            self._place()
            self.show()
            self.raise_()

    def _place(self) -> None:
        host = self._host
        self.setFixedWidth(min(_WIDTH, host.width() - 2 * _MARGIN))
        self.adjustSize()
        self.move((host.width() - self.width()) // 2, host.height() - self.height() - _MARGIN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
