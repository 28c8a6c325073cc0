"""The clock keeps its pace while frames are quick, and leaves training time when they are slow."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication

from bpviz.gui import frame_clock, training_thread
from bpviz.gui.frame_clock import FrameClock, next_due, rest_after
from bpviz.gui.training_thread import WindowsTurn
from bpviz.lab.evaluator import EvaluatorService
from tests.gui.without_threads import Bench


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch):
    made = Seconds()
    monkeypatch.setattr(frame_clock, "time", made)
    return made


@pytest.fixture
def turn():
    return WindowsTurn()


@pytest.fixture
def bench(qtbot):
    return Bench()


@pytest.fixture
def clock(bench, seconds, turn):
    evaluator = EvaluatorService()
    made = FrameClock(bench.session, evaluator, turn)
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize(
    ("took", "spare", "rest"),
    [(0.0, 16.0, 16), (3.2, 12.8, 12), (12.0, 4.0, 6), (30.0, -14.0, 15), (200.0, -184.0, 16)],
)
def test_the_rest_after_a_frame_that_held_training_up(took, spare, rest):
    assert rest_after(took, spare, held_up=True) == rest


@pytest.mark.parametrize(
    ("took", "spare", "rest"),
    [(0.0, 16.0, 16), (12.0, 4.9, 4), (16.0, 0.0, 1), (30.0, -14.0, 1)],
)
def test_after_a_frame_that_held_nobody_up_the_next_one_is_due(took, spare, rest):
    assert rest_after(took, spare, held_up=False) == rest


@pytest.mark.parametrize(
    ("due", "began", "following"),
    # On time, a little late (made up for), early as after an edit, very late.
    [(100.0, 100.0, 116.0), (100.0, 103.0, 116.0), (100.0, 92.0, 108.0), (100.0, 140.0, 156.0)],
)
def test_frames_keep_a_steady_pace(due, began, following):
    assert next_due(due, began) == following


def test_being_late_by_a_little_does_not_add_up(bench, clock, seconds):
    clock.tick()
    QCoreApplication.sendPostedEvents(clock)
    begins = []
    for _ in range(60):
        seconds.now += clock._timer.interval() / 1000 + 0.0013
        begins.append(1000 * seconds.now)
        clock.tick()
        QCoreApplication.sendPostedEvents(clock)
    assert begins[-1] - begins[0] == pytest.approx(59 * 16, abs=2)


@pytest.mark.parametrize("took", [0.002, 0.015, 0.040, 0.300])
@pytest.mark.parametrize("held_up", [True, False])
def test_after_a_frame_training_that_waited_has_its_time(
    bench, clock, seconds, turn, monkeypatch, took, held_up
):
    monkeypatch.setattr(training_thread, "_LONGEST_FRAME", 0.0)

    def work():
        seconds.now += took
        if held_up:
            turn.wait_for_end()

    bench.session.log_grew.connect(work)
    clock.tick()
    # Until it is painted it is the window's turn, and no other frame is due.
    assert not turn._free.is_set()
    assert not clock._timer.isActive()
    QCoreApplication.sendPostedEvents(clock)
    assert turn._free.is_set()
    assert clock._timer.isActive()
    assert clock._timer.interval() == rest_after(1000 * took, 16 - 1000 * took, held_up)


def test_a_frame_with_an_evaluation_leaves_the_log_to_the_next(clock, bench):
    session, told = bench.session, []
    session.evaluation_changed.connect(lambda: told.append("evaluation"))
    session.log_grew.connect(lambda: told.append("log"))
    evaluation = session.evaluation
    clock._evaluator.results.put(evaluation)
    clock.tick()
    assert told == ["evaluation"]
    clock.tick()
    assert told == ["evaluation", "log"]
    clock.tick()
    assert told == ["evaluation", "log"]


def test_the_log_is_told_of_though_every_frame_has_an_evaluation(clock, bench):
    session, told = bench.session, []
    session.log_grew.connect(lambda: told.append(clock.frames))
    for _ in range(4):
        bench.laboratory.step("epoch")
        bench.laboratory.runner.work()
        clock._evaluator.results.put(session.evaluation)
        clock.tick()
    assert told == [2, 4]


def test_each_frame_asks_anew_who_was_held_up(turn, monkeypatch):
    monkeypatch.setattr(training_thread, "_LONGEST_FRAME", 0.0)
    turn.wait_for_end()
    assert not turn.held_up  # it was nobody's turn
    turn.take()
    turn.wait_for_gap()
    assert not turn.held_up
    turn.wait_for_end()
    assert turn.held_up
    turn.take()
    assert not turn.held_up


def test_it_goes_on_by_itself_and_stops(qtbot, clock):
    qtbot.waitUntil(lambda: clock.frames > 3)
    clock.tick()
    clock.stop()
    QCoreApplication.sendPostedEvents(clock)
    assert not clock._timer.isActive()
    assert not clock._hurry.isActive()


def test_an_edit_does_not_wait_for_the_next_frame(clock, bench):
    bench.session.ask(typed=(0.1, 0.2))
    assert clock._hurry.isActive()
    clock.stop()
    bench.session.ask(typed=(0.3, 0.2))
    assert not clock._hurry.isActive()
