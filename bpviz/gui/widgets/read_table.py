"""A table that is read, not edited: whole rows are chosen, and copied as text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget


class ReadTable(QTableView):
    """Rows without a grid. Ctrl+C and the menu copy what `as_text` makes of them."""

    def __init__(
        self,
        model: QAbstractItemModel,
        as_text: Callable[[list[int]], str],
        say: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        """`say` tells the person that something was copied."""
        super().__init__(parent)
        self._as_text, self._say = as_text, say
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        copy = QAction("Copy as table", self)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def copy(self) -> None:
        """Copy the chosen rows, or all when at most one is chosen."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        if len(rows) <= 1:
            rows = list(range(self.model().rowCount()))
        QGuiApplication.clipboard().setText(self._as_text(rows))
        self._say(f"Copied {len(rows):,} row{'' if len(rows) == 1 else 's'}.")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            event.accept()
        else:
            super().keyPressEvent(event)
