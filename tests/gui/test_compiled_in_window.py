"""Commands while the compiled engine trains in the window, many epochs at a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.engine.compiled import machine_code, warming
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.main_window import MainWindow
from bpviz.lab.commands import Pace
from bpviz.lab.edits import AddUnit, Change, Reset, SetParameters
from bpviz.lab.snapshot import Snapshot
from tests.gui.test_window import epoch, settled, wait_epochs, weight_of
from tests.gui.without_threads import Bench

pytestmark = pytest.mark.skipif(
    not (machine_code.has_numba() and warming.is_warm()), reason="nothing is compiled here"
)
PATIENCE = 20_000


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    experiment = gallery_experiment("playground")
    training = replace(experiment.training, kernel="compiled")
    made = open_window(replace(experiment, training=training))
    assert made.session.snapshot.kernel == ("compiled", "as set")
    return made


def carried_out(window: MainWindow) -> bool:
    """Whether what is shown is of all that was asked for."""
    snapshot = window.session.snapshot
    return snapshot.commands >= window.laboratory.runner.submitted


def paused(qtbot: QtBot, window: MainWindow) -> Snapshot:
    window.laboratory.pause()
    qtbot.waitUntil(lambda: carried_out(window) and settled(window), timeout=PATIENCE)
    return window.session.snapshot


def test_a_pause_and_steps_have_the_bits_of_the_engine(qtbot: QtBot, window: MainWindow) -> None:
    window.laboratory.train()
    wait_epochs(qtbot, window, 300)
    shown = paused(qtbot, window)
    assert shown.metrics.epoch == shown.epoch, "what is shown at rest is exact"
    alone = window.session.experiment.trainer()
    while (alone.state.epoch, alone.state.batch) != (shown.epoch, shown.batch):
        left = (shown.epoch - alone.state.epoch) * alone.batches + shown.batch - alone.state.batch
        alone.advance(left)
    np.testing.assert_array_equal(alone.state.theta, shown.theta)
    for _ in range(2):
        window.laboratory.step("batch")
        qtbot.waitUntil(lambda: carried_out(window) and settled(window), timeout=PATIENCE)
        alone.train_batch()
        np.testing.assert_array_equal(alone.state.theta, window.session.snapshot.theta)
        np.testing.assert_array_equal(alone.gradient, window.session.snapshot.gradient)
    window.laboratory.step("sample")
    qtbot.waitUntil(lambda: carried_out(window) and settled(window), timeout=PATIENCE)
    assert window.session.snapshot.cursor is not None
    at = epoch(window)
    window.laboratory.step("epoch")
    qtbot.waitUntil(lambda: epoch(window) == at + 1 and settled(window), timeout=PATIENCE)
    assert window.session.snapshot.batch == 0


def test_so_many_epochs_are_trained_and_no_more(qtbot: QtBot, window: MainWindow) -> None:
    window.laboratory.train_epochs(457)
    qtbot.waitUntil(lambda: epoch(window) == 457 and settled(window), timeout=PATIENCE)
    snapshot = window.session.snapshot
    assert snapshot.batch == 0
    assert snapshot.metrics.epoch == 457, "although the cadence leaves that epoch out"
    assert not snapshot.cadence.is_due(457)
    logged = window.laboratory.runner.history.read().columns["epoch"]
    np.testing.assert_array_equal(logged[:101], np.arange(101))
    assert all(snapshot.cadence.is_due(int(number)) for number in logged[1:])


def test_limits_of_the_speed_hold() -> None:
    """Without one, a call trains what takes some milliseconds; with one, no more than it lets."""
    bench = Bench()
    runner = bench.laboratory.runner
    bench.laboratory.set_pace(Pace(30.0))
    bench.laboratory.train()
    for epochs in range(1, 4):
        bench.pump()
        assert (bench.session.snapshot.epoch, bench.session.snapshot.batch) == (epochs, 0)
    bench.laboratory.set_pace(Pace(0.5, "batch"))
    for batch in range(1, 4):
        bench.pump()
        assert (bench.session.snapshot.epoch, bench.session.snapshot.batch) == (3, batch)
    bench.laboratory.set_pace(Pace())
    runner.work()
    bench.laboratory.pause()
    bench.pump()
    assert bench.session.snapshot.epoch > 3


def test_edits_in_between(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    window.laboratory.train()
    wait_epochs(qtbot, window, 150)
    for value in (0.5, 1.0, 2.0):
        session.apply(SetParameters({weight_of(window): value}))
    session.apply(Change("training.learning_rate", 0.1))
    wait_epochs(qtbot, window, 20)
    session.apply(AddUnit("h1"))
    wait_epochs(qtbot, window, 20)
    assert session.snapshot.kernel.name == "compiled"
    session.apply(Change("training.clip_norm", 0.5))
    wait_epochs(qtbot, window, 20)
    assert session.snapshot.kernel == ("numpy", "there is no compiled form of clip norm")
    session.undo()
    wait_epochs(qtbot, window, 20)
    assert session.snapshot.kernel.name == "compiled"
    session.apply(Reset())
    session.undo()
    qtbot.waitUntil(lambda: carried_out(window), timeout=PATIENCE)
    assert epoch(window) > 150
    paused(qtbot, window)
