"""Two buttons of which one is shown, such as one that starts and one that cancels."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def exchange(shown: QWidget, hidden: QWidget) -> None:
    """Show one in the other's place; the keyboard's focus stays there."""
    focused = shown.hasFocus() or hidden.hasFocus()
    shown.show()
    if focused:
        shown.setFocus()
    hidden.hide()
