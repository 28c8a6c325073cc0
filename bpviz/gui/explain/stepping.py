"""Stepping through the six stages: where one stands, what moves, and the rounds gone through."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, QVariantAnimation, Signal

from bpviz.explain.stage_scenes import Scene
from bpviz.explain.stages import STAGES, Granularity, Stage, Step, nearest, walk
from bpviz.gui.session import Mark, Motion, Session
from bpviz.lab.snapshot import Snapshot

PACES = (0.5, 1.0, 2.0, 4.0)

_MOTION_MS = 600
# While it plays, what moves arrives before the next step.
_SHARE = 0.8
# Rounds that one can go back to, fewer where they are large (in numbers kept in all).
_ROUNDS, _ROUND_VALUES = 50, 20_000_000
_FIRST_OF_ROUND = 2
# Of more units and parameters than these nobody could tell one from the other.
_MOST_MARKED = 3000


class Stepper(QObject):
    """Walks through the stages of one update after another, forwards and backwards.

    Training pauses meanwhile; after the last stage the next step really trains a batch. `changed`
    says that it stands elsewhere or is active no longer; `scene_changed` that the evaluator's
    answer for the present step is here.
    """

    changed = Signal()
    scene_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.active = False
        self.by: Granularity = "layer"
        self.pace = 1.0
        self.scene: Scene | None = None
        self.rounds: list[Snapshot] = []
        self.at = 0
        self._steps: tuple[Step, ...] = ()
        self._index = 0
        self._awaiting = self._showing = False
        # Snapshots from before this many commands may still show training that was told to pause.
        self._paused_by = 0
        self._shown: tuple[Step, Snapshot] | None = None
        self._play = QTimer(self)
        self._play.timeout.connect(self._play_on)
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._move)
        self._animation.finished.connect(self._rest)
        session.snapshot_changed.connect(self._snapshot_changed)
        session.evaluation_changed.connect(self._evaluation_changed)

    # Where it stands

    @property
    def step(self) -> Step:
        """The present step. Only while active."""
        return self._steps[self._index]

    @property
    def stage(self) -> Stage:
        """The present stage. Only while active."""
        return STAGES[self.step.stage - 1]

    @property
    def looking_back(self) -> bool:
        """Whether an earlier round than the last is shown."""
        return self.active and self.at < len(self.rounds) - 1

    @property
    def playing(self) -> bool:
        return self._play.isActive()

    @property
    def can_go_back(self) -> bool:
        return self.active and (self._index > 0 or self.at > 0)

    # What a person does

    def enter(self, stage: int = 1) -> None:
        """Pause training and stand at the beginning of a stage."""
        session = self._session
        snapshot = session.snapshot
        if snapshot is None:
            return
        if not self.active:
            session.laboratory.pause()
            self._paused_by = session.laboratory.runner.submitted
            self.active, self._awaiting = True, False
            self.rounds, self.at = [snapshot], 0
            self._steps = walk(snapshot.spec, self.by)
        self._go(self._first_of(stage))

    def leave(self) -> None:
        """Step no more, and show the present."""
        if not self.active:
            return
        back = self.looking_back
        latest = self.rounds[-1] if self.rounds else None
        self.active = False
        self.play(False)
        self._end_motion()
        self.scene, self._shown, self.rounds = None, None, []
        self._session.ask(step=None)
        self._session.enter_stage(0)
        if back and latest is not None:
            self._show(latest)
        self.changed.emit()

    def go(self, by: int) -> None:
        """One step on (1) or back (-1); begins with the first stage."""
        if not self.active:
            self.enter(1)
        elif by > 0:
            self.next()
        else:
            self.previous()

    def next(self) -> None:
        """One step on; after the last stage the next round, which is trained if it is new."""
        if not self.active or self._awaiting:
            return
        if self._index + 1 < len(self._steps):
            self._go(self._index + 1)
        elif self.looking_back:
            self._turn_to(self.at + 1, self._first_of(_FIRST_OF_ROUND))
        else:
            self._awaiting = True
            self._session.laboratory.step("batch")

    def previous(self) -> None:
        """One step back; before the first of a later round the end of the round before."""
        if not self.can_go_back or self._awaiting:
            return
        if self.at > 0 and self._index <= self._first_of(_FIRST_OF_ROUND):
            self._turn_to(self.at - 1, len(self._steps) - 1)
        elif self._index > 0:
            self._go(self._index - 1)

    def set_granularity(self, by: Granularity) -> None:
        """Step by unit, layer or stage from now on, at the same place."""
        if self.active:
            step = self.step
            self.by = by
            self._steps = walk(self.rounds[self.at].spec, by)
            self._go(nearest(self._steps, step))
        else:
            self.by = by

    def set_pace(self, per_second: float) -> None:
        self.pace = per_second
        self._play.setInterval(round(1000 / per_second))

    def play(self, on: bool) -> None:
        """Go on by itself, from the first stage if it stands nowhere."""
        if on == self.playing:
            return
        if on:
            if not self.active:
                self.enter(1)
            self._play.start(round(1000 / self.pace))
        else:
            self._play.stop()
        self.changed.emit()

    def _play_on(self) -> None:
        # A step that is still being computed is not jumped over.
        if self.scene is not None and not self._awaiting:
            self.next()

    # Going

    def _first_of(self, stage: int) -> int:
        return next(k for k, step in enumerate(self._steps) if step.stage == stage)

    def _go(self, index: int) -> None:
        self._index = index
        self.scene = None
        self._end_motion()
        changes: dict[str, object] = {"step": self.step}
        if self.step.stage < len(STAGES):
            # Typed inputs have no target, so nothing could be learned from them.
            changes["typed"] = None
        self._session.ask(**changes)
        self._session.enter_stage(self.step.stage)
        self.changed.emit()
        self._evaluation_changed()

    def _turn_to(self, at: int, index: int) -> None:
        """Show another round's snapshot, at one of its steps."""
        self.at = at
        self._show(self.rounds[at])
        self._go(index)

    def _show(self, snapshot: Snapshot) -> None:
        self._showing = True
        self._session.snapshot = snapshot
        self._session.snapshot_changed.emit()
        self._showing = False

    def _snapshot_changed(self) -> None:
        """What the runner has published: the next round, the same moment again, or a new start."""
        snapshot = self._session.snapshot
        if not self.active or self._showing or snapshot is None:
            return
        if snapshot.running and snapshot.commands >= self._paused_by:
            self._say_present(snapshot)
            self.at = len(self.rounds) - 1
            self.leave()
            return
        if _moment(snapshot) == _moment(self.rounds[-1]) and not snapshot.running:
            self.rounds[-1] = snapshot
            if snapshot.failed:
                self._awaiting = False
                self.play(False)
            if self.looking_back:
                self._show(self.rounds[self.at])
        elif self._awaiting and _follows(snapshot, self.rounds[-1]):
            self._awaiting = False
            self.rounds.append(snapshot)
            del self.rounds[: max(0, len(self.rounds) - _kept(snapshot))]
            self.at = len(self.rounds) - 1
            self._go(self._first_of(_FIRST_OF_ROUND))
        else:
            self._say_present(snapshot)
            self._begin_anew(snapshot)

    def _say_present(self, snapshot: Snapshot) -> None:
        """Whoever changes something while looking back changes the latest round, not that one."""
        # A reset or another experiment leaves nothing to be mistaken about.
        if self.looking_back and snapshot.run == self.rounds[-1].run:
            self._session.said.emit("You were looking back; this changes the present.", False)

    def _begin_anew(self, snapshot: Snapshot) -> None:
        """An edit or a training step: what was before is no longer the way to here."""
        step = self.step
        self._awaiting = False
        self.rounds, self.at = [snapshot], 0
        self._steps = walk(snapshot.spec, self.by)
        self._go(nearest(self._steps, step))

    # What is shown

    def _evaluation_changed(self) -> None:
        session, evaluation = self._session, self._session.evaluation
        if not self.active or evaluation is None or evaluation.request.step != self.step:
            return
        snapshot = evaluation.snapshot
        if snapshot is not session.snapshot or evaluation.scene is self.scene:
            return
        self.scene = evaluation.scene
        self.scene_changed.emit()
        if self.scene is not None and self._shown != (self.step, snapshot):
            self._shown = (self.step, snapshot)
            self._set_in_motion(self.scene)

    def _set_in_motion(self, scene: Scene) -> None:
        """Let values run once to what is computed now."""
        self._end_motion()
        if scene.motion:
            room = _SHARE * 1000 / self.pace if self.playing else _MOTION_MS
            self._animation.setDuration(round(min(_MOTION_MS, room)))
            self._animation.start()

    def _move(self, fraction: object) -> None:
        scene = self.scene
        if scene is None or not scene.motion or not self.active:
            return
        assert isinstance(fraction, float)
        self._session.motion = Motion(scene.motion, fraction, scene.motion_layer)
        self._session.motion_changed.emit()

    def _end_motion(self) -> None:
        self._animation.stop()
        self._rest()

    def _rest(self) -> None:
        if self._session.motion is not None:
            self._session.motion = None
            self._session.motion_changed.emit()


