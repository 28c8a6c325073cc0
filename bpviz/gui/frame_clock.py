"""One clock for all that moves: about 60 times a second it fetches what the threads have ready."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer

from bpviz.gui.canvas.motion import motion_of
from bpviz.gui.session import Motion, Session
from bpviz.gui.training_thread import WindowsTurn
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import EvaluatorService
from bpviz.lab.history import History
from bpviz.lab.snapshot import Snapshot

_INTERVAL_MS = 16
_HURRY_MS = 4
# Of the time that a slow frame took.
_REST = 0.5
# Layouts are nested no deeper; each call of Qt's reaches those that are one level further out.
_NESTED = 16
FRAME_DONE = QEvent.Type(QEvent.registerEventType())
# Qt posts its own request to paint with low priority; what comes later finds it painted.
_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1


def next_due(due: float, began: float) -> float:
    """When (milliseconds) the frame is due that follows one that was due and began at these times.

    What a timer is late by is made up for, so that frames keep a steady pace. One that came early
    (a person's edit) or very late begins a new row.
    """
    late = began - due
    return (due if 0.0 <= late < 0.5 * _INTERVAL_MS else began) + _INTERVAL_MS


def rest_after(took: float, spare: float, held_up: bool) -> int:
    """Milliseconds from the end of a frame that took so many to the beginning of the next.

    `spare` are left until that is due. Where training was `held_up`, because it waits while a frame
    is made, it gets half the time that the frame took, up to an interval, or it would hardly get
    on with slow ones.
    """
    owed = min(round(_REST * took), _INTERVAL_MS) if held_up else 0
    return max(int(spare), owed, 1)


class FrameClock(QObject):
    """Hands snapshots, evaluations and log growth to the session, each at most once a frame.

    Snapshots and evaluations from before the last change of the network or the data are dropped.
    """

    def __init__(self, session: Session, evaluator: EvaluatorService, turn: WindowsTurn) -> None:
        super().__init__(session)
        self.frames = 0
        self._started = False
        self._began = self._due = 0.0
        self._session = session
        self._evaluator = evaluator
        self._turn = turn
        self._asked: tuple[Snapshot, Request] | None = None
        self._log: tuple[History, int] | None = None
        self._log_waits = False
        self._batch_period: float | None = None
        self._motion_began = 0.0
        self._moving = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tick)
        self._hurry = QTimer(self)
        self._hurry.setTimerType(Qt.TimerType.PreciseTimer)
        self._hurry.setSingleShot(True)
        self._hurry.setInterval(_HURRY_MS)
        self._hurry.timeout.connect(self.tick)
        session.experiment_changed.connect(self.soon)
        session.request_changed.connect(self.soon)

    def start(self) -> None:
        self._started = True
        self._timer.start(_INTERVAL_MS)

    def stop(self) -> None:
        self._started = False
        self._timer.stop()
        self._hurry.stop()
        self._turn.give_back()

    def customEvent(self, event: QEvent) -> None:
        if event.type() == FRAME_DONE:
            self._turn.give_back()
            if self._started:
                now = 1000 * time.perf_counter()
                rest = rest_after(now - self._began, self._due - now, self._turn.held_up)
                self._timer.start(rest)

    def set_slow_motion(self, batches_per_second: float | None) -> None:
        """Animate each batch over its share of time; None: no animation."""
        self._batch_period = 1.0 / batches_per_second if batches_per_second else None
        if self._batch_period is None and self._moving:
            self._moving = False
            self._session.motion = None
            self._session.motion_changed.emit()

    def soon(self) -> None:
        """Do not wait for the next frame: a person's edit is answered within this one."""
        if self._started:
            self._hurry.start()

    def tick(self) -> None:
        """One frame: the window's turn lasts until what it changed has been painted."""
        self.frames += 1
        self._began = 1000 * time.perf_counter()
        self._due = next_due(self._due, self._began)
        self._timer.stop()
        self._turn.take()
        QCoreApplication.postEvent(self, QEvent(FRAME_DONE), _AFTER_PAINTING)
        self._take_snapshot()
        self._ask()
        full = self._take_evaluation()
        self._look_at_log(full)
        self._move()
        self._lay_out()

    def _take_snapshot(self) -> None:
        session = self._session
        session.laboratory.want(session.shown_quantities)
        snapshot = session.laboratory.runner.mailbox.take()
        if snapshot is None or not session.laboratory.is_current(snapshot):
            return
        session.snapshot = session.latest = snapshot
        self._motion_began = time.monotonic()
        session.meet(snapshot)
        session.snapshot_changed.emit()
        if snapshot.cursor is not None:
            session.ask(sample=int(snapshot.data.train_rows[snapshot.cursor]), typed=None)

    def _ask(self) -> None:
        snapshot, request = self._session.snapshot, self._session.request
        if snapshot is None:
            return
        if self._asked is None or self._asked[0] is not snapshot or self._asked[1] != request:
            self._asked = (snapshot, request)
            self._evaluator.post(snapshot, request)
            if not snapshot.running:
                self.soon()

    def _take_evaluation(self) -> bool:
        """Whether there was one."""
        session = self._session
        evaluation = self._evaluator.results.take()
        if evaluation is None or not session.laboratory.is_current(evaluation.snapshot):
            return False
        session.evaluation = evaluation
        session.evaluation_changed.emit()
        return True

    def _look_at_log(self, full: bool) -> None:
        """Tell of new rows; a frame that is `full` leaves them to the next one.

        Nothing takes as long to draw as an evaluation and a chart, so that they go into two frames.
        """
        self._log_waits = full and not self._log_waits
        if self._log_waits:
            return
        history = self._session.laboratory.history
        rows = len(history)
        if self._log is None or self._log[0] is not history or self._log[1] != rows:
            self._log = (history, rows)
            self._session.log_grew.emit()

    def _move(self) -> None:
        session = self._session
        if self._batch_period is None:
            return
        running = session.snapshot is not None and session.snapshot.running
        motion = self._motion() if running else None
        if motion is None and not self._moving:
            # Who steps through the stages moves values, too.
            return
        self._moving = motion is not None
        if motion != session.motion:
            session.motion = motion
            session.motion_changed.emit()

    @staticmethod
    def _lay_out() -> None:
        """Lay out what changed, all the way up, before it is painted.

        A layout asks the one around it for room by posting an event, and Qt would paint first what
        was to be painted before that: for some frames things would lie on top of each other.
        """
        for _ in range(_NESTED):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def _motion(self) -> Motion | None:
        assert self._batch_period is not None
        progress = (time.monotonic() - self._motion_began) / self._batch_period
        return motion_of(progress) if progress < 1.0 else None
