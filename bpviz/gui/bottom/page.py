"""What every page of the bottom card is, whatever it shows."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """The content of one tab. One that works in a thread ends it in `shut`.

    `corner` stands at the right of the tabs while the page is shown.
    """

    corner: QWidget | None = None

    @property
    def running(self) -> bool:
        """Whether something is being computed for it."""
        return False

    def compute(self) -> None:
        """Compute what it shows, where a person has to ask for that."""

    def shut(self) -> None:
        """End what runs behind the page, and return when it has ended."""
