"""Operations: the network and its error as a graph of operations, walked backwards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.explain.operation_graph import Operation, OperationGraph
from bpviz.explain.operation_words import step_words
from bpviz.explain.terms import Role
from bpviz.gui.bottom.operations_source import GraphSource, Wanted
from bpviz.gui.bottom.operations_view import OperationsView
from bpviz.gui.bottom.page import Page
from bpviz.gui.icons import icon
from bpviz.gui.session import Mark, Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.text import label
from bpviz.gui.widgets.throttle import Throttle

_OF = (
    ("sample", "Sample", "The error of one sample"),
    ("batch", "Batch", "The error of the batch that the next update is made from"),
)
_LIVE_MS = 200
_PACE_MS = 1200
_WIDEST = "88 of 88"
# Graphs of networks with more parameters are not kept while nobody looks.
_MOST_UNSEEN = 2_000_000


class OperationsPage(Page):
    """Draws the operations of the present moment, and steps the error back through them.

    Follows training while it can be seen, a few times a second.
    """

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.graph: OperationGraph | None = None
        self.steps = 0
        self._shape: tuple[object, ...] = ()
        self.source = GraphSource(self)
        self.source.made.connect(self._show_graph)
        self.source.failed.connect(self._tell_failure)
        self._playing = QTimer(self)
        self._playing.setInterval(_PACE_MS)
        self._playing.timeout.connect(self._play_on)
        self._live = Throttle(_LIVE_MS, self._ask, self)
        self._make_controls()
        self._lay_out()
        self._connect()
        self._dress()
        self._show_step()

    # Building

    def _make_controls(self) -> None:
        self.back = self._button(
            "Step back", "Walk one operation back, away from the error (← in the graph)"
        )
        self.forward = self._button(
            "Step forward", "Take the last step back again (→ in the graph)"
        )
        self.play = self._button("Play", "Walk back by itself, step by step")
        self.all = self._button("Walk all the way", "Walk back to the inputs, or begin again")
        self.all.setText("All")
        self.all.setCheckable(True)
        for button in (self.back, self.forward):
            button.setAutoRepeat(True)
        self.place = label("", "secondary", self)
        self.place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.of = Choice(_OF, "Operations of", "Whose error is walked back")
        self.fit = self._button(
            "Fit", "Fit the graph to the card again (the wheel zooms, + and − too)"
        )
        self.sentence = label("", "secondary", self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.view = OperationsView(self)

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("kind", "flat")
        button.setToolTip(tip)
        button.setAccessibleName(name)
        return button

    def _lay_out(self) -> None:
        """Stepping stands beside the tabs: a low card has no room to give away."""
        self.corner = QWidget(self)
        steps = QHBoxLayout(self.corner)
        steps.setContentsMargins(0, 0, 0, 0)
        steps.setSpacing(HALF_GAP // 2)
        for part in (self.back, self.place, self.forward, self.play, self.all):
            steps.addWidget(part)
        self._row = QHBoxLayout()
        self._row.setSpacing(GAP)
        self._row.addWidget(self.sentence, 1)
        self._row.addWidget(self.of)
        self._row.addWidget(self.fit)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(HALF_GAP)
        self._column.addLayout(self._row)
        self._column.addWidget(self.view, 1)

    def seat_corner(self, header: QBoxLayout | None) -> None:
        """Where the tabs leave no room, stepping changes places with the sentence."""
        assert self.corner is not None
        if header is None and not self.isVisible():
            self.corner.hide()
            return
        if header is None:
            if self._row.indexOf(self.corner) < 0:
                self._row.insertWidget(0, self.corner)
                self._row.insertStretch(1, 1)
                self._column.insertWidget(1, self.sentence)
            self.corner.show()
            return
        if self._row.indexOf(self.corner) >= 0:
            self._row.takeAt(1)
            self._row.insertWidget(0, self.sentence, 1)
        super().seat_corner(header)

    def _connect(self) -> None:
        session = self._session
        self.back.clicked.connect(lambda: self.go_to(self.steps + 1))
        self.forward.clicked.connect(lambda: self.go_to(self.steps - 1))
        self.play.clicked.connect(self.toggle_play)
        self.all.clicked.connect(self._toggle_all)
        self.of.chosen.connect(self._ask)
        self.fit.clicked.connect(self.view.fit)
        self.view.clicked.connect(self._go_to_card)
        self.view.picture.pointed.connect(self._mark)
        session.snapshot_changed.connect(self._snapshot_changed)
        session.request_changed.connect(self._ask)
        session.look_changed.connect(self._dress)

    def shut(self) -> None:
        self._playing.stop()
        self.source.shut()

    # What a person does

    def go_to(self, steps: int) -> None:
        """Stand after so many steps back from the error."""
        most = len(self.graph.backwards) if self.graph is not None else 0
        self.steps = min(max(steps, 0), most)
        self._show_step()
        self.view.show_present()

    def toggle_play(self) -> None:
        """Walk back by itself, from the error again if the walk is over; or stop."""
        if self._playing.isActive():
            self._playing.stop()
        elif self.graph is not None:
            if self.steps == len(self.graph.backwards):
                self.go_to(0)
            self._playing.start()
            self._play_on()
        self._show_buttons()

    def _play_on(self) -> None:
        self.go_to(self.steps + 1)
        if self.graph is None or self.steps == len(self.graph.backwards):
            self._playing.stop()
            self._show_buttons()

    def _toggle_all(self, everything: bool) -> None:
        self._playing.stop()
        self.go_to(len(self.graph.backwards) if everything and self.graph is not None else 0)

    def _go_to_card(self, operation: int) -> None:
        if self.graph is not None and operation in self.graph.backwards:
            self.go_to(self.graph.backwards.index(operation) + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: 1, Qt.Key.Key_Right: -1}.get(Qt.Key(event.key()))
        if steps is not None:
            self.go_to(self.steps + steps)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.view.zoom_by(1.2 if event.key() == Qt.Key.Key_Plus else 1 / 1.2)
        else:
            super().keyPressEvent(event)

    # What is asked for

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()
        self._mark()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self._playing.stop()
            self._show_buttons()
            self._session.mark()
            if self.graph is not None and _is_large(self.graph):
                self._let_go()

    def _let_go(self) -> None:
        """A large graph is made again when somebody looks; until then its memory is free."""
        self.graph = None
        self.source.forget()
        self._show_step()

    def _snapshot_changed(self) -> None:
        if self.isVisible():
            self._live.poke()

    def _ask(self, _chosen: object = None) -> None:
        """Want the graph of the present moment, while somebody looks."""
        snapshot, request = self._session.snapshot, self._session.request
        if snapshot is None or not self.isVisible():
            return
        self.source.ask(Wanted(snapshot, self.of.value == "batch", request.sample))

    def _tell_failure(self) -> None:
        self._session.said.emit(
            "The operations could not be computed; the details are in the log (Help, Open log).",
            True,
        )

    # What is shown

    def _show_graph(self, graph: OperationGraph) -> None:
        """The same walk with new numbers, or a new one where the operations are others."""
        if not self.isVisible() and _is_large(graph):
            self._let_go()
            return
        shape = tuple((x.name, x.inputs) for x in graph.operations)
        if shape != self._shape:
            self._shape, self.steps = shape, 0
            self._playing.stop()
        self.graph = graph
        self._show_step()

    def _show_step(self) -> None:
        graph = self.graph
        self.view.show_graph(graph, self.steps)
        words = step_words(graph, self.steps) if graph is not None else ""
        if words != self.sentence.text():
            self.sentence.setText(words)
            self.view.setAccessibleDescription(words)
        if graph is not None:
            self.place.setText(f"{self.steps} of {len(graph.backwards)}")
            self.place.setToolTip(f"Steps walked back from the error of {graph.moment.of}")
        self._show_buttons()
        self._mark()

    def _show_buttons(self) -> None:
        most = len(self.graph.backwards) if self.graph is not None else 0
        self.back.setEnabled(self.steps < most)
        self.forward.setEnabled(self.steps > 0)
        for button in (self.play, self.all, self.fit):
            button.setEnabled(most > 0)
        self.all.setChecked(most > 0 and self.steps == most)
        playing = self._playing.isActive()
        self._set_icon(self.play, "pause" if playing else "play")
        self.play.setAccessibleName("Pause" if playing else "Play")

    def _mark(self, pointed: int = -1) -> None:
        """Light up on the canvas what the card under the mouse, or the present one, speaks of."""
        if not self.isVisible():
            return
        at = pointed if pointed >= 0 else self.view.picture.present
        if self.graph is None or at < 0:
            self._session.mark()
            return
        operation = self.graph.operations[at]
        parameters = self.graph.parameters(operation)
        self._session.mark(Mark(_role(operation), operation.units, parameters))

    # Looks

    def _dress(self) -> None:
        self.view.picture.set_theme(self._session.theme)
        for button, name in ((self.back, "back"), (self.forward, "fold"), (self.fit, "fit")):
            self._set_icon(button, name)
        self._scale()
        self._show_buttons()

    def _set_icon(self, button: QToolButton, name: str) -> None:
        theme = self._session.theme
        button.setIcon(icon(name, theme.text, theme.border))

    def _scale(self) -> None:
        """Icons and the place grow with the text."""
        self.place.ensurePolished()
        metrics = self.place.fontMetrics()
        self.place.setMinimumWidth(metrics.horizontalAdvance(_WIDEST))
        size = metrics.ascent() + 2
        for button in (self.back, self.forward, self.play, self.fit):
            button.setIconSize(QSize(size, size))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            if hasattr(self, "view"):
                self._scale()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.refit()


def _role(operation: Operation) -> Role:
    if operation.name == "matmul" or operation.leaf == "weights":
        return "carried"
    if operation.layer and len(operation.inputs) == 1:
        return "slope"
    return "error"


def _is_large(graph: OperationGraph) -> bool:
    """Whether its values and gradients take so much memory that nobody is to hold them unseen."""
    return graph.moment.layout.size > _MOST_UNSEEN
