"""Pruning: how many connections a threshold takes away, and the error before and after."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from bpviz.engine.settings import Setting
from bpviz.gui.background import Background
from bpviz.gui.dialogs.pruning_chart import PruningChart
from bpviz.gui.dialogs.working import WorkingDialog
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.number_field import NumberField
from bpviz.gui.widgets.numbers import loss_text, nice, percent_text
from bpviz.gui.widgets.slider import Slider
from bpviz.gui.widgets.text import label, set_property
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.pruning import Pruning
from bpviz.lab.pruning_task import Asked, PruningLook

_HOW = (
    "Takes away the connections whose weights are smallest. Biases stay, and undo brings all back."
)
_SHARE = Setting(
    "Share", "How many of the connections go, the smallest first", unit="%", at_least=0, at_most=1
)
_MAGNITUDE = Setting("Magnitude below", "Connections go whose weight is nearer to 0", at_least=0)
_ROWS = (
    ("Training loss", "train_loss", loss_text),
    ("Test loss", "test_loss", loss_text),
    ("Training accuracy", "train_accuracy", percent_text),
    ("Test accuracy", "test_accuracy", percent_text),
)
_FIRST_SHARE = 0.3
_REFRESH_MS = 300
_WIDTH = 400


@dataclass(frozen=True)
class _Row:
    """One line of the table: its name, what it was, what it would be."""

    name: QLabel
    before: QLabel
    after: QLabel


class PruningDialog(WorkingDialog):
    """Follows the training while it is open; the error is measured on a thread of its own.

    `looked` comes when the numbers are new.
    """

    looked = Signal()

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._yield_to = yield_to
        self.setWindowTitle("Prune connections")
        self.asked = Asked(share=_FIRST_SHARE)
        self.look: PruningLook | None = None
        self._task: PruningLook | None = None
        self._gone = False
        self.background = Background("pruning", self)
        self.background.ended.connect(self._ended)
        self._refresh = Throttle(_REFRESH_MS, self._measure, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(GAP)
        how = label(_HOW, "secondary", self)
        how.setWordWrap(True)
        column.addWidget(how)
        self.chart = PruningChart(session, self)
        column.addWidget(self.chart)
        column.addLayout(self._make_fields())
        column.addLayout(self._make_table())
        self.note = label("", "error", self)
        self.note.setWordWrap(True)
        self.note.hide()
        column.addWidget(self.note)
        column.addStretch(1)
        column.addWidget(self._make_buttons())
        session.snapshot_changed.connect(self._refresh.poke)
        session.experiment_changed.connect(self._show)
        session.look_changed.connect(self.chart.update)
        self.resize(_WIDTH, self.sizeHint().height())
        self._refresh.now()

    # Building

    def _make_fields(self) -> QVBoxLayout:
        self.share = NumberField(_SHARE, digits=3, parent=self)
        self.share.committed.connect(lambda share: self.ask(Asked(share=share)))
        self.magnitude = NumberField(_MAGNITUDE, digits=3, parent=self)
        self.magnitude.committed.connect(lambda size: self.ask(Asked(threshold=size)))
        self.slider = Slider(0.0, 1.0, parent=self)
        self.slider.setAccessibleName("Share of the connections")
        self.slider.setToolTip(_SHARE.help)
        self.slider.moved.connect(lambda share: self.ask(Asked(share=share)))
        fields = QHBoxLayout()
        fields.setSpacing(GAP)
        for text, field in (("Share", self.share), ("Magnitude below", self.magnitude)):
            name = label(text, "secondary", self)
            name.setBuddy(field)
            fields.addWidget(name)
            fields.addWidget(field)
            field.setFixedWidth(84)
            if field is self.share:
                fields.addStretch(1)
        made = QVBoxLayout()
        made.setSpacing(HALF_GAP)
        made.addWidget(self.slider)
        made.addLayout(fields)
        return made

    def _make_table(self) -> QGridLayout:
        table = QGridLayout()
        table.setContentsMargins(0, GAP, 0, 0)
        table.setHorizontalSpacing(24)
        table.setVerticalSpacing(HALF_GAP)
        table.setColumnStretch(0, 1)
        self.count = label("", "title", self)
        table.addWidget(self.count, 0, 0)
        right = Qt.AlignmentFlag.AlignRight
        for k, text in enumerate(("before", "after"), 1):
            table.addWidget(label(text, "caption", self), 0, k, right)
        self.rows: dict[str, _Row] = {}
        for at, (text, field, _) in enumerate(_ROWS, 1):
            row = _Row(label(text, "secondary", self), label("", "", self), label("", "", self))
            self.rows[field] = row
            table.addWidget(row.name, at, 0)
            for k, value in enumerate((row.before, row.after), 1):
                table.addWidget(value, at, k, right)
        return table

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        self.prune_button = buttons.addButton("Prune", QDialogButtonBox.ButtonRole.ApplyRole)
        set_property(self.prune_button, "kind", "primary")
        self.prune_button.setToolTip("Take these connections away; undo brings them back")
        self.prune_button.clicked.connect(self.prune)
        close = buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        close.setToolTip("Close this window (Esc)")
        for button in (self.prune_button, close):
            button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        return buttons

    # What is asked, and what is found

    @property
    def pruning(self) -> Pruning | None:
        """What was found for what is asked of the present network; None until it is measured."""
        look = self.look
        if look is None or look.asked != self.asked:
            return None
        # What an edit has changed is measured when its snapshot is there.
        return look.pruning if self._session.laboratory.is_current(look.snapshot) else None

    def ask(self, asked: Asked) -> None:
        """Ask for another share, or another magnitude."""
        if asked != self.asked:
            self.asked = asked
            self._show()
            self._measure()

    def _measure(self) -> None:
        """Look at the weights of the moment, unless a look is under way: then after it."""
        snapshot, done = self._session.snapshot, self.look
        if snapshot is None or self._gone:
            return
        if self.background.running:
            return
        if done is not None and done.snapshot is snapshot and done.asked == self.asked:
            return
        known = done.scores_of(snapshot) if done is not None else None
        self._task = PruningLook(snapshot, self.asked, known, self._yield_to)
        self.background.start(self._task.run, self._task.cancel)

    def _ended(self, failed: bool) -> None:
        task, self._task = self._task, None
        if self._gone:
            self.deleteLater()
            return
        if failed:
            self._session.said.emit(
                "Pruning could not be measured; the details are in the log (Help, Open log).", True
            )
            return
        if task is not None and task.pruning is not None:
            self.look = task
            self._show()
            self.looked.emit()
        if task is None or task.asked != self.asked:
            self._measure()
        elif task.snapshot is not self._session.snapshot:
            self._refresh.poke()

    def prune(self) -> None:
        """Take away what was found."""
        pruning = self.pruning
        if pruning is not None and self._session.apply(pruning.edit):
            count = _counted(len(pruning.parameters))
            self._session.said.emit(f"Pruned {count}; undo brings them back.", False)
            # Else it would offer the same share of what is left.
            self.ask(Asked(share=0.0))

    # What is shown

    def _show(self) -> None:
        look, fresh = self.look, self.pruning
        if look is None or look.pruning is None:
            return
        threshold, share = look.reached(self.asked)
        self._show_fields(threshold, share)
        self.chart.show_sizes(look.counts, look.largest, threshold)
        gone = round(share * look.pruning.connections)
        self.count.setText(f"Removes {gone:,} of {_counted(look.pruning.connections)}")
        for text, field, words in _ROWS:
            row, before = self.rows[field], getattr(look.pruning.before, field)
            after = getattr(look.pruning.after, field)
            row.before.setText(words(before))
            row.after.setText(words(after) if fresh else "…")
            for part in (row.name, row.before, row.after):
                part.setVisible(not math.isnan(before))
            row.after.setAccessibleName(f"{text} after pruning: {row.after.text()}")
        note = fresh.note if fresh is not None else ""
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.prune_button.setEnabled(fresh is not None and bool(fresh.parameters))

    def _show_fields(self, threshold: float, share: float) -> None:
        self.slider.set_value(share)
        for field, value in ((self.share, share), (self.magnitude, threshold)):
            if not (field.hasFocus() and field.isModified()):
                field.set_value(nice(value, 3))

    # The end

    def done(self, result: int) -> None:
        """Close; a look that goes on still ends by itself."""
        super().done(result)
        self._gone = True
        if self.background.running:
            self.background.cancel()
        else:
            self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self._gone:
            self.done(0)

    def shut(self) -> None:
        """End the look, and return when it has ended."""
        self._gone = True
        self.background.shut()


def _counted(count: int) -> str:
    return "1 connection" if count == 1 else f"{count:,} connections"
