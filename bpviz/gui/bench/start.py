"""How long it takes from starting Python to a painted window, and whose time that is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from bpviz.gui.app import has_display
from bpviz.lab.bench.measuring import Measurement
from bpviz.lab.bench.program import SECONDS, as_program

_MOST_S = 0.8
_NOTHING = "import time; print(time.time())"
_LIBRARIES = """
import time
import numpy
from PySide6 import QtCore, QtGui, QtWidgets
print(time.time())
"""
# Writes when the network was painted first, when its units' maps were, and when it had learned.
_WINDOW = """
import time
import bpviz.cli.window
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.app import application, quieten_offscreen
quieten_offscreen()
app = application()
from bpviz.gui.main_window import MainWindow
from PySide6.QtCore import QEvent, QObject
from bpviz.gui.frame_clock import FRAME_DONE
window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
class Look(QObject):
    times = []
    def eventFilter(self, watched, event):
        if event.type() == FRAME_DONE:
            snapshot = window.session.snapshot
            learns = snapshot is not None and snapshot.epoch > 0
            there = (snapshot is not None, window.session.evaluation is not None, learns)
            while len(self.times) < 3 and there[len(self.times)]:
                self.times.append(time.time())
            if len(self.times) == 3:
                app.quit()
        return False
look = Look()
window.clock.installEventFilter(look)
window.show()
window.start()
app.exec()
window.close()
print(*look.times)
"""
_ROWS = (
    ("Python alone", _NOTHING, 0),
    ("Python with NumPy and Qt", _LIBRARIES, 0),
    ("start to first painted window", _WINDOW, 0),
    ("start to the window with the units' maps", _WINDOW, 1),
    ("start to the first trained epoch", _WINDOW, 2),
)


def measure_start(seconds: float = SECONDS) -> Iterator[Measurement]:
    """Start programs in turns; the first round, which fills the system's caches, is not counted."""
    rounds = max(1, round(seconds))
    took: dict[str, list[list[float]]] = {}
    for k in range(rounds + 1):
        for program in dict.fromkeys(program for _, program, _ in _ROWS):
            found = _times(program)
            if k:
                took.setdefault(program, []).append(found)
    for name, program, moment in _ROWS:
        times = np.array(took[program])[:, moment]
        yield Measurement(
            name,
            float(np.median(times)),
            "s",
            at_most=_MOST_S if name == "start to first painted window" else None,
            note=f"the best of {rounds} {times.min():.2f}",
        )


def _times(program: str) -> list[float]:
    """Seconds from starting Python to each of the moments that the program writes."""
    environment = dict(os.environ)
    # Whoever starts a program often has its bytecode.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    begun = time.time()
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return [float(moment) - begun for moment in result.stdout.split()]


if __name__ == "__main__":
    as_program(measure_start)
