"""The clock keeps its pace while frames are quick, and leaves training time when they are slow."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication

from bpviz.gui import frame_clock
from bpviz.gui.frame_clock import FrameClock, rest_after
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
    ("took", "rest"),
    [(0.0, 16), (3.2, 12), (10.0, 6), (12.0, 6), (16.0, 8), (30.0, 15), (200.0, 16)],
)
def test_the_rest_after_a_frame(took, rest):
    assert rest_after(took) == rest


@pytest.mark.parametrize("took", [0.002, 0.015, 0.040, 0.300])
def test_after_a_frame_training_has_its_time(bench, clock, seconds, turn, took):
    def work():
        seconds.now += took

    bench.session.log_grew.connect(work)
    clock.tick()
    # Until it is painted it is the window's turn, and no other frame is due.
    assert not turn._free.is_set()
    assert not clock._timer.isActive()
    QCoreApplication.sendPostedEvents(clock)
    assert turn._free.is_set()
    assert clock._timer.isActive()
    assert clock._timer.interval() == rest_after(1000 * took)


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
