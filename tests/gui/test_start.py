"""What is loaded by the time a window is painted for the first time, with everything in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui import starting
from bpviz.gui.bottom.tabs import TABS
from bpviz.gui.main_window import MainWindow
from bpviz.gui.plots import charts

CHART = "bpviz.gui.plots.chart"
COMPILED = "bpviz.engine.compiled.kernel"

_START = """
import json, sys
from PySide6.QtCore import QTimer
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.app import application, quieten_offscreen
app = application()
quieten_offscreen()
from bpviz.gui.main_window import MainWindow
window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
window.show()
window.start()
loaded = []
def look():
    if window.session.evaluation is not None and not loaded:
        window.repaint()
        loaded.extend(sys.modules)
        app.quit()
timer = QTimer()
timer.timeout.connect(look)
timer.start(1)
app.exec()
window.close()
print(json.dumps(loaded))
"""

# What a start needs of other people's packages. Each that is added makes every start longer.
PACKAGES = {"PySide6", "bpviz", "numpy", "shiboken6", "shibokensupport", "tomli_w"}

# Of Python's own library, what takes long and serves nothing at a start.
HEAVY = ("asyncio", "email", "http", "multiprocessing", "pydoc", "sqlite3", "unittest", "xml")

# Parts of the window, and what computes for them, that are loaded when they are opened.
LATER = (
    "bpviz.explain.operations",
    "bpviz.gui.bottom.data_page",
    "bpviz.gui.bottom.explain_page",
    "bpviz.gui.bottom.finding_page",
    "bpviz.gui.bottom.gradient_page",
    "bpviz.gui.bottom.operations_page",
    "bpviz.gui.bottom.results_page",
    "bpviz.gui.data_view",
    "bpviz.gui.dialogs.about",
    "bpviz.gui.dialogs.algorithms",
    "bpviz.gui.dialogs.architecture",
    "bpviz.gui.dialogs.glossary",
    "bpviz.gui.dialogs.importing",
    "bpviz.gui.dialogs.pruning",
    "bpviz.gui.dialogs.samples",
    "bpviz.gui.explain",
    "bpviz.gui.findings",
    "bpviz.gui.importing",
    "bpviz.gui.panels.parameter_table",
    "bpviz.gui.plots.chart",
    "bpviz.gui.results",
    "bpviz.io.exporters",
    "bpviz.io.importers",
    "bpviz.lab.import_preview",
    "bpviz.lab.lesson_conditions",
    "bpviz.lab.pruning",
    "bpviz.lab.race",
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    home = tmp_path_factory.mktemp("home")
    result = subprocess.run(
        [sys.executable, "-c", _START],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)},
        cwd=Path(__file__).parents[2],
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_the_first_paint_needs_no_other_packages(loaded: set[str]) -> None:
    packages = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    # Those with an underscore are parts of Python, of Qt's binding, or of how bpviz is installed.
    public = {name for name in packages if not name.startswith("_")}
    assert public - {"cython_runtime", "signature_bootstrap"} == PACKAGES


def test_the_first_paint_needs_nothing_heavy_of_pythons_library(loaded: set[str]) -> None:
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize("later", LATER)
def test_what_is_not_seen_yet_is_not_loaded_yet(later: str, loaded: set[str]) -> None:
    assert [name for name in loaded if name == later or name.startswith(f"{later}.")] == []


def test_what_comes_later_is_there(loaded: set[str]) -> None:
    """A module that has another name by now would never be found."""
    folder = Path(__file__).parents[2]
    for name in LATER:
        path = folder.joinpath(*name.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file(), name


@pytest.fixture
def started(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
    qtbot.addWidget(window)
    window.show()
    window.start()
    yield window
    window.close()


def test_it_learns_once_its_first_picture_is_there(qtbot: QtBot, started: MainWindow) -> None:
    session = started.session
    qtbot.waitUntil(lambda: session.evaluation is not None, timeout=10_000)
    assert session.snapshot is not None
    assert session.snapshot.epoch == 0
    qtbot.waitUntil(lambda: session.snapshot.epoch > 3, timeout=10_000)
    plots = started.plots
    # A frame shows an evaluation or a longer chart, not both.
    qtbot.waitUntil(lambda: plots.pages.currentWidget() is plots.charts["Loss"], timeout=10_000)


class _Places(QObject):
    """Where these stand in their window each time the network is painted, once it is `time`."""

    def __init__(self, window: MainWindow, time: Callable[[], bool], *widgets: QWidget) -> None:
        super().__init__(window)
        self._time, self._widgets = time, widgets
        self.painted: list[list[QRect]] = []
        window.canvas.network.installEventFilter(self)

    def now(self) -> list[QRect]:
        return [QRect(w.mapTo(w.window(), QPoint()), w.size()) for w in self._widgets]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._time():
            self.painted.append(self.now())
        return False


def test_what_is_painted_first_stays_where_it_is(qtbot: QtBot, started: MainWindow) -> None:
    session, panel, output = started.session, started.settings_panel, started.output
    before = (output.title, started.canvas.header.bar, panel.field("training.loss"))
    still = _Places(started, lambda: session.snapshot is not None, *before)
    answers = (output.picker, panel.inputs, panel.field("training.loss"))
    whole = _Places(started, lambda: session.evaluation is not None, *answers)
    qtbot.waitUntil(lambda: len(whole.painted) > 3, timeout=10_000)
    for places in (still, whole):
        assert all(painted == places.now() for painted in places.painted)


@pytest.fixture
def trains(started: MainWindow) -> list[bool]:
    """Whether all is loaded that training needs, each time that it is begun by itself."""
    begun: list[bool] = []
    train = started.laboratory.train

    def note() -> None:
        kernel = started.session.snapshot.kernel.name  # type: ignore[union-attr]
        needed = [CHART] if kernel == "numpy" else [CHART, COMPILED]
        begun.append(all(name in sys.modules for name in needed))
        train()

    started.laboratory.train = note  # type: ignore[method-assign]
    return begun


def test_it_learns_once_that_is_loaded_which_training_needs(
    qtbot: QtBot, started: MainWindow, trains: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, CHART, raising=False)
    monkeypatch.delattr("bpviz.gui.plots.chart", raising=False)
    qtbot.waitUntil(lambda: bool(trains), timeout=10_000)
    assert trains == [True]


def test_what_is_loaded_is_said_and_holds_up_neither_window_nor_runner(
    qtbot: QtBot, started: MainWindow, trains: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, threads = threading.Event(), []

    def load() -> None:
        threads.append(threading.current_thread())
        assert loaded.wait(10)

    monkeypatch.setattr(charts, "load", load)
    qtbot.waitUntil(lambda: bool(threads), timeout=10_000)
    started.starting._say("Loading the engine")
    qtbot.waitUntil(started.loading_bar.isVisible)
    assert started.loading_bar.words.text() == "Loading the engine"
    started.laboratory.step("batch")
    qtbot.waitUntil(lambda: started.session.snapshot.steps == 1, timeout=10_000)
    with qtbot.waitSignal(started.starting.over, timeout=10_000):
        loaded.set()
    assert not started.loading_bar.isVisible()
    assert not trains, "a step was asked for"


@pytest.mark.parametrize(
    "ask",
    [
        lambda window: (window.laboratory.step("epoch"), window.laboratory.pause()),
        lambda window: (window.laboratory.toggle(), window.laboratory.toggle()),
        lambda window: window.actions_by_name["Add hidden layer"].trigger(),
        lambda window: window.starting.cancel(),
    ],
    ids=["step", "train and pause", "edit", "cancel"],
)
def test_it_learns_only_where_nothing_was_asked_for(
    ask: Callable[[MainWindow], object], qtbot: QtBot, started: MainWindow, trains: list[bool]
) -> None:
    ask(started)
    qtbot.waitSignal(started.starting.over, timeout=10_000).wait()
    assert trains == []


def test_what_is_opened_later_is_loaded_by_itself(qtbot: QtBot, started: MainWindow) -> None:
    qtbot.waitSignal(started.starting.over, timeout=10_000).wait()
    assert [tab.module for tab in TABS if tab.module not in sys.modules] == []
    made = {type(page).__name__ for page in started.bottom.pages.made}
    assert made <= {"WatchPage"}, "only loaded"


def test_closed_while_it_loads_it_loads_no_more(
    qtbot: QtBot, started: MainWindow, trains: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, closing = threading.Event(), started.starting._ending

    def load() -> None:
        begun.set()
        assert closing.wait(10)

    later: list[bool] = []
    monkeypatch.setattr(charts, "load", load)
    monkeypatch.setattr(starting, "_later", lambda: iter([lambda: later.append(True)]))
    qtbot.waitUntil(begun.is_set, timeout=10_000)
    started.close()
    assert not later
    QApplication.processEvents()
    assert not trains


def test_closed_at_once_it_does_not_begin(started: MainWindow, trains: list[bool]) -> None:
    started.close()
    started.starting.load()
    assert not started.starting._background.running
    assert not trains
