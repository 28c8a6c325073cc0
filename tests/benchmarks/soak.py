"""Trains in the window for an hour and watches what grows: memory, Python's objects, threads.

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/soak.py --seconds 3600

The verdict is a straight line through the samples after the first quarter of the time: in it caches
fill, and the training log takes its room (it stops to grow after 200,000 rows, so a run of a minute
proves nothing).
"""

from __future__ import annotations

import argparse
import gc
import sys
import threading
import time
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

# From any folder: the package of this checkout.
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from bpviz.experiments.gallery import find_experiment
from bpviz.gui.bench.stage import epochs, memory_now, open_window, turn
from bpviz.gui.main_window import MainWindow

# Share of the time that is left out of the verdict.
_WARM_UP = 0.25
# Growth that counts as flat: MB, blocks and the rest, in an hour.
_FLAT_MB, _FLAT_BLOCKS, _FLAT_OTHERS = 5.0, 2000.0, 0.5
_ROWS = 40


@dataclass(frozen=True)
class Sample:
    """What the program had at one moment: memory in MB, blocks that Python's objects take, …"""

    seconds: float
    epochs: float
    memory: float
    blocks: int
    qobjects: int
    timers: int
    threads: int


def main() -> int:
    """Train, print a table and the verdict; the exit code is 0 when all is flat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0, help="how long (an hour)")
    parser.add_argument("--experiment", default="playground", help="a gallery name or a file")
    parser.add_argument("--every", type=float, help="seconds from sample to sample")
    options = parser.parse_args()
    every = options.every or max(1.0, options.seconds / 360)
    samples: list[Sample] = []
    try:
        with open_window(find_experiment(options.experiment)) as window:
            window.laboratory.train()
            _watch(window, options.seconds, every, samples)
            running = window.laboratory.runner.is_running
    except KeyboardInterrupt:
        # An hour is long: what was seen until then is worth a look.
        running = True
    finally:
        _print_table(samples)
    if not running:
        print("training ended before the time was over: choose an experiment that goes on")
        return 1
    return _verdict(samples)


def _watch(window: MainWindow, seconds: float, every: float, samples: list[Sample]) -> None:
    """Add a sample now and then."""
    begun = time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        samples.append(_sample(window, passed))
        _say(samples[-1], seconds)
        turn(min(every, max(0.05, seconds - passed)))
    samples.append(_sample(window, time.perf_counter() - begun))


def _sample(window: MainWindow, passed: float) -> Sample:
    """Garbage is collected first, or where its cycle stands would be measured.

    Objects are counted without being listed: a list would hold what another thread is making.
    """
    gc.collect()
    return Sample(
        passed,
        epochs(window),
        memory_now() or 0.0,
        sys.getallocatedblocks(),
        len(window.findChildren(QObject)) + len(QApplication.topLevelWidgets()),
        len(window.findChildren(QTimer)),
        _threads(),
    )


def _threads() -> int:
    """The system's count, which includes Qt's own and those of BLAS; else Python's."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()


def _say(sample: Sample, seconds: float) -> None:
    """How far it is, on a terminal."""
    if sys.stderr.isatty():
        text = f"\r\x1b[K{sample.seconds:.0f} of {seconds:.0f} s, {sample.memory:.1f} MB"
        print(text, end="", file=sys.stderr, flush=True)


def _print_table(samples: list[Sample]) -> None:
    """At most so many rows, evenly over the time."""
    if not samples:
        return
    print()
    print("".join(f"{field.name:>12}" for field in fields(Sample)))
    chosen = np.unique(np.linspace(0, len(samples) - 1, _ROWS).astype(int))
    for k in chosen:
        print("".join(f"{value:>12,.1f}" for value in astuple(samples[k])))


def _verdict(samples: list[Sample]) -> int:
    """Growth per hour by a straight line after the warm-up, and whether it is flat."""
    table = np.array([astuple(sample) for sample in samples])
    late = table[table[:, 0] >= _WARM_UP * table[-1, 0]] if len(table) else table
    if len(late) < 3:
        print("too few samples for a verdict")
        return 1
    names = [field.name for field in fields(Sample)]
    print(f"\ngrowth per hour, after the first {100 * _WARM_UP:.0f} % of the time:")
    flat = True
    for name, limit in (
        ("memory", _FLAT_MB),
        ("blocks", _FLAT_BLOCKS),
        ("qobjects", _FLAT_OTHERS),
        ("timers", _FLAT_OTHERS),
        ("threads", _FLAT_OTHERS),
    ):
        slope, error = _line(late[:, 0] / 3600, late[:, names.index(name)])
        # What is no larger than its own error has not been seen to grow.
        is_flat = slope <= limit or slope <= 2 * error
        flat = flat and is_flat
        print(f"  {name:10} {slope:+12,.2f} ± {error:,.2f}   {'flat' if is_flat else 'GROWS'}")
    print("flat" if flat else "NOT FLAT")
    return 0 if flat else 1


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope of the straight line through the points, and its standard error."""
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    rest = y - slope * x
    return slope, float(np.sqrt(rest @ rest / max(1, len(x) - 2) / (x @ x)))


if __name__ == "__main__":
    sys.exit(main())
