"""The best weights, offered when training has stopped behind them."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.numbers import loss_text
from bpviz.gui.widgets.text import ElidedLabel
from bpviz.lab.edits import TakeBest
from bpviz.lab.snapshot import Snapshot


def best_words(snapshot: Snapshot) -> str:
    """ "epoch 120, test error 0.1230"; "" when no best weights are kept."""
    if snapshot.best is None:
        return ""
    epoch, error = snapshot.best
    part = "test" if len(snapshot.data.test_rows) else "training"
    return f"epoch {epoch:,}, {part} error {loss_text(error)}"


def take_best(session: Session) -> None:
    """Go back to the best weights so far, or say why there are none."""
    snapshot = session.latest
    if snapshot is None:
        return
    words = best_words(snapshot)
    if words or not session.experiment.training.keeps_best:
        # Where no rule keeps them, the refusal says what does.
        if session.apply(TakeBest()):
            session.said.emit(f"These are the weights of {words}; undo takes you back.", False)
    else:
        session.said.emit("There are no best weights yet: train for an epoch first.", True)


class BestOffer(QFrame):
    """A strip with a button. It shows when a stop rule ended training after the best epoch."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._session = session
        self._declined: tuple[int, float] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, GAP, GAP, GAP)
        row.setSpacing(GAP)
        self.sentence = ElidedLabel("", "", self)
        self.button = QPushButton("Take the best weights", self)
        self.button.setToolTip(
            "Give the network the weights that it had then;\nundo (Ctrl+Z) brings these back"
        )
        self.button.clicked.connect(lambda: take_best(self._session))
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "flat")
        self.close_button.setText("×")
        self.close_button.setToolTip("Keep the present weights (Train, Take the best weights)")
        self.close_button.setAccessibleName("Keep the present weights")
        self.close_button.clicked.connect(self._decline)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        self.hide()
        session.snapshot_changed.connect(self._refresh)

    def _refresh(self) -> None:
        snapshot = self._session.latest
        if snapshot is not None and (snapshot.running or snapshot.epoch == 0):
            self._declined = None
        if snapshot is None or not _worth_offering(snapshot) or snapshot.best == self._declined:
            self.hide()
            return
        self.sentence.setText(f"The best so far: {best_words(snapshot)}")
        self.setAccessibleName(self.sentence.text())
        self.show()

    def _decline(self) -> None:
        snapshot = self._session.latest
        self._declined = snapshot.best if snapshot is not None else None
        self.hide()


def _worth_offering(snapshot: Snapshot) -> bool:
    """Whether a rule has ended the training and its best weights are not those of its end."""
    if snapshot.best is None or snapshot.running or snapshot.failed or not snapshot.message:
        return False
    return snapshot.best[0] < snapshot.epoch
