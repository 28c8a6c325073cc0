"""Large networks in the window: a million parameters, and pictures of 240,000 pixels in or out.

Each is a program of its own, so that its memory can be told:
python -m bpviz.gui.bench.large SECONDS NAME
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from functools import partial

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DataSource
from bpviz.datasets.pictures import Drawing, Shapes
from bpviz.engine.losses import CategoricalCrossEntropy, MeanSquared
from bpviz.engine.spec import stack
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.gui.bench.frames import frame_ends, mean_figures, paints
from bpviz.gui.bench.hand import point_at_everything, zoom_to_and_fro
from bpviz.gui.bench.stage import (
    epochs,
    memory,
    open_window,
    shows_network,
    shows_present,
    turn,
    wait_until,
)
from bpviz.gui.main_window import MainWindow
from bpviz.lab.bench.measuring import Measurement
from bpviz.lab.bench.program import SECONDS, as_program, measured
from bpviz.lab.edits import Load

_FPS, _OPENED_S, _MOST_MB = 30.0, 3.0, 1500.0

_SAMPLES = 120


def million() -> Experiment:
    """1,005,330 parameters on pictures of 32×32 pixels."""
    source = Shapes(samples=2000, size="32×32", shapes=10)
    return _experiment("a million parameters", source, (1024, 768, 280, 10))


def picture_in() -> Experiment:
    """15.4 million parameters: what shape is it, on pictures of 600×400 pixels?"""
    source = Shapes(samples=_SAMPLES, size="600×400", shapes=10)
    return _experiment("240,000-64-32-16-10", source, (240_000, 64, 32, 16, 10))


def picture_out() -> Experiment:
    """Its mirror: the picture that goes with a kind of shape, place, size and rotation."""
    source = Drawing(samples=_SAMPLES, size="600×400", shapes=6)
    return _experiment("10-16-32-64-240,000", source, (10, 16, 32, 64, 240_000))


def _experiment(name: str, source: DataSource, units: tuple[int, ...]) -> Experiment:
    classes = isinstance(source, Shapes)
    return Experiment(
        name=name,
        data=DataConfig(source=source, test_fraction=0.3),
        network=stack(*units, output="softmax" if classes else "sigmoid", dtype="float32"),
        training=TrainingConfig(
            loss=CategoricalCrossEntropy() if classes else MeanSquared(), learning_rate=0.01
        ),
    )


# What each is called on the command line.
EXPERIMENTS = {"million": million, "in": picture_in, "out": picture_out}


def measure_large(seconds: float = SECONDS) -> Iterator[Measurement]:
    """Each of the large networks in a window of its own."""
    for name in EXPERIMENTS:
        yield from measured("bpviz.gui.bench.large", seconds, name)


def measure_one(name: str, seconds: float) -> Iterator[Measurement]:
    """Open it beside `playground`, train it, point at it and zoom."""
    experiment = EXPERIMENTS[name]()
    with open_window() as window:
        window.laboratory.train()
        turn(1.0)
        yield _opened(window, experiment)
        yield from _while_it_trains(window, experiment.name, seconds)
        yield from memory(experiment.name, _MOST_MB)


def _opened(window: MainWindow, experiment: Experiment) -> Measurement:
    frames, begun = frame_ends(window), time.perf_counter()
    window.session.apply(Load(experiment), then=window.laboratory.train)
    took = []
    for there in (shows_network, shows_present):
        wait_until(partial(there, window))
        frames.next()
        took.append(time.perf_counter() - begun)
    return Measurement(
        f"{experiment.name}: opened and drawn",
        took[0],
        "s",
        at_most=_OPENED_S,
        note=f"with all that is worked out for it {took[1]:.1f} s",
    )


def _while_it_trains(window: MainWindow, name: str, seconds: float) -> Iterator[Measurement]:
    turn(1.0)
    frames, painted = frame_ends(window), paints(window)
    before, begun = epochs(window), time.perf_counter()
    turn(seconds)
    passes = (epochs(window) - before) / (time.perf_counter() - begun)
    samples = passes * len(window.laboratory.data.training.train)
    drawn = len(painted.gaps()) / seconds
    yield Measurement(
        f"{name} in the window",
        samples,
        "training samples/s",
        note=f"{drawn:.0f} new pictures of the network per second",
    )
    yield from mean_figures(f"{name} trains", frames.gaps(), _FPS)
    for what, act in (("pointed at", point_at_everything), ("zoomed", zoom_to_and_fro)):
        act(window, seconds)
        yield from mean_figures(f"{name} trains, {what}", frames.gaps(), _FPS)
    if not window.laboratory.runner.is_running:
        raise RuntimeError(f"{name} stopped training while it was measured")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        as_program(partial(measure_one, sys.argv[2]))
    else:
        as_program(measure_large)
