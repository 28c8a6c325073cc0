"""Every lesson is played through to its end, by doing what it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.lessons import lessons
from bpviz.gui.bottom.tabs import EXPLAIN, FINDING
from bpviz.gui.canvas.menus import activation_menu, layer_menu
from bpviz.gui.lessons.views import race
from bpviz.gui.main_window import MainWindow
from bpviz.gui.panels.transport import SPEEDS

PATIENCE = 60_000

pytestmark = pytest.mark.timeout(180)


class Student:
    """Takes a lesson in a window: what it does, a person could do with mouse and keys."""

    def __init__(self, qtbot: QtBot, window: MainWindow, name: str) -> None:
        self.qtbot = qtbot
        self.window = window
        self.name = name
        number = next(one.number for one in lessons() if one.name == name)
        menu = next(a.menu() for a in window.menuBar().actions() if a.text() == "&Lessons")
        menu.aboutToShow.emit()
        action = next(
            action
            for text, action in window.actions_by_name.items()
            if text.startswith(f"{number}  ")
        )
        action.trigger()
        self.begun()
        # Lessons train slowly, to be watched; nobody watches here, and no frame is waited for.
        window.transport.set_speed(SPEEDS[0])
        window.laboratory.runner.yield_to = lambda: None

    @property
    def run(self) -> Any:
        return self.window.lesson.run

    def begun(self) -> None:
        """Wait until the step is watched."""
        self.qtbot.waitUntil(lambda: self.run.has_begun or self.run.is_over, timeout=PATIENCE)

    def gone_on_to(self, step: int, success: str = "") -> None:
        """Wait until the lesson is at a step (from 1)."""
        self.qtbot.waitUntil(lambda: self.run.index == step - 1, timeout=PATIENCE)
        assert success in self.window.lesson.success.text()
        self.begun()

    def finished(self) -> None:
        self.qtbot.waitUntil(lambda: self.run.is_over, timeout=PATIENCE)
        assert self.window.lesson.words.text()
        assert "Source: " in self.window.lesson.hint.text()
        assert self.run.lesson.name == self.name

    # What it does

    def key(self, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window, key, modifier)

    def train_to(self, step: int, success: str = "", epoch: int = 0) -> None:
        """Train until the lesson goes on; it pauses the training by itself.

        With `epoch`, train up to this one and not beyond (key N), however late the pause comes.
        """
        if epoch:
            self.window.transport.train_epochs(epoch - self.window.session.snapshot.epoch)
        else:
            self.key(Qt.Key.Key_Space)
        self.gone_on_to(step, success)
        self.paused()

    def paused(self) -> None:
        self.qtbot.waitUntil(lambda: not self.window.session.snapshot.running, timeout=PATIENCE)

    def answer(self, text: str) -> None:
        field = self.window.lesson.answer
        assert field.isVisible()
        field.clear()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def choose(self, path: str, value: str) -> None:
        """Choose from the drop-down list of a setting."""
        editor = self.window.settings_panel.field(path).editor
        choice = getattr(editor, "choice", editor)
        row = choice._values.index(value)
        choice.setCurrentIndex(row)
        choice.activated.emit(row)

    def type_setting(self, path: str, text: str) -> None:
        field = self.window.settings_panel.field(path).editor.number
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def type_input(self, index: int, text: str, inputs: Any = None) -> None:
        shown = inputs or self.window.settings_panel.inputs
        # Those of new data are there with its first evaluation.
        self.qtbot.waitUntil(lambda: len(shown.rows) > index, timeout=PATIENCE)
        field = shown.rows[index].number
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def menu(self, menu: QMenu, *path: str) -> None:
        """Choose an entry of a menu, by the names on the way to it."""
        for name in path[:-1]:
            entry = next(action for action in menu.actions() if action.text() == name)
            inner = entry.menu()
            assert isinstance(inner, QMenu)
            menu = inner
        next(action for action in menu.actions() if action.text() == path[-1]).trigger()

    def layer_menu(self, layer: str, *path: str) -> None:
        window = self.window
        spec = window.session.experiment.network.layer(layer)
        menu = layer_menu(window.session, spec, lambda *_: None, window.canvas)
        self.menu(menu, *path)
        menu.deleteLater()

    def click_on(self, parameter: str) -> None:
        """Click the edge or the bias of a parameter on the network."""
        window = self.window
        snapshot, network = window.session.snapshot, window.canvas.network
        wanted, scene = snapshot.layout.find(parameter), network.picture.scene
        places = [item.rect.center() for item in scene.biases if item.index == wanted]
        for edge in (k for k, index in enumerate(scene.index) if index == wanted):
            # Edges cross one another, so their middle may belong to another one.
            places += [scene.point_on(edge, t) for t in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2)]
        seen = (network.viewport_now.to_screen(place) for place in places)
        at = next(at for at in seen if (hit := network.hit(at)) and hit.index == wanted)
        self.qtbot.mouseClick(network, Qt.MouseButton.LeftButton, pos=at.toPoint())

    def open_view(self) -> Any:
        button = self.window.lesson.view_button
        assert button.isVisible()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        made = self.window.lesson.view_window
        assert made is not None
        return made.view

    def run_comparison(self) -> None:
        view = self.open_view()
        self.qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)


@pytest.fixture
def take(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> Callable[[str], Student]:
    return lambda name: Student(qtbot, open_window(), name)


def type_all(student: Student, view: Any) -> None:
    """Type every number with six digits, as if worked out by hand."""
    for quantity in view._wanted:
        field = view.fields[quantity.name]
        student.qtbot.keyClicks(field, f"{quantity.value:.6g}")
        student.qtbot.keyClick(field, Qt.Key.Key_Return)


def test_six_stages(take):
    student = take("six-stages")
    chips = student.window.bottom.pages[EXPLAIN].stages.chips
    for stage in (2, 3, 4, 5):
        student.qtbot.mouseClick(chips[stage - 1], Qt.MouseButton.LeftButton)
        student.gone_on_to(stage)
    type_all(student, student.open_view())
    student.gone_on_to(6)
    student.key(Qt.Key.Key_S)
    student.gone_on_to(7, "0.35891648")
    snapshot = student.window.session.snapshot
    assert snapshot.theta[snapshot.layout.find("w5")] == pytest.approx(0.35891648, abs=1e-8)
    student.train_to(8)
    view = student.open_view()
    student.type_input(0, "0.5", view.inputs)
    student.finished()


def test_derivation(take):
    student = take("derivation")
    popover = student.window.canvas.network.popover
    for step, parameter in ((2, "w5"), (3, "w1")):
        student.click_on(parameter)
        student.qtbot.mouseClick(popover.why, Qt.MouseButton.LeftButton)
        student.gone_on_to(step)
    student.answer("0.1189")
    student.gone_on_to(4)
    student.choose("training.loss", "binary_cross_entropy")
    student.gone_on_to(5)
    student.click_on("b3")
    popover.field.selectAll()
    student.qtbot.keyClicks(popover.field, "-6")
    student.qtbot.keyClick(popover.field, Qt.Key.Key_Return)
    student.gone_on_to(6)
    student.train_to(7, "15 epochs")
    student.finished()


def test_linear_hidden(take):
    student = take("linear-hidden")
    student.train_to(2, "half of the points", epoch=60)
    student.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    student.gone_on_to(3)
    student.train_to(4, "one straight cut", epoch=120)
    assert student.window.session.snapshot.metrics.train_loss > 0.68
    student.open_view()
    student.gone_on_to(5)
    spec = student.window.session.experiment.network.layer("h1")
    menu = activation_menu(student.window.session, spec, student.window.canvas)
    student.menu(menu, "tanh")
    menu.deleteLater()
    student.gone_on_to(6)
    student.train_to(7)
    student.finished()


def test_bias(take):
    student = take("bias")
    student.type_input(0, "0")
    student.gone_on_to(2, "Output 0")
    student.train_to(3, "right slope")
    student.answer("1,9")
    assert student.run.index == 2
    assert "Not quite" in student.window.lesson.success.text()
    student.answer("2")
    student.gone_on_to(4)
    student.layer_menu("y", "Bias", "One per unit")
    student.gone_on_to(5)
    student.train_to(6)
    student.answer("2")
    student.finished()


def test_two_or_many(take):
    student = take("two-or-many")
    student.train_to(2)
    student.answer("0.2")
    student.gone_on_to(3, "✓\N{NO-BREAK SPACE} 0.2: what one class has, the other lacks.")
    assert student.window.session.experiment == gallery_experiment("iris")
    student.answer("0.333")
    student.gone_on_to(4, "✓\N{NO-BREAK SPACE} A third each")
    student.train_to(5)
    student.type_input(2, "4.45")
    student.finished()


def test_update_modes(take):
    student = take("update-modes")
    student.run_comparison()
    student.gone_on_to(2, "0.315")
    student.choose("training.update", "sample")
    student.gone_on_to(3)
    student.train_to(4, "out of the wave", epoch=50)
    assert student.window.session.snapshot.epoch == 50
    assert student.window.session.snapshot.metrics.train_loss == pytest.approx(0.30557, abs=1e-5)
    student.choose("training.update", "mini-batch")
    student.gone_on_to(5)
    student.train_to(6)
    student.finished()


def race_for_a_while(student: Student, view: Any, share: float) -> None:
    """Start the race, and stop it when so much of it has been run."""
    student.qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    student.qtbot.waitUntil(
        lambda: view.race is not None and view.race.share > share, timeout=PATIENCE
    )
    student.qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)


def test_why_backpropagation(take, monkeypatch):
    student = take("why-backpropagation")
    student.answer("14")
    student.gone_on_to(2)
    view = student.open_view()
    race_for_a_while(student, view, 0.15)
    student.gone_on_to(3, "chance does well")
    # On the large network a tenth of the race takes long; less shows it, too.
    monkeypatch.setattr(race, "_ENOUGH", 0.002)
    student.qtbot.mouseClick(view.network.buttons[race.LARGER], Qt.MouseButton.LeftButton)
    race_for_a_while(student, view, 0.004)
    student.gone_on_to(4)
    student.key(Qt.Key.Key_G)
    student.finished()


def test_vanishing_gradient(take):
    student = take("vanishing-gradient")
    student.train_to(2, "shorter", epoch=5)
    student.answer("192")
    student.gone_on_to(3)
    student.train_to(4, "guessing", epoch=60)
    student.run_comparison()
    student.gone_on_to(5)
    for _ in range(3):
        student.key(
            Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
    student.gone_on_to(6)
    student.train_to(7)
    student.finished()


def test_xor(take):
    student = take("xor")
    student.train_to(2, epoch=100)
    student.train_to(3, epoch=240)
    student.train_to(4, "0.0136", epoch=500)
    assert student.window.session.snapshot.metrics.train_loss == pytest.approx(0.0136, abs=5e-5)
    student.type_input(0, "0.5")
    student.finished()


def test_learning_rate(take):
    student = take("learning-rate")
    student.run_comparison()
    student.gone_on_to(2)
    student.type_setting("training.learning_rate", "3")
    student.gone_on_to(3)
    student.train_to(4)
    student.run_comparison()
    student.gone_on_to(5)
    student.type_setting("training.learning_rate", "0.03")
    student.gone_on_to(6)
    student.key(Qt.Key.Key_R)
    student.gone_on_to(7)
    student.choose("training.optimizer", "adam")
    student.gone_on_to(8)
    student.train_to(9)
    student.finished()


def test_symmetry(take):
    student = take("symmetry")
    session, bottom = student.window.session, student.window.bottom
    student.train_to(2, "56 of 64", epoch=1000)
    assert bottom.tab == FINDING
    assert not bottom.page.verdict.holds
    student.train_to(3, "all 64 are right")
    assert session.snapshot.metrics.train_accuracy == 1.0
    marked = [{session.snapshot.layout.index_of(p) for p in m.parameters} for m in session.marks]
    assert marked == [{0, 5, 6, 11}, {1, 4, 7, 10}, {2, 3, 8, 9}]
    assert len({mark.role for mark in session.marks}) == 3
    student.answer("3")
    student.gone_on_to(4)
    assert session.marks[0].parameters == (session.selection,)
    popover = student.window.canvas.network.popover
    student.click_on("w3")
    popover.field.selectAll()
    student.qtbot.keyClicks(popover.field, "0")
    student.qtbot.keyClick(popover.field, Qt.Key.Key_Return)
    student.gone_on_to(5, "16 of the 64")
    assert session.marks == ()
    assert session.snapshot.metrics.train_accuracy == 0.75
    assert not session.snapshot.running
    student.train_to(6, "Healed")
    student.qtbot.waitUntil(lambda: bottom.page.verdict.holds, timeout=PATIENCE)
    student.window.transport.ask_seed()
    dialog = student.window.findChild(QInputDialog)
    dialog.setIntValue(8)
    dialog.accept()
    # As a desktop does when a dialog closes.
    student.window.activateWindow()
    student.gone_on_to(7)
    student.train_to(8)
    assert session.snapshot.metrics.train_accuracy == 1.0
    assert len(session.marks) == 3
    student.window.lesson.next()
    assert session.marks == ()
    student.finished()
