"""The card of a lesson: what to know, what to do, and a tick when it was done."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.glossary import linked
from bpviz.experiments.lessons import Lesson, LessonStep, lesson, lessons
from bpviz.gui.bottom.card import WATCH, BottomCard
from bpviz.gui.icons import icon
from bpviz.gui.lessons.views.registry import view_kind
from bpviz.gui.lessons.views.window import ViewWindow
from bpviz.gui.lessons.watching import Watching
from bpviz.gui.panels.transport import SPEEDS, Speed, TransportBar
from bpviz.gui.plots.view import PlotsView
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.line import NUMBER_STARTS, Line
from bpviz.gui.widgets.numbers import parse_number
from bpviz.gui.widgets.text import ElidedLabel, label, set_property
from bpviz.lab.edits import Load
from bpviz.lab.lesson_run import LessonRun

_STRAYED = (
    "This is not the lesson's experiment. Undo brings it back; Lessons, Begin the lesson again "
    "opens it anew."
)


class LessonPanel(Card):
    """Takes a person through a lesson; hidden while there is none.

    `word_asked` carries a word of the glossary that was clicked. Call `shut` before the window
    goes.
    """

    word_asked = Signal(str)

    def __init__(
        self,
        session: Session,
        bottom: BottomCard,
        plots: PlotsView,
        transport: TransportBar,
        yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
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
        self._watching = Watching(session, bottom, plots, self)
        self.view_window: ViewWindow | None = None
        self.setAccessibleName("Lesson")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._make_header()
        self._make_body()
        self._watching.changed.connect(self._look)
        session.look_changed.connect(self._dress)
        self._dress()
        self.hide()

    # Building

    def _make_header(self) -> None:
        self.title = ElidedLabel("", "title", self)
        self.place = label("", "secondary", self)
        self.hint_button = self._button("Hint", "How to do it")
        self.hint_button.setCheckable(True)
        self.hint_button.toggled.connect(self._show_hint)
        self.back_button = self._button("Back", "The step before (Alt+Left)")
        self.back_button.clicked.connect(self.back)
        self.next_button = self._button("Next", "The next step (Alt+Right)")
        self.next_button.clicked.connect(self.next)
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "flat")
        self.close_button.setToolTip("Leave the lesson; the experiment stays as it is")
        self.close_button.setAccessibleName("Leave the lesson")
        self.close_button.clicked.connect(self.leave)
        self.header.setSpacing(GAP)
        self.header.addWidget(self.title, 1)
        self.header.addWidget(self.place)
        for button in (self.hint_button, self.back_button, self.next_button, self.close_button):
            self.header.addWidget(button)
        self.body.addLayout(self.header)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleName(f"{text}, lesson")
        button.setAutoDefault(False)
        return button

    def _make_body(self) -> None:
        self.body.setSpacing(HALF_GAP)
        self.success = self._words("accent")
        self.words = self._words("")
        self.words.linkActivated.connect(self.word_asked)
        self.hint = self._words("secondary")
        self._sign = label("", parent=self)
        self.task = self._words("title")
        self.answer = Line(NUMBER_STARTS, self)
        self.answer.setFixedWidth(128)
        self.answer.setPlaceholderText("your answer")
        self.answer.setToolTip("Type the number and press Enter")
        self.answer.setAccessibleName("Your answer")
        self.answer.editingFinished.connect(self._answered)
        self.view_button = QPushButton(self)
        self.view_button.setProperty("kind", "primary")
        self.view_button.setAutoDefault(False)
        self.view_button.clicked.connect(self.open_view)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self._sign)
        row.addWidget(self.task, 1)
        row.addWidget(self.answer)
        row.addWidget(self.view_button)
        for words in (self.success, self.words):
            self.body.addWidget(words)
        self.body.addLayout(row)
        self.body.addWidget(self.hint)

    def _words(self, role: str) -> QLabel:
        words = label("", role, self)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        return words

    # What a person does

    def start(self, name: str) -> None:
        """Open a lesson's experiment, paused, and begin. Undo brings the old experiment back."""
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
        """Open an experiment, paused, and say so."""
        session = self._session
        session.laboratory.pause()
        session.apply(Load(gallery_experiment(name)))
        session.said.emit(
            f"Opened “{session.experiment.title}” for the lesson; undo brings back what you had.",
            False,
        )

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
        elif (following := _after(run.lesson)) is not None:
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
        self._close_view()
        self._watching.stop()
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
        made.done_with.connect(self._watching.view_done)
        made.closed.connect(self._view_closed)
        self.view_window = made
        made.show()

    def shut(self) -> None:
        """End what runs behind an open view."""
        self._close_view()

    def _answered(self) -> None:
        number = parse_number(self.answer.text())
        if number is None:
            return
        self._watching.answered(number)
        run = self.run
        if run is not None and run.waits and self.answer.isVisible():
            self.success.setText(f"{html.escape(self.answer.text())}? Not quite; try again.")
            self.success.show()

    def _close_view(self) -> None:
        if self.view_window is not None:
            self.view_window.close()
            self.view_window = None

    def _view_closed(self) -> None:
        self.view_window = None

    # What the program does

    def _enter(self) -> None:
        """Show the present step, prepare the window for it, and watch."""
        run = self.run
        assert run is not None
        step = run.step
        self.hint_button.setChecked(False)
        self.answer.clear()
        wanted = run.lesson.experiment_at(run.index)
        before = run.lesson.experiment_at(self._at)
        self._at = run.index
        self._strayed = False
        if wanted != before:
            self._load(wanted)
        self._watching.begin()
        if step is None:
            self._show_closing(run)
        else:
            self._show_words(run, step)
            self._prepare(step)
        self._show_task()
        if self.view_window is not None and (step is None or step.opens is None):
            # What comes next is done in the main window, with its keys.
            self.window().activateWindow()
        self._look()

    def _look(self) -> None:
        """Go on when the step was done."""
        run = self.run
        if run is None or self._has_strayed(run):
            return
        state = self._watching.state()
        if state is None:
            return
        if not run.has_begun:
            run.begin(state)
            self._show_task()
            self._select(run.step)
        elif run.feed(state):
            # What was reached is to be looked at before more is trained.
            self._session.laboratory.pause()
            self._enter()

    def _has_strayed(self, run: LessonRun) -> bool:
        """Whether another experiment is open than the lesson's; that is said in the card."""
        strayed = self._session.experiment.name != run.lesson.experiment_at(self._at)
        if strayed != self._strayed:
            self._strayed = strayed
            self._show_success(run.last_success)
            if strayed:
                self.success.setText(_STRAYED)
                self.success.show()
        return strayed

    def _prepare(self, step: LessonStep) -> None:
        """Open what the step wants to be open."""
        if step.tab:
            self._bottom.show_tab(step.tab)
        elif self._bottom.tab == WATCH and self._bottom.isVisible():
            self._bottom.dismiss()
        if step.plot:
            self._plots.show_tab(step.plot)

    def _select(self, step: LessonStep | None) -> None:
        """Select what the step speaks of, once the window shows its network."""
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

    def _show_words(self, run: LessonRun, step: LessonStep) -> None:
        self._show_place(run)
        self._show_success(run.last_success)
        text = step.text if run.index else f"{run.lesson.intro} {step.text}"
        self.words.setText(linked(text))
        self.task.setText(linked(step.do))
        self.hint.setText(linked(step.hint))
        self.hint_button.setVisible(bool(step.hint))
        opens = step.opens
        self.view_button.setVisible(opens is not None)
        if opens is not None:
            kind = view_kind(opens.name)
            self.view_button.setText(kind.title)
            self.view_button.setToolTip(kind.tip)
        asks = (step.condition or {}).get("kind") == "answered"
        self.answer.setVisible(asks)

    def _show_success(self, text: str) -> None:
        self.success.setText(f"✓&nbsp; {html.escape(text)}" if text else "")
        self.success.setVisible(bool(text))

    def _show_closing(self, run: LessonRun) -> None:
        self._show_place(run)
        self._show_success(run.last_success)
        self.words.setText(linked(run.lesson.closing))
        self.task.setText("")
        self.hint.setText(linked(f"Source: {run.lesson.source}"))
        self.hint.show()
        self.hint_button.hide()
        self.view_button.hide()
        self.answer.hide()

    def _show_place(self, run: LessonRun) -> None:
        self.title.setText(f"{run.lesson.number}  {run.lesson.title}")
        steps = len(run.lesson.steps)
        self.place.setText("end" if run.is_over else f"step {run.index + 1} of {steps}")
        self.hint.setVisible(False)
        self.back_button.setEnabled(run.index > 0)

    def _show_task(self) -> None:
        """The tick, and what the button that goes on is called."""
        run = self.run
        if run is None:
            return
        following = _after(run.lesson)
        text = "Skip" if run.waits else "Next"
        if run.is_over:
            text = "Next lesson"
        self.next_button.setText(text)
        self.next_button.setVisible(not run.is_over or following is not None)
        tip = f"{following.title} (Alt+Right)" if run.is_over and following else ""
        self.next_button.setToolTip(tip or "The next step (Alt+Right)")
        set_property(self.next_button, "kind", "" if run.waits else "primary")
        set_property(self.view_button, "kind", "primary" if run.waits else "")
        has_task = run.step is not None and bool(run.step.do)
        self.task.setVisible(has_task)
        self._sign.setVisible(has_task)
        self._dress()

    def _show_hint(self, shown: bool) -> None:
        self.hint.setVisible(shown)

    def _dress(self) -> None:
        theme = self._session.theme
        self.close_button.setIcon(icon("close", theme.secondary))
        self.close_button.setIconSize(QSize(12, 12))
        done = self.run is not None and self.run.is_met
        self._sign.setPixmap(icon("check" if done else "forward", theme.accent).pixmap(14, 14))


def _after(present: Lesson) -> Lesson | None:
    """The lesson that follows."""
    return next((one for one in lessons() if one.number > present.number), None)
