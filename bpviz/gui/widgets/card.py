"""Frames: a card with a title, a section that folds, a thin line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSettings, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.text import label


class Card(QFrame):
    """A framed area. `header` is the row of its title, for controls at the right; `body` below."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, GAP, 12, 12)
        column.setSpacing(GAP)
        self.header = QHBoxLayout()
        self.header.setSpacing(12)
        if title:
            self.title = label(title, "title", self)
            self.header.addWidget(self.title)
            self.header.addStretch(1)
            column.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(GAP)
        column.addLayout(self.body, 1)


class _FoldButton(QPushButton):
    """The title of a section, with an arrow at its right that says whether it is open."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setAutoDefault(False)
        self.setProperty("kind", "section")
        self.setCheckable(True)
        self.setChecked(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        x, y = self.width() - 8.0, self.height() / 2
        arrow = [(-3.5, -1.75), (0, 1.75), (3.5, -1.75)]
        if not self.isChecked():
            arrow = [(dy, dx) for dx, dy in arrow]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self.palette().placeholderText().color(), 1.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in arrow]))
        painter.end()


class Section(QWidget):
    """A foldable part of a panel under a bold title; it remembers whether it was folded."""

    folded_changed = Signal(bool)

    def __init__(
        self,
        title: str,
        key: str = "",
        folded: bool = False,
        minor: bool = False,
        parent: QWidget | None = None,
        name: str = "",
    ) -> None:
        """`key` is the name it is remembered by; "" forgets. `folded` is how it is at first.

        A `minor` one stands inside another and has a quieter title. `name` is what it is called
        where the section that it stands in is not seen; "" for its title.
        """
        super().__init__(parent)
        self._key = f"sections/{key}" if key else ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        self.button = _FoldButton(title, self)
        if minor:
            self.button.setProperty("kind", "subsection")
        self._name = name or title
        self.content = QWidget(self)
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, 0, 0 if minor else GAP)
        self.body.setSpacing(HALF_GAP)
        column.addWidget(self.button)
        column.addWidget(self.content)
        if self._key:
            folded = bool(QSettings().value(self._key, folded, type=bool))
        self.button.setChecked(not folded)
        self.content.setVisible(not folded)
        self._describe()
        # What was only read is not to be written again.
        self.button.toggled.connect(self._toggled)

    @property
    def folded(self) -> bool:
        return not self.button.isChecked()

    def fold(self, folded: bool) -> None:
        self.button.setChecked(not folded)

    def set_title(self, title: str) -> None:
        """Another title, by which it is called from now on."""
        self.button.setText(title)
        self._name = title
        self._describe()

    def _toggled(self, opened: bool) -> None:
        self.content.setVisible(opened)
        self._describe()
        if self._key:
            QSettings().setValue(self._key, not opened)
        self.folded_changed.emit(not opened)

    def _describe(self) -> None:
        verb = "Fold" if self.button.isChecked() else "Unfold"
        self.button.setAccessibleName(f"{self._name}, section")
        self.button.setToolTip(f"{verb} {self._name[0].lower()}{self._name[1:]}")


def line(vertical: bool = False, parent: QWidget | None = None) -> QFrame:
    """A thin line between groups of controls."""
    made = QFrame(parent)
    made.setProperty("role", "line")
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made
