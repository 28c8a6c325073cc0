"""Results: how good the network is, live: scores, curves, sensitivity, the hardest samples."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.encoding import PreparedData
from bpviz.gui.bottom.page import Page
from bpviz.gui.canvas.names import pretty
from bpviz.gui.results.content import Content, Pictures, Plot, Rows, Shown, Words
from bpviz.gui.results.controls import ResultControls
from bpviz.gui.results.pictures_view import PicturesView
from bpviz.gui.results.plot_view import PlotView
from bpviz.gui.results.registry import VIEWS, ResultView
from bpviz.gui.results.table_view import ResultTable
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.numbers import percent_text
from bpviz.gui.widgets.text import SteadyLabel, label
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.assessment import Assess, Assessment, PartName, answer_names

_LIVE_MS = 200
_WIDEST_NOTE = "99.9 % of 60,000 right"
_WAITING = "The results appear here as soon as the network has been judged."
_NOT_FINITE = (
    "The network's outputs are not finite numbers, so there is nothing to judge. Reset, or undo "
    "what led there; a smaller learning rate often helps."
)


class ResultsPage(Page):
    """Asks for an assessment while it is shown, and draws the view that is chosen."""

    def __init__(
        self,
        session: Session,
        _yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._data: PreparedData | None = None
        self._key = VIEWS[0].key
        self._positive = self._output = 0
        self.shown: Shown | None = None
        self.content: Content = Words(_WAITING)
        self._make_parts()
        self._live = Throttle(_LIVE_MS, self.refresh, self)
        session.evaluation_changed.connect(self._evaluated)
        session.snapshot_changed.connect(self._snapshot_changed)
        session.request_changed.connect(self._request_changed)
        session.look_changed.connect(self.refresh)

    def _make_parts(self) -> None:
        self.controls = ResultControls(self)
        self.controls.changed.connect(self._chosen)
        self.corner = self.note = SteadyLabel(_WIDEST_NOTE, self)
        self.note.setText("")
        self.note.setProperty("role", "caption")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note.setToolTip("The samples of the chosen part, and how many of them are right")
        self.words = label(_WAITING, "secondary", self)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.table = ResultTable(lambda text: self._session.said.emit(text, False), self)
        self.table.picked.connect(self._pick)
        self.plot = PlotView(self)
        self.plot.picked.connect(self._pick)
        self.pictures = PicturesView(self)
        self.pages = QStackedWidget(self)
        for page in (self.words, self.table, self.plot, self.pictures):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, HALF_GAP, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addWidget(self.controls)
        column.addWidget(self.pages, 1)

    # What a person does

    @property
    def view(self) -> ResultView:
        """The view that is shown: the chosen one, or the first that suits the data."""
        offered = [v for v in VIEWS if self._data is None or v.suits(self._data)]
        return next((v for v in offered if v.key == self._key), offered[0])

    def show_view(self, key: str) -> None:
        """Choose a view by its key."""
        self._key = key
        self._offer()
        self._ask()
        self.refresh()

    def _chosen(self) -> None:
        if self.view.of_class:
            self._positive = self.controls.chosen
        elif self.view.of_output:
            self._output = self.controls.chosen
        self.show_view(self.controls.view or self._key)

    def _pick(self, row: int) -> None:
        self._session.ask(sample=row, typed=None)

    # What the program does

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._meet()
        self._ask()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees is not worked out."""
        super().hideEvent(event)
        if self._session.request.want_assessment is not None:
            self._session.ask(want_assessment=None)

    def _ask(self) -> None:
        if self.isVisible():
            wanted = Assess(self._part, self._positive, self.view.sensitivity)
            self._session.ask(want_assessment=wanted)

    @property
    def _part(self) -> PartName:
        return "test" if self.controls.part.value == "test" else "training"

    def _snapshot_changed(self) -> None:
        if self.isVisible():
            self._meet()

    def _evaluated(self) -> None:
        if self.isVisible():
            self._live.poke()

    def _request_changed(self) -> None:
        if self.isVisible() and self.shown is not None:
            if self._session.request.sample != self.shown.sample:
                self.refresh()

    def _meet(self) -> None:
        """Offer what suits the data, where that has changed."""
        snapshot = self._session.snapshot
        if snapshot is None or snapshot.data is self._data:
            return
        before, self._data = self._data, snapshot.data
        dataset = snapshot.data.dataset
        if before is None or _kind(before.dataset) != _kind(dataset):
            # Of two classes the second is what is looked for: the "yes".
            self._positive = 1 if len(dataset.class_names) == 2 else 0
            self.shown, self.content = None, Words(_WAITING)
        self._output = min(self._output, dataset.outputs - 1)
        self._offer()
        self._ask()
        if self.shown is None:
            self.refresh()

    def _offer(self) -> None:
        if self._data is None:
            return
        dataset, view = self._data.dataset, self.view
        self.controls.offer_views([v for v in VIEWS if v.suits(self._data)])
        self.controls.choose(view.key)
        self.controls.offer_test(len(self._data.test_rows) > 0)
        if answers := answer_names(dataset):
            what = "label" if dataset.labels else "class"
            self.controls.offer_names(answers, f"The {what} looked for")
            self.controls.show_name(self._positive, view.of_class)
        else:
            one = dataset.outputs == 1 or dataset.target_shape is not None
            several = () if one else dataset.target_names
            self.controls.offer_names(tuple(map(pretty, several)), "The output shown")
            self.controls.show_name(self._output, view.of_output and bool(several))
        self._fit()

    def refresh(self) -> None:
        """Draw what there is."""
        if not self.isVisible():
            return
        found = self._assessment()
        if found is not None:
            session = self._session
            part = self._part if found.test is not None else "training"
            self.shown = Shown(found, part, self._output, session.request.sample, session.theme)
            self.content = self._made(self.shown)
            self._say(self.shown)
        self._draw(self.content)

    def _assessment(self) -> Assessment | None:
        """The newest one that belongs to what is shown elsewhere."""
        evaluation, snapshot = self._session.evaluation, self._session.snapshot
        if evaluation is None or snapshot is None or not evaluation.belongs_to(snapshot):
            return None
        found = evaluation.assessment
        if found is None and self.shown is not None:
            found = self.shown.assessment
        return found if found is not None and found.snapshot.data is self._data else None

    def _made(self, shown: Shown) -> Content:
        if not shown.results.finite:
            return Words(_NOT_FINITE)
        return self.view.make(shown)

    def _say(self, shown: Shown) -> None:
        results = shown.results
        note = f"{results.samples:,} sample{'' if results.samples == 1 else 's'}"
        if results.classes is not None and results.finite:
            note = f"{percent_text(results.classes.accuracy)} of {results.samples:,} right"
        if note != self.note.text():
            self.note.setText(note)

    def _draw(self, content: Content) -> None:
        theme = self._session.theme
        if isinstance(content, Rows):
            self.table.show_rows(content, theme)
            self.pages.setCurrentWidget(self.table)
        elif isinstance(content, Plot):
            self.plot.show_plot(content, theme)
            self.pages.setCurrentWidget(self.plot)
        elif isinstance(content, Pictures):
            self.pictures.show_pictures(content, theme)
            self.pages.setCurrentWidget(self.pictures)
        else:
            if content.text != self.words.text():
                self.words.setText(content.text)
            self.pages.setCurrentWidget(self.words)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        if hasattr(self, "controls"):
            height = self.controls.fit(self.width())
            if height != self.controls.height():
                self.controls.setFixedHeight(height)


def _kind(dataset: Dataset) -> tuple[object, ...]:
    """What tells results of one data from those of other data."""
    return dataset.class_names, dataset.target_names, dataset.input_names
