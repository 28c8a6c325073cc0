"""What the bench of the window counts, and that errors are not taken for speed."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from bpviz.gui.bench import canvas, large
from bpviz.gui.bench.frames import Moments, figures, frame_ends, mean_figures, paints
from bpviz.gui.bench.hand import point_at_everything, zoom_to_and_fro
from bpviz.gui.bench.stage import epochs, memory, open_window, shows_present, wait_until
from bpviz.gui.bench.window import deep_experiment
from bpviz.gui.main_window import MainWindow

KIND = QEvent.Type(QEvent.registerEventType())


def test_moments_of_one_kind(qapp: object) -> None:
    watched = QObject()
    moments = Moments(watched, KIND)
    for kind in (KIND, QEvent.Type.User, KIND):
        QCoreApplication.sendEvent(watched, QEvent(kind))
    assert len(moments.gaps()) == 3
    # Nothing happened since: one long wait.
    time.sleep(0.001)
    (gap,) = moments.gaps()
    assert gap >= 0.001


def test_figures_of_gaps() -> None:
    """Many short gaps and a long one: the median does not see it, the others do."""
    gaps = [0.01] * 99 + [1.01]
    median, slowest = figures("it trains", gaps, 58.0, 25.0)
    assert (median.value, median.met) == (pytest.approx(100.0), True)
    assert slowest.value == pytest.approx(20.0, abs=1e-6)
    mean, _ = mean_figures("it trains", gaps, 58.0)
    assert (mean.value, mean.met) == (pytest.approx(50.0), False)
    assert "longest 1010 ms" in slowest.note


def test_frames_and_paints_of_a_window(window: MainWindow, qtbot: QtBot) -> None:
    frames, painted = frame_ends(window), paints(window)
    window.laboratory.train_epochs(3)
    qtbot.waitUntil(lambda: epochs(window) == 3 and len(frames.times) > 3)
    qtbot.waitUntil(lambda: len(painted.times) > 1)
    assert all(gap >= 0 for gap in frames.gaps())


def test_the_hand_is_felt(window: MainWindow) -> None:
    network = window.canvas.network
    moved, rolled = Moments(network, QEvent.Type.MouseMove), Moments(network, QEvent.Type.Wheel)
    point_at_everything(window, 0.1)
    assert len(moved.times) > 2
    zooms = []
    network.moved = lambda: zooms.append(network.viewport_now.zoom)
    zoom_to_and_fro(window, 0.1)
    assert len(rolled.times) > 2
    assert zooms[0] > 1
    assert network.viewport is None


def test_a_window_that_fails_is_not_measured(qapp: object) -> None:
    """What an error kept from being painted took no time."""

    def measure() -> None:
        with open_window() as window:
            window.session.log_grew.connect(lambda: 1 / 0)
            window.laboratory.train_epochs(1)
            wait_until(lambda: shows_present(window) and window.session.snapshot.epoch == 1)

    with pytest.raises(RuntimeError, match="first ZeroDivisionError"):
        measure()


def test_a_repaint_changes_every_edge(window: MainWindow) -> None:
    before = window.session.snapshot.theta.copy()
    assert canvas.repaint(window, 0.0) > 0
    assert (window.session.snapshot.theta == -before).all()


def test_networks_of_the_window() -> None:
    assert [layer.units for layer in deep_experiment().network.layers] == [7, *6 * [8], 1]
    assert deep_experiment().prepare().training.train.inputs.shape[1] == 7
    sizes = {name: make().network for name, make in large.EXPERIMENTS.items()}
    assert [layer.units for layer in sizes["in"].layers] == [240_000, 64, 32, 16, 10]
    assert [layer.units for layer in sizes["out"].layers] == [10, 16, 32, 64, 240_000]


def test_memory_is_told() -> None:
    assert all(row.value > 10 for row in memory("this", 1500.0))
