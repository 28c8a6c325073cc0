from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from bpviz.engine.cadence import Cadence
from bpviz.gui.panels.transport import SPEEDS, TransportBar
from bpviz.lab.commands import Pace
from bpviz.lab.edits import Change, Reset
from tests.gui.without_threads import Bench, NoAnimation


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def clock():
    return NoAnimation()


@pytest.fixture
def bar(qtbot, bench, clock):
    made = TransportBar(bench.session, clock)
    qtbot.addWidget(made)
    made.resize(1300, 56)
    made.show()
    return made


def shown(bar):
    figures = bar.figures
    return [figure.caption.text() for figure in figures.all if not figure.isHidden()]


def test_train_becomes_pause_and_back(qtbot, bench, bar):
    assert bar.train_button.accessibleName() == "Train"
    qtbot.mouseClick(bar.train_button, Qt.MouseButton.LeftButton)
    bench.pump()
    assert bench.session.snapshot.running
    assert bar.train_button.accessibleName() == "Pause"
    qtbot.mouseClick(bar.train_button, Qt.MouseButton.LeftButton)
    bench.pump()
    assert bar.train_button.accessibleName() == "Train"


def test_space_twice_within_a_frame_leaves_it_as_it_was(bench, bar):
    bar.toggle()
    bar.toggle()
    bench.pump()
    assert not bench.session.snapshot.running
    bar.toggle()
    bench.pump()
    assert bench.session.snapshot.running


def test_the_train_button_keeps_its_width(qtbot, bench, bar):
    before = bar.train_button.width()
    bar.toggle()
    bench.pump()
    qtbot.wait(1)
    assert bar.train_button.width() == before


def test_steps_are_of_the_chosen_kind_and_remembered(qtbot, bench, clock, bar):
    bar.step()
    bench.pump()
    assert bench.session.snapshot.epoch == 1
    bar.choose_step("batch")
    bench.pump()
    assert (bench.session.snapshot.epoch, bench.session.snapshot.batch) == (1, 1)
    again = TransportBar(bench.session, clock)
    qtbot.addWidget(again)
    assert again.step_kind == "batch"
    assert again.step_button.text() == "Step batch"


def speed(bench):
    """The caption beside which the engine stands."""
    return f"Speed · {bench.session.snapshot.kernel.label}"


def test_figures_of_a_classification(qtbot, bench, bar):
    bar.train_epochs(3)
    for _ in range(4):
        bench.pump()
    assert shown(bar) == ["Epoch", "Training loss", "Test loss", "Test accuracy", speed(bench)]
    qtbot.waitUntil(lambda: bar.figures.epoch.value.text() == "3")
    assert bar.figures.speed.value.text() == "–"


def test_figures_without_a_meaning_are_hidden(qtbot, bench, bar):
    bench.session.apply(Change("data.test_fraction", 0.0))
    bench.pump()
    qtbot.waitUntil(lambda: shown(bar) == ["Epoch", "Training loss", "Accuracy", speed(bench)])
    bench.session.apply(Change("data.source", "plane"))
    bench.pump()
    qtbot.waitUntil(lambda: shown(bar) == ["Epoch", "Training loss", speed(bench)])


def test_numbers_are_refreshed_slower_than_the_picture(bench, bar):
    texts = []
    for epoch in range(50):
        bench.session.snapshot = replace(bench.session.snapshot, epoch=epoch)
        bench.session.snapshot_changed.emit()
        texts.append(bar.figures.epoch.value.text())
    assert len(set(texts)) <= 3


def test_speeds_reach_the_runner_and_slow_motion_the_clock(bench, clock, bar):
    paces = []
    bench.laboratory.set_pace = paces.append
    slow = next(speed for speed in SPEEDS if speed.slow)
    bar.set_speed(slow)
    assert paces == [slow.pace]
    assert clock.batches_per_second == slow.pace.per_second
    bar.speed_button.menu().actions()[0].trigger()
    assert paces[-1] == Pace()
    assert clock.batches_per_second is None


def test_a_new_seed_is_another_one(bench, bar):
    before = bench.experiment.seed
    bar.new_seed()
    assert bench.experiment.seed != before
    assert str(bench.experiment.seed) in bar.seed_button.text()


def test_reset_is_an_edit(qtbot, bench, bar):
    qtbot.mouseClick(bar.reset_button, Qt.MouseButton.LeftButton)
    assert bench.edits == [Reset()]


