"""What the map is to be drawn over: two weights by name, or random directions, and how far."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from bpviz.engine.parameters import Layout
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.gui.canvas.names import pretty
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.flow import FlowLayout
from bpviz.gui.widgets.line import Line
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import label, set_property
from bpviz.lab.landscape_task import (
    RANDOM_REACH,
    WEIGHTS_REACH,
    Directions,
    RandomDirections,
    TwoWeights,
    steepest,
)
from bpviz.lab.snapshot import Snapshot

WEIGHTS, RANDOM = "weights", "random"
_REACHES = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
_FIELD_WIDTH = 56
_RANDOM_TIP = (
    "Move all weights at once along two random directions, each unit's by as much as its weights "
    "are large"
)


class LandscapeControls(QWidget):
    """The choices of a map, with `actions` behind them, in as few rows as they fit.

    `asked` says that a person chose something and wants it drawn.
    """

    asked = Signal()

    def __init__(self, *actions: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout: Layout | None = None
        self._drawing = 0
        self._reach = {WEIGHTS: WEIGHTS_REACH, RANDOM: RANDOM_REACH}
        self.kind = SegmentedControl(
            (
                (WEIGHTS, "Two weights", "Move two weights or biases, and hold all others"),
                (RANDOM, "Random", _RANDOM_TIP),
            ),
            "What the map runs over",
            self,
        )
        self.kind.chosen.connect(self._kind_chosen)
        self.fields = (self._field("across (→)"), self._field("up (↑)"))
        self.new_button = QPushButton("New directions", self)
        self.new_button.setAutoDefault(False)
        self.new_button.setToolTip("Draw two other random directions")
        self.new_button.setAccessibleName("New random directions")
        self.new_button.clicked.connect(self._draw_anew)
        self.reach = Choice(
            [(reach, f"± {reach:g}", "") for reach in _REACHES],
            "How far the map reaches",
            "How far the map reaches to each side of the present weights; along random "
            "directions, 1 is as far as the weights themselves are long",
            self,
        )
        self.reach.chosen.connect(self._reach_chosen)
        self._lay_out(actions)
        self._kind_shown()

    def _field(self, where: str) -> Line:
        field = Line("wb", self)
        field.setFixedWidth(_FIELD_WIDTH)
        field.setAccessibleName(f"Weight or bias {where}")
        field.setToolTip(f"The weight or bias that the map runs over {where}, such as w5 or b2")
        field.textEdited.connect(self._edited)
        field.returnPressed.connect(self.asked)
        return field

    def _lay_out(self, actions: tuple[QWidget, ...]) -> None:
        weights, random = QWidget(self), QWidget(self)
        row = QHBoxLayout(weights)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for arrow, field in zip("→↑", self.fields, strict=True):
            row.addWidget(label(arrow, "secondary", weights))
            row.addWidget(field)
        other = QHBoxLayout(random)
        other.setContentsMargins(0, 0, 0, 0)
        other.addWidget(self.new_button)
        self._pages = QStackedWidget(self)
        self._pages.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._pages.addWidget(weights)
        self._pages.addWidget(random)
        reach = QHBoxLayout()
        reach.setSpacing(HALF_GAP)
        reach.addWidget(label("Reach", "secondary", self))
        reach.addWidget(self.reach)
        flow = FlowLayout(self)
        for part in (self.kind, self._pages):
            flow.addWidget(part)
        flow.addChildLayout(reach)
        flow.addItem(reach)
        for action in actions:
            flow.addWidget(action)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def heightForWidth(self, width: int) -> int:
        """The height of all rows; what asks for it sets it."""
        layout = self.layout()
        assert layout is not None
        return layout.heightForWidth(width)

    # What is chosen

    @property
    def chosen_reach(self) -> float:
        return self._reach[self.kind.value]

    def directions(self) -> Directions:
        """What the map is to run over. Raises SettingError when a field names no parameter."""
        if self.kind.value == RANDOM:
            return RandomDirections(self._drawing)
        if self._layout is None:
            raise SettingError("there is no network yet")
        found: list[ParameterId] = []
        for field in self.fields:
            try:
                found.append(self._layout.id_of(self._layout.find(field.text())))
            except SettingError as error:
                set_property(field, "error", True)
                field.setFocus()
                raise SettingError(error.message) from None
        if found[0] == found[1]:
            set_property(self.fields[1], "error", True)
            raise SettingError("a map needs two different weights")
        return TwoWeights(found[0], found[1])

    # What the program proposes

    def propose(self, snapshot: Snapshot, selected: ParameterId | None) -> None:
        """Put the selected weight and the steepest other one into the fields.

        What stands there stays while the network is the same.
        """
        before, self._layout = self._layout, snapshot.layout
        same = before is not None and before.spec.shape == snapshot.spec.shape
        typing = any(field.hasFocus() for field in self.fields)
        if not same or not (typing or all(field.text() for field in self.fields)):
            self._fill(snapshot, selected)

    def select(self, snapshot: Snapshot, selected: ParameterId) -> None:
        """Another weight was selected: the map is to run over it."""
        self._layout = snapshot.layout
        self._fill(snapshot, selected)

    def _fill(self, snapshot: Snapshot, selected: ParameterId | None) -> None:
        spec = snapshot.spec
        there = selected is not None and spec.has(selected) and selected not in spec.missing
        first = selected if there else steepest(snapshot)
        second = None if first is None else steepest(snapshot, beside=first)
        for field, parameter in zip(self.fields, (first, second), strict=True):
            self._put(field, parameter)

    def _put(self, field: Line, parameter: ParameterId | None) -> None:
        assert self._layout is not None
        name = "" if parameter is None else self._layout.label(self._layout.index_of(parameter))
        field.show_text(pretty(name))
        set_property(field, "error", False)

    # What a person does

    def _edited(self) -> None:
        for field in self.fields:
            set_property(field, "error", False)

    def _kind_chosen(self, _kind: str) -> None:
        self._kind_shown()
        self.asked.emit()

    def _kind_shown(self) -> None:
        self._pages.setCurrentIndex((WEIGHTS, RANDOM).index(self.kind.value))
        self.reach.set_value(self.chosen_reach)

    def _draw_anew(self) -> None:
        self._drawing += 1
        self.asked.emit()

    def _reach_chosen(self, reach: object) -> None:
        assert isinstance(reach, float)
        self._reach[self.kind.value] = reach
        self.asked.emit()
