"""The window: assembles the views around one session and owns the threads behind it."""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from bpviz.experiments.experiment import Experiment
from bpviz.gui import files
from bpviz.gui.arrival import Arrival
from bpviz.gui.best_weights import BestOffer
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.bottom.tabs import EXPLAIN, GRADIENT_CHECK
from bpviz.gui.canvas.view import CanvasView
from bpviz.gui.centre import Centre
from bpviz.gui.dialogs.opening import show_glossary
from bpviz.gui.dialogs.working import WorkingDialog
from bpviz.gui.frame_clock import FrameClock
from bpviz.gui.garbage import WindowsGarbage
from bpviz.gui.lessons.panel import LessonPanel
from bpviz.gui.loading import DataLoader
from bpviz.gui.loading_bar import LoadingBar
from bpviz.gui.looks import Looks
from bpviz.gui.menus import build_menus
from bpviz.gui.output.view import OutputView
from bpviz.gui.panels.settings_panel import SettingsPanel
from bpviz.gui.panels.transport import TransportBar
from bpviz.gui.plots.view import PlotsView
from bpviz.gui.predicting import Predictor
from bpviz.gui.right_column import RightColumn
from bpviz.gui.session import Session
from bpviz.gui.starting import Starting
from bpviz.gui.tables import ask_import, dropped_path, import_pasted, paste_table
from bpviz.gui.toast import Toast
from bpviz.gui.training_thread import SWITCH_INTERVAL, LoopThread, WindowsTurn, finish
from bpviz.gui.transfer import WeightTransfer
from bpviz.gui.warming import Warming
from bpviz.gui.widgets.banner import ErrorBanner
from bpviz.gui.widgets.keyboard import KeyboardPath
from bpviz.lab.edits import Load
from bpviz.lab.evaluator import EvaluatorService
from bpviz.lab.laboratory import Laboratory

if TYPE_CHECKING:
    from bpviz.gui.bottom.explain_page import ExplainPage

_log = logging.getLogger("bpviz")

_LEFT_WIDTH = 240


