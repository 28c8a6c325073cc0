"""Speed of the window on this machine: frames while training, repaints, start."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from bpviz.engine.spec import stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.app import application, has_display
from bpviz.gui.main_window import MainWindow
from bpviz.lab.bench import Measurement, rate
from bpviz.lab.edits import Load

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
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(time.perf_counter())
        return False


def measure_window(seconds: float = 10.0) -> list[Measurement]:
    """Train `playground` in the window for a while, then repaint and start it."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application()
    window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
    window.show()
    window.start()
    _turn(1.5)
    # The card around it is painted only when it changes size.
    paints = _Paints(window.canvas.network)
    epoch, begun = _epoch(window), time.perf_counter()
    _turn(seconds)
    epochs = (_epoch(window) - epoch) / (time.perf_counter() - begun)
    gaps = np.diff(paints.times)
    repaint = _repaint(window)
    window.close()
    return [
        Measurement("playground, in the window", epochs, "epochs/s", "50 % of headless"),
        Measurement("frames while it trains, median", float(1 / np.median(gaps)), "fps", "55"),
        Measurement(
            "frame time while it trains, 99th percentile",
            float(1e3 * np.percentile(gaps, 99)),
            "ms",
            "33",
        ),
        Measurement("repaint of 1,000 edges", repaint, "ms", "12"),
        Measurement("start to first painted window", _start(), "s", "1.5"),
    ]


def _turn(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _epoch(window: MainWindow) -> int:
    snapshot = window.session.snapshot
    return snapshot.epoch if snapshot is not None else 0


def _repaint(window: MainWindow) -> float:
    """Milliseconds to paint a new snapshot of 2-24-24-15-1, which has 999 edges."""
    from dataclasses import replace

    experiment = replace(gallery_experiment("playground"), network=stack(2, 24, 24, 15, 1))
    window.laboratory.pause()
    # Tall enough for all units of a layer to be shown.
    window.resize(1440, 1200)
    window.session.apply(Load(experiment))
    _turn(1.0)
    canvas = window.canvas.network
    image = QImage(canvas.size(), QImage.Format.Format_RGB32)

    def paint() -> None:
        # Another snapshot each time: the edges of the same one are kept as a picture.
        snapshot = window.session.snapshot
        assert snapshot is not None
        window.session.snapshot = replace(snapshot)
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
