"""A drop-down list that leaves the mouse wheel to the panel it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from bpviz.gui.widgets.tips import wrapped


class Choice(QComboBox):
    """One of several named values, as wide as the chosen one needs.

    `options` are (value, text, tooltip). `chosen` is emitted when a person chooses; `set_value`
    chooses in silence.
    """

    chosen = Signal(object)

    def __init__(
        self,
        options: Sequence[tuple[object, str, str]],
        name: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values = [value for value, _, _ in options]
        self._tip = tip
        for k, (_value, text, explained) in enumerate(options):
            self.addItem(text)
            self.setItemData(k, wrapped(explained), Qt.ItemDataRole.ToolTipRole)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.view().setTextElideMode(Qt.TextElideMode.ElideNone)
        self.activated.connect(self._chosen)
        self._explain()

    @property
    def value(self) -> object:
        return self._values[self.currentIndex()] if self.currentIndex() >= 0 else None

    def set_value(self, value: object) -> None:
        if value in self._values and value != self.value:
            self.setCurrentIndex(self._values.index(value))
            self._explain()
            self.updateGeometry()

    def offers(self, options: Sequence[tuple[object, str, str]]) -> bool:
        """Whether these are its values and texts; if so, it takes over their tooltips."""
        if len(options) != self.count():
            return False
        for k, (value, text, _) in enumerate(options):
            if value != self._values[k] or text != self.itemText(k):
                return False
        for k, (_value, _text, explained) in enumerate(options):
            if wrapped(explained) != self.itemData(k, Qt.ItemDataRole.ToolTipRole):
                self.setItemData(k, wrapped(explained), Qt.ItemDataRole.ToolTipRole)
        self._explain()
        return True

    def _chosen(self, index: int) -> None:
        self._explain()
        self.updateGeometry()
        self.chosen.emit(self._values[index])

    def _explain(self) -> None:
        """The tooltip: what is chosen here, and what the chosen one does."""
        explained = self.itemData(self.currentIndex(), Qt.ItemDataRole.ToolTipRole)
        chosen = " ".join(f"{self.currentText()}: {explained}".split("\n")) if explained else ""
        self.setToolTip(wrapped("\n".join(text for text in (self._tip, chosen) if text)))

    def showPopup(self) -> None:
        # The list is as wide as its widest entry, even where the closed control is narrower.
        view = self.view()
        width = view.sizeHintForColumn(0) + 28
        view.setMinimumWidth(max(width, self.width()))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self.currentText()) + 7 + 2 + 20 + 4
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance("mmmmmm") + 28
        return QSize(min(width, self.sizeHint().width()), super().sizeHint().height())
