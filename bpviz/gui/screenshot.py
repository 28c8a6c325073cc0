"""A picture of the window after some training, without a screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bpviz.engine.parameters import layout_of
from bpviz.experiments.experiment import Experiment

if TYPE_CHECKING:
    from bpviz.gui.main_window import MainWindow
    from bpviz.gui.session import Session

# The evaluator answers, and views follow, well within this time.
_SETTLING_MS = 600


def screenshot(
    experiment: Experiment,
    path: Path,
    epochs: int | None = None,
    size: tuple[int, int] = (1440, 900),
    theme: str = "light",
    tab: str = "",
    parameter: str | None = None,
) -> None:
    """Train `experiment` for some epochs (its own number if None) and save the window as PNG.

    `tab` is shown below the network ("": as the window opens), and `parameter`, by its label, is
    selected. Raises OSError when the file cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from bpviz.gui.app import application, quieten_offscreen, without_memory

    quieten_offscreen()
    application()
    with without_memory():
        window = _opened(experiment, size, theme)
        _train(window, experiment.epochs if epochs is None else epochs)
        if tab or parameter:
            _turn_to(window, tab, parameter)
        saved = window.grab().save(str(path))
        window.close()
        window.deleteLater()
    if not saved:
        raise OSError(f"cannot write {path}; choose a folder that exists and can be written to")


def _opened(experiment: Experiment, size: tuple[int, int], theme: str) -> MainWindow:
    from PySide6.QtCore import Qt

    from bpviz.gui.main_window import MainWindow

    window = MainWindow(experiment, theme=theme, remember=False)
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(*size)
    window.show()
    window.begin()
    return window


def _train(window: MainWindow, epochs: int) -> None:
    """Return when every view shows the outcome."""
    from PySide6.QtCore import QEventLoop

    loop = QEventLoop()
    _when_drawn(window.session, epochs, loop.quit)
    window.laboratory.train_epochs(epochs)
    loop.exec()


def _when_drawn(session: Session, epochs: int, done: Callable[[], None]) -> None:
    """Call `done` once `epochs` are trained, or training stopped, and every view shows it."""
    from PySide6.QtCore import QTimer

    def look() -> None:
        snapshot, evaluation = session.snapshot, session.evaluation
        if snapshot is None or evaluation is None or snapshot.running:
            return
        if evaluation.snapshot is not snapshot:
            return
        if snapshot.epoch < epochs and not snapshot.message:
            return
        session.evaluation_changed.disconnect(look)
        QTimer.singleShot(_SETTLING_MS, done)

    session.evaluation_changed.connect(look)


def _turn_to(window: MainWindow, tab: str, parameter: str | None) -> None:
    """Show a tab, with a parameter selected; return when it has all that it shows."""
    from bpviz.gui.bottom.tabs import EXPLAIN

    if tab:
        window.bottom.show_tab(tab)
    if parameter is not None:
        layout = layout_of(window.laboratory.experiment.network)
        window.session.select(layout.id_of(layout.find(parameter)))
    elif tab == EXPLAIN:
        window.explain.select_strongest()
    window.bottom.page.compute()
    _wait_while(lambda: window.bottom.page.running)
    window.explain.typesetter.finish()
    _wait_while(lambda: False)


def _wait_while(working: Callable[[], bool]) -> None:
    """Let the window go on until that is over, and what follows from it is painted."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    while True:
        QTimer.singleShot(_SETTLING_MS, loop.quit)
        loop.exec()
        if not working():
            return
