"""A picture of the window after some training, without a screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bpviz.experiments.experiment import Experiment

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap


def screenshot(
    experiment: Experiment,
    path: Path,
    epochs: int | None = None,
    size: tuple[int, int] = (1440, 900),
    theme: str = "light",
) -> None:
    """Train `experiment` for some epochs (its own number if None) and save the window as PNG.

    Raises OSError when the file cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from bpviz.gui.app import application, quieten_offscreen, without_memory

    quieten_offscreen()
    application()
    with without_memory():
        saved = _picture(experiment, epochs, size, theme).save(str(path))
    if not saved:
        raise OSError(f"cannot write {path}; choose a folder that exists and can be written to")


def _picture(
    experiment: Experiment, epochs: int | None, size: tuple[int, int], theme: str
) -> QPixmap:
    """The window as it looks after the training."""
    from PySide6.QtCore import QEventLoop, Qt

    from bpviz.gui.main_window import MainWindow

    window = MainWindow(experiment, theme=theme, remember=False)
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(*size)
    window.show()
    window.begin()
    wanted = experiment.epochs if epochs is None else epochs
    loop = QEventLoop()
    window.when_drawn(wanted, loop.quit)
    window.laboratory.train_epochs(wanted)
    loop.exec()
    picture = window.grab()
    window.close()
    return picture
