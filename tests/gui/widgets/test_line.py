"""Who gets a key: a line that rests, or the window it stands in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from bpviz.engine.settings import Setting
from bpviz.gui.widgets.line import NUMBER_STARTS, Line
from bpviz.gui.widgets.number_field import NumberField

KEYS = ("Ctrl+Z", "Ctrl+Shift+Z", "Space", "S", "R", "Shift+R", "N", "1", "-", ".")
COMMANDS = KEYS[:7]


class Window(QMainWindow):
    """A window that uses many keys, with two lines in it."""

    def __init__(self) -> None:
        super().__init__()
        self.used: list[str] = []
        menu = self.menuBar().addMenu("All")
        for key in KEYS:
            action = QAction(key, self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _on=False, key=key: self.used.append(key))
            menu.addAction(action)
        body = QWidget()
        column = QVBoxLayout(body)
        self.number = NumberField(Setting("Learning rate", above=0))
        self.number.set_value(0.03)
        self.line = Line()
        for field in (self.number, self.line):
            column.addWidget(field)
        self.setCentralWidget(body)


@pytest.fixture
def window(qtbot):
    made = Window()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    made.activateWindow()
    made.number.setFocus()
    qtbot.waitUntil(made.number.hasFocus)
    return made


def press(qtbot, widget, key):
    combined = QKeySequence(key)[0]
    qtbot.keyClick(widget, combined.key(), combined.keyboardModifiers())


@pytest.mark.parametrize("key", COMMANDS)
def test_after_enter_the_keys_are_the_windows(qtbot, window, key):
    window.number.selectAll()
    qtbot.keyClicks(window.number, "0.05")
    qtbot.keyClick(window.number, Qt.Key.Key_Return)
    press(qtbot, window.number, key)
    assert window.used == [key]
    assert window.number.text() == "0.05"


@pytest.mark.parametrize("key", COMMANDS)
def test_while_typing_the_keys_are_the_lines(qtbot, window, key):
    qtbot.keyClicks(window.number, "7")
    press(qtbot, window.number, key)
    assert window.used == []


def test_a_number_can_be_begun_with_any_of_its_characters(qtbot, window):
    for start in "1-.":
        window.number.selectAll()
        qtbot.keyClicks(window.number, start)
        assert window.number.text() == start
        qtbot.keyClick(window.number, Qt.Key.Key_Escape)
    assert window.used == []


def test_the_next_number_replaces_the_one_before(qtbot, window):
    window.number.selectAll()
    for text in ("0.1", "0.2"):
        qtbot.keyClicks(window.number, text)
        qtbot.keyClick(window.number, Qt.Key.Key_Return)
    assert window.number.value == 0.2


def test_what_was_committed_cannot_be_undone_as_text(qtbot, window):
    window.number.selectAll()
    qtbot.keyClicks(window.number, "0.05")
    assert window.number.isUndoAvailable()
    qtbot.keyClick(window.number, Qt.Key.Key_Return)
    assert not window.number.isUndoAvailable()


def test_free_text_begins_with_any_letter_but_no_space(qtbot, window):
    window.line.setFocus()
    qtbot.waitUntil(window.line.hasFocus)
    press(qtbot, window.line, "Space")
    assert window.used == ["Space"]
    qtbot.keyClicks(window.line, "s r")
    assert window.line.text() == "s r"
    assert window.used == ["Space"]


def test_a_line_that_only_shows_takes_no_key(qtbot, window):
    window.number.setReadOnly(True)
    press(qtbot, window.number, "1")
    assert window.used == ["1"]


def test_a_cut_text_ends_with_dots_until_one_goes_there(qtbot):
    line = Line(NUMBER_STARTS)
    qtbot.addWidget(line)
    line.resize(80, 24)
    line.setToolTip("Values")
    line.show_text("0.15, 0.2, 0.25, 0.3, 0.35")
    line.show()
    cut = line.grab().toImage()
    line.show_text("0.15, 0.2, 0.25, 0.3, 0.45")
    # What differs is beyond the edge; the tooltip has it.
    assert line.grab().toImage() == cut
    assert line.full_tip() == "0.15, 0.2, 0.25, 0.3, 0.45\nValues"
    shown = line.fontMetrics().elidedText(line.text(), Qt.TextElideMode.ElideRight, 80 - 4)
    assert shown.endswith("…")
    line.show_text("0.15")
    assert line.full_tip() == "Values"
