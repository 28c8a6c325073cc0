"""Under a list of schedules: what they come to over the epochs that are planned."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.gui.session import Session
from bpviz.gui.widgets.numbers import format_number
from bpviz.gui.widgets.sparkline import Sparkline
from bpviz.gui.widgets.text import ElidedLabel
from bpviz.lab.schedule_curve import ScheduleCurve, planned_epochs, schedule_curve


class ScheduleSketch(QWidget):
    """A small curve of the factor and its span in words; hidden while there is no schedule."""

    def __init__(self, session: Session, setting: str, parent: QWidget | None = None) -> None:
        """`setting` is "rate_schedule" or "momentum_schedule"."""
        super().__init__(parent)
        self._session = session
        self._setting = setting
        self.curve: ScheduleCurve | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 0, 2)
        column.setSpacing(1)
        self.line = Sparkline(session.theme, self)
        self.words = ElidedLabel("", "caption", self)
        column.addWidget(self.line)
        column.addWidget(self.words)
        session.look_changed.connect(lambda: self.line.set_theme(session.theme))
        session.experiment_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Draw what the experiment's schedules come to."""
        experiment = self._session.experiment
        schedules = getattr(experiment.training, self._setting)
        self.setVisible(bool(schedules))
        if not schedules:
            self.curve = None
            return
        self.curve = schedule_curve(schedules, planned_epochs(experiment))
        self.line.set_points(self.curve.shares)
        text = _span(self.curve)
        self.words.setText(text)
        tip = "The factor over the epochs that are planned; what waits for errors is not foreseen"
        self.setToolTip(tip)
        self.line.setAccessibleName(text)


def _span(curve: ScheduleCurve) -> str:
    """ "× 1 to × 0.01 over 500 epochs", with the highest in between where it is neither."""
    ends = [curve.factors[0], curve.factors[-1]]
    if curve.highest > max(ends) * 1.001:
        ends.insert(1, curve.highest)
    shown = " → ".join(f"×\u2009{format_number(factor, 3)}" for factor in ends)
    return f"{shown} in {curve.epochs:,} epochs"
