"""Small networks in the window: epochs per second, frames, and how soon an edit is answered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEventLoop

from bpviz.datasets.features import FEATURES
from bpviz.engine.spec import NetworkSpec, ParameterId, stack
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bench.frames import figures, paints
from bpviz.gui.bench.stage import epochs, open_window, shows_present, turn, wait_until
from bpviz.gui.bottom.tabs import TABS
from bpviz.gui.main_window import MainWindow
from bpviz.lab.bench.cases import trains
from bpviz.lab.bench.measuring import Measurement, rate
from bpviz.lab.bench.program import SECONDS, as_program
from bpviz.lab.edits import Load, SetParameters

_FPS, _LONGEST_MS = 58.0, 25.0
_PLAYGROUND_SPEED, _DEEP_SPEED = 5000.0, 1000.0
_ANSWER_MS = 17.0
# Parts of the minute that `playground` is watched for, with the engine alone in between.
_PARTS = 6
_HEADLESS_EPOCHS = 20
_LARGEST = (1920, 1200)


def measure_window(seconds: float = SECONDS) -> Iterator[Measurement]:
    """Train `playground`, as it opens and with every panel in turn, then 7-(8×6)-1."""
    with open_window() as window:
        turn(1.0)
        yield from _beside_headless(window, "playground", 12 * seconds, _PLAYGROUND_SPEED, _PARTS)
        yield Measurement(
            "from a dragged weight to its map and loss", _answer(window), "ms", at_most=_ANSWER_MS
        )
        yield from _with_every_panel(window, seconds)
        window.session.apply(Load(deep_experiment()))
        wait_until(lambda: shows_present(window))
        turn(1.0)
        yield from _beside_headless(window, "7-(8×6)-1", 2 * seconds, _DEEP_SPEED, 2)


def deep_experiment() -> Experiment:
    """The data of `playground` with all seven features, and six layers of eight units."""
    playground = gallery_experiment("playground")
    network: NetworkSpec = stack(7, *6 * (8,), 1)
    data = replace(playground.data, features=tuple(FEATURES)[:7])
    return replace(playground, name="7-8x6-1", data=data, network=network)


def _beside_headless(
    window: MainWindow, name: str, seconds: float, aim: float, parts: int
) -> Iterator[Measurement]:
    """The engine alone and the window, in turns: each figure is the median over the parts."""
    experiment = window.session.experiment
    work = partial(trains(experiment.trainer(window.laboratory.data)), _HEADLESS_EPOCHS)
    work()
    headless, in_window, gaps = [], [], []
    for _ in range(parts):
        window.laboratory.pause()
        turn(0.3)
        headless.append(_HEADLESS_EPOCHS * rate(work, 0.15 * seconds / parts))
        speed, found = _trained(window, seconds / parts)
        in_window.append(speed)
        gaps += found
    share = 100 * float(np.median(np.divide(in_window, headless)))
    yield Measurement(
        f"{name} in the window",
        float(np.median(in_window)),
        "epochs/s",
        at_least=aim,
        note=f"{np.median(headless):,.0f} epochs/s without a window, {share:.0f} % of it",
    )
    yield from figures(f"{name} trains", gaps, _FPS, _LONGEST_MS)


def _trained(window: MainWindow, seconds: float) -> tuple[float, list[float]]:
    """Epochs per second of training in the window, and seconds from paint to paint."""
    window.laboratory.train()
    turn(0.3)
    painted = paints(window)
    before, begun = epochs(window), time.perf_counter()
    turn(seconds)
    speed = (epochs(window) - before) / (time.perf_counter() - begun)
    gaps = painted.gaps()
    painted.deleteLater()
    window.laboratory.pause()
    turn(0.3)
    return speed, gaps


def _with_every_panel(window: MainWindow, seconds: float) -> Iterator[Measurement]:
    """Each tab below the network in turn, in a window that has room for everything."""
    before = window.size()
    window.resize(*_LARGEST)
    for name in (tab.name for tab in TABS):
        try:
            window.bottom.show_tab(name)
        except KeyError:
            # It means nothing for this experiment.
            continue
        turn(0.5)
        speed, gaps = _trained(window, 0.6 * seconds)
        row = f"playground trains, {name} open, {_LARGEST[0]}×{_LARGEST[1]}"
        yield Measurement(f"{row}: in the window", speed, "epochs/s")
        yield from figures(row, gaps, _FPS, _LONGEST_MS)
    window.bottom.dismiss()
    window.resize(before)
    turn(0.5)


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
        turn(0.023)
    return float(1e3 * np.median(times))


if __name__ == "__main__":
    as_program(measure_window)
