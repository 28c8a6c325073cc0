"""The left panel: data, network, training and input values; all settings follow the experiment."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from bpviz.engine.compiled import warming
from bpviz.engine.initializers import Explicit
from bpviz.engine.parameters import explicit_values
from bpviz.engine.settings import Entry, SettingError
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig
from bpviz.gui.panels.data_section import DataSection
from bpviz.gui.panels.dropout_fields import DropoutFields
from bpviz.gui.panels.hidden_layers_field import HiddenLayersField
from bpviz.gui.panels.input_values import InputValues
from bpviz.gui.panels.schedule_sketch import ScheduleSketch
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.card import Section
from bpviz.gui.widgets.glossary_link import link_word
from bpviz.gui.widgets.settings_form import SettingsForm
from bpviz.gui.widgets.text import label
from bpviz.lab.edits import Change
from bpviz.lab.loading import sentence_of

_WIDTH = 240

# Settings that most people never touch stand in a folded part, below the others.
_NETWORK_FIRST = ("initializer",)
_REGULARISATION = ("l1", "l2", "weight_decay", "shrink", "max_norm", "input_noise")
_TRAINING_LAST = (
    "momentum_schedule",
    "clip_norm",
    "clip_value",
    "reduction",
    "evaluate_every",
    "kernel",
)

# Where the glossary opens for a control of a section that has no word of its own.
_SECTION_WORDS = {
    "data": "training set",
    "network": "hidden layer",
    "training": "gradient descent",
    "inputs": "input",
}


class SettingsPanel(QFrame):
    """Shows the session's experiment and edits it. It scrolls when the window is low."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Settings")
        self._session = session
        self._forms: list[tuple[SettingsForm, str]] = []
        self.sketches: dict[str, ScheduleSketch] = {}
        content = QWidget()
        content.setProperty("role", "content")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(12, GAP, 12, GAP)
        self._column.setSpacing(HALF_GAP)
        self._add_sections()
        self._column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        scroll.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        scroll.verticalScrollBar().rangeChanged.connect(self._make_room)
        self.scroll_area = scroll
        frame = QVBoxLayout(self)
        frame.setContentsMargins(1, 1, 1, 1)
        frame.addWidget(scroll)
        session.experiment_changed.connect(self.refresh)
        self.refresh()

    def _add_sections(self) -> None:
        session = self._session
        self.data = DataSection(session)
        self._add_section("Data", "data", self.data)
        network = self._add_section("Network", "network")
        self.hidden = HiddenLayersField(session)
        network.body.addWidget(self.hidden)
        self._add_form(network, "network", NetworkSpec, only=_NETWORK_FIRST)
        self._add_form(network, "training", TrainingConfig, only=("loss",))
        more = self._more(network, "network")
        self._add_form(more, "network", NetworkSpec, without=("layers", *_NETWORK_FIRST))
        training = self._add_section("Training", "training")
        folded = (*_REGULARISATION, *_TRAINING_LAST)
        self._add_form(training, "training", TrainingConfig, without=("loss", *folded))
        self._add_sketch("rate_schedule")
        regularisation = self._more(training, "regularisation", "Regularisation")
        self._add_form(regularisation, "training", TrainingConfig, only=_REGULARISATION)
        self.dropout = DropoutFields(session)
        regularisation.body.addWidget(self.dropout)
        more = self._more(training, "training")
        self._add_form(more, "training", TrainingConfig, only=_TRAINING_LAST)
        self._add_sketch("momentum_schedule")
        self.engine_note = label("", "secondary", self)
        self.engine_note.setWordWrap(True)
        self.field("training.kernel").layout().addWidget(self.engine_note)
        self.inputs = InputValues(session)
        self._add_section("Input values", "inputs", self.inputs)

    def _add_section(self, title: str, key: str, content: QWidget | None = None) -> Section:
        section = Section(title, key)
        link_word(section, _SECTION_WORDS[key])
        if content is not None:
            section.body.addWidget(content)
        self._column.addWidget(section)
        return section

    def _more(self, section: Section, key: str, title: str = "More") -> Section:
        name = f"More {key} settings" if title == "More" else title
        more = Section(title, f"{key}-more", folded=True, minor=True, name=name)
        section.body.addWidget(more)
        return more

    def _add_sketch(self, setting: str) -> None:
        """What a list of schedules comes to, under the list."""
        field = self.field(f"training.{setting}")
        sketch = ScheduleSketch(self._session, setting, field)
        field.layout().addWidget(sketch)
        self.sketches[setting] = sketch

    def _add_form(self, section: Section, prefix: str, cls: type, **chosen: Any) -> None:
        form = SettingsForm(cls, **chosen)
        form.changed.connect(
            lambda path, value, drag: self._change(f"{prefix}.{path}", value, drag)
        )
        form.refused.connect(lambda sentence: self._session.said.emit(sentence, True))
        section.body.addWidget(form)
        self._forms.append((form, prefix))

    def field(self, path: str) -> Any:
        """The row of a setting by its dotted path, such as "training.learning_rate"."""
        prefix, name = path.split(".")
        for form, of in self._forms:
            if of == prefix and name in form.fields:
                return form.fields[name]
        raise KeyError(path)

    def _make_room(self, _low: int, high: int) -> None:
        """A scroll bar stands in the margin, so that no control moves when it comes."""
        bar = self.scroll_area.verticalScrollBar().sizeHint().width() if high > 0 else 0
        self._column.setContentsMargins(12, GAP, max(0, 12 - bar), GAP)

    # Experiment -> panel

    def refresh(self) -> None:
        """Show the experiment as it is now; nothing is edited by that."""
        experiment = self._session.experiment
        for form, prefix in self._forms:
            form.set_values(getattr(experiment, prefix))
        training = experiment.training
        # In some ways of updating the batch size has no say.
        has_batches = training.rows_per_batch(training.batch_size + 1) == training.batch_size
        self.field("training.batch_size").setEnabled(has_batches)
        for name in ("rate_schedule", "momentum_schedule"):
            schedule, reason = self.field(f"training.{name}"), training.idle.get(name, "")
            # One that is there can be taken away.
            schedule.setEnabled(not reason or bool(getattr(training, name)))
            schedule.setToolTip(reason)
        hindrance = warming.hindrance(experiment.network.dtype)
        self.engine_note.setText(f"NumPy alone is there: {hindrance}.")
        self.engine_note.setVisible(bool(hindrance))

    # Panel -> experiment

    def _change(self, path: str, value: Any, drag: str) -> None:
        try:
            path, value = self._whole_initializer(path, value)
        except SettingError as error:
            self._session.said.emit(sentence_of(error), True)
            self.refresh()
            return
        if isinstance(value, Entry):
            value = _MADE_FROM_SESSION.get(type(value), _as_it_is)(self._session, value)
        merge = f"{path} {drag}" if drag else ""
        if not self._session.apply(Change(path, value), merge):
            self.refresh()

    def _whole_initializer(self, path: str, value: Any) -> tuple[str, Any]:
        """An initialiser's own setting changes the initialiser: the weights are drawn anew."""
        whole = "network.initializer"
        if not path.startswith(f"{whole}."):
            return path, value
        name = path.removeprefix(f"{whole}.")
        present = self._session.experiment.network.initializer
        return whole, dataclasses.replace(present, **{name: value})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A control that has no use for Escape lets go of the keyboard: all keys are the window's.
        control = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and control is not None and control.hasFocus():
            control.clearFocus()
            event.accept()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(_WIDTH - 20, 200)


def _as_it_is(session: Session, entry: Entry) -> Entry:
    return entry


def _present_weights(session: Session, entry: Entry) -> Entry:
    """Given values begin as those that the network has at this moment."""
    snapshot = session.snapshot
    assert isinstance(entry, Explicit)
    if entry.weight_values or snapshot is None:
        return entry
    if snapshot.spec.layers != session.experiment.network.layers:
        return entry
    return explicit_values(snapshot.layout, snapshot.theta)


# Entries whose useful default is not a constant but what is going on.
_MADE_FROM_SESSION: dict[type[Entry], Callable[[Session, Entry], Entry]] = {
    Explicit: _present_weights
}
