"""Controls in rows: as many beside each other as there is room for, the others below."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from bpviz.gui.theme import GAP


class FlowLayout(QLayout):
    """Wraps its items like words, each at its natural width, centred in the height of its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        # Qt asks for the same height some twenty times while it lays out a window.
        self._heights: dict[int, int] = {}
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(GAP)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        self._heights.clear()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            rows = self._rows(width)
            between = self.spacing() * max(0, len(rows) - 1)
            self._heights[width] = sum(_height(row) for row in rows) + between
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """All in one row."""
        items = self._shown()
        width = sum(item.sizeHint().width() for item in items)
        return QSize(width + self.spacing() * max(0, len(items) - 1), _height(items))

    def minimumSize(self) -> QSize:
        items = self._shown()
        width = max((item.minimumSize().width() for item in items), default=0)
        return QSize(width, _height(items))

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        y = area.top()
        for row in self._rows(area.width()):
            x, height = area.left(), _height(row)
            for item in row:
                hint = item.sizeHint()
                width = min(hint.width(), area.width())
                item.setGeometry(QRect(x, y + (height - hint.height()) // 2, width, hint.height()))
                x += width + self.spacing()
            y += height + self.spacing()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        x = 0
        for item in self._shown():
            needed = item.sizeHint().width()
            if rows and x + self.spacing() + needed <= width:
                rows[-1].append(item)
                x += self.spacing() + needed
            else:
                rows.append([item])
                x = needed
        return rows


def _height(row: list[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in row), default=0)
