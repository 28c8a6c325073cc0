"""The whole window with its threads running, closed again after every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.main_window import MainWindow


@pytest.fixture(autouse=True)
def _empty_clipboard() -> Iterator[None]:
    """What Python put into the clipboard must not outlive the application."""
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Open a window on an experiment; training is paused."""
    windows: list[MainWindow] = []

    def make(experiment: Experiment | str = "playground", theme: str = "light") -> MainWindow:
        chosen = gallery_experiment(experiment) if isinstance(experiment, str) else experiment
        window = MainWindow(chosen, theme=theme, remember=False)
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(1280, 720)
        window.show()
        window.begin()
        qtbot.waitUntil(lambda: window.session.evaluation is not None, timeout=10_000)
        return window

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window()
