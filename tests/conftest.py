"""What every test gets: an offscreen platform, settings of its own, and a check for leaks.

Nothing here imports Qt for a test that does not ask for it.
"""

import gc
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers share the cores: BLAS threads in each of them would only wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

# Threads end and deleted widgets go within this time, or they count as leaked.
PATIENCE_S = 2.0
MIN_TURNS = 20


def uses_qt(request: pytest.FixtureRequest) -> bool:
    return "qapp" in request.fixturenames


@pytest.fixture(autouse=True)
def own_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path | None]:
    """Keep a Qt test away from the user's settings, data and caches, and from other tests'."""
    if not uses_qt(request):
        yield None
        return
    request.getfixturevalue("qapp")
    from PySide6.QtCore import QSettings, QStandardPaths
    from PySide6.QtWidgets import QApplication

    font, palette = QApplication.font(), QApplication.palette()
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.delenv(f"XDG_{name}_HOME", raising=False)
        QStandardPaths.setTestModeEnabled(True)
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(QSettings.Format.IniFormat, scope, str(home / "settings"))
        yield home
    # A window gives the whole application its font and colours.
    QApplication.setFont(font)
    QApplication.setPalette(palette)


@dataclass
class Running:
    """What a Qt test may start and has to end: name -> the objects at work."""

    threads: list[threading.Thread]
    qthreads: list[Any]
    timers: list[Any]
    widgets: list[Any]

    @classmethod
    def now(cls) -> "Running":
        import shiboken6
        from PySide6.QtCore import QThread, QTimer
        from PySide6.QtWidgets import QApplication

        # Not isinstance: that asks __class__, which is a property with effects on some objects.
        tracked = [obj for obj in gc.get_objects() if issubclass(type(obj), (QThread, QTimer))]
        alive = [obj for obj in tracked if shiboken6.isValid(obj)]
        return cls(
            # A QThread that ran Python leaves a dummy thread behind; it is counted as a QThread.
            threads=[
                thread
                for thread in threading.enumerate()
                if not isinstance(thread, threading._DummyThread)
            ],
            qthreads=[obj for obj in alive if isinstance(obj, QThread) and obj.isRunning()],
            timers=[obj for obj in alive if isinstance(obj, QTimer) and obj.isActive()],
            widgets=[
                widget
                for widget in QApplication.topLevelWidgets()
                # Qt keeps one tool tip for all.
                if widget.metaObject().className() != "QTipLabel"
            ],
        )

    def since(self, before: "Running") -> list[Any]:
        known = {id(obj) for group in vars(before).values() for obj in group}
        return [obj for group in vars(self).values() for obj in group if id(obj) not in known]


def settle(leaks: Callable[[], list[Any]]) -> list[Any]:
    """Let what is ending end, and return what does not."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtTest import QTest

    deadline = time.monotonic() + PATIENCE_S
    for turn in itertools.count(1):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        left = leaks()
        # A busy machine may spend all the time in a few turns.
        if not left or (turn >= MIN_TURNS and time.monotonic() > deadline):
            return left
        QTest.qWait(10)
    raise AssertionError("unreachable")


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, own_settings: object) -> Iterator[None]:
    """Fail a Qt test that leaves a thread, an active timer or a top-level widget behind."""
    if not uses_qt(request):
        yield
        return
    before = Running.now()
    # What exists by now is not this test's: without it, looking for garbage is quick.
    gc.freeze()
    # As in a window: another thread must not collect, and so destroy, what is Qt's.
    gc.disable()
    yield
    leaks = settle(lambda: Running.now().since(before))
    gc.enable()
    for leak in leaks:
        end(leak)
    if leaks:
        pytest.fail("left behind: " + ", ".join(map(repr, leaks)), pytrace=False)


def end(leak: Any) -> None:
    """Stop it as far as that goes, so that the tests that follow are judged by their own doing."""
    for method in ("stop", "requestInterruption", "quit", "close", "deleteLater"):
        if not isinstance(leak, threading.Thread) and hasattr(leak, method):
            getattr(leak, method)()
