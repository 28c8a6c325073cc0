"""The race as a person runs it: start, stop, two axes, what a step costs."""

from __future__ import annotations

import itertools
import threading

import pytest
from PySide6.QtCore import Qt

from bpviz.gui.lessons.views import race as views
from bpviz.gui.lessons.views.race import RaceView
from bpviz.gui.theme import DARK
from bpviz.lab.edits import AddUnit
from bpviz.lab.race import Race
from tests.gui.without_threads import Bench


@pytest.fixture
def bench(qtbot):
    return Bench("xor-2-3-1")


@pytest.fixture
def short(monkeypatch):
    """Races of a few hundred passes."""

    def make(*args, **kwargs):
        return Race(*args, **{**kwargs, "most_passes": 400})

    monkeypatch.setattr(views, "Race", make)


@pytest.fixture
def view(qtbot, bench):
    made = RaceView(bench.session)
    qtbot.addWidget(made)
    made.resize(720, 520)
    made.show()
    made.ends = []
    made.done.connect(lambda: made.ends.append(True))
    yield made
    made.shut()


def test_a_race_of_another_network_is_not_shown_as_this_ones(qtbot, bench, short, view):
    with qtbot.waitSignal(view.done, timeout=20_000):
        view.start()
    bench.session.apply(AddUnit("h"))
    assert view.race is None
    assert "17 weights" in view.network.buttons["own"].text()
    assert "Which comes lowest?" in view.sentence.text()


def test_all_three_run_and_done_is_said(qtbot, bench, short, view):
    assert "13 weights" in view.network.buttons["own"].text()
    with qtbot.waitSignal(view.done, timeout=20_000):
        qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert not view.running
    assert [curve.name for curve in view.chart._curves] == [
        "random search",
        "finite differences",
        "backpropagation",
    ]
    for lane in view.race.lanes:
        assert lane.passes > 390
        assert f"{lane.search.name} {lane.error:.4f}" in view.sentence.text()
    snapshot = bench.session.snapshot
    alone = Race(snapshot.experiment, snapshot.data.training, snapshot.theta, most_passes=400)
    alone.run()
    assert [lane.error for lane in alone.lanes] == [lane.error for lane in view.race.lanes]
    assert "luck does well" in view.sentence.text()
    assert "4 training samples" in view.note.text()
    assert view.ends == [True]


def test_the_curves_over_time(qtbot, short, view):
    view.start()
    qtbot.waitUntil(lambda: not view.running, timeout=20_000)
    assert view.chart.x_name == "forward passes"
    assert view.chart._x[-1] == pytest.approx(400, abs=15)
    qtbot.mouseClick(view.axis.buttons["seconds"], Qt.MouseButton.LeftButton)
    assert view.chart.x_name == "milliseconds"
    longest = max(lane.points[-1][1] for lane in view.race.lanes)
    assert view.chart._x[-1] == pytest.approx(1000 * longest)
    assert len(view.chart.label_places()) == 3


def test_names_at_the_curves_do_not_lie_over_each_other(qtbot, short, view):
    view.start()
    qtbot.waitUntil(lambda: not view.running, timeout=20_000)
    heights = sorted(y for _, y in view.chart.label_places())
    line = view.chart._line_height()
    assert all(b - a >= line - 0.01 for a, b in itertools.pairwise(heights))
    assert not view.grab().isNull()


def test_stopped_at_once_it_is_not_done(qtbot, view):
    reached = threading.Event()
    view._yield_to = lambda: (reached.set(), view.race._cancelled.wait(20))
    view.start()
    assert reached.wait(20)
    assert view.button.text() == "Stop"
    qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.running, timeout=20_000)
    assert view.ends == []
    assert view.button.text() == "Start"


def test_stopped_after_enough_it_is_done(qtbot, view):
    def stop():
        if view.race.share > 0.11:
            view.race.cancel()

    view._yield_to = stop
    with qtbot.waitSignal(view.done, timeout=20_000):
        view.start()
    assert not view.race.finished


def test_closing_ends_the_race(view):
    view._yield_to = lambda: view.race._cancelled.wait(20)
    view.start()
    view.close()
    assert not view.running


def test_the_larger_network(qtbot, monkeypatch, view):
    monkeypatch.setattr(views, "Race", lambda *a, **k: Race(*a, **{**k, "most_passes": 90}))
    qtbot.mouseClick(view.network.buttons["larger"], Qt.MouseButton.LeftButton)
    view.start()
    qtbot.waitUntil(lambda: not view.running, timeout=30_000)
    race = view.race
    assert race.costs.parameters == 2_410
    random, differences, backprop = (lane.error for lane in race.lanes)
    assert backprop < random <= differences
    assert "luck" not in view.sentence.text()


def test_the_table_says_what_a_step_costs(view):
    texts = {label.text() for label in view.findChildren(type(view.note))}
    assert {"1,000,001", "10,001", "11", "3", "1"} <= texts


def test_another_network_is_counted_anew(bench, view):
    bench.session.apply(AddUnit("h"))
    assert view.network.buttons["own"].text() == "This network: 17 weights"


def test_without_a_larger_network_there_is_no_choice(qtbot, bench):
    view = RaceView(bench.session, larger="")
    qtbot.addWidget(view)
    view.show()
    assert not view.network.isVisible()
    bench.session.show(theme=DARK)
    assert not view.grab().isNull()
    bench.session.snapshot = None
    view.start()
    assert view.sentence.text() == "There is no network yet."
