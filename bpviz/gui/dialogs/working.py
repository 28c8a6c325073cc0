"""What the dialogs that work in the background have in common."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog


class WorkingDialog(QDialog):
    """A dialog behind which something runs; the window ends that before it goes."""

    def shut(self) -> None:
        """End what runs, and return when it has ended."""
