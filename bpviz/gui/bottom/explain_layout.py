"""The widgets of the Explain page and where they stand; what they do is the page's matter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bpviz.gui.bottom.explain_empty import EmptyState
from bpviz.gui.bottom.explain_form import FormChoice
from bpviz.gui.bottom.explain_side import OPTIONS, SideViews
from bpviz.gui.bottom.explain_stages import StageBar
from bpviz.gui.bottom.page import Page
from bpviz.gui.explain.formula_view import FormulaView
from bpviz.gui.explain.stepping import Stepper
from bpviz.gui.explain.typesetter import Typesetter
from bpviz.gui.output.sample_picker import SamplePicker
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import ElidedLabel

_GRANULARITIES = (
    ("unit", "by unit", "Every unit is a step of its own"),
    ("layer", "by layer", "All units of a layer in one step"),
    ("stage", "by stage", "Each of the six stages is one step"),
)
_OF = (
    ("sample", "Sample", "The gradient of one sample"),
    ("batch", "Batch", "The gradient of the batch that the next update is made from"),
)


class Paper(QScrollArea):
    """Tells the formula how much of it is seen.

    Its width is always the same, with or without something to scroll: a formula may be lower where
    it is narrower, and a scroll bar that comes and goes with that would do so without an end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.verticalScrollBar()
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        formula = self.widget()
        if isinstance(formula, FormulaView):
            formula.set_room(self.viewport().height())


class ExplainLayout(Page):
    """Stages and their buttons; a caption and choices; below, the formula and a view beside it."""

    def __init__(
        self, session: Session, yield_to: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.typesetter = Typesetter(yield_to, self)
        self.stepper = Stepper(session, self)
        self._make_controls()
        self._make_content()

    def shut(self) -> None:
        self.typesetter.shut()

    def _make_controls(self) -> None:
        self.corner = self.picker = SamplePicker(self)
        for button in (self.picker.previous, self.picker.next):
            # These keys are the output card's, and mean the same.
            button.setShortcut("")
        self.stages = StageBar(self.stepper)
        self.of = Choice(_OF, "Explain the gradient of", "What the gradient is of")
        self.caption = ElidedLabel("", "secondary")
        self.form = FormChoice()
        self.granularity = Choice(_GRANULARITIES, "Step size", "How far one step goes")
        self.granularity.set_value(self.stepper.by)
        self.side_choice = SegmentedControl(OPTIONS, "Beside the formula")

    def _make_content(self) -> None:
        self.formula = FormulaView(self.typesetter, self._session.theme)
        self.formula.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding
        )
        self.paper = Paper()
        self.paper.setWidgetResizable(True)
        self.paper.setFrameShape(QFrame.Shape.NoFrame)
        self.paper.viewport().setAutoFillBackground(False)
        self.paper.setWidget(self.formula)
        self.formula.setAutoFillBackground(False)
        self.paper.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.paper.setAccessibleName("Derivation")
        self.side = SideViews(self._session)
        self.empty = EmptyState()
        self.content = QStackedWidget()
        self.content.addWidget(self.empty)
        self.content.addWidget(self.paper)
        self.content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (first, second, third):
            row.setSpacing(GAP)
        first.addWidget(self.stages)
        first.addStretch(1)
        first.addWidget(self.of)
        first.addWidget(self.stages.derivation)
        second.addWidget(self.caption, 1)
        for control in (self.form, self.granularity, self.side_choice):
            second.addWidget(control)
        third.addWidget(self.content, 1)
        third.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, HALF_GAP, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addLayout(first)
        column.addLayout(second)
        column.addLayout(third, 1)
