"""A hand at the network: the pointer goes to and fro, or the wheel zooms in and out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent

from bpviz.gui.bench.stage import turn
from bpviz.gui.main_window import MainWindow

_EVENT_MS = 16
# Notches of the wheel in one direction.
_NOTCHES = 12
_PATH = np.linspace(0.02, 0.98, 61)


def point_at_everything(window: MainWindow, seconds: float) -> None:
    """Move the pointer over the network, to and fro."""
    _keep_doing(lambda step: _move_to(window, _at(window, step)), seconds)


def zoom_to_and_fro(window: MainWindow, seconds: float) -> None:
    """Zoom in and out about places all over the network; afterwards all of it is shown again."""

    def roll(step: int) -> None:
        inwards = step // _NOTCHES % 2 == 0
        _roll(window, _at(window, step // (2 * _NOTCHES)), 120 if inwards else -120)

    _keep_doing(roll, seconds)
    window.canvas.network.fit()


def _keep_doing(act: Callable[[int], None], seconds: float) -> None:
    step = 0

    def do() -> None:
        nonlocal step
        step += 1
        act(step)

    timer = QTimer()
    timer.timeout.connect(do)
    timer.start(_EVENT_MS)
    turn(seconds)
    timer.stop()


def _at(window: MainWindow, step: int) -> QPointF:
    network = window.canvas.network
    across, down = _PATH[step % len(_PATH)], _PATH[7 * step % len(_PATH)]
    return QPointF(across * network.width(), down * network.height())


def _move_to(window: MainWindow, at: QPointF) -> None:
    network, none = window.canvas.network, Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        network.mapToGlobal(at),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QCoreApplication.sendEvent(network, event)


def _roll(window: MainWindow, at: QPointF, by: int) -> None:
    network = window.canvas.network
    event = QWheelEvent(
        at,
        network.mapToGlobal(at),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(network, event)
