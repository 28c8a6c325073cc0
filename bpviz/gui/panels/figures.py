"""The headline figures of a run: epoch, errors, accuracy, speed."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bpviz.engine.cadence import Cadence
from bpviz.engine.kernels import Kernel
from bpviz.gui.session import Session
from bpviz.gui.widgets.card import line
from bpviz.gui.widgets.numbers import loss_text, percent_text
from bpviz.gui.widgets.text import Figure
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.commands import Pace
from bpviz.lab.snapshot import Snapshot

# Eight times a second is as fast as a number can be read.
_INTERVAL_MS = 125
# The other figures are older than the epoch, where not every epoch is evaluated.
_MEASURED = "Epoch · measured {}"
_SPEED_TIP = "How fast it trains now"
_RIGHT_CLASS = "Share of the samples that are put into the right class"
_ALL_RIGHT = "Share of the samples that are right in every one of their labels"


class RunFigures(QWidget):
    """Figures side by side, separated by thin lines; those without a meaning here are hidden.

    `set_changed` comes when other figures have a meaning, or another name.
    """

    set_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown = 99
        self._says_measured = True
        self._pace = Pace()
        self._engine: tuple[Kernel, Cadence] | None = None
        self._meaningless: frozenset[Figure] = frozenset()
        self.epoch = self._figure("Epoch", "00,000", "How often all samples were learned from")
        self.train_loss = self._figure(
            "Training loss", "0.0000", "Error over the training samples, without the penalty"
        )
        self.test_loss = self._figure(
            "Test loss", "0.0000", "Error over samples that are never learned from", role="violet"
        )
        self.accuracy = self._figure("Test accuracy", "00.0 %", _RIGHT_CLASS)
        self.speed = self._figure("Speed", "00,000", _SPEED_TIP, unit="epochs/s")
        self.all = (self.epoch, self.train_loss, self.test_loss, self.accuracy, self.speed)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        self._lines = []
        for figure in self.all:
            separator = line(vertical=True, parent=self)
            self._lines.append(separator)
            row.addWidget(separator)
            row.addWidget(figure)
        # What is measured says of which epoch: it is not measured after each.
        measured = (self.train_loss, self.test_loss, self.accuracy)
        self._tips = {figure: figure.toolTip() for figure in measured}
        self._throttle = Throttle(_INTERVAL_MS, self._refresh, self)
        session.snapshot_changed.connect(self._throttle.poke)
        session.look_changed.connect(self._throttle.now)
        self._refresh()

    def show_first(self, count: int) -> None:
        """Show only the first so many figures, for want of room."""
        self._shown = count
        self._show_meaningful()

    def say_measured(self, on: bool) -> None:
        """Whether there is room to say at the epoch which one was measured; tooltips always do."""
        self._says_measured = on
        self._name_epoch()

    def set_pace(self, pace: Pace) -> None:
        """Batches that are let through one by one are counted as batches."""
        self._pace = pace
        self._throttle.now()

    def forget_size(self) -> None:
        """Measure anew at once; Qt would do so only at its next turn."""
        self._row.invalidate()
        self.updateGeometry()

    def _figure(
        self, caption: str, widest: str, tip: str, unit: str = "", role: str = "figure"
    ) -> Figure:
        figure = Figure(caption, widest, unit, role, self)
        figure.setToolTip(tip)
        return figure

    def _refresh(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        metrics = snapshot.metrics
        self.epoch.set_text(f"{snapshot.epoch:,}")
        self._name_epoch()
        self.train_loss.set_text(loss_text(metrics.train_loss))
        self.test_loss.set_text(loss_text(metrics.test_loss))
        self.accuracy.set_text(percent_text(_accuracy(snapshot)))
        self._show_speed(snapshot)
        self._name_engine(snapshot)
        self._name_figures(snapshot)
        for figure, tip in self._tips.items():
            figure.setToolTip(f"{tip}\n(after epoch {metrics.epoch:,})")

    def _name_epoch(self) -> None:
        snapshot, caption = self._session.snapshot, self.epoch.caption
        if snapshot is None:
            return
        sparse = snapshot.cadence.every > 1 and self._says_measured
        caption.expect(_MEASURED.format("00,000") if sparse else "Epoch")
        caption.setText(_epoch_caption(snapshot) if self._says_measured else "Epoch")

    def _name_figures(self, snapshot: Snapshot) -> None:
        """Which figures have a meaning here, and what they are called."""
        has_test, task = len(snapshot.data.test_rows) > 0, snapshot.data.training.task
        meaningless = set() if has_test else {self.test_loss}
        if task == "regression":
            meaningless.add(self.accuracy)
        name = "Test accuracy" if has_test else "Accuracy"
        self._tips[self.accuracy] = _ALL_RIGHT if task == "labels" else _RIGHT_CLASS
        if (meaningless, name) == (self._meaningless, self.accuracy.caption.text()):
            return
        self._meaningless = frozenset(meaningless)
        self.accuracy.caption.setText(name)
        self._show_meaningful()
        self.set_changed.emit()

    def _show_speed(self, snapshot: Snapshot) -> None:
        pace = self._pace
        if not snapshot.running:
            self.speed.set_text("–")
        elif pace.unit == "batch" and pace.per_second:
            self.speed.set_text(f"{pace.per_second:g}", "batches/s")
        else:
            # A speed of 0 was not measured yet.
            self.speed.set_text(_speed_text(snapshot.speed) if snapshot.speed > 0 else "–")

    def _name_engine(self, snapshot: Snapshot) -> None:
        """Which engine trains, and why; how often it is looked at how well that goes."""
        kernel, cadence = snapshot.kernel, snapshot.cadence
        if (kernel, cadence) == self._engine:
            return
        self._engine = (kernel, cadence)
        self.speed.caption.setText(f"Speed · {kernel.label}")
        self.speed.setAccessibleName(f"Speed, {kernel.label}")
        measured = f"Evaluated: {cadence}."
        self.speed.setToolTip(f"{_SPEED_TIP}. {kernel.sentence} {measured}")
        self.set_changed.emit()

    def _show_meaningful(self) -> None:
        for k, (figure, separator) in enumerate(zip(self.all, self._lines, strict=True)):
            visible = k < self._shown and figure not in self._meaningless
            figure.setVisible(visible)
            separator.setVisible(visible)


def _epoch_caption(snapshot: Snapshot) -> str:
    """While some epochs are passed over, it says all the time which one was measured."""
    measured, cadence = snapshot.metrics.epoch, snapshot.cadence
    sparse = snapshot.running and cadence.every > 1 and snapshot.epoch > cadence.dense
    return _MEASURED.format(f"{measured:,}") if sparse or measured != snapshot.epoch else "Epoch"


def _accuracy(snapshot: Snapshot) -> float:
    test = snapshot.metrics.test_accuracy
    return snapshot.metrics.train_accuracy if math.isnan(test) else test


def _speed_text(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
