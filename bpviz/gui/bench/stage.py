"""A window to be measured: opened without a screen if there is none, and given time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer

from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.app import application, has_display, quieten_offscreen, without_memory
from bpviz.gui.main_window import MainWindow
from bpviz.lab.bench.measuring import Measurement

_LOOK_MS = 2
# Whoever waits longer (seconds) waits for what does not come any more.
_PATIENCE = 120.0


@contextmanager
def open_window(
    experiment: Experiment | None = None, size: tuple[int, int] = (1440, 900)
) -> Iterator[MainWindow]:
    """The window on an experiment (`playground` if None), its threads running, training paused."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    quieten_offscreen()
    application()
    with without_memory():
        window = MainWindow(
            experiment or gallery_experiment("playground"), theme="light", remember=False
        )
        window.resize(*size)
        window.show()
        window.begin()
        wait_until(lambda: window.session.evaluation is not None)
        errors: list[str] = []
        before = sys.excepthook
        sys.excepthook = lambda kind, error, trace: errors.append(f"{kind.__name__}: {error}")
        try:
            yield window
        finally:
            sys.excepthook = before
            window.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    if errors:
        # What was not painted took no time.
        raise RuntimeError(f"{len(errors)} errors while it was measured, the first {errors[0]}")


def turn(seconds: float) -> None:
    """Let the window go on for so long."""
    loop = QEventLoop()
    QTimer.singleShot(max(1, round(seconds * 1000)), loop.quit)
    loop.exec()


def wait_until(there: Callable[[], bool]) -> None:
    """Let the window go on until that is so. Raises TimeoutError when it does not become so."""
    if there():
        return
    loop, timer = QEventLoop(), QTimer()
    deadline = time.monotonic() + _PATIENCE
    timer.timeout.connect(lambda: loop.quit() if there() or time.monotonic() > deadline else None)
    timer.start(_LOOK_MS)
    loop.exec()
    timer.stop()
    if not there():
        raise TimeoutError(f"the window was not ready after {_PATIENCE:.0f} s")


def shows_network(window: MainWindow) -> bool:
    """Whether the network shown is the one that it learns now."""
    snapshot = window.session.snapshot
    return (
        not window.loader.running
        and snapshot is not None
        and window.laboratory.is_current(snapshot)
        and snapshot.revision >= window.laboratory.revision
    )


def shows_present(window: MainWindow) -> bool:
    """The same, with all that is worked out for it."""
    evaluation = window.session.evaluation
    return (
        shows_network(window)
        and evaluation is not None
        and window.laboratory.is_current(evaluation.snapshot)
    )


def epochs(window: MainWindow) -> float:
    """How far training is, batches of the epoch under way included; snapshots may come rarely."""
    trainer = window.laboratory.runner._training.trainer
    return trainer.state.epoch + trainer.state.batch / trainer.batches


def memory(name: str, most: float) -> Iterator[Measurement]:
    """What this program has in memory now, and the most it has had, where the system tells."""
    now, peak = memory_now(), _peak()
    if now is not None:
        yield Measurement(f"{name}, memory now", now, "MB")
    if peak is not None:
        yield Measurement(f"{name}, most memory", peak, "MB", at_most=most)


def memory_now() -> float | None:
    """Megabytes that this program has in memory, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _peak() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    # macOS counts bytes, others kilobytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
