"""The card of a lesson: starting, going on and back, leaving; what it opens and says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMenu
from shiboken6 import isValid

from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.lessons import Lesson, lesson, lessons
from bpviz.gui.bottom.tabs import EXPLAIN, TABS, WATCH
from bpviz.gui.dialogs.glossary import GlossaryDialog
from bpviz.gui.lessons.views.registry import VIEWS, view_kind
from bpviz.gui.main_window import MainWindow
from bpviz.gui.panels.transport import SPEEDS
from bpviz.gui.plots.view import TABS as PLOTS
from bpviz.lab.edits import AddUnit, Load, RemoveUnit
from bpviz.lab.lesson_run import LessonRun
from tests.gui.without_threads import Bench

PATIENCE = 20_000


@pytest.fixture
def card(window: MainWindow):
    return window.lesson


def begun(qtbot, card):
    qtbot.waitUntil(lambda: card.run is not None and card.run.has_begun, timeout=PATIENCE)


def start(qtbot, card, name="bias"):
    card.start(name)
    begun(qtbot, card)


def key(qtbot, window, key, modifier=Qt.KeyboardModifier.AltModifier):
    qtbot.keyClick(window, key, modifier)


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.name)
def test_tabs_plots_views_and_speeds_exist(one: Lesson):
    assert one.speed in [speed.pace.per_second for speed in SPEEDS]
    for step in one.steps:
        assert step.tab in ("", *(tab.name for tab in TABS))
        assert step.plot in ("", *PLOTS)
        condition = step.condition or {}
        if condition.get("kind") == "tab_shown":
            assert condition["name"] in [tab.name for tab in TABS]
        if condition.get("kind") == "plot_shown":
            assert condition["name"] in PLOTS
        if condition.get("kind") == "view_done":
            assert step.opens is not None
            assert condition["name"] == step.opens.name
        if step.opens is not None:
            assert step.opens.name in VIEWS


@pytest.mark.parametrize(
    ("name", "options"),
    {
        (step.opens.name, lesson.name): (step.opens.name, step.opens.options)
        for lesson in lessons()
        for step in lesson.steps
        if step.opens is not None
    }.values(),
)
def test_every_view_is_made_with_its_options(qtbot, name, options):
    view = view_kind(name).make(Bench("xor-2-3-1").session, lambda: None, options)
    qtbot.addWidget(view)
    assert hasattr(view, "done")


def test_an_unknown_view_is_said():
    with pytest.raises(SettingError, match="view must be one of check_numbers, predict, "):
        view_kind("horoscope")


def test_it_is_hidden_until_a_lesson_is_chosen(qtbot, window, card):
    assert not card.isVisible()
    menu = next(
        action.menu() for action in window.menuBar().actions() if action.text() == "&Lessons"
    )
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert texts[: len(lessons())] == [
        f"{one.number}  {one.title}  ({one.minutes} min)" for one in lessons()
    ]
    menu.actions()[3].trigger()
    begun(qtbot, card)
    assert card.isVisible()
    assert card.title.text() == "4  Why a bias"
    assert card.place.text() == "step 1 of 6"
    assert lesson("bias").intro in card.words.text()


def test_it_opens_its_experiment_paused_and_undo_brings_the_old_one_back(qtbot, window, card):
    window.laboratory.train()
    qtbot.waitUntil(lambda: window.session.snapshot.running, timeout=PATIENCE)
    said = []
    window.session.said.connect(lambda text, _error: said.append(text))
    start(qtbot, card, "linear-hidden")
    assert window.session.experiment == gallery_experiment("linear-hidden")
    qtbot.waitUntil(lambda: not window.session.snapshot.running, timeout=PATIENCE)
    assert window.session.snapshot.epoch == 0
    assert said == []
    assert "undo brings back" in card.place.toolTip()
    window.session.undo()
    assert window.session.experiment == gallery_experiment("playground")
    assert "not the lesson's experiment" in card.success.text()
    window.session.redo()
    qtbot.waitUntil(lambda: not card.success.isVisible(), timeout=PATIENCE)


def test_the_card_of_words_makes_room(qtbot, window, card):
    assert window.bottom.isVisible() or window.bottom.tab == WATCH
    start(qtbot, card)
    assert not window.bottom.isVisible()
    start(qtbot, card, "six-stages")
    assert window.bottom.isVisible()
    assert window.bottom.tab == EXPLAIN


def test_skipping_back_and_again_by_key(qtbot, window, card):
    start(qtbot, card)
    assert card.next_button.text() == "Skip"
    assert not card.back_button.isEnabled()
    key(qtbot, window, Qt.Key.Key_Right)
    assert card.run.index == 1
    assert not card.success.isVisible()
    key(qtbot, window, Qt.Key.Key_Left)
    assert card.run.index == 0
    for _ in lesson("bias").steps:
        card.next_button.click()
    assert card.run.is_over
    assert card.place.text() == "end"
    assert card.next_button.text() == "Next lesson"
    card.next_button.click()
    begun(qtbot, card)
    assert card.run.lesson.name == "two-or-many"
    card.restart()
    assert card.run.index == 0


def test_the_last_lesson_is_the_last(qtbot, card):
    last = lessons()[-1]
    start(qtbot, card, last.name)
    for _ in last.steps:
        card.next()
    assert not card.next_button.isVisible()
    card.next()
    assert card.run.is_over


def test_what_was_done_before_waits_for_the_person(qtbot, window, card):
    start(qtbot, card)
    card.next()
    begun(qtbot, card)
    window.laboratory.train()
    qtbot.waitUntil(lambda: card.run.index == 2, timeout=PATIENCE)
    assert "right slope" in card.success.text()
    card.back()
    begun(qtbot, card)
    assert card.run.is_met
    assert card.next_button.text() == "Next"
    window.session.experiment_changed.emit()
    assert card.run.index == 1


def test_leaving_says_so_and_gives_the_speed_back(qtbot, window, card):
    said = []
    window.session.said.connect(lambda text, _error: said.append(text))
    assert window.transport.speed is SPEEDS[0]
    start(qtbot, card)
    assert window.transport.speed.pace.per_second == 60
    start(qtbot, card, "derivation")
    assert window.transport.speed.pace.per_second == 10
    qtbot.mouseClick(card.close_button, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    assert said[-1] == "You left the lesson at step 1 of 6; the experiment stays as it is."
    assert window.session.experiment == gallery_experiment("derivation-2-2-1")
    assert window.transport.speed is SPEEDS[0]
    for nothing in (card.next, card.back, card.restart, card.leave, card.open_view):
        nothing()
    assert card.run is None


def test_a_hint_and_a_word(qtbot, window, card):
    start(qtbot, card, "xor")
    assert not card.hint.isVisible()
    qtbot.mouseClick(card.hint_button, Qt.MouseButton.LeftButton)
    assert card.hint.isVisible()
    assert "Key N" in card.hint.text()
    card.next()
    assert not card.hint.isVisible()
    card.words.linkActivated.emit("momentum")
    dialog = window.findChild(GlossaryDialog)
    assert dialog.word == "momentum"
    dialog.close()


def test_the_menu_offers_no_step_without_a_lesson(qtbot, window, card):
    action = window.actions_by_name["Next step of the lesson"]
    menu = action.parent()
    menu.aboutToShow.emit()
    assert not action.isEnabled()
    menu.aboutToHide.emit()
    start(qtbot, card, "update-modes")
    menu.aboutToShow.emit()
    assert action.isEnabled()


def test_a_view_closes_with_the_lesson_and_its_work_ends(qtbot, window, card):
    start(qtbot, card, "update-modes")
    card.open_view()
    made = card.view_window
    made.view.start()
    assert made.view.running
    card.open_view()
    assert card.view_window is made
    card.leave()
    assert card.view_window is None
    assert not made.view.running


def test_escape_closes_a_view_and_it_can_be_opened_again(qtbot, window, card):
    start(qtbot, card, "update-modes")
    card.open_view()
    first = card.view_window
    first.view.start()
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: card.view_window is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not isValid(first), timeout=PATIENCE)
    card.open_view()
    assert card.view_window is not None
    assert card.view_window is not first


def test_a_network_that_was_edited_is_no_trouble(qtbot, window, card):
    start(qtbot, card, "six-stages")
    for _ in range(4):
        card.next()
    window.session.apply(RemoveUnit("h"))
    card.next()
    begun(qtbot, card)
    window.session.apply(Load(gallery_experiment("iris")))
    card.back()
    assert "not the lesson's experiment" in card.success.text()
    card.open_view()
    assert card.view_window is not None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_into_a_small_window(qtbot, open_window, theme):
    window = open_window("playground", theme)
    window.resize(1024, 640)
    for one in lessons():
        start(qtbot, window.lesson, one.name)
        assert window.lesson.height() < 260
        assert window.lesson.width() <= window.canvas.width()


# Answers


def give(qtbot, card, text):
    card.answer.clear()
    qtbot.keyClicks(card.answer, text)
    qtbot.keyClick(card.answer, Qt.Key.Key_Return)


def asks_twice(qtbot, card):
    """The lesson whose second and third step both ask for a number, at its second step."""
    start(qtbot, card, "two-or-many")
    card.next()
    begun(qtbot, card)


def test_a_right_answer_is_not_judged_again_by_the_step_that_follows(qtbot, card):
    asks_twice(qtbot, card)
    give(qtbot, card, "0.2")
    assert card.run.index == 2
    assert card.success.text().endswith("0.2: what one class has, the other lacks.")
    assert not card.run.has_begun
    # It is given before the window shows the experiment of the step, and judged when it does.
    give(qtbot, card, "0.333")
    assert "Not quite" not in card.success.text()
    qtbot.waitUntil(lambda: card.run.index == 3, timeout=PATIENCE)
    assert "A third each" in card.success.text()
    assert card.success.property("role") == "accent"


def test_a_wrong_answer_given_early_is_judged_once_the_step_has_begun(qtbot, card):
    asks_twice(qtbot, card)
    give(qtbot, card, "0.2")
    give(qtbot, card, "0.5")
    assert "Not quite" not in card.success.text()
    qtbot.waitUntil(lambda: "0.5? Not quite" in card.success.text(), timeout=PATIENCE)
    assert card.run.index == 2


def test_a_number_half_typed_is_not_judged(qtbot, window, card):
    asks_twice(qtbot, card)
    card.answer.setFocus()
    qtbot.keyClicks(card.answer, "0.")
    window.canvas.network.setFocus()
    assert not card.success.isVisible()
    qtbot.keyClicks(card.answer, "3")
    qtbot.mouseClick(card.check_button, Qt.MouseButton.LeftButton)
    assert card.success.text() == "0.3? Not quite; try again."
    assert card.success.property("role") == ""
    give(qtbot, card, "1e")
    assert card.success.text() == "1e? That is not a number."


# What happens meanwhile


def test_a_step_with_its_own_experiment_begins_with_a_snapshot_of_it(qtbot, window, card):
    asks_twice(qtbot, card)
    stale = window.session.snapshot
    begins = []
    begin = type(card.run).begin
    card.run.begin = lambda state: (begins.append(state), begin(card.run, state))
    card.next()
    assert window.session.snapshot is stale
    assert not card.run.has_begun
    # Anything that happens before the network is there begins nothing.
    window.session.select(None)
    window.session.request_changed.emit()
    assert not card.run.has_begun
    begun(qtbot, card)
    assert len(begins) == 1
    assert begins[0].start == begins[0].first.experiment == gallery_experiment("iris")
    assert begins[0].first.revision == window.laboratory.revision


def test_a_lesson_begun_again_does_not_go_on_with_the_old_one(qtbot, window, card):
    start(qtbot, card)
    card.next()
    begun(qtbot, card)
    window.laboratory.train_epochs(20)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 20, timeout=PATIENCE)
    old = card.run
    card.restart()
    assert not card.run.has_begun
    assert old.index == 1
    begun(qtbot, card)
    assert card.run.index == 0
    assert window.session.snapshot.epoch == 0


def race_under_way(qtbot, card):
    """The race of its lesson, so far that closing its window is enough to go on."""
    start(qtbot, card, "why-backpropagation")
    card.next()
    begun(qtbot, card)
    card.open_view()
    view = card.view_window.view
    # It does not come to its end before the test does.
    view._yield_to = lambda: view.race.share > 0.11 and view.race._cancelled.wait(20)
    qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.race.share > 0.11, timeout=PATIENCE)
    assert view.running
    return view


def test_leaving_in_the_middle_of_the_race(qtbot, window, card):
    view = race_under_way(qtbot, card)
    said = []
    window.session.said.connect(lambda text, _error: said.append(text))
    card.leave()
    assert not view.running
    assert "at step 2 of 4" in said[-1]
    assert card.run is None
    assert card.view_window is None


def test_another_lesson_in_the_middle_of_the_race(qtbot, card):
    view = race_under_way(qtbot, card)
    old = card.run
    start(qtbot, card, "xor")
    assert not view.running
    assert old.index == 1
    assert card.run.index == 0


def test_closing_the_window_in_the_middle_of_the_race(qtbot, window, card):
    view = race_under_way(qtbot, card)
    window.close()
    assert not view.running
    assert card.run.index == 1


@pytest.mark.parametrize("what", ["reset", "undo", "load", "edit"])
def test_what_happens_to_the_network_is_no_trouble_for_the_race(qtbot, window, card, what):
    view = race_under_way(qtbot, card)
    session = window.session
    if what == "reset":
        window.transport.reset()
    elif what == "undo":
        session.undo()
    elif what == "load":
        session.apply(Load(gallery_experiment("iris")))
    else:
        session.apply(AddUnit("h"))
    revision = window.laboratory.revision
    qtbot.waitUntil(lambda: session.snapshot.revision == revision, timeout=PATIENCE)
    # The race of a network that is no more may have ended by itself.
    if view.running:
        view.toggle()
    qtbot.waitUntil(lambda: not view.running, timeout=PATIENCE)
    strayed = what in ("undo", "load")
    assert ("not the lesson's experiment" in card.success.text()) == strayed
    assert card.run.index == (1 if strayed else 2)


def test_the_view_of_an_earlier_step_does_not_count(qtbot, card):
    start(qtbot, card, "learning-rate")
    card.open_view()
    first = card.view_window
    for _ in range(3):
        card.next()
    begun(qtbot, card)
    assert card.run.step.opens.name == first.shows.name
    first.done_with.emit("comparison")
    assert card.run.index == 3
    card.open_view()
    card.view_window.done_with.emit("comparison")
    assert card.run.index == 4


def test_a_view_that_cannot_be_made_leaves_no_window_behind(qtbot, window, card, monkeypatch):
    start(qtbot, card, "why-backpropagation")
    card.next()
    odd = replace(card.run.step, view={"name": "race", "larger": "nonsense"})
    monkeypatch.setattr(LessonRun, "step", odd)
    said = []
    window.session.said.connect(lambda text, _error: said.append(text))
    card.open_view()
    assert "nonsense" in said[-1]
    assert card.view_window is None
    assert card.findChildren(QDialog) == []
