"""The engine for small networks is compiled beside the window, once on this machine."""

from __future__ import annotations

import logging
import os
import sys

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer

from bpviz.engine.compiled import warming

_log = logging.getLogger("bpviz")

# The first seconds of a window belong to what is looked at first.
_IDLE_MS = 4000
_ENDING_MS = 5000

# Set for the process beside the window. Where that turns out to be a window again, it starts none.
_BESIDE = "BPVIZ_COMPILES_BESIDE"


class Warming(QObject):
    """Compiles in a process of its own that leaves the machine to others; runs begun then use it.

    Compiling in this process would hold the interpreter, and the window with it, for seconds. To
    be made before the first training, which tells why it does without.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.process = QProcess(self)
        self.process.setProgram(sys.executable)
        self.process.setArguments(["-m", warming.__name__, "--aside"])
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert(_BESIDE, "1")
        self.process.setProcessEnvironment(environment)
        self.process.finished.connect(self._finished)
        self.process.errorOccurred.connect(self._failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_IDLE_MS)
        self._timer.timeout.connect(self.start)
        if is_wanted() and not _is_interpreter():
            self._give_up("this program is no Python interpreter that could be started once more")

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
        # What was started may have been anything: the machine code tells, not how it ended.
        if warming.is_warm():
            _log.info("the engine for small networks is ready: %s", said)
        else:
            self._give_up(said or f"{self.process.program()} ended with exit code {code}")

    def _failed(self, error: QProcess.ProcessError) -> None:
        # Whatever else goes wrong also ends it.
        if error == QProcess.ProcessError.FailedToStart:
            self._give_up(self.process.errorString())

    @staticmethod
    def _give_up(said: str) -> None:
        _log.warning("the engine for small networks could not be compiled: %s", said)
        warming.give_up("it could not be compiled on this machine; the log says why")


def is_wanted() -> bool:
    """Whether there is machine code to be compiled here, and nothing known that hinders it."""
    reasons = [warming.hindrance(dtype, patient=False) for dtype in warming.DTYPES]
    return warming.NOT_YET in reasons


def _is_interpreter() -> bool:
    """Whether this program can be started on a module, as far as it can be told beforehand."""
    is_frozen = getattr(sys, "frozen", False)
    return bool(sys.executable) and not is_frozen and _BESIDE not in os.environ
