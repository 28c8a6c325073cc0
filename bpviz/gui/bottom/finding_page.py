"""What the experiment is famous for: whether the network shows it yet, in words and pictures."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bpviz.engine.spec import ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.gui.bottom.page import Page
from bpviz.gui.findings.verdict import Verdict
from bpviz.gui.findings.view import FoundView
from bpviz.gui.session import Mark, Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.text import label
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.findings import Found, finding_of

_LIVE_MS = 150
_WAITING = "The finding appears here as soon as the network has been looked at."
_NONE = "This experiment has no finding of its own."


class FindingPage(Page):
    """A verdict, its sentences and its pictures; live while it is shown."""

    def __init__(
        self,
        session: Session,
        _yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.found: Found | None = None
        self._about = ("", "")
        self._lit = False
        self._words_height = 0
        self._make_parts()
        self._live = Throttle(_LIVE_MS, self.refresh, self)
        session.evaluation_changed.connect(self._evaluated)
        session.experiment_changed.connect(self._meet)
        session.look_changed.connect(self.refresh)
        self._meet()

    def _make_parts(self) -> None:
        self.verdict = Verdict(self)
        self.headline = label(_WAITING, "title", self)
        self.headline.setWordWrap(True)
        self.sentences = label("", "secondary")
        self.sentences.setWordWrap(True)
        self.sentences.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.sentences.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.view = FoundView()
        self.view.pointed.connect(self._light_up)
        self.view.picked.connect(self._session.select)
        self.view.reached.connect(self._scroll_to)
        self._inner = QWidget()
        inside = QVBoxLayout(self._inner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP)
        inside.addWidget(self.view)
        inside.addWidget(self.sentences)
        inside.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self._inner)
        self.area.viewport().setAutoFillBackground(False)
        self._inner.setAutoFillBackground(False)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.headline, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, HALF_GAP, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(top)
        column.addWidget(self.area, 1)

    # What a person does

    def _light_up(self, parameter: object) -> None:
        """What is pointed at here is lit up on the canvas."""
        if isinstance(parameter, ParameterId):
            self._lit = True
            self._session.mark(Mark("", parameters=(parameter,)))
        elif self._lit:
            self._darken()

    def _scroll_to(self, cell: QRectF) -> None:
        """Keys go to cells that are out of sight, too."""
        at = self.view.mapTo(self._inner, cell.center().toPoint())
        margins = round(cell.width() / 2) + GAP, round(cell.height() / 2) + GAP
        self.area.ensureVisible(at.x(), at.y(), *margins)

    def _darken(self) -> None:
        self._lit = False
        self._session.mark()

    # What the program does

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees is not worked out."""
        super().hideEvent(event)
        if self._lit:
            self._darken()
        if self._session.request.want_finding:
            self._session.ask(want_finding=False)

    def _ask(self) -> None:
        if self.isVisible():
            self._session.ask(want_finding=bool(self._session.experiment.finding))

    def _meet(self) -> None:
        """Another experiment or another finding: what was found is of no use any more."""
        experiment = self._session.experiment
        about = (experiment.name, experiment.finding)
        if about == self._about:
            return
        self._about, self.found, self._words_height = about, None, 0
        finding = finding_of(experiment)
        self.headline.setToolTip("")
        self.sentences.setToolTip("" if finding is None else finding.source)
        self._ask()
        self.refresh()

    def _evaluated(self) -> None:
        if self.isVisible():
            self._live.poke()

    def refresh(self) -> None:
        """Show what was found last."""
        if not self.isVisible():
            return
        evaluation, snapshot = self._session.evaluation, self._session.snapshot
        if evaluation is not None and snapshot is not None and evaluation.belongs_to(snapshot):
            if evaluation.finding is not None and self._of_this(evaluation.snapshot.experiment):
                self.found = evaluation.finding
        self._draw()

    def _of_this(self, experiment: Experiment) -> bool:
        return (experiment.name, experiment.finding) == self._about

    def _draw(self) -> None:
        found, theme = self.found, self._session.theme
        told = found is not None and not found.refused
        self.verdict.setVisible(told)
        self.verdict.show_verdict(told and found is not None and found.holds, theme)
        headline = _WAITING if self._session.experiment.finding else _NONE
        if found is not None and not found.refused:
            headline = found.headline
        _set(self.headline, "" if found is not None and found.refused else headline)
        self.headline.setVisible(found is None or told)
        text = ""
        if found is not None:
            text = found.headline if found.refused else " ".join(found.sentences)
        _set(self.sentences, text)
        self.sentences.setVisible(bool(text))
        self._arrange()

    def _arrange(self) -> None:
        """The pictures take what the sentences leave."""
        panels = self.found.panels if self.found is not None else ()
        self.view.setVisible(bool(panels))
        if not panels:
            return
        room = self.area.viewport().size()
        words = 0
        if self.sentences.isVisibleTo(self._inner):
            needed = self.sentences.heightForWidth(room.width())
            # Numbers come and go; the pictures stay where they are.
            self._words_height = max(self._words_height, needed)
            words = self._words_height + GAP
            self.sentences.setMinimumHeight(self._words_height)
        seen = max(0, room.height() - 2)
        size = QSize(room.width() - 2, max(0, seen - words))
        self.view.show_panels(panels, self._session.theme, size, seen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Another width or another size of text."""
        if hasattr(self, "view") and self.isVisible():
            self._words_height = 0
            self.sentences.setMinimumHeight(0)
            self._arrange()


def _set(widget: QLabel, text: str) -> None:
    # A line does not break inside a ratio.
    text = text.replace(" : ", "\N{NO-BREAK SPACE}:\N{NO-BREAK SPACE}")
    if widget.text() != text:
        widget.setText(text)
