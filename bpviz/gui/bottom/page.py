"""What every page of the bottom card is, whatever it shows."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """The content of one tab. One that works in a thread ends it in `shut`.

    `corner` stands at the right of the tabs while the page is shown.
    """

    corner: QWidget | None = None

    def shut(self) -> None:
        """End what runs behind the page, and return when it has ended."""
