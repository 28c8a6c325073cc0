"""Keys of a window and keys of a control: who gets the space bar and the digits."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QWidget,
)

_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def is_typing(event: QKeyEvent) -> bool:
    """Whether a key writes something that can be seen, and is no command."""
    text = event.text()
    return bool(text.strip()) and text.isprintable() and not event.modifiers() & _COMMANDS


class TypingPath(QObject):
    """Gives what is typed to the chosen cell of a table, though the window uses the key.

    The space bar stays the window's, and so does every key where the cell cannot be edited. Made
    for a view, as its child.
    """

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            editable = Qt.ItemFlag.ItemIsEditable in self._view.currentIndex().flags()
            if editable and is_typing(event):
                event.accept()
                return True
        return False


class KeyboardPath(QObject):
    """Gives the space bar to a control that was reached by Tab, though the window uses the key.

    After a click the key stays the window's, so that Space trains and pauses wherever the mouse
    was last. Make one for a window, as its child.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._at: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)

    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._at is not None:
            self._at.removeEventFilter(self)
            self._at.destroyed.disconnect(self._gone)
            self._at = None
        if not shiboken6.isValid(self._window):
            return  # a window that is going takes the focus from its controls first
        is_control = isinstance(now, QAbstractButton | QComboBox)
        by_key = self._window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        if now is not None and is_control and by_key and self._window.isAncestorOf(now):
            self._at = now
            now.installEventFilter(self)
            now.destroyed.connect(self._gone)

    def _gone(self) -> None:
        self._at = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _KEYS and not event.modifiers():
                event.accept()
                return True
        return False
