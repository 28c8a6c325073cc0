"""Beside the formula: the unit's activation, or what the next step leads to."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bpviz.engine.parameters import unit_label
from bpviz.engine.spec import ParameterId
from bpviz.explain.activation_curve import activation_curve
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas.names import pretty
from bpviz.gui.explain.activation_view import ActivationView
from bpviz.gui.explain.profile_view import ProfileView
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.numbers import format_number
from bpviz.gui.widgets.text import label
from bpviz.lab.edits import SetParameters
from bpviz.lab.evaluation import Evaluation, Explained

OFF, ACTIVATION, FORECAST = "off", "activation", "forecast"
OPTIONS = (
    (OFF, "Off", "The formula alone"),
    (ACTIVATION, "Activation", "f and f′ of the unit that the weight leads to, with its tangent"),
    (FORECAST, "Forecast", "Where the next step leads: the error along this weight"),
)

_drags = itertools.count(1)


class SideViews(QWidget):
    """One of the two small views. It follows the evaluation; `show_view` chooses.

    The activation's curve is computed here, on the window's thread, with every evaluation: that is
    a quarter of a millisecond.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._drag = ""
        self._parameter: ParameterId | None = None
        self.view = OFF
        self.activation = ActivationView()
        self.profile = ProfileView()
        self.profile.dragged.connect(self._dragged)
        self.profile.released.connect(self._released)
        self.forecast = label("", "caption")
        self.forecast.setWordWrap(True)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addWidget(self.forecast)
        column.addWidget(self.profile, 1)
        self.note = label("", "caption")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._stack = QStackedWidget(self)
        for widget in (self.activation, beside, self.note):
            self._stack.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.hide()

    def show_view(self, view: str) -> None:
        """Show OFF, ACTIVATION or FORECAST."""
        self.view = view
        self.setVisible(view != OFF)

    def dress(self) -> None:
        self.activation.set_theme(self._session.theme)
        self.profile.set_theme(self._session.theme)

    def follow(self, unit: UnitRef | None, explained: Explained | None) -> None:
        """Show the present values of a unit, or of the explained parameter."""
        evaluation = self._session.evaluation
        if self.view == ACTIVATION:
            self._follow_activation(unit, evaluation)
        elif self.view == FORECAST:
            self._follow_forecast(explained)

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self._stack.setCurrentWidget(self.note)

    def _follow_activation(self, unit: UnitRef | None, evaluation: Evaluation | None) -> None:
        if evaluation is None or unit is None:
            self._say("Click a weight, a bias or a unit to see its activation.")
            return
        spec = evaluation.snapshot.spec
        place = next((k for k, layer in enumerate(spec.layers) if layer.id == unit.layer), -1)
        if place < 0 or unit.unit not in spec.layers[place].ids:
            self._say("That unit is no longer part of the network.")
            return
        layer = spec.layers[place]
        if layer.is_input:
            self._say("An input has no activation: it is passed on as it is.")
            return
        number = layer.places[unit.unit]
        curve = activation_curve(layer.activation, evaluation.probe.nets[place], number)
        name = pretty(unit_label(layer, unit.unit))
        self.activation.show_curve(curve, name, layer.activation.label)
        self._stack.setCurrentWidget(self.activation)

    def _follow_forecast(self, explained: Explained | None) -> None:
        if explained is None or explained.explanation is None or explained.profile is None:
            self._say("Click a weight or a bias to see where the next step leads.")
            return
        explanation, profile = explained.explanation, explained.profile
        self._parameter = explained.ask.parameter
        update = explanation.update
        after = (update.after, profile.at(update.after))
        self.profile.show_profile(profile, after, pretty(update.label))
        if explained.forecast is not None:
            self.forecast.setText(_forecast_words(explained, profile.all_samples))
            self.forecast.setToolTip(
                "All weights move at once in a step; in the curve below, only this one does. Curve "
                "and tangent are of the error over the training samples, the formula beside them "
                "is of the sample or the batch that is chosen."
            )
        self._stack.setCurrentIndex(1)

    def _dragged(self, value: float) -> None:
        if self._parameter is None:
            return
        if not self._drag:
            self._drag = f"drag along the error {next(_drags)}"
        self._session.apply(SetParameters({self._parameter: value}), self._drag)

    def _released(self) -> None:
        self._drag = ""


def _forecast_words(explained: Explained, samples: int) -> str:
    """What the step would do to the error over the training part."""
    assert explained.explanation is not None
    assert explained.forecast is not None
    before, after = explained.forecast
    low, high = _two_numbers(before, after)
    whose = "this batch" if explained.explanation.moment.is_batch else "this sample"
    of = "this sample" if samples == 1 else f"all {samples:,} training samples"
    text = f"If I take the step for {whose}, E of {of} goes from {low} to {high}."
    if after > before and samples > 1:
        text += " What helps one part of the data may hurt the rest."
    return text


def _two_numbers(before: float, after: float) -> tuple[str, str]:
    """As short as it goes while one can tell them apart."""
    for digits in (4, 6, 9):
        pair = format_number(before, digits), format_number(after, digits)
        if pair[0] != pair[1]:
            break
    return pair
