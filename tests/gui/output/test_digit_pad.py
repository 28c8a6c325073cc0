"""The drawing pad and the keys of the window around it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from bpviz.gui.output.digit_pad import DigitPad

Key = Qt.Key


class Window(QMainWindow):
    """A focused pad in a window that uses Space and Ctrl+Space itself; `trained` counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.pad = DigitPad(self)
        self.setCentralWidget(self.pad)
        self.trained: list[str] = []
        for keys in ("Space", "Ctrl+Space"):
            action = QAction("Train", self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked=False, keys=keys: self.trained.append(keys))
            self.addAction(action)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.windowHandle(), key)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    window.pad.setFocus()
    return window


def test_space_puts_the_pen_down_and_does_not_train(window: Window) -> None:
    window.press(Key.Key_Space, Key.Key_Down, Key.Key_Right)
    assert window.trained == []
    assert [len(stroke) for stroke in window.pad.strokes] == [3]
    window.press(Key.Key_Space, Key.Key_Down)
    assert [len(stroke) for stroke in window.pad.strokes] == [3]


def test_a_command_stays_the_windows(window: Window) -> None:
    QTest.keyClick(window.windowHandle(), Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert window.trained == ["Ctrl+Space"]
    assert window.pad.strokes == []


def test_c_clears(window: Window) -> None:
    window.press(Key.Key_Space, Key.Key_Down, Key.Key_C)
    assert window.pad.strokes == []