def marks_of(scene: Scene) -> tuple[Mark, ...]:
    """What a scene lights up: what its formulas speak of in their colours, the rest in plain."""
    colored: list[Mark] = []
    known: set[object] = set()
    terms = [term for line in scene.lines for term in line.terms if term.role]
    for role in dict.fromkeys(term.role for term in terms):
        units = dict.fromkeys(u for t in terms if t.role == role for u in t.units)
        parameters = dict.fromkeys(p for t in terms if t.role == role for p in t.parameters)
        if units or parameters:
            colored.append(Mark(role, tuple(units), tuple(parameters)))
            known.update(units, parameters)
    units_left = tuple(u for u in scene.units if u not in known)[:_MOST_MARKED]
    parameters_left = tuple(p for p in scene.parameters if p not in known)[:_MOST_MARKED]
    if units_left or parameters_left:
        colored.insert(0, Mark("", units_left, parameters_left))
    return tuple(colored)


def _moment(snapshot: Snapshot) -> tuple[int, int, int, int, int]:
    """Equal for two snapshots of one moment of one run."""
    return (snapshot.run, snapshot.revision, snapshot.epoch, snapshot.batch, snapshot.steps)


def _follows(snapshot: Snapshot, before: Snapshot) -> bool:
    """Whether it is one update further on than the one before."""
    return snapshot.run == before.run and snapshot.steps == before.steps + 1


def _kept(snapshot: Snapshot) -> int:
    values = len(snapshot.theta) * (3 + len(snapshot.moments))
    return max(2, min(_ROUNDS, _ROUND_VALUES // max(1, values)))
