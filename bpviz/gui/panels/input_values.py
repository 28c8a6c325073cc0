"""Input values: type or drag an input of the network and see what comes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.metrics import decide
from bpviz.engine.settings import Setting
from bpviz.engine.spec import NetworkSpec
from bpviz.gui.canvas.names import pretty, unit_names
from bpviz.gui.output.labels import names_text
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.output.samples import own_units
from bpviz.gui.panels.input_table import InputTable
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.number_field import NumberField
from bpviz.gui.widgets.numbers import loss_text
from bpviz.gui.widgets.slider import Slider
from bpviz.gui.widgets.text import ElidedLabel, label
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.label_answers import LabelAnswer, label_answers

# More inputs than this stand in a table; more outputs are cut.
MOST_SLIDERS = 16
MOST_OUTPUTS = 12
_INTERVAL_MS = 66
_DIGITS = 3


class InputValues(QWidget):
    """The inputs of the present sample in the data's own units, and the network's answer.

    Moving one asks for typed values; "Back to sample" returns to the sample.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "form")
        self._session = session
        self._data: PreparedData | None = None
        self._typed: tuple[float, ...] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        self.caption = label("", "caption", self)
        self.back_button = QPushButton("Back to sample", self)
        self.back_button.setProperty("kind", "flat")
        self.back_button.setToolTip("Show the inputs of the chosen sample again")
        self.back_button.clicked.connect(self.back)
        top = QHBoxLayout()
        top.addWidget(self.caption, 1)
        top.addWidget(self.back_button)
        column.addLayout(top)
        self.note = label("", "secondary", self)
        self.note.setWordWrap(True)
        column.addWidget(self.note)
        self._rows_place = QVBoxLayout()
        self._rows_place.setSpacing(HALF_GAP)
        column.addLayout(self._rows_place)
        self.rows: list[_InputRow] = []
        self.table: InputTable | None = None
        self.outputs = Answer(self)
        column.addWidget(self.outputs)
        self._throttle = Throttle(_INTERVAL_MS, self._refresh, self)
        session.evaluation_changed.connect(self._throttle.poke)
        session.request_changed.connect(self._request_changed)
        self._refresh()

    def set_input(self, index: int, value: float) -> None:
        """Ask what the network says when one input has this value and the others stay."""
        values = list(self._values())
        if index < len(values):
            values[index] = float(value)
            self._typed = tuple(values)
            self._session.ask(typed=self._typed)

    def back(self) -> None:
        """Show the chosen sample again."""
        self._typed = None
        self._session.ask(typed=None)

    def _values(self) -> tuple[float, ...]:
        """The inputs as shown; what was just typed counts before its evaluation is back."""
        if self._typed is not None and self._session.request.typed == self._typed:
            return self._typed
        evaluation = self._session.evaluation
        return tuple(float(v) for v in evaluation.probe.inputs) if evaluation else ()

    def _request_changed(self) -> None:
        if self._session.request.typed is None:
            self._typed = None
        self._show_caption()

    def _show_caption(self) -> None:
        request, data = self._session.request, self._data
        self.back_button.setVisible(request.typed is not None)
        if request.typed is not None:
            self.caption.setText("typed values")
        elif data is not None:
            row = min(request.sample, len(data.dataset) - 1)
            self.caption.setText(sample_text(data, row))

    def _refresh(self) -> None:
        evaluation = self._session.evaluation
        if evaluation is None:
            self.note.setText("The values of a sample appear here once there is data.")
            self.back_button.hide()
            return
        data = evaluation.snapshot.data
        if data is not self._data:
            self._rebuild(data)
        self._show_caption()
        values = self._values() if self.rows or self.table is not None else ()
        for row, value in zip(self.rows, values, strict=False):
            row.set_value(value)
        if self.table is not None:
            self.table.set_values(values)
        probe, spec = evaluation.probe, evaluation.snapshot.spec
        self.outputs.show_probe(spec, data, probe.outs[-1], probe.target)

    def _rebuild(self, data: PreparedData) -> None:
        before, self._data = self._data, data
        if before is not None and _same_inputs(before, data):
            return
        for widget in (*self.rows, *([self.table] if self.table else [])):
            self._rows_place.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.rows, self.table = [], None
        names = data.dataset.input_names
        is_image = data.dataset.image_shape is not None
        self.note.setVisible(is_image)
        self.note.setText("The inputs are a picture: draw one in the output view.")
        if is_image:
            return
        if len(names) > MOST_SLIDERS:
            self.table = InputTable([pretty(name) for name in names], self.set_input, self)
            self._rows_place.addWidget(self.table)
            self.table.show()
            return
        for k, name in enumerate(names):
            row = _InputRow(k, name, float(data.low[k]), float(data.high[k]), self)
            self.rows.append(row)
            self._rows_place.addWidget(row)
            # A layout shows what is added to it later, when the window may have been painted.
            row.show()


