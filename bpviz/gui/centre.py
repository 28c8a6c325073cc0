"""The column in the middle of the window: banner, lesson, network, and the card below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.theme import GAP


class Centre(QWidget):
    """Whatever stands above the network takes from it and from the card below it."""

    def __init__(self, above: tuple[QWidget, ...], network: QWidget, below: BottomCard) -> None:
        super().__init__()
        self._above, self._below = above, below
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in above:
            column.addWidget(widget)
        column.addWidget(network, 1)
        column.addWidget(below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def event(self, event: QEvent) -> bool:
        """Something above appears, goes or needs another height."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._share()
        return handled

    def _share(self) -> None:
        room = self.height()
        for widget in self._above:
            if not widget.isHidden():
                room -= self._height_of(widget) + GAP
        self._below.fit_to(room)

    def _height_of(self, widget: QWidget) -> int:
        if widget.hasHeightForWidth():
            return widget.heightForWidth(self.width())
        return widget.sizeHint().height()
