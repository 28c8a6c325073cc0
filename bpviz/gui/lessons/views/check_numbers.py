"""Check my numbers: a step of backpropagation, worked out by hand and typed in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.gui.icons import icon
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.card import line
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.line import NUMBER_STARTS, Line
from bpviz.gui.widgets.numbers import format_number
from bpviz.gui.widgets.text import label, set_property
from bpviz.lab.moments import sample_moment
from bpviz.lab.number_check import MOST, Answer, Checked, Quantity, check, quantities
from bpviz.lab.snapshot import Snapshot

_GROUPS = {
    "forward": "Forward pass",
    "error": "Error",
    "backward": "Backward",
    "update": "Update",
}
_FIELD_WIDTH = 120
_SIGNS = {"right": "check", "wrong": "close", "unreadable": "close", "coarse": "more"}


class CheckNumbersView(QWidget):
    """One field for each number; a sentence says which went wrong first, and by how much.

    The numbers are those of one sample at the weights of the moment when the view was opened or
    the parameter was chosen. `done` is emitted when all are right.
    """

    done = Signal()

    def __init__(
        self,
        session: Session,
        parameters: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`parameters` are the labels to choose from; none: all of the network."""
        super().__init__(parent)
        self._session = session
        self._wanted: tuple[Quantity, ...] = ()
        self._was_done = False
        self.fields: dict[str, Line] = {}
        self._marks: dict[str, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._make_top(parameters))
        self.given = label("", "secondary", self)
        self.given.setWordWrap(True)
        column.addWidget(self.given)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        column.addWidget(self._scroll, 1)
        self.sentence = label("", "", self)
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumHeight(3 * self.sentence.fontMetrics().lineSpacing())
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(line(parent=self))
        column.addWidget(self.sentence)
        session.look_changed.connect(self.check)
        self.begin()

    def _make_top(self, parameters: Sequence[str]) -> QHBoxLayout:
        spec = self._session.experiment.network
        layout = layout_of(spec)
        labels = list(parameters)
        if not labels and layout.size <= 10 * MOST:
            labels = layout.labels()
        options = [
            (name, f"{name}  {layout.description(layout.find(name))}", "") for name in labels
        ]
        self.parameter = Choice(options, "Weight or bias", "Whose gradient to work out", self)
        self.parameter.chosen.connect(self.begin)
        self.check_button = QPushButton("Check", self)
        self.check_button.setProperty("kind", "primary")
        self.check_button.setToolTip("Compare all numbers with the engine's (Enter in a field)")
        self.check_button.setAccessibleName("Check my numbers")
        self.check_button.setDefault(True)
        self.check_button.clicked.connect(self.check)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(label("Work out", parent=self))
        row.addWidget(self.parameter)
        row.addStretch(1)
        row.addWidget(self.check_button)
        return row

    def begin(self, *_: object) -> None:
        """Begin with empty fields, at the weights of this moment."""
        self._was_done = False
        snapshot = self._session.snapshot
        name = self.parameter.value
        self._wanted = ()
        trouble = ""
        if snapshot is None or not isinstance(name, str):
            trouble = "This network is too large to be worked out by hand."
        else:
            try:
                moment = sample_moment(snapshot, self._session.request.sample)
                layout = snapshot.layout
                self._wanted = quantities(moment, layout.id_of(layout.find(name)))
                self.given.setText(_given(snapshot, self._session.request.sample))
            except SettingError as error:
                trouble = f"{error.message[0].upper()}{error.message[1:]}."
        self._lay_out()
        if trouble:
            self.sentence.setText(trouble)
        else:
            self.check()

    def _lay_out(self) -> None:
        content = QWidget()
        content.setProperty("role", "content")
        content.setAutoFillBackground(False)
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, GAP, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(HALF_GAP)
        grid.setColumnStretch(0, 1)
        self.fields, self._marks = {}, {}
        group, row = "", 0
        for quantity in self._wanted:
            if quantity.group != group:
                group = quantity.group
                title = label(_GROUPS[group], "title", content)
                title.setContentsMargins(0, GAP if row else 0, 0, 0)
                grid.addWidget(title, row, 0, 1, 3)
                row += 1
            self._add_row(grid, row, quantity, content)
            row += 1
        grid.setRowStretch(row, 1)
        self._scroll.setWidget(content)

    def _add_row(self, grid: QGridLayout, row: int, quantity: Quantity, parent: QWidget) -> None:
        field = Line(NUMBER_STARTS, parent)
        field.setFixedWidth(_FIELD_WIDTH)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setAccessibleName(quantity.name)
        field.setToolTip(f"Your {quantity.name}; four digits are enough, a decimal comma is fine")
        field.editingFinished.connect(self.check)
        field.returnPressed.connect(self._go_on)
        mark = label("", parent=parent)
        mark.setFixedWidth(16)
        caption = label(_pretty(quantity.name), parent=parent)
        caption.setBuddy(field)
        grid.addWidget(caption, row, 0)
        grid.addWidget(field, row, 1)
        grid.addWidget(mark, row, 2)
        self.fields[quantity.name] = field
        self._marks[quantity.name] = mark

    def _go_on(self) -> None:
        """After Enter, to the next number that is still to be typed."""
        empty = [field for field in self.fields.values() if not field.text().strip()]
        if empty:
            empty[0].setFocus()

    def check(self) -> None:
        """Compare what was typed, mark every field, and say what went wrong first."""
        if not self._wanted:
            return
        typed = {name: field.text() for name, field in self.fields.items()}
        result = check(self._wanted, typed)
        for answer in result.answers:
            self._mark(answer)
        self.sentence.setText(result.sentence)
        self._tell(result)

    def _tell(self, result: Checked) -> None:
        newly = result.is_done and not self._was_done
        self._was_done = result.is_done
        if newly:
            self.done.emit()

    def _mark(self, answer: Answer) -> None:
        theme = self._session.theme
        name = answer.quantity.name
        bad = answer.status in ("wrong", "unreadable")
        set_property(self.fields[name], "error", bad)
        mark = self._marks[name]
        sign = _SIGNS.get(answer.status)
        mark.setToolTip("" if answer.status == "empty" else answer.status)
        mark.setAccessibleName(f"{name}: {answer.status}")
        if sign is None:
            mark.clear()
        else:
            color = theme.warning if bad else theme.accent
            mark.setPixmap(icon(sign, color).pixmap(14, 14))


def _pretty(name: str) -> str:
    """A name with the unit as an index: ∂E/∂out_o1 and net h1 as a formula has them."""
    return re.sub(r"(?:_|(?<=net) |(?<=out) )(\w+)", r"<sub>\1</sub>", name)


def _given(snapshot: Snapshot, row: int) -> str:
    """What the work begins with: inputs, targets, learning rate."""
    data = snapshot.data.dataset
    row = min(row, len(data) - 1)
    inputs = [
        f"{name} = {format_number(float(value))}"
        for name, value in zip(data.input_names, data.inputs[row], strict=True)
    ]
    parts = [", ".join(inputs)]
    if not data.is_classification:
        values = ", ".join(format_number(float(v)) for v in data.targets[row])
        parts.append(f"target{'s' if len(data.targets[row]) > 1 else ''} {values}")
    parts.append(f"learning rate {format_number(snapshot.step_settings.rate)}")
    return (
        f"Given: {'; '.join(parts)}. The weights stand on the network (M shows their numbers); "
        f"these are those of epoch {snapshot.epoch:,}."
    )
