"""The engine for small networks is compiled beside the window, once on this machine."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QObject, QProcess, QTimer

from bpviz.engine.compiled import machine_code, warming

_log = logging.getLogger("bpviz")

# The first seconds of a window belong to what is looked at first.
_IDLE_MS = 4000
_ENDING_MS = 5000


class Warming(QObject):
    """Compiles in a process of its own that leaves the machine to others; runs begun then use it.

    Compiling in this process would hold the interpreter, and the window with it, for seconds.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.process = QProcess(self)
        self.process.setProgram(sys.executable)
        self.process.setArguments(["-m", warming.__name__, "--aside"])
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self.process.finished.connect(self._finished)
        self.process.errorOccurred.connect(self._failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_IDLE_MS)
        self._timer.timeout.connect(self.start)

    def start_soon(self) -> None:
        """Start once the window is idle, where there is anything to compile."""
        if is_wanted():
            self._timer.start()

    def start(self) -> None:
        self.process.start()

    def shut(self) -> None:
        """End it, whatever it has come to; the next window begins anew."""
        self._timer.stop()
        self.process.blockSignals(True)
        if self.process.state() != QProcess.ProcessState.NotRunning:
            self.process.kill()
            self.process.waitForFinished(_ENDING_MS)

    def _finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        said = bytes(self.process.readAll().data()).decode(errors="replace").strip()
        if code:
            self._give_up(said)
        else:
            _log.info("the engine for small networks is ready: %s", said)

    def _failed(self, _error: QProcess.ProcessError) -> None:
        self._give_up(self.process.errorString())

    @staticmethod
    def _give_up(said: str) -> None:
        _log.warning("the engine for small networks could not be compiled: %s", said)
        warming.give_up("it could not be compiled on this machine; the log says why")


def is_wanted() -> bool:
    """Whether there is machine code to be compiled here."""
    # A frozen program is no interpreter that could be started on a module.
    is_python = not getattr(sys, "frozen", False) and bool(sys.executable)
    possible = is_python and machine_code.has_numba() and machine_code.folder() is not None
    return possible and not warming.is_warm()
