"""Gradient check: a button, one sentence, both gradients against each other, a table."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from bpviz.engine.spec import ParameterId
from bpviz.gui.background import Background
from bpviz.gui.bottom.gradient_model import GradientModel
from bpviz.gui.bottom.gradient_scatter import GradientScatter
from bpviz.gui.bottom.gradient_table import GradientTable
from bpviz.gui.bottom.page import Page
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.exchange import exchange
from bpviz.gui.widgets.numbers import format_number
from bpviz.gui.widgets.text import ElidedLabel, label, set_property
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.gradient_check_task import (
    EPSILON,
    CheckReport,
    GradientCheckTask,
    Plan,
    plan_check,
)

_STALE_MS = 250
# A check that takes less needs no warning.
_WORTH_SAYING_S = 2.0
_CHANGED = {
    "network": "the network has changed since",
    "data": "the data has changed since",
    "error": "the loss or its penalty has changed since",
    "weights": "the weights have changed since",
}


class GradientPage(Page):
    """Checks the weights of the moment on a thread of its own; training goes on meanwhile."""

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._yield_to = yield_to
        self.background = Background("gradient check", self)
        self.background.looked.connect(self._show_progress)
        self.background.ended.connect(self._ended)
        self._task: GradientCheckTask | None = None
        self.report: CheckReport | None = None
        self.stale = False
        self._make_top()
        self._make_results()
        self._look = Throttle(_STALE_MS, self._show_words, self)
        session.snapshot_changed.connect(self._snapshot_changed)
        session.look_changed.connect(self._dress)
        session.selected.connect(self._show_selected)
        self._dress()
        self._show_state()

    # Building

    def _make_top(self) -> None:
        self.check_button = QPushButton("Check", self)
        self.check_button.setProperty("kind", "primary")
        self.check_button.setToolTip(
            "Nudge every weight and bias by ±ε, measure the error, and compare with backpropagation"
        )
        self.check_button.setAccessibleName("Check the gradient")
        self.check_button.clicked.connect(self.check)
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setToolTip("Stop here and show what was compared so far")
        self.cancel_button.setAccessibleName("Cancel the gradient check")
        self.cancel_button.clicked.connect(self.cancel)
        for button in (self.check_button, self.cancel_button):
            button.setAutoDefault(False)
        self.sentence = label("", "", self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("How far the gradient check is")
        words = QVBoxLayout()
        words.setSpacing(HALF_GAP)
        words.addWidget(self.sentence)
        words.addWidget(self.progress)
        self.top = QHBoxLayout()
        self.top.setSpacing(12)
        for button in (self.check_button, self.cancel_button):
            self.top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.top.addLayout(words, 1)

    def _make_results(self) -> None:
        self.taken = ElidedLabel("", "caption", self)
        self.model = GradientModel(self)
        self.table = GradientTable(self.model, lambda text: self._session.said.emit(text, False))
        self.table.chosen.connect(lambda row: self._select(self.model.position_at(row)))
        self.scatter = GradientScatter()
        self.scatter.clicked.connect(self._select)
        self.results = QWidget(self)
        row = QHBoxLayout(self.results)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.scatter)
        row.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, HALF_GAP, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addLayout(self.top)
        column.addWidget(self.taken)
        column.addWidget(self.results, 1)

    # The check

    @property
    def running(self) -> bool:
        return self.background.running

    def check(self) -> None:
        """Check the gradient at the weights that are shown now."""
        snapshot = self._session.snapshot
        if snapshot is None or self.running:
            return
        task = GradientCheckTask(snapshot, self._yield_to)
        self._task = task
        self.background.start(task.run, task.cancel)
        self._show_state()

    def compute(self) -> None:
        self.check()

    def cancel(self) -> None:
        """End the check soon; what was compared so far is shown."""
        self.background.cancel()

    def shut(self) -> None:
        self.background.shut()

    def _ended(self, failed: bool) -> None:
        task, self._task = self._task, None
        if failed:
            self._session.said.emit(
                "The gradient could not be checked; the details are in the log (Help, Open log).",
                True,
            )
        elif task is not None and task.report is not None and task.report.reached.any():
            self.report = task.report
            self.model.show_report(self.report)
            self.scatter.show_report(self.report)
            self._show_selected(self._session.selection)
        self._show_state()

    # What is shown

    def _show_state(self) -> None:
        """Button or progress, results or what to do."""
        buttons = (self.check_button, self.cancel_button)
        exchange(*(reversed(buttons) if self.running else buttons))
        self.progress.setVisible(self.running)
        found = self.report is not None
        self.taken.setVisible(found)
        self._show_progress()
        self._show_words()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing was followed while the page was hidden."""
        super().showEvent(event)
        self._show_words()

    def _snapshot_changed(self) -> None:
        if self.isVisible():
            self._look.poke()

    def _show_progress(self) -> None:
        task = self._task
        if task is None:
            return
        self.progress.setMaximum(task.total)
        self.progress.setValue(task.done)
        left = task.seconds_left
        text = f"{task.done:,} of {task.total:,} weights and biases"
        if not math.isnan(left) and left >= 1:
            text += f", about {_duration(left)} left"
        self.sentence.setText(text + "." + _limited(task.plan))

    def _show_words(self) -> None:
        """The sentence, at which weights it was found, and whether it still holds."""
        snapshot = self._session.snapshot
        self.check_button.setEnabled(snapshot is not None)
        if self.report is None:
            if not self.running and snapshot is not None:
                self._say(_invitation(plan_check(snapshot)), "secondary")
            return
        changed = self.report.change_since(snapshot) if snapshot is not None else ""
        if not self.running:
            wrong = bool(self.report.disagreeing.any())
            self._say(self.report.sentence(), "error" if wrong else "secondary" if changed else "")
        self._show_taken(_CHANGED.get(changed, ""))

    def _say(self, text: str, role: str) -> None:
        set_property(self.sentence, "role", role)
        if text != self.sentence.text():
            self.sentence.setText(text)
            self.scatter.setAccessibleDescription(text)

    def _show_taken(self, changed: str) -> None:
        assert self.report is not None
        taken, plan = self.report.snapshot, self.report.plan
        batch = f", batch {taken.batch}" if taken.batch else ""
        samples = f"{plan.samples:,}" + (f" of {plan.all_samples:,}" if plan.limited else "")
        epsilon = format_number(EPSILON)
        text = f"Epoch {taken.epoch:,}{batch} · {samples} training samples · ε = {epsilon}"
        if changed:
            text = f"Out of date: {changed} · {text}"
        if text != self.taken.text():
            self.taken.setText(text)
        self._mark_stale(bool(changed))

    def _mark_stale(self, stale: bool) -> None:
        self.stale = stale
        set_property(self.check_button, "kind", "primary" if stale else "")

    def _dress(self) -> None:
        self.model.theme = self._session.theme
        self.scatter.set_theme(self._session.theme)
        self.table.viewport().update()

    # Selection

    def _select(self, position: int) -> None:
        """Select a checked parameter everywhere, if the network still has it."""
        assert self.report is not None
        parameter = self.report.snapshot.layout.id_of(position)
        if self._session.experiment.network.has(parameter):
            self._session.select(parameter)
        else:
            self._session.said.emit("The network no longer has this weight.", False)

    def _show_selected(self, parameter: ParameterId | None) -> None:
        row = self.model.row_of(parameter)
        self.table.show_row(row)
        self.scatter.mark(self.model.position_at(row) if row >= 0 else -1)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _limited(plan: Plan) -> str:
    if not plan.limited:
        return ""
    return (
        f" Only {plan.samples:,} of {plan.all_samples:,} training samples are looked at, "
        "evenly chosen, to save time."
    )


def _invitation(plan: Plan) -> str:
    text = (
        "Is backpropagation right? Check nudges each weight and bias by ±ε, measures how the error "
        f"changes, and compares: {plan.gradients:,} gradients over {plan.samples:,} training "
        "samples."
    )
    if plan.seconds >= _WORTH_SAYING_S:
        text += f" This may take about {_duration(plan.seconds)}; it can be cancelled."
    return text + _limited(plan)
