"""Whether what is looked for is there: a pill that says so in a word, a sign and a colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import GAP, LIGHT, SECONDARY, Theme

HOLDS, NOT_YET = "✓ holds", "not yet"


class Verdict(QWidget):
    """Filled with the accent when it holds, an outline when it does not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.holds = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("Whether the network shows what this experiment is famous for")
        self.setAccessibleName(NOT_YET)

    @property
    def text(self) -> str:
        """The word that is shown."""
        return HOLDS if self.holds else NOT_YET

    def show_verdict(self, holds: bool, theme: Theme) -> None:
        """Say whether it holds."""
        if (holds, theme) != (self.holds, self.theme):
            self.holds, self.theme = holds, theme
            self.setAccessibleName(self.text)
            self.update()

    def sizeHint(self) -> QSize:
        """As wide for one word as for the other, so that nothing moves."""
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(text) for text in (HOLDS, NOT_YET))
        return QSize(widest + 2 * GAP, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        theme = self.theme
        if self.holds:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
        else:
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(scaled_font(self, SECONDARY, bold=self.holds))
        painter.setPen(QColor(theme.on_accent if self.holds else theme.secondary))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text)
        painter.end()
