"""Starting the window: display, application, log, and the one place errors end up in."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QSettings,
    QStandardPaths,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.garbage import WindowsGarbage

NO_DISPLAY = (
    "bpviz: there is no display to open a window on; "
    "`bpviz train EXPERIMENT` and `bpviz screenshot EXPERIMENT OUT.png` need none."
)

_log = logging.getLogger("bpviz")


def has_display() -> bool:
    """Whether a window can be opened here."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def application() -> QApplication:
    """The one QApplication, named so that settings and files find their place."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    WindowsGarbage.hold_off()
    QCoreApplication.setOrganizationName("bpviz")
    QCoreApplication.setApplicationName("bpviz")
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    return app


def run_window(experiment: Experiment | None) -> int:
    """Open the window, already learning, and return the exit code when it is closed."""
    if not has_display():
        print(NO_DISPLAY, file=sys.stderr)
        return 1
    app = application()
    _keep_log()
    from bpviz.gui.main_window import MainWindow

    window = MainWindow(experiment or gallery_experiment("playground"))
    sys.excepthook = lambda *error: _report(window, *error)
    if (screen := window.screen()) is not None:
        window.resize(window.size().boundedTo(screen.availableSize()))
    window.show()
    window.start()
    return app.exec()


def log_path() -> Path:
    """Where the log file lies; Help opens it."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(place) / "bpviz.log"


def _keep_log() -> None:
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    qInstallMessageHandler(_log_qt)


@contextmanager
def without_memory() -> Iterator[None]:
    """Neither read nor write the person's settings, so that a picture is the same everywhere."""
    with TemporaryDirectory() as folder:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        yield


def quieten_offscreen() -> None:
    """Qt's platform without a screen remarks on what it lacks; that is no news to anybody."""
    qInstallMessageHandler(
        lambda kind, context, message: (
            None if "This plugin does not support" in message else print(message, file=sys.stderr)
        )
    )


def _log_qt(kind: QtMsgType, _context: object, message: str) -> None:
    level = logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
    _log.log(level, "Qt: %s", message)


def _report(
    window: object,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """An error nobody caught: into the log with all it has, to the person as one sentence."""
    _log.error("uncaught error", exc_info=(kind, error, trace))
    say = getattr(window, "say_trouble", None)
    if say is not None:
        say(error)
