"""What the card of a lesson shows: where it stands, its words, its task, a tick when done."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from bpviz.experiments.glossary import linked
from bpviz.experiments.lessons import Lesson, LessonStep, lessons
from bpviz.gui.icons import icon
from bpviz.gui.lessons.views.registry import view_kind
from bpviz.gui.theme import GAP, HALF_GAP, Theme
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.line import NUMBER_STARTS, Line
from bpviz.gui.widgets.text import ElidedLabel, label, set_property

if TYPE_CHECKING:
    from bpviz.lab.lesson_run import LessonRun


class LessonCard(Card):
    """Its widgets, and how a lesson is shown in them; what they do is the panel's.

    `word_asked` carries a word of the glossary that was clicked.
    """

    word_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName("Lesson")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._make_header()
        self._make_words()
        self._make_task()
        self.body.setSpacing(HALF_GAP)
        self.body.addLayout(self.header)
        self.body.addWidget(self.success)
        self.body.addWidget(self.words)
        self.body.addLayout(self._task_row())
        self.body.addWidget(self.hint)

    # Building

    def _make_header(self) -> None:
        self.title = ElidedLabel("", "title", self)
        self.place = label("", "secondary", self)
        self.place.setToolTip(
            "The lesson's own experiment is open;\nundo brings back what you had before"
        )
        self.hint_button = self._button("Hint", "How to do it")
        self.hint_button.setCheckable(True)
        self.back_button = self._button("Back", "The step before (Alt+Left)")
        self.next_button = self._button("Next", "The next step (Alt+Right)")
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "flat")
        self.close_button.setToolTip("Leave the lesson; the experiment stays as it is")
        self.close_button.setAccessibleName("Leave the lesson")
        self.header.setSpacing(GAP)
        self.header.addWidget(self.title, 1)
        self.header.addWidget(self.place)
        for button in (self.hint_button, self.back_button, self.next_button, self.close_button):
            self.header.addWidget(button)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleName(f"{text}, lesson")
        button.setAutoDefault(False)
        return button

    def _make_words(self) -> None:
        self.success = self._wrapped("accent")
        self.words = self._wrapped("")
        self.words.linkActivated.connect(self.word_asked)
        self.task = self._wrapped("title")
        self.hint = self._wrapped("secondary")
        self.hint_button.toggled.connect(self.hint.setVisible)

    def _wrapped(self, role: str) -> QLabel:
        words = label("", role, self)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        return words

    def _make_task(self) -> None:
        self._sign = label("", parent=self)
        self.answer = Line(NUMBER_STARTS, self)
        self.answer.setFixedWidth(128)
        self.answer.setPlaceholderText("your answer")
        self.answer.setToolTip("Type the number and press Enter")
        self.answer.setAccessibleName("Your answer")
        self.check_button = self._button("Check", "Whether your answer is right (Enter)")
        self.view_button = QPushButton(self)
        self.view_button.setProperty("kind", "primary")
        self.view_button.setAutoDefault(False)

    def _task_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self._sign)
        row.addWidget(self.task, 1)
        for control in (self.answer, self.check_button, self.view_button):
            row.addWidget(control)
        return row

    # Showing

    def show_step(self, run: LessonRun, step: LessonStep) -> None:
        """The words of a step, and what it is done with."""
        self._show_place(run)
        self.show_success(run.last_success)
        text = step.text if run.index else f"{run.lesson.intro} {step.text}"
        self.words.setText(linked(text))
        self.task.setText(linked(step.do))
        self.hint.setText(linked(step.hint))
        self.hint_button.setVisible(bool(step.hint))
        self.view_button.setVisible(step.opens is not None)
        if step.opens is not None:
            kind = view_kind(step.opens.name)
            self.view_button.setText(kind.title)
            self.view_button.setToolTip(kind.tip)
        self._show_answer((step.condition or {}).get("kind") == "answered")

    def show_closing(self, run: LessonRun) -> None:
        """The closing words, and where the lesson is from."""
        self._show_place(run)
        self.show_success(run.last_success)
        self.words.setText(linked(run.lesson.closing))
        self.task.setText("")
        self.hint.setText(linked(f"Source: {run.lesson.source}"))
        self.hint.show()
        self.hint_button.hide()
        self.view_button.hide()
        self._show_answer(False)

    def _show_place(self, run: LessonRun) -> None:
        self.title.setText(f"{run.lesson.number}  {run.lesson.title}")
        steps = len(run.lesson.steps)
        self.place.setText("end" if run.is_over else f"step {run.index + 1} of {steps}")
        self.hint_button.setChecked(False)
        self.hint.hide()
        self.back_button.setEnabled(run.index > 0)

    def _show_answer(self, asked: bool) -> None:
        self.answer.clear()
        self.answer.setVisible(asked)
        self.check_button.setVisible(asked)

    def show_success(self, text: str) -> None:
        """What the step before has shown; "" shows nothing."""
        self.show_remark(f"✓\N{NO-BREAK SPACE} {text}" if text else "", "accent")

    def show_remark(self, text: str, role: str = "") -> None:
        """A sentence above the words; only what went well has the accent's colour."""
        set_property(self.success, "role", role)
        self.success.setText(html.escape(text, quote=False))
        self.success.setVisible(bool(text))

    def show_task(self, run: LessonRun, theme: Theme) -> None:
        """The tick, and what the button that goes on is called."""
        following = lesson_after(run.lesson)
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
        self.dress(theme, run.is_met)

    def dress(self, theme: Theme, done: bool) -> None:
        """The icons, in the colours of a theme."""
        self.close_button.setIcon(icon("close", theme.secondary))
        self.close_button.setIconSize(QSize(12, 12))
        self._sign.setPixmap(icon("check" if done else "forward", theme.accent).pixmap(14, 14))


def lesson_after(present: Lesson) -> Lesson | None:
    """The lesson that follows."""
    return next((one for one in lessons() if one.number > present.number), None)
