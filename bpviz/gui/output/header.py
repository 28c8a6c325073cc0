"""The controls in the output view's title line: axes, output, show test, discretise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from bpviz.gui.canvas.names import pretty, unit_names
from bpviz.gui.icons import icon
from bpviz.gui.output.samples import YES_OR_NO
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, Theme
from bpviz.lab.drawn_samples import why_not_drawn
from bpviz.lab.evaluation import Evaluation

_LOW = 22  # no higher than the title beside it
# What the axes, show test and discretise are called, shorter from line to line.
_NAMES = (
    ("axes ▾", "show test", "discretise"),
    ("axes ▾", "test", "discretise"),
    ("▾", "test", "discrete"),
)


class OutputHeader(QWidget):
    """Shows of its controls those that mean something for what is shown.

    `output` is the output chosen of several; `output_chosen` says that another one was.
    `draw_asked` is to begin drawing samples, `done_asked` to end it; `more` has what else can be
    done meanwhile.
    """

    output_chosen = Signal()
    draw_asked = Signal()
    done_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme: Theme | None = None
        self.output = 0
        self.back = QToolButton(self)
        self.back.setText("◀ back to output")
        self.back.setProperty("kind", "flat")
        self.back.setMaximumHeight(_LOW)
        self.back.setToolTip("Show the output of the whole network again")
        self.back.clicked.connect(lambda: session.show(shown_unit=None))
        self.axes = self._menu_button(_NAMES[0][0], "Which two inputs the map runs over")
        self.outputs = self._menu_button("", "Which output is shown")
        self.test = self._check("show test", "Show the test samples too; the matrix is then theirs")
        self.test.toggled.connect(lambda on: session.show(show_test=on))
        self.discretise = self._check(
            "discretise", "Colour by the decision alone, not by how clear it is"
        )
        self.discretise.toggled.connect(lambda on: session.show(discretise=on))
        self._make_drawing()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        # The title beside it stays where it is when the first control comes.
        row.addStrut(_LOW)
        for widget in (
            self.back,
            self.axes,
            self.outputs,
            self.test,
            self.discretise,
            self.draw,
            self.more,
            self.done,
        ):
            row.addWidget(widget)

    def _make_drawing(self) -> None:
        self.draw = self._flat("", "Draw samples of your own on the map")
        self.draw.clicked.connect(lambda _on=False: self.draw_asked.emit())
        self.more = self._menu_button("", "Save what is drawn, edit it as a table, or begin anew")
        self.done = QPushButton("Done", self)
        self.done.setProperty("kind", "link")
        self.done.setAutoDefault(False)
        self.done.setMaximumHeight(_LOW)
        self.done.setToolTip("End drawing (Esc)")
        self.done.clicked.connect(lambda _on=False: self.done_asked.emit())

    def _flat(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("kind", "flat")
        button.setMaximumHeight(_LOW)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _check(self, text: str, tip: str) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setProperty("role", "secondary")
        box.setToolTip(tip)
        box.setAccessibleName(text)
        return box

    def _menu_button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("kind", "flat")
        button.setMaximumHeight(_LOW)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setMenu(QMenu(button))
        return button

    def take_data(self, evaluation: Evaluation) -> None:
        """Offer the inputs and outputs of other data."""
        self.output = 0
        dataset = evaluation.snapshot.data.dataset
        menu = self.axes.menu()
        menu.clear()
        if dataset.inputs.shape[1] > 2 and not (dataset.image_shape or dataset.target_shape):
            inputs = [pretty(name) for name in dataset.input_names]
            for which, heading in enumerate(("Across (→)", "Up (↑)")):
                self._add_axis(menu.addMenu(heading), which, inputs)
        menu = self.outputs.menu()
        menu.clear()
        if dataset.task == "classes" or dataset.outputs < 2 or dataset.target_shape is not None:
            return
        outputs = unit_names(evaluation.snapshot.spec, evaluation.snapshot.data)[-1]
        _choices(menu, outputs, 0, self._set_output)

    def _add_axis(self, part: QMenu, which: int, inputs: Sequence[str]) -> None:
        """A menu of inputs for one of the axes. It is filled when it opens: they may be many."""

        def fill() -> None:
            if part.isEmpty():
                chosen = self._session.request.axes[which]
                _choices(part, inputs, chosen, self._axis_setter(which))

        part.aboutToShow.connect(fill)

    def _axis_setter(self, which: int) -> Callable[[int], None]:
        """What lets one of the axes run over another input; they swap when it is the other's."""

        def set_axis(column: int) -> None:
            axes = list(self._session.request.axes)
            if axes[1 - which] == column:
                axes[1 - which] = axes[which]
            axes[which] = column
            self._session.ask(axes=(axes[0], axes[1]))
            self._mark_axes()

        return set_axis

    def _mark_axes(self) -> None:
        for action, chosen in zip(
            self.axes.menu().actions(), self._session.request.axes, strict=True
        ):
            part = action.menu()
            assert isinstance(part, QMenu)
            if not part.isEmpty():
                part.actions()[chosen].setChecked(True)

    def _set_output(self, output: int) -> None:
        self.output = output
        self.output_chosen.emit()

    def show_for(
        self, evaluation: Evaluation | None, key: str, enlarged: bool, drawing: bool = False
    ) -> None:
        """Show what suits a presentation, given by its key, one unit's enlarged map, or drawing."""
        look = self._session.look
        self._take_theme(look.theme)
        for box, on in ((self.test, look.show_test), (self.discretise, look.discretise)):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)
        self.back.setVisible(enlarged)
        if evaluation is None or enlarged or drawing:
            key = ""
        plane = key in ("map", "curve", "scatter")
        data = evaluation.snapshot.data if evaluation else None
        self.axes.setVisible(key == "map" and not self.axes.menu().isEmpty())
        self.outputs.setVisible(plane and not self.outputs.menu().isEmpty())
        binary = data is not None and data.training.task in YES_OR_NO
        mapped = key == "map" or (enlarged and not drawing)
        self.discretise.setVisible(mapped or (key == "curve" and binary))
        tested = data is not None and len(data.test_rows) > 0
        self.test.setVisible(tested and (plane or key == "matrix"))
        drawable = data is not None and not why_not_drawn(data.dataset)
        self.draw.setVisible(key in ("map", "curve") and drawable)
        self.more.setVisible(drawing)
        self.done.setVisible(drawing)
        if evaluation is not None and plane:
            self._say_choices(evaluation)

    def _take_theme(self, theme: Theme) -> None:
        # Qt lays a button out anew with each icon, even with the same one.
        if theme is not self._theme:
            self._theme = theme
            for button, name in ((self.draw, "pencil"), (self.more, "more")):
                button.setIcon(icon(name, theme.secondary))

    def fit(self, room: int) -> None:
        """Take the longest names that this width has room for."""
        for names in _NAMES:
            for part, name in zip((self.axes, self.test, self.discretise), names, strict=True):
                if part.text() != name:
                    part.setText(name)
            if self.sizeHint().width() <= room:
                return

    def _say_choices(self, evaluation: Evaluation) -> None:
        dataset = evaluation.snapshot.data.dataset
        names = [pretty(name) for name in dataset.input_names]
        a, b = (min(x, len(names) - 1) for x in self._session.request.axes)
        self.axes.setToolTip(f"The map runs over {names[a]} and {names[b]}; choose other inputs")
        outputs = unit_names(evaluation.snapshot.spec, evaluation.snapshot.data)[-1]
        self.outputs.setText(f"{outputs[min(self.output, len(outputs) - 1)]} ▾")


def _choices(menu: QMenu, names: Sequence[str], chosen: int, choose: Callable[[int], None]) -> None:
    """Fill a menu with names of which one is chosen."""
    group = QActionGroup(menu)
    for k, name in enumerate(names):
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(k == chosen)
        action.triggered.connect(lambda checked=False, k=k: choose(k))
        group.addAction(action)
