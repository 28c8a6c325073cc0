"""Frames: when they were painted, and what that comes to."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject

from bpviz.gui.bench.stage import wait_until
from bpviz.gui.frame_clock import FRAME_DONE
from bpviz.gui.main_window import MainWindow
from bpviz.lab.bench.measuring import Measurement


class Moments(QObject):
    """Notes when an object gets events of one kind; `times` are in seconds.

    Beginning and end of the time that is looked at count as events: one that is waited for in vain
    is a long wait.
    """

    def __init__(self, watched: QObject, kind: QEvent.Type) -> None:
        super().__init__(watched)
        self.times = [time.perf_counter()]
        self._watched = watched
        self._kind = kind
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._watched and event.type() == self._kind:
            self.times.append(time.perf_counter())
        return False

    def next(self) -> None:
        """Let the window go on until there is one more."""
        seen = len(self.times)
        wait_until(lambda: len(self.times) > seen)

    def gaps(self) -> list[float]:
        """Seconds from one to the next since this was begun or asked last."""
        now = time.perf_counter()
        found, self.times = np.diff([*self.times, now]).tolist(), [now]
        return found


def paints(window: MainWindow) -> Moments:
    """When the network is painted: once for every new picture of it."""
    # The card around the network is painted only when it changes size.
    return Moments(window.canvas.network, QEvent.Type.Paint)


def frame_ends(window: MainWindow) -> Moments:
    """When the clock's frames are done, painting included, whether there was news or not."""
    return Moments(window.clock, FRAME_DONE)


def figures(name: str, gaps: Sequence[float], fps: float, longest: float) -> Iterator[Measurement]:
    """Frames per second by the median gap, and the 99th percentile of all gaps in ms.

    `fps` and `longest` are what they aim at.
    """
    typical = float(1 / np.median(gaps))
    yield Measurement(f"{name}: frames, median", typical, "fps", at_least=fps)
    yield _slowest(name, gaps, longest)


def mean_figures(name: str, gaps: Sequence[float], fps: float) -> Iterator[Measurement]:
    """The same for frames that differ much: how many there were in all the time."""
    yield Measurement(f"{name}: frames, mean", len(gaps) / sum(gaps), "fps", at_least=fps)
    yield _slowest(name, gaps, None)


def _slowest(name: str, gaps: Sequence[float], longest: float | None) -> Measurement:
    return Measurement(
        f"{name}: frame time, 99th percentile",
        float(1e3 * np.percentile(gaps, 99)),
        "ms",
        at_most=longest,
        note=f"of {len(gaps)}, longest {1e3 * max(gaps):.0f} ms",
    )