class _InputRow(QWidget):
    """One input: its name, a field, and a slider over the range that it has in the data."""

    def __init__(self, index: int, name: str, low: float, high: float, owner: InputValues) -> None:
        super().__init__(owner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        tip = f"Value of input {name}; in the data it runs from {low:.4g} to {high:.4g}"
        caption = ElidedLabel(pretty(name), "secondary", self)
        caption.setToolTip(tip)
        self.number = NumberField(
            Setting(name, tip, slider=(low, high)), digits=_DIGITS, parent=self
        )
        self.number.committed.connect(lambda value: owner.set_input(index, value))
        row.addWidget(caption, 1)
        row.addWidget(self.number)
        self.slider = Slider(low, high, parent=self)
        self.slider.setToolTip(tip)
        self.slider.setAccessibleName(f"{name}, slider")
        self.slider.moved.connect(lambda value: self._slid(owner, index, value))
        column.addLayout(row)
        column.addWidget(self.slider)

    def set_value(self, value: float) -> None:
        if not self.slider.isSliderDown():
            self.number.set_value(value)
            self.slider.set_value(value)

    def _slid(self, owner: InputValues, index: int, value: float) -> None:
        self.number.set_value(value)
        self.number.show_value()
        owner.set_input(index, value)


class Answer(QWidget):
    """The network's outputs for the inputs above, the class they stand for, and the target."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(HALF_GAP)
        self.lines: dict[str, QLineEdit] = {}
        self._of: tuple[object, object] = (None, None)
        self._names: Sequence[str] = ()

    def show_probe(
        self, spec: NetworkSpec, data: PreparedData, out: np.ndarray, target: np.ndarray | None
    ) -> None:
        """Show outputs, shape (outputs,), and the target if the inputs are those of a sample."""
        if self._of[0] is not spec or self._of[1] is not data:
            self._of, self._names = (spec, data), unit_names(spec, data)[-1]
        rows = output_texts(spec, self._names, data, out, target)
        if [name for name, _ in rows] != list(self.lines):
            self._rebuild([name for name, _ in rows])
        for name, text in rows:
            line = self.lines[name]
            if line.text() != text:
                line.setText(text)

    def _rebuild(self, names: list[str]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.lines = {}
        for name in names:
            holder = QWidget(self)
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(GAP)
            caption = ElidedLabel(name, "secondary", holder)
            line = NumberLine(holder)
            line.setAccessibleName(name)
            row.addWidget(caption, 1)
            row.addWidget(line)
            self._column.addWidget(holder)
            holder.show()
            self.lines[name] = line


class NumberLine(NumberField):
    """A field that only shows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Setting("Output", "What the network makes of the inputs"), parent=parent)
        self.setReadOnly(True)

    def step(self, by: int) -> None:
        pass


def output_texts(
    spec: NetworkSpec,
    names: Sequence[str],
    data: PreparedData,
    out: np.ndarray,
    target: np.ndarray | None,
) -> list[tuple[str, str]]:
    """What the outputs mean and what would be right, with names: classes first, then numbers.

    Values to predict are in their own units.

    `names` are those of the output units on the canvas.
    """
    dataset, training = data.dataset, data.training
    if dataset.target_shape is not None:
        return []
    classes = dataset.class_names
    out = own_units(data, out)
    # Values in units of their own may be of any size.
    write = loss_text if (data.target_scaling.scale == 1).all() else value_text
    outputs = _named("Output", names, out, write)
    if dataset.labels:
        return _label_texts(label_answers(spec, data, names, out, target)) + outputs
    if not classes:
        # An output stands for a guess, ŷ; what it should be is y itself.
        wanted = [pretty(name) for name in dataset.target_names]
        wanted = wanted if len(wanted) == len(names) else list(names)
        return outputs + (
            [] if target is None else _named("Target", wanted, own_units(data, target), write)
        )
    answers = []
    for question, values in (("Taken for", out), ("Target", target)):
        if values is not None and all(math.isfinite(v) for v in values):
            chosen = decide(values[np.newaxis], training.task, training.threshold)[0]
            answers.append((question, classes[int(chosen)]))
    return answers + outputs


def _label_texts(labels: Sequence[LabelAnswer]) -> list[tuple[str, str]]:
    """Which labels the network says yes to, and which are right."""
    texts = []
    if all(math.isfinite(label.value) for label in labels):
        texts.append(("Taken for", names_text([x.name for x in labels if x.given])))
    if all(label.wanted is not None for label in labels):
        texts.append(("Target", names_text([x.name for x in labels if x.wanted])))
    return texts


def _named(
    word: str,
    names: Sequence[str],
    values: np.ndarray,
    write: Callable[[float], str] = loss_text,
) -> list[tuple[str, str]]:
    return [
        (f"{word} {name}", write(float(value)))
        for name, value in list(zip(names, values, strict=True))[:MOST_OUTPUTS]
    ]


def _same_inputs(a: PreparedData, b: PreparedData) -> bool:
    return (
        a.dataset.input_names == b.dataset.input_names
        and a.dataset.image_shape == b.dataset.image_shape
        and np.array_equal(a.low, b.low)
        and np.array_equal(a.high, b.high)
    )
