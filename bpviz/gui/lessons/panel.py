"""Takes a person through a lesson: opens what a step needs, watches, goes on when it was done."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.lessons import LessonStep, LessonView, lesson
from bpviz.explain.terms import Role
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.bottom.tabs import WATCH
from bpviz.gui.lessons.card import LessonCard, lesson_after
from bpviz.gui.lessons.views.window import ViewWindow
from bpviz.gui.lessons.watching import Watching, before_doing
from bpviz.gui.panels.transport import SPEEDS, Speed, TransportBar
from bpviz.gui.plots.view import PlotsView
from bpviz.gui.session import Mark, Session
from bpviz.gui.widgets.numbers import parse_number
from bpviz.lab.edits import Load

if TYPE_CHECKING:
    from bpviz.lab.lesson_run import LessonRun

_STRAYED = (
    "This is not the lesson's experiment. Undo brings it back; Lessons, Begin the lesson again "
    "opens it anew."
)

# Groups of weights are lit up in the colours of a formula's terms, one after the other.
_COLORS: tuple[Role, ...] = ("error", "slope", "carried")


class LessonPanel(LessonCard):
    """The card at work; hidden while there is no lesson. Call `shut` before the window goes."""

    def __init__(
        self,
        session: Session,
        bottom: BottomCard,
        plots: PlotsView,
        transport: TransportBar,
        yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bottom = bottom
        self._plots = plots
        self._transport = transport
        self._own_speed: Speed | None = None
        self._yield_to = yield_to
        self.run: LessonRun | None = None
        # The step whose experiment is open.
        self._at = 0
        self._strayed = False
        self._marked = False
        # What was answered and is not judged yet.
        self._given = ""
        self._watching = Watching(session, bottom, plots, self)
        self.view_window: ViewWindow | None = None
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.next)
        self.close_button.clicked.connect(self.leave)
        self.answer.returnPressed.connect(self._answered)
        self.check_button.clicked.connect(self._answered)
        self.view_button.clicked.connect(self.open_view)
        self._watching.changed.connect(self._look)
        session.look_changed.connect(self._dress)
        self._dress()
        self.hide()

    # What a person does

    def start(self, name: str) -> None:
        """Open a lesson's experiment, paused, and begin. Undo brings the old experiment back."""
        from bpviz.lab.lesson_run import LessonRun

        # A view that closes may say that it was worked through; that is over.
        self._watching.stop()
        self._close_view()
        chosen = lesson(name)
        self._load(chosen.experiment)
        self._limit_speed(chosen.speed)
        self.run = LessonRun(chosen)
        self._at = 0
        self._bottom.dismiss()
        self.show()
        self._enter()

    def _load(self, name: str) -> None:
        """Open an experiment, paused."""
        self._session.laboratory.pause()
        self._session.apply(Load(gallery_experiment(name)))

    def _limit_speed(self, epochs_per_second: int) -> None:
        """Train slowly enough to be watched; leaving gives the person's own speed back."""
        if self._own_speed is None:
            self._own_speed = self._transport.speed
        self._transport.set_speed(
            next(s for s in SPEEDS if s.pace.per_second == epochs_per_second and not s.slow)
        )

    def next(self) -> None:
        """The next step; from the closing words the next lesson."""
        run = self.run
        if run is None:
            return
        if not run.is_over:
            run.next()
            self._enter()
        elif (following := lesson_after(run.lesson)) is not None:
            self.start(following.name)

    def back(self) -> None:
        """The step before."""
        if self.run is not None and self.run.index:
            self.run.back()
            self._enter()

    def restart(self) -> None:
        """The lesson from its beginning, with the experiment as it comes."""
        if self.run is not None:
            self.start(self.run.lesson.name)

    def leave(self) -> None:
        """Close the card. The experiment stays as it is."""
        run = self.run
        if run is None:
            return
        self._watching.stop()
        self._darken()
        self._close_view()
        if self._own_speed is not None:
            self._transport.set_speed(self._own_speed)
            self._own_speed = None
        self.run = None
        self.hide()
        if not run.is_over:
            self._session.said.emit(
                f"You left the lesson at step {run.index + 1} of {len(run.lesson.steps)}; the "
                "experiment stays as it is.",
                False,
            )

    def shut(self) -> None:
        """End what runs behind an open view."""
        self._watching.stop()
        self._close_view()

    def _answered(self) -> None:
        text = self.answer.text().strip()
        number = parse_number(text)
        if number is None:
            if text:
                self.show_remark(f"{text}? That is not a number.")
            return
        self._given = text
        # It rests: the next number that is typed replaces this one.
        self.answer.setModified(False)
        self._watching.answered(number)

    # Special views

    def open_view(self) -> None:
        """Open the special view of the step, or bring it to the front."""
        step = self.run.step if self.run is not None else None
        opens = step.opens if step is not None else None
        if opens is None:
            return
        if self.view_window is not None and self.view_window.shows == opens:
            self.view_window.raise_()
            self.view_window.activateWindow()
            return
        self._close_view()
        try:
            made = ViewWindow(opens, self._session, self._yield_to, self)
        except SettingError as error:
            self._session.said.emit(error.message, True)
            return
        made.done_with.connect(lambda name: self._view_done(opens, name))
        made.closed.connect(self._view_closed)
        self.view_window = made
        made.show()

    def _view_done(self, shown: LessonView, name: str) -> None:
        """A view was worked through; that of an earlier step does not count."""
        run = self.run
        if run is not None and run.step is not None and run.step.opens == shown:
            self._watching.view_done(name)

    def _close_view(self) -> None:
        if self.view_window is not None:
            self.view_window.close()
            self.view_window = None

    def _view_closed(self) -> None:
        self.view_window = None

    # What the program does

    def _enter(self) -> None:
        """Show the present step, prepare the window for it, and watch from then on."""
        run = self.run
        assert run is not None
        # What is opened and shown for the step is nothing that a person did.
        self._watching.stop()
        self._darken()
        step = run.step
        wanted = run.lesson.experiment_at(run.index)
        before = run.lesson.experiment_at(self._at)
        self._at = run.index
        self._strayed = False
        self._given = ""
        if wanted != before:
            self._load(wanted)
        if step is None:
            self.show_closing(run)
        else:
            self.show_step(run, step)
            self._prepare(step)
        self.show_task(run, self._session.theme)
        if self.view_window is not None and (step is None or step.opens is None):
            # What comes next is done in the main window, with its keys.
            self.window().activateWindow()
        self._watching.begin()
        self._look()

    def _look(self) -> None:
        """Begin the step once the window shows its network; go on when it was done."""
        run = self.run
        if run is None or self._has_strayed(run):
            return
        state = self._watching.state()
        if state is None:
            return
        if not run.has_begun:
            run.begin(before_doing(state))
            self.show_task(run, self._session.theme)
            self._select(run.step)
            self._look()
        elif run.feed(state):
            # What was reached is to be looked at before more is trained.
            self._session.laboratory.pause()
            self._enter()
        elif self._given:
            self.show_remark(f"{self._given}? Not quite; try again.")
            self._given = ""

    def _has_strayed(self, run: LessonRun) -> bool:
        """Whether another experiment is open than the lesson's; that is said in the card."""
        strayed = self._session.experiment.name != run.lesson.experiment_at(self._at)
        if strayed != self._strayed:
            self._strayed = strayed
            if strayed:
                self.show_remark(_STRAYED)
            else:
                self.show_success(run.last_success)
        return strayed

    def _prepare(self, step: LessonStep) -> None:
        """Open what the step wants to be open."""
        if step.tab:
            self._bottom.show_tab(step.tab)
        elif self._bottom.tab == WATCH and self._bottom.isVisible():
            self._bottom.dismiss()
        if step.plot:
            self._plots.show_tab(step.plot)

    def _light_up(self, step: LessonStep) -> None:
        """Light up what the step speaks of; what was lit up for another one is dark again."""
        layout = layout_of(self._session.experiment.network)
        marks = []
        # A fourth group takes the first colour again.
        for role, labels in zip(itertools.cycle(_COLORS), step.marks):
            try:
                found = tuple(layout.id_of(layout.find(name)) for name in labels)
            except SettingError:
                continue  # the network was edited, and has none of this name any more
            marks.append(Mark(role, parameters=found))
        self._marked = bool(marks)
        self._session.mark(*marks)

    def _darken(self) -> None:
        if self._marked:
            self._marked = False
            self._session.mark()

    def _select(self, step: LessonStep | None) -> None:
        """Select what the step speaks of, once the window shows its network."""
        if step is not None and step.marks:
            self._light_up(step)
        if step is None or not step.select:
            return
        session = self._session
        layout = layout_of(session.experiment.network)
        try:
            parameter = layout.id_of(layout.find(step.select))
        except SettingError:
            return  # the network was edited, and has none of this name any more
        if step.explain:
            session.explain(parameter)
        else:
            session.select(parameter)

    def _dress(self) -> None:
        self.dress(self._session.theme, self.run is not None and self.run.is_met)
