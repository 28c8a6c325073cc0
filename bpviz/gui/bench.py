"""Speed of the window on this machine: frames while training, repaints, start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from bpviz.engine.spec import ParameterId, stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.app import application, has_display, quieten_offscreen, without_memory
from bpviz.gui.main_window import MainWindow
from bpviz.lab.bench import Measurement, rate
from bpviz.lab.edits import Load, SetParameters

_FIRST_PAINT = """
import sys, time
from PySide6.QtCore import QTimer
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.app import application
app = application()
from bpviz.gui.main_window import MainWindow
window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
window.show()
window.start()
def look():
    if window.session.evaluation is not None:
        window.repaint()
        print(time.time())
        app.quit()
timer = QTimer()
timer.timeout.connect(look)
timer.start(5)
app.exec()
window.close()
"""


class _Paints(QObject):
    """Notes when each paint of a widget was begun."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.times: list[float] = []
        self._widget = widget
        widget.installEventFilter(self)

    def stop(self) -> None:
        self._widget.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(time.perf_counter())
        return False


@dataclass(frozen=True)
class _Round:
    """One turn of measuring: the engine alone, then the window, right after each other."""

    headless: float
    in_window: float
    frames: float
    slowest: float


def measure_window(seconds: float = 5.0, rounds: int = 5) -> list[Measurement]:
    """Train `playground` in the window for a while, then repaint and start it.

    The machine's own speed changes from second to second, so the engine alone and the window are
    measured in turns, and each figure is the median over the rounds.
    """
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    quieten_offscreen()
    application()
    with without_memory():
        measured, answer, repaint = _measured(seconds, rounds)

    def median(figure: Callable[[_Round], float]) -> float:
        return float(np.median([figure(r) for r in measured]))

    return [
        Measurement("playground, headless in turns", median(lambda r: r.headless), "epochs/s"),
        Measurement("playground, in the window", median(lambda r: r.in_window), "epochs/s"),
        Measurement(
            "window to headless", median(lambda r: 100 * r.in_window / r.headless), "%", "50"
        ),
        Measurement("frames while it trains, median", median(lambda r: r.frames), "fps", "55"),
        Measurement(
            "frame time while it trains, 99th percentile", median(lambda r: r.slowest), "ms", "33"
        ),
        Measurement("from a dragged weight to its map and loss", answer, "ms", "17"),
        Measurement("repaint of 1,000 edges", repaint, "ms", "12"),
        Measurement("start to first painted window", _start(), "s", "1.5"),
    ]


def _measured(seconds: float, rounds: int) -> tuple[list[_Round], float, float]:
    window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
    window.show()
    window.begin()
    _turn(1.0)
    turns = [_round(window, seconds) for _ in range(rounds)]
    answer = _answer(window)
    repaint = _repaint(window)
    window.close()
    return turns, answer, repaint


def _round(window: MainWindow, seconds: float) -> _Round:
    trainer = gallery_experiment("playground").trainer()
    headless = rate(trainer.train_epoch, 0.3 * seconds)
    window.laboratory.train()
    _turn(0.3)
    # The card around the network is painted only when it changes size.
    paints = _Paints(window.canvas.network)
    epoch, begun = _epoch(window), time.perf_counter()
    _turn(seconds)
    in_window = (_epoch(window) - epoch) / (time.perf_counter() - begun)
    paints.stop()
    window.laboratory.pause()
    _turn(0.3)
    gaps = np.diff(paints.times)
    return _Round(
        headless,
        in_window,
        float(1 / np.median(gaps)),
        float(1e3 * np.percentile(gaps, 99)),
    )


def _answer(window: MainWindow, edits: int = 50) -> float:
    """Milliseconds from an edit of a weight until its map is there, the median."""
    session = window.session
    hidden = session.experiment.network.computed[0]
    weight = ParameterId(hidden.id, hidden.ids[0], hidden.sources[0], 0)
    times = []
    for k in range(edits):
        loop = QEventLoop()

        def look(loop: QEventLoop = loop) -> None:
            evaluation = session.evaluation
            if evaluation and evaluation.snapshot.revision == window.laboratory.revision:
                loop.quit()

        connection = session.evaluation_changed.connect(look)
        begun = time.perf_counter()
        session.apply(SetParameters({weight: 0.01 * k}), merge="bench")
        loop.exec()
        times.append(time.perf_counter() - begun)
        session.evaluation_changed.disconnect(connection)
        # Not in step with the frames.
        _turn(0.023)
    return float(1e3 * np.median(times))


def _turn(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _epoch(window: MainWindow) -> int:
    snapshot = window.session.snapshot
    return snapshot.epoch if snapshot is not None else 0


def _repaint(window: MainWindow) -> float:
    """Milliseconds to paint a new snapshot of 2-24-24-15-1, which has 999 edges."""
    experiment = replace(gallery_experiment("playground"), network=stack(2, 24, 24, 15, 1))
    window.laboratory.pause()
    # Tall enough for all units of a layer to be shown.
    window.resize(1440, 1200)
    window.session.apply(Load(experiment))
    _turn(1.0)
    canvas = window.canvas.network
    image = QImage(canvas.size(), QImage.Format.Format_RGB32)

    def paint() -> None:
        # Every edge changes its colour each time: edges that look the same are not painted again.
        snapshot = window.session.snapshot
        assert snapshot is not None
        window.session.snapshot = replace(snapshot, theta=-snapshot.theta)
        painter = QPainter(image)
        canvas.render(painter, canvas.rect().topLeft())
        painter.end()

    paint()
    return 1e3 / rate(paint, 2.0)


def _start() -> float:
    """Seconds from starting Python to a window with everything in it, the best of three."""
    best = np.inf
    for _ in range(3):
        begun = time.time()
        result = subprocess.run(
            [sys.executable, "-c", _FIRST_PAINT], capture_output=True, text=True, check=True
        )
        best = min(best, float(result.stdout.split()[-1]) - begun)
    return float(best)
