"""The window of a special view; what runs behind the view ends when it is closed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from bpviz.experiments.lessons import LessonView
from bpviz.gui.lessons.views.registry import YieldTo, view_kind
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, TEXT


class ViewWindow(QDialog):
    """Stays open beside the main window; `done_with` says by name that it was worked through.

    Raises SettingError when the view cannot be made.
    """

    done_with = Signal(str)
    closed = Signal()

    def __init__(
        self,
        shows: LessonView,
        session: Session,
        yield_to: YieldTo,
        parent: QWidget | None = None,
    ) -> None:
        kind = view_kind(shows.name)
        # First of all: a view that cannot be made leaves no window behind.
        view = kind.make(session, yield_to, shows.options)
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shows = shows
        self.setWindowTitle(kind.title)
        self.view = view
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, 2 * GAP)
        column.addWidget(self.view)
        self.view.done.connect(self._done)
        scale = max(1.0, self.fontInfo().pixelSize() / TEXT)
        self.resize(round(kind.size[0] * scale), round(kind.size[1] * scale))
        if kind.beside and parent is not None:
            self._stand_beside(parent.window())

    def _stand_beside(self, window: QWidget) -> None:
        """Over the right column of the main window, so that the network stays seen."""
        corner = window.mapToGlobal(QPoint(window.width(), 0))
        top = max(0, (window.height() - self.height()) // 2)
        self.move(corner.x() - self.width() - GAP, corner.y() + top)

    def _done(self, *_: object) -> None:
        self.done_with.emit(self.shows.name)

    def shut(self) -> None:
        """End what runs behind the view; returns when it has ended."""
        if hasattr(self.view, "shut"):
            self.view.shut()

    def closeEvent(self, event: QCloseEvent) -> None:
        # Not the dialog's own, which would reject, and so close, once more.
        self.shut()
        event.accept()
        self.closed.emit()

    def reject(self) -> None:
        # Escape hides a dialog without closing it, and what runs behind it would go on.
        self.close()