@pytest.mark.parametrize("ask", ["ask_seed", "ask_epochs"])
def test_questions_do_not_block_and_do_what_is_answered(qtbot, bench, bar, ask):
    before = bench.experiment.seed
    getattr(bar, ask)()
    dialog = bar.findChild(QInputDialog)
    dialog.setIntValue(12)
    dialog.accept()
    for _ in range(13):
        bench.pump()
    seed, epoch = bench.experiment.seed, bench.session.snapshot.epoch
    assert (seed, epoch) == ((12, 0) if ask == "ask_seed" else (before, 12))


def test_presenter_is_a_way_of_looking(qtbot, bench, bar):
    qtbot.mouseClick(bar.presenter_button, Qt.MouseButton.LeftButton)
    assert bench.session.look.presenter
    bench.session.show(presenter=False)
    assert not bar.presenter_button.isChecked()


def test_where_room_is_short_the_less_important_goes(qtbot, bench, clock):
    host = QWidget()
    qtbot.addWidget(host)
    bar = TransportBar(bench.session, clock, host)
    bench.pump()
    host.show()
    counts = []
    for width in (1400, 900, 700):
        bar.resize(width, 56)
        counts.append(len(shown(bar)))
        assert bar.train_button.isVisible()
    assert counts[0] == 5
    assert counts[0] > counts[1] > counts[2] >= 1


def test_figures_that_come_with_other_data_find_room(qtbot, bench, clock):
    host = QWidget()
    qtbot.addWidget(host)
    bar = TransportBar(bench.session, clock, host)
    bench.session.apply(Change("data.test_fraction", 0.0))
    bench.pump()
    host.show()
    qtbot.waitUntil(lambda: "Test loss" not in shown(bar))
    bar.resize(1400, 56)
    bar.resize(bar._row.minimumSize().width() + 1, 56)
    assert len(shown(bar)) == 4
    bench.session.apply(Change("data.test_fraction", 0.5))
    bench.pump()
    qtbot.waitUntil(lambda: "Test loss" in shown(bar))
    assert bar._row.minimumSize().width() <= bar.width()


def test_every_control_says_what_it_does(bar):
    for control in bar.findChildren(QWidget):
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert control.toolTip(), control
            assert control.accessibleName(), control


def test_a_speed_is_shown_only_when_it_was_measured(bench, bar):
    figures = bar.figures

    def shown_at(speed):
        bench.session.snapshot = replace(bench.session.snapshot, running=True, speed=speed)
        figures._throttle.now()
        return figures.speed.value.text().split("<")[0]

    assert shown_at(89.4) == "89"
    assert shown_at(0.0) == "–"


def test_slow_motion_counts_batches(bench, bar):
    bench.session.snapshot = replace(bench.session.snapshot, running=True, speed=89.0)
    bar.set_speed(next(speed for speed in SPEEDS if speed.slow))
    assert bar.figures.speed.value.text().startswith("0.5<")
    assert "batches/s" in bar.figures.speed.value.text()
    bar.set_speed(SPEEDS[0])
    assert "epochs/s" in bar.figures.speed.value.text()


def test_the_epoch_says_which_one_was_measured_where_some_are_passed_over(qtbot, bench, clock):
    host = QWidget()
    qtbot.addWidget(host)
    bar = TransportBar(bench.session, clock, host)
    host.show()
    bar.resize(1400, 56)
    snapshot, figures = bench.session.snapshot, bar.figures

    def caption(epoch, measured, running):
        metrics = replace(snapshot.metrics, epoch=measured)
        bench.session.snapshot = replace(
            snapshot, epoch=epoch, metrics=metrics, running=running, cadence=Cadence(8, 100)
        )
        figures._throttle.now()
        return figures.epoch.caption.text()

    assert caption(40, 40, running=True) == "Epoch"
    width = figures.epoch.sizeHint().width()
    assert caption(1207, 1200, running=True) == "Epoch · measured 1,200"
    # Where it happens to be the same one, the words do not come and go.
    assert caption(1208, 1208, running=True) == "Epoch · measured 1,208"
    assert caption(1210, 1208, running=False) == "Epoch · measured 1,208"
    assert caption(1210, 1210, running=False) == "Epoch"
    assert figures.epoch.sizeHint().width() == width
    bar.resize(900, 56)
    assert caption(1207, 1200, running=True) == "Epoch"
    assert figures.train_loss.toolTip().endswith("(after epoch 1,200)")
