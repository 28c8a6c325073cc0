"""A line of text that can be edited and that leaves the window's keys alone when it rests."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QToolTip, QWidget

from bpviz.gui.widgets.keyboard import is_typing

NUMBER_STARTS = "0123456789.,+-\N{MINUS SIGN}"

# What Qt leaves on both sides between the frame of a line and its text.
_MARGIN = 2


class Line(QLineEdit):
    """A line that rests until something is typed into it.

    Escape takes typing back, and after it as after Enter the line rests again. At rest the keys
    are the window's: Ctrl+Z undoes the edit and Space trains; only what a text may start with
    begins typing. Text that is longer than the line is cut with … while another control has the
    focus, and the tooltip has it all.
    """

    def __init__(self, starts: str | None = None, parent: QWidget | None = None) -> None:
        """`starts` are the characters a text may start with; None stands for all but a space."""
        super().__init__(parent)
        self._starts = starts
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show a text that was not typed; what was typed before can no longer be undone here."""
        self._shown = text
        whole = self.hasSelectedText() and self.selectedText() == self.text()
        if text != self.text() or self.isUndoAvailable():
            self.setText(text)
            self.setCursorPosition(0)
            if whole:
                self.selectAll()
        self.setModified(False)

    @property
    def is_cut(self) -> bool:
        """Whether the line is too narrow for its text."""
        return self.fontMetrics().horizontalAdvance(self.text()) > self._room().width()

    def full_tip(self) -> str:
        """The tooltip, and before it the text where it is cut."""
        return "\n".join(t for t in (self.text() if self.is_cut else "", self.toolTip()) if t)

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        contents = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        return contents.adjusted(_MARGIN, 0, -_MARGIN, 0)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not self.isModified() and not self._begins(event):
                event.ignore()
                return False
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.full_tip(), self)
            return True
        return super().event(event)

    def _begins(self, event: QKeyEvent) -> bool:
        """Whether the key starts a text."""
        if self.isReadOnly() or not is_typing(event):
            return False
        return self._starts is None or event.text() in self._starts

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.show_text(self._shown)
            self.selectAll()
            event.accept()
            return
        super().keyPressEvent(event)
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not self.isModified() and not self.isReadOnly():
            self.selectAll()  # the next number replaces this one

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or not self.is_cut:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        room = self._room()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
