"""The window with pictures: digits 8×8, and as many of 28×28 as MNIST has."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bench.frames import figures, frame_ends
from bpviz.gui.bench.hand import point_at_everything
from bpviz.gui.bench.stage import epochs, memory, open_window, shows_present, turn, wait_until
from bpviz.gui.main_window import MainWindow
from bpviz.gui.tables import open_table
from bpviz.lab.bench.measuring import Measurement
from bpviz.lab.bench.pictures import write_digits
from bpviz.lab.bench.program import SECONDS, as_program
from bpviz.lab.edits import Load

_FPS, _LONGEST_MS, _MOST_MB = 55.0, 33.0, 2000.0
_MADE = "made digits 60,000×784"


def measure_pictures(seconds: float = SECONDS) -> Iterator[Measurement]:
    """Frames while the window learns pictures, is pointed at, and loads; and its memory."""
    with open_window() as window:
        window.session.apply(Load(gallery_experiment("digits")))
        window.laboratory.train()
        yield from _while_it_learns(window, "digits 1,797×64", seconds)
        with tempfile.TemporaryDirectory() as folder:
            path = write_digits(Path(folder))
            yield from _while_it_loads(window, path)
            yield from _while_it_learns(window, _MADE, seconds)
    yield from memory(_MADE, _MOST_MB)


def _while_it_loads(window: MainWindow, path: Path) -> Iterator[Measurement]:
    loop, frames, begun = QEventLoop(), frame_ends(window), time.perf_counter()

    def loaded() -> None:
        window.session.learn_at_once()
        loop.quit()

    open_table(window.session, path, loaded)
    loop.exec()
    took = time.perf_counter() - begun
    yield Measurement(f"{_MADE}, loading", took, "s")
    yield from figures(f"{_MADE}, loading", frames.gaps(), _FPS, _LONGEST_MS)


def _while_it_learns(window: MainWindow, name: str, seconds: float) -> Iterator[Measurement]:
    wait_until(lambda: shows_present(window))
    turn(1.0)
    frames = frame_ends(window)
    before, begun = epochs(window), time.perf_counter()
    turn(seconds)
    passes = (epochs(window) - before) / (time.perf_counter() - begun)
    samples = passes * len(window.laboratory.data.training.train)
    yield Measurement(f"{name} in the window", samples, "training samples/s")
    yield from figures(f"{name} trains", frames.gaps(), _FPS, _LONGEST_MS)
    point_at_everything(window, seconds)
    yield from figures(f"{name} trains, pointed at", frames.gaps(), _FPS, _LONGEST_MS)


if __name__ == "__main__":
    as_program(measure_pictures)
