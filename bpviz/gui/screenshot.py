"""A picture of the window after some training, without a screen."""

from __future__ import annotations

import os
from pathlib import Path

from bpviz.experiments.experiment import Experiment


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
    from PySide6.QtCore import QEventLoop, QSettings, Qt

    from bpviz.gui.app import application
    from bpviz.gui.main_window import MainWindow

    application()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    window = MainWindow(experiment, theme=theme, remember=False)
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(*size)
    window.show()
    window.begin()
    window.session.laboratory.train_epochs(epochs or experiment.epochs)
    loop = QEventLoop()
    window.when_drawn(loop.quit)
    loop.exec()
    saved = window.grab().save(str(path), "PNG")
    window.close()
    if not saved:
        raise OSError(f"cannot write {path}; choose a folder that exists and can be written to")
