"""Speed of the engine on this machine, measured as `bpviz bench` prints it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bpviz.experiments.gallery import gallery_experiment


@dataclass(frozen=True)
class Measurement:
    """One figure: what was measured, its value and unit, and what it aims at."""

    name: str
    value: float
    unit: str
    aim: str = ""


def measure_engine(seconds: float = 3.0) -> list[Measurement]:
    """Train gallery experiments without a window, evaluating every epoch as the window does."""
    measurements = []
    for name in ("playground", "iris", "digits"):
        trainer = gallery_experiment(name).trainer()
        trainer.train_epoch()
        epochs = rate(trainer.train_epoch, seconds)
        samples = epochs * len(trainer.data.train)
        measurements.append(Measurement(f"{name}, headless", epochs, "epochs/s"))
        measurements.append(Measurement(f"{name}, headless", samples, "training samples/s"))
    return measurements


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often per second `work` can be done."""
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - begun)
