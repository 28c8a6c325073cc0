"""What the views that work in the background share: a button that starts and stops, a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QPushButton, QWidget

from bpviz.engine.settings import SettingError
from bpviz.gui.background import Background
from bpviz.gui.session import Session
from bpviz.gui.widgets.text import label, set_property


class Work(Protocol):
    """What runs: `run` returns when it is over, or soon after `cancel`."""

    def run(self) -> None: ...

    def cancel(self) -> None: ...


class WorkingView(QWidget):
    """Runs one work at a time on a thread of its own; `done` comes when it was seen through.

    A view of this kind gives `new_work`, `refresh` and `finish`, and says in `role` how its
    sentence looks.
    """

    done = Signal()
    role = ""

    def __init__(
        self, name: str, session: Session, yield_to: Callable[[], None], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._session = session
        self._yield_to = yield_to
        self.background = Background(name, self)
        self.background.looked.connect(self.refresh)
        self.background.ended.connect(self._ended)
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.toggle)
        self.sentence = label("", self.role, self)
        self.sentence.setWordWrap(True)

    def new_work(self) -> Work:
        """What is to run. Raises SettingError."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show how far it is."""
        raise NotImplementedError

    def finish(self) -> None:
        """It has ended, and has not failed."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        return self.background.running

    def toggle(self) -> None:
        """Start, or stop what is under way."""
        if self.running:
            self.background.cancel()
        else:
            self.start()

    def start(self) -> None:
        """Begin anew; what cannot be is said."""
        try:
            work = self.new_work()
        except SettingError as error:
            self.say(error.message, True)
            return
        self.background.start(work.run, work.cancel)
        self.refresh()

    def shut(self) -> None:
        """End the work; returns when its thread has ended."""
        self.background.shut()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut()
        super().closeEvent(event)

    def say(self, text: str, is_error: bool = False) -> None:
        set_property(self.sentence, "role", "error" if is_error else self.role)
        if text != self.sentence.text():
            self.sentence.setText(text)

    def show_button(self, start: str, tip: str, stop_tip: str) -> None:
        """`start` is what the button is called while nothing runs; the tips say what it does."""
        running = self.running
        verb = "Stop" if running else start
        self.button.setText(verb)
        self.button.setToolTip(stop_tip if running else tip)
        self.button.setAccessibleName(f"{verb.split()[0]} the {self._name}")
        set_property(self.button, "kind", "" if running else "primary")

    def _ended(self, failed: bool) -> None:
        self.refresh()
        if failed:
            self.say(
                f"The {self._name} broke off; the details are in the log (Help, Open log).", True
            )
        else:
            self.finish()