class MainWindow(QMainWindow):
    """One laboratory, its views and its threads.

    `theme` is "light", "dark" or "system"; with `remember` off no window state is read or saved.
    Call `begin` to start the threads, or `start` to begin learning as well; closing ends them.
    """

    def __init__(
        self, experiment: Experiment, theme: str | None = None, remember: bool = True
    ) -> None:
        super().__init__()
        self._switch_interval = sys.getswitchinterval()
        self._settings = QSettings() if remember else None
        self._turn = WindowsTurn()
        self._garbage = WindowsGarbage(self)
        self.warming = Warming(self)
        self.laboratory = Laboratory(experiment, yield_to=self._turn.wait_for_end)
        self.session = Session(self.laboratory, self)
        self.loader = DataLoader(self.laboratory, self._turn.wait_for_gap, self)
        self.session.load_with(self.loader)
        self.predictor = Predictor(self.session, self._turn.wait_for_gap, self)
        self.transfer = WeightTransfer(self.session, self)
        self.starting = Starting(self.session, self._turn.wait_for_gap, self)
        self.starting.over.connect(self.warming.start_soon)
        self.starting.over.connect(self._garbage.spare)
        self.evaluator = EvaluatorService(self._turn.wait_for_gap)
        self.clock = FrameClock(self.session, self.evaluator, self._turn)
        self.threads = [
            LoopThread("training", self.laboratory.runner.run, self._trouble_in_thread),
            LoopThread("evaluator", self.evaluator.run, self._trouble_in_thread),
        ]
        # First of all: what is made in a dressed window is dressed once.
        theme = theme or self._remembered("theme", "system")
        self.looks = Looks(self, self.session, lambda: self._columns, theme)
        self._assemble()
        self.actions_by_name = build_menus(self)
        self.arrival = Arrival(self.session, self)
        works = (self.loader, self.predictor, self.starting, self.arrival)
        self.loading_bar = LoadingBar(works, self.canvas)
        self.toast = Toast(self.session, self.canvas, self.loading_bar)
        self.toast.over.connect(self.canvas.caption.give_way)
        self.setAcceptDrops(True)
        self.session.experiment_changed.connect(self._name_window)
        KeyboardPath(self)
        self._name_window()
        self._restore()
        self.canvas.setFocus()

    def _assemble(self) -> None:
        session = self.session
        self.transport = TransportBar(session, self.clock)
        self.settings_panel = SettingsPanel(session)
        self.canvas = CanvasView(session)
        self.output = OutputView(session)
        self.plots = PlotsView(session)
        self.bottom = BottomCard(session, yield_to=self._turn.wait_for_gap)
        self.lesson = LessonPanel(
            session, self.bottom, self.plots, self.transport, self._turn.wait_for_gap
        )
        self.lesson.word_asked.connect(lambda word: show_glossary(self, word))
        self.banner = ErrorBanner(session.theme)
        self._message = ("", 0)
        session.snapshot_changed.connect(self._show_message)
        session.look_changed.connect(lambda: self.banner.set_theme(session.theme))
        session.explain_asked.connect(self.show_explanation)
        session.explain_step_asked.connect(self._explain_step)
        self.best_offer = BestOffer(session)
        middle = Centre((self.banner, self.best_offer, self.lesson), self.canvas, self.bottom)
        self._right = right = RightColumn(self.output, self.plots)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((self.settings_panel, 0), (middle, 3), (right, 1)):
            self._columns.addWidget(widget)
            self._columns.setStretchFactor(self._columns.count() - 1, stretch)
        self._columns.setSizes([_LEFT_WIDTH, 788, 372])
        for splitter in (right, self._columns):
            splitter.setHandleWidth(8)
            splitter.setChildrenCollapsible(False)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(8, 8, 8, 8)
        inner.addWidget(self._columns)
        central = QWidget()
        outer = QVBoxLayout(central)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.transport)
        outer.addWidget(body, 1)
        self.setCentralWidget(central)
        self._body = central
        self.setMinimumSize(1024, 640)
        self.resize(1440, 900)

    # Life

    def begin(self) -> None:
        """Start the threads and the frame clock; training is paused."""
        self._switch_interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._garbage.start()
        for thread in self.threads:
            thread.start()
        self.clock.start()

    def start(self) -> None:
        """Start the threads and, once all is painted, learn, if it is one to begin at once."""
        self.begin()
        self.starting.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell all that works to end, then wait for it; what hangs keeps nothing else from it."""
        self._save()
        self.clock.stop()
        self.laboratory.close()
        self.evaluator.close()
        for page in self.bottom.pages.made:
            page.cancel()
        self.loader.forget()
        self.predictor.cancel()
        with ExitStack() as endings:
            # Carried out in reverse, each whatever becomes of the others.
            endings.callback(super().closeEvent, event)
            endings.callback(sys.setswitchinterval, self._switch_interval)
            endings.callback(self._garbage.stop)
            for thread in self.threads:
                if thread.isRunning():
                    endings.callback(finish, thread)
            for page in self.bottom.pages.made:
                endings.callback(page.shut)
            endings.callback(self.lesson.shut)
            endings.callback(self.loader.shut)
            endings.callback(self.predictor.shut)
            endings.callback(self.warming.shut)
            endings.callback(self.starting.shut)
            endings.callback(self.transfer.shut)
            for dialog in self.findChildren(WorkingDialog):
                endings.callback(dialog.shut)

    # What the menus do

    def prune_connections(self) -> None:
        """Show which connections could go, and what that would do to the error."""
        from bpviz.gui.dialogs.pruning import PruningDialog

        # One that was closed stays until what it measures has ended.
        shown = next(filter(QWidget.isVisible, self.findChildren(PruningDialog)), None)
        if shown is None:
            shown = PruningDialog(self.session, self._turn.wait_for_gap, self)
            shown.show()
        shown.raise_()
        shown.activateWindow()

    def open_experiment(self, experiment: Experiment) -> None:
        """Replace the experiment, learning at once; undo brings the old one back."""
        self.session.apply(Load(experiment), then=self.session.learn_at_once)

    def paste_table(self) -> None:
        """Learn from the table in the clipboard."""
        paste_table(self.session, self.session.learn_at_once)

    def import_table(self) -> None:
        """Ask for a table, and show it with all that can be chosen before it is learned from."""
        ask_import(self.session, self, self.session.learn_at_once)

    def import_pasted(self) -> None:
        """The same for the table in the clipboard."""
        import_pasted(self.session, self, self.session.learn_at_once)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_path(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the experiment or the table that was dropped."""
        path = dropped_path(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            files.open_path(self, path)

    def show_watch(self) -> None:
        self.bottom.bring_back()

    @property
    def explain(self) -> ExplainPage:
        """The page that explains, made now if it was not there; another tab may hide it."""
        return cast("ExplainPage", self.bottom.pages[EXPLAIN])

    def show_explanation(self) -> None:
        """Why the selected weight changes."""
        self.bottom.show_tab(EXPLAIN)
        self.explain.show_derivation()

    def _explain_step(self, by: int) -> None:
        self.bottom.show_tab(EXPLAIN)
        self.explain.explain_step(by)

    def play_explanation(self) -> None:
        """Go through the six stages by itself, or stop."""
        self.bottom.show_tab(EXPLAIN)
        self.explain.toggle_play()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape that nobody else has a use for ends the walk through the stages."""
        stepping = self.bottom.pages.has(EXPLAIN) and self.explain.stepper.active
        if event.key() == Qt.Key.Key_Escape and stepping:
            self.explain.show_derivation()
            event.accept()
        else:
            super().keyPressEvent(event)

    def show_gradient_check(self) -> None:
        """The tab that compares backpropagation with central differences."""
        self.bottom.show_tab(GRADIENT_CHECK)

    def edit_samples(self) -> None:
        """One's own samples, in an editable table."""
        self.settings_panel.data.edit_samples()

    def _name_window(self) -> None:
        experiment = self.session.experiment
        self.setWindowTitle(f"{experiment.title or experiment.name} — bpviz")

    # Trouble

    def _show_message(self) -> None:
        """Why training stopped: an infinite error in a banner, a stop rule in passing."""
        snapshot = self.session.snapshot
        if snapshot is None or (snapshot.message, snapshot.failures) == self._message:
            return
        self._message = (snapshot.message, snapshot.failures)
        if snapshot.failed:
            self.banner.show_error(f"Training stopped: {snapshot.message}.")
        else:
            self.banner.clear()
            self.session.said.emit(snapshot.message, False)

    def say_trouble(self, error: BaseException) -> None:
        """An unexpected error, said in one sentence."""
        self.session.said.emit(
            f"Something went wrong ({type(error).__name__}); your work is still here, and the "
            "details are in the log (Help, Open log).",
            True,
        )

    def _trouble_in_thread(self, error: BaseException) -> None:
        _log.error("uncaught error in a thread", exc_info=error)
        self.session.said.emit(
            f"The calculation stopped ({type(error).__name__}); save your experiment and start "
            "bpviz again. The details are in the log (Help, Open log).",
            True,
        )

    # Memory

    def _remembered(self, key: str, default: str) -> str:
        if self._settings is None:
            return "light"
        return str(self._settings.value(key, default, type=str))

    def _restore(self) -> None:
        if self._settings is None:
            return
        for key, restore in (
            ("window/geometry", self.restoreGeometry),
            ("window/columns", self._columns.restoreState),
            ("window/right", self._right.restoreState),
        ):
            state = self._settings.value(key, QByteArray(), type=QByteArray)
            if isinstance(state, QByteArray) and not state.isEmpty():
                restore(state)

    def _save(self) -> None:
        if self._settings is None:
            return
        self.session.show(presenter=False)
        self.output.drawing.leave()
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/columns", self._columns.saveState())
        self._settings.setValue("window/right", self._right.saveState())
        self._settings.setValue("theme", self.looks.theme_name)
