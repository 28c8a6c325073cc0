"""The race: three ways to search for better weights, their curves, and what a step costs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from bpviz.engine.settings import SettingError
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.weight_search import SEARCHES, cost_per_step, costs
from bpviz.gui.lessons.views.labelled_chart import LabelledChart
from bpviz.gui.lessons.views.working import WorkingView
from bpviz.gui.plots.curve import Curve
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import label
from bpviz.lab.race import Lane, Race

_NOTHING = np.empty(0)
PASSES, SECONDS = "passes", "seconds"
OWN, LARGER = "own", "larger"
_SIZES = (10, 100, 1_000, 10_000, 1_000_000)
# Who stops it after this share of the passes has seen enough.
_ENOUGH = 0.1
# With so few weights to choose, random jumps do surprisingly well.
_FEW = 100


class RaceView(WorkingView):
    """Runs the race on a thread of its own. `done` comes when it was watched long enough.

    `larger` names an experiment of the gallery to race on as well; "" offers none.
    """

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        larger: str = "digits",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("race", session, yield_to, parent)
        self._larger: Experiment | None = gallery_experiment(larger) if larger else None
        self.race: Race | None = None
        self._make_top()
        self.chart = LabelledChart("forward passes")
        self.note = label("", "caption", self)
        self.note.setWordWrap(True)
        self._lay_out()
        session.look_changed.connect(self._dress)
        session.experiment_changed.connect(self._follow_network)
        self._dress()
        self.refresh()

    # Building

    def _make_top(self) -> None:
        options = [(OWN, self._own_name(), "Race on the network in the window")]
        if self._larger is not None:
            count = cost_per_step(self._larger.network).parameters
            name = self._larger.name.capitalize()
            options.append(
                (LARGER, f"{name}: {count:,} weights", f"Race on the larger network of {name}")
            )
        self.network = SegmentedControl(options, "Network of the race", self)
        self.network.setVisible(len(options) > 1)
        self.network.chosen.connect(self._network_chosen)
        self.axis = SegmentedControl(
            (
                (PASSES, "Passes", "The error over forward passes; a backward pass counts as two"),
                (SECONDS, "Time", "The error over the time that each search itself took"),
            ),
            "What the curves run over",
            self,
        )
        self.axis.chosen.connect(lambda _value: self.refresh())

    def _own_name(self) -> str:
        count = cost_per_step(self._session.experiment.network).parameters
        return f"This network: {count:,} weights"

    def _follow_network(self) -> None:
        """Another network in the window: what was run on the old one is not shown as its race."""
        self.network.buttons[OWN].setText(self._own_name())
        race, spec = self.race, self._session.experiment.network
        raced_here = race is not None and self.network.value == OWN
        if raced_here and race is not None and race.experiment.network.layers != spec.layers:
            self._network_chosen(OWN)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.button)
        top.addWidget(self.network)
        top.addStretch(1)
        top.addWidget(self.axis)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(top)
        column.addWidget(self.chart, 1)
        column.addWidget(self.sentence)
        column.addWidget(label("Forward passes for one step", "title", self))
        column.addLayout(self._cost_table())
        column.addWidget(self.note)

    def _cost_table(self) -> QGridLayout:
        """What a step costs, by number of weights."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        rows = [costs(size) for size in _SIZES]
        heads = [f"{size:,}" for size in _SIZES[:-1]] + ["1 million"]
        cells = [
            ["with so many weights", *heads],
            [SEARCHES[0].name, *(f"{row.random:,}" for row in rows)],
            [SEARCHES[1].name, *(f"{row.differences:,}" for row in rows)],
            [SEARCHES[2].name, *(f"{row.backprop:,}" for row in rows)],
        ]
        self.names = []
        for k, texts in enumerate(cells):
            for j, text in enumerate(texts):
                cell = label(text, "secondary" if k == 0 else "", self)
                side = Qt.AlignmentFlag.AlignLeft if j == 0 else Qt.AlignmentFlag.AlignRight
                cell.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(cell, k, j)
                if j == 0 and k:
                    self.names.append(cell)
        grid.setColumnStretch(0, 1)
        return grid

    # What a person does

    def new_work(self) -> Race:
        """A race from the weights of this moment, or from the larger network's first ones."""
        self.race = self._new_race()
        return self.race

    def _new_race(self) -> Race:
        if self.network.value == LARGER and self._larger is not None:
            return Race(self._larger, yield_to=self._yield_to)
        snapshot = self._session.snapshot
        if snapshot is None:
            raise SettingError("There is no network yet.")
        data = snapshot.data.training
        return Race(snapshot.experiment, data, snapshot.theta, self._yield_to)

    def _network_chosen(self, _which: str) -> None:
        if self.running:
            self.background.shut()
        self.race = None
        self.refresh()

    def finish(self) -> None:
        race = self.race
        if race is not None and race.refused:
            self.say(race.refused, True)
        elif race is not None and race.share >= _ENOUGH:
            self.done.emit()

    # What is shown

    def refresh(self) -> None:
        """Draw the curves as far as they are, and say who leads."""
        self.show_button("Start", "Let the three run from the same weights", "Stop the race here")
        race = self.race
        by = self.axis.value
        self.chart.set_x_name("forward passes" if by == PASSES else "milliseconds")
        if race is None:
            self.chart.show_runs(_NOTHING, ())
        else:
            x, values = race.curves("passes" if by == PASSES else "seconds")
            curves = [
                Curve(lane.search.name, error, color)
                for lane, error, color in zip(race.lanes, values, self._colors(), strict=True)
            ]
            self.chart.show_runs(x if by == PASSES else 1000.0 * x, curves)
        self.say(self._words(race))
        self.note.setText(self._details(race))

    def _words(self, race: Race | None) -> str:
        if race is None:
            return "Three searches from the same weights, at the same price. Which comes lowest?"
        lanes = sorted(race.lanes, key=lambda lane: lane.error)
        if not lanes[0].points:
            return "On your marks …"
        standing = ", ".join(_standing(lane) for lane in lanes)
        passes = max(lane.passes for lane in lanes)
        text = f"After {passes:,} forward passes: {standing}."
        if not self.running and race.costs.parameters < _FEW:
            text += (
                f" With only {race.costs.parameters} weights, luck does well; "
                "it does not on a larger network."
            )
        return text

    def _details(self, race: Race | None) -> str:
        text = "A backward pass counts as two forward passes; each search looks at all samples."
        if race is not None and race.samples:
            rate = race.experiment.training.learning_rate
            text = (
                "A backward pass counts as two forward passes; each pass looks at "
                f"{race.samples:,} training samples. Learning rate {rate:g}."
            )
        return text

    def _colors(self) -> tuple[str, str, str]:
        theme = self._session.theme
        return theme.text, theme.violet, theme.accent

    def _dress(self) -> None:
        self.chart.set_theme(self._session.theme)
        for name, color in zip(self.names, self._colors(), strict=True):
            name.setStyleSheet(f"color: {color}")
        self.refresh()


def _standing(lane: Lane) -> str:
    if lane.diverged:
        return f"{lane.search.name} ran away"
    return f"{lane.search.name} {value_text(lane.error)}"
