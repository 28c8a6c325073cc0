"""What follows an edit until the first picture of what it made: the trainer is made ready."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from bpviz.gui.session import Session


class Arrival(QObject):
    """Says that a new network or new data is on its way; Cancel undoes the edit that made it."""

    changed = Signal()
    progress = (0, 0)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.doing = ""
        self._session = session
        session.experiment_changed.connect(self._look)
        session.snapshot_changed.connect(self._look)

    def cancel(self) -> None:
        """The person does not want it."""
        self._session.undo()

    def _look(self) -> None:
        snapshot = self._session.snapshot
        is_here = snapshot is None or self._session.laboratory.is_current(snapshot)
        doing = "" if is_here else "Preparing the new network"
        if doing != self.doing:
            self.doing = doing
            self.changed.emit()
