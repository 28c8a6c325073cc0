"""Watches what happens in the window and puts it together as the state that lessons look at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal

from bpviz.experiments.experiment import Experiment
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.plots.view import TABS, PlotsView
from bpviz.gui.session import Session
from bpviz.lab.snapshot import Snapshot

if TYPE_CHECKING:
    from bpviz.lab.lesson_conditions import LessonState


class Watching(QObject):
    """`changed` is emitted when something happened; `state` is what is so now."""

    changed = Signal()

    def __init__(
        self, session: Session, bottom: BottomCard, plots: PlotsView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bottom = bottom
        self._plots = plots
        self._on = False
        self._first: Snapshot | None = None
        self._start: Experiment | None = None
        self._explained: set[str] = set()
        self._done: set[str] = set()
        self._answer: float | None = None
        session.experiment_changed.connect(self._poke)
        session.snapshot_changed.connect(self._poke)
        session.selected.connect(self._poke)
        session.request_changed.connect(self._poke)
        session.stage_changed.connect(self._poke)
        session.explain_asked.connect(self._explained_now)
        bottom.tabs.currentChanged.connect(self._poke)
        bottom.installEventFilter(self)
        plots.tabs.currentChanged.connect(self._poke)

    def begin(self) -> None:
        """A step begins: what happened before does not count."""
        self._on = True
        self._forget()

    def stop(self) -> None:
        self._on = False
        self._forget()

    def state(self) -> LessonState | None:
        """The present state; None while the window still shows what was before the last edit."""
        from bpviz.lab.lesson_conditions import LessonState

        session = self._session
        snapshot = session.snapshot
        if not self._on or snapshot is None:
            return None
        if self._first is None:
            if snapshot.revision < session.laboratory.revision:
                return None
            self._first, self._start = snapshot, session.experiment
        assert self._start is not None
        return LessonState(
            experiment=session.experiment,
            start=self._start,
            snapshot=snapshot,
            first=self._first,
            selection=session.selection,
            explained=frozenset(self._explained),
            done=frozenset(self._done),
            stage=session.stage,
            tab="" if self._bottom.isHidden() else self._bottom.tab,
            plot=TABS[self._plots.tabs.currentIndex()],
            typed=session.request.typed is not None,
            answer=self._answer,
        )

    def view_done(self, name: str) -> None:
        """A special view was worked through."""
        self._done.add(name)
        self._poke()

    def answered(self, number: float) -> None:
        """A number was typed as an answer."""
        self._answer = number
        self._poke()

    def _forget(self) -> None:
        self._first = self._start = self._answer = None
        self._explained = set()
        self._done = set()

    def _explained_now(self) -> None:
        selection, snapshot = self._session.selection, self._session.snapshot
        if selection is not None and snapshot is not None and snapshot.spec.has(selection):
            self._explained.add(snapshot.layout.label(snapshot.layout.index_of(selection)))
        self._poke()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A tab is open only once its card is shown.
        if event.type() == QEvent.Type.Show:
            self._poke()
        return False

    def _poke(self, *_: object) -> None:
        if self._on:
            self.changed.emit()


def before_doing(state: LessonState) -> LessonState:
    """The state with which a step begins: nothing was done in it, however early a person was."""
    return replace(state, explained=frozenset(), done=frozenset(), answer=None)
