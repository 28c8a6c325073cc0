"""Labels: captions, secondary text, text that is cut with …, and headline figures."""

from __future__ import annotations

import re
from collections.abc import Collection

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bpviz.gui.widgets.tips import wrapped


def capitalised(sentence: str, names: Collection[str] = ()) -> str:
    """A sentence with a capital letter, unless it begins with a name.

    That is one of `names`, such as the ids of layers, a letter such as x or h1, or anything that a
    colon follows, such as a file.
    """
    first = sentence.split(" ", 1)[0]
    name = first.rstrip(",;")
    if first.endswith(":") or name in names or re.fullmatch(r"[b-z]\d*", name):
        return sentence
    return sentence[:1].upper() + sentence[1:]


def label(text: str, role: str = "", parent: QWidget | None = None) -> QLabel:
    """A label in one of the style sheet's roles: secondary, caption, title, figure, error."""
    made = QLabel(text, parent)
    if role:
        made.setProperty("role", role)
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the style sheet looks at, and let it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line of text that gives way: what does not fit is cut with …, the tooltip has it all."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._tip = ""
        if role:
            self.setProperty("role", role)

    def setToolTip(self, text: str) -> None:
        self._tip = text
        super().setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self.fontMetrics().horizontalAdvance("mmm…")), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        if not self._tip:
            super().setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()) | Qt.TextFlag.TextSingleLine,
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )
        painter.end()


class SteadyLabel(QLabel):
    """A value as wide as the widest one expected, so that running numbers move nothing.

    Its size is fixed, and so Qt lays nothing out anew when only the text is another one.
    """

    def __init__(self, widest: str, parent: QWidget) -> None:
        super().__init__("–", parent)
        self._widest = widest
        self._fit()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def expect(self, widest: str) -> None:
        """From now on this is the widest text."""
        self._widest = widest
        self._fit()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        hint = super().sizeHint()
        width = self.fontMetrics().horizontalAdvance(self._widest)
        return QSize(max(width, hint.width()), hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        if hasattr(self, "_widest") and self.sizeHint() != self.minimumSize():
            self.setFixedSize(self.sizeHint())


class Figure(QWidget):
    """A caption over a headline figure; `unit` follows the figure in small."""

    def __init__(
        self,
        caption: str,
        widest: str = "0.0000",
        unit: str = "",
        role: str = "figure",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self.caption = SteadyLabel(caption, self)
        self.caption.setProperty("role", "caption")
        self.caption.setText(caption)
        self.value = SteadyLabel(f"{widest} {unit}" if unit else widest, self)
        self.value.setProperty("role", role)
        self._unit = unit
        column.addWidget(self.caption, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.value, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(caption)

    def setToolTip(self, text: str) -> None:
        super().setToolTip(wrapped(text))

    def set_text(self, text: str, unit: str = "") -> None:
        """Show a value; "–" stands for none and goes without the unit. `unit` replaces its own."""
        unit = unit or self._unit
        if unit and text != "–":
            self.caption.ensurePolished()
            size = self.caption.fontInfo().pixelSize()
            color = self.palette().placeholderText().color().name()
            text += (
                f'<span style="font-size:{size}px; font-weight:normal; color:{color}">'
                f"&nbsp;{unit}</span>"
            )
        if text != self.value.text():
            self.value.setText(text)
            self.setAccessibleDescription(text.split("<")[0])
