"""A slim bar over the foot of the network while something goes on in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import ElidedLabel, label

_MARGIN = 8
_WIDTH = 480
# What is over sooner needs no bar.
_PATIENCE_MS = 250
_STEPS = 1000


class Work(Protocol):
    """What goes on in the background: `changed` comes when there is something else to say of it.

    `doing` is "Loading iris.csv", or "" while there is nothing; `progress` how much of how much
    is done, a whole of 0 where nobody knows.
    """

    changed: SignalInstance

    @property
    def doing(self) -> str: ...

    @property
    def progress(self) -> tuple[int, int]: ...

    def cancel(self) -> None: ...


class LoadingBar(QFrame):
    """Says what is done and how far it is, over the lower edge of `host`, with a Cancel.

    Of several works the first that has something to do is shown.
    """

    def __init__(self, works: Sequence[Work], host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("role", "card")
        self.setAccessibleName("Work in the background")
        self._works, self._host = tuple(works), host
        row = QHBoxLayout(self)
        row.setContentsMargins(12, GAP, GAP, GAP)
        row.setSpacing(12)
        self.words = ElidedLabel("", "", self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(140)
        self.progress.setAccessibleName("How far it is")
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setToolTip("Stop this and leave everything as it is")
        self.cancel_button.setAccessibleName("Cancel what goes on in the background")
        self.cancel_button.clicked.connect(self._cancel)
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
        for work in works:
            work.changed.connect(self._follow)
        host.installEventFilter(self)
        self.hide()

    @property
    def _work(self) -> Work | None:
        return next((work for work in self._works if work.doing), None)

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _follow(self) -> None:
        work = self._work
        if work is None:
            self._patience.stop()
            self.hide()
            return
        self._show_state(work)
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()

    def _show_state(self, work: Work) -> None:
        done, total = work.progress
        self.words.setText(work.doing)
        self.share.setText(f"{done / total:.0%}" if total else "")
        # Where nobody knows how much there is, the bar just moves.
        self.progress.setRange(0, _STEPS if total else 0)
        if total:
            self.progress.setValue(round(_STEPS * min(1.0, done / total)))

    def _appear(self) -> None:
        if self._work is not None:
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
