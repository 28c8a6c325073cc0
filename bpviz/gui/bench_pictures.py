"""Speed of the window with pictures: digits 8×8, and as many of 28×28 as MNIST has.

It runs as a program of its own, so that its memory can be told: python -m bpviz.gui.bench_pictures
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.app import application, quieten_offscreen, without_memory
from bpviz.gui.frame_clock import FRAME_DONE
from bpviz.gui.main_window import MainWindow
from bpviz.gui.tables import open_table
from bpviz.lab.bench import Measurement
from bpviz.lab.bench_pictures import write_digits
from bpviz.lab.edits import Load

_POINTER_MS = 16


def measure_pictures() -> list[Measurement]:
    """Frames while the window learns pictures, is pointed at, and loads; and its memory."""
    command = [sys.executable, "-m", "bpviz.gui.bench_pictures"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return [Measurement(**row) for row in json.loads(result.stdout)]


class _Frames(QObject):
    """Notes when each frame of the clock has been painted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.times: list[float] = []
        window.clock.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == FRAME_DONE:
            self.times.append(time.perf_counter())
        return False

    def figures(self, name: str) -> list[Measurement]:
        """What the frames since the last call were like."""
        gaps, self.times = np.diff(self.times), []
        return [
            Measurement(f"{name}, frames, median", float(1 / np.median(gaps)), "fps", "55"),
            Measurement(
                f"{name}, frame time, 99th percentile",
                float(1e3 * np.percentile(gaps, 99)),
                "ms",
                "33",
            ),
        ]


def _measured(seconds: float) -> list[Measurement]:
    window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
    window.show()
    window.begin()
    frames = _Frames(window)
    window.session.apply(Load(gallery_experiment("digits")))
    window.laboratory.train()
    found = _while_it_learns(window, frames, "digits 1,797×64", seconds)
    with tempfile.TemporaryDirectory() as folder:
        path = write_digits(Path(folder))
        found += _while_it_loads(window, frames, path)
        name = "made digits 60,000×784"
        found += _while_it_learns(window, frames, name, seconds)
    window.close()
    return [*found, *_memory(name)]


def _while_it_loads(window: MainWindow, frames: _Frames, path: Path) -> list[Measurement]:
    loop, begun = QEventLoop(), time.perf_counter()
    frames.times.clear()

    def loaded() -> None:
        window.session.learn_at_once()
        loop.quit()

    open_table(window.session, path, loaded)
    loop.exec()
    took = time.perf_counter() - begun
    name = "made digits 60,000×784"
    return [Measurement(f"{name}, loading", took, "s"), *frames.figures(f"{name} is loaded")]


def _while_it_learns(
    window: MainWindow, frames: _Frames, name: str, seconds: float
) -> list[Measurement]:
    while not _is_shown(window):
        _turn(0.1)
    _turn(1.0)
    frames.times.clear()
    before, begun = _samples(window), time.perf_counter()
    _turn(seconds)
    speed = (_samples(window) - before) / (time.perf_counter() - begun)
    found = frames.figures(f"{name} trains")
    _point_at_everything(window, seconds)
    return [
        Measurement(f"{name}, in the window", speed, "training samples/s"),
        *found,
        *frames.figures(f"{name} trains and is pointed at"),
    ]


def _is_shown(window: MainWindow) -> bool:
    """Whether the window shows the data that it learns from now."""
    snapshot = window.session.snapshot
    return snapshot is not None and window.laboratory.is_current(snapshot)


def _samples(window: MainWindow) -> float:
    """How many training samples were learned from so far."""
    snapshot = window.session.snapshot
    assert snapshot is not None
    count = len(snapshot.data.training.train)
    rows = snapshot.experiment.training.rows_per_batch(count)
    return snapshot.epoch * count + snapshot.batch * rows


def _point_at_everything(window: MainWindow, seconds: float) -> None:
    """Move the pointer over the network, to and fro."""
    network = window.canvas.network
    path = np.linspace(0.02, 0.98, 61)
    step = 0

    def move() -> None:
        nonlocal step
        step += 1
        x, y = path[step % len(path)], path[(7 * step) % len(path)]
        at = QPointF(x * network.width(), y * network.height())
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            network.mapToGlobal(at),
            none,
            none,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(network, event)

    timer = QTimer()
    timer.timeout.connect(move)
    timer.start(_POINTER_MS)
    _turn(seconds)
    timer.stop()


def _memory(name: str) -> list[Measurement]:
    """The most memory that this program has had, where the system tells."""
    try:
        import resource
    except ImportError:
        return []
    # macOS counts bytes, others kilobytes.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return [Measurement(f"{name}, most memory", peak, "MB", "2000")]


def _turn(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def main(seconds: float = 5.0) -> None:
    """Measure, and write the figures to stdout."""
    quieten_offscreen()
    application()
    with without_memory():
        figures = _measured(seconds)
    sys.stdout.write(json.dumps([asdict(figure) for figure in figures]))


if __name__ == "__main__":
    main()
