"""What every page of the bottom card is, whatever it shows."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QWidget


class Page(QWidget):
    """The content of one tab. One that works in a thread ends it in `shut`.

    `corner` stands at the right of the tabs while the page is shown and they leave it room.
    """

    corner: QWidget | None = None

    def seat_corner(self, header: QBoxLayout | None) -> None:
        """Put the corner behind the tabs in the card's header; None is to hide it."""
        if self.corner is None:
            return
        if header is not None and header.indexOf(self.corner) < 0:
            header.insertWidget(1, self.corner)
        self.corner.setVisible(header is not None)

    @property
    def running(self) -> bool:
        """Whether something is being computed for it."""
        return False

    def compute(self) -> None:
        """Compute what it shows, where a person has to ask for that."""

    def cancel(self) -> None:
        """Tell what runs behind the page to end soon."""

    def shut(self) -> None:
        """End what runs behind the page, and return when it has ended."""
