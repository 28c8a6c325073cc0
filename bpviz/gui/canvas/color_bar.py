"""The colour bar: orange below zero, blue above, with the ends of the scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.scale import in_two_digits, short
from bpviz.gui.session import Session
from bpviz.gui.theme import SECONDARY, Theme

_HEIGHT = 8.0


class ColorBar(QWidget):
    """Shows what the colours of edges and biases mean."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.scale = 0.0
        self.length = 112
        self.labelled = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour scale")

    def set_scale(self, scale: float) -> None:
        """The ends of the scale are ± this."""
        if scale != self.scale:
            self.scale = scale
            self.setAccessibleDescription(f"from {short(-scale)} to {short(scale)}")
            self.updateGeometry()
            self.update()

    def set_length(self, length: int) -> None:
        if length != self.length:
            self.length = length
            self.updateGeometry()

    def set_labelled(self, labelled: bool) -> None:
        """Whether the ends of the scale are written beside it."""
        if labelled != self.labelled:
            self.labelled = labelled
            self.updateGeometry()
            self.update()

    def _text_width(self) -> float:
        if not self.labelled:
            return 0.0
        measure = QFontMetricsF(sized(self.font(), SECONDARY))
        return max(
            measure.horizontalAdvance("−0.00"), measure.horizontalAdvance(scale_end(-self.scale))
        )

    def sizeHint(self) -> QSize:
        return QSize(round(2 * self._text_width() + self.length + 12), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_color_bar(
            painter,
            QRectF(self.rect()),
            self._text_width(),
            self.scale,
            self._session.theme,
        )
        painter.end()


def scale_end(value: float) -> str:
    """An end of a scale; of a huge or tiny one the power of ten is what matters."""
    size = abs(value)
    return in_two_digits(value) if size >= 1e10 or 0 < size < 1e-9 else short(value)


def paint_color_bar(
    painter: QPainter, rect: QRectF, text_width: float, scale: float, theme: Theme
) -> None:
    """Draw the bar with its ends into a rectangle."""
    painter.setFont(sized(painter.font(), SECONDARY))
    painter.setPen(QColor(theme.secondary))
    left = QRectF(rect.x(), rect.y(), text_width, rect.height())
    right = QRectF(rect.right() - text_width, rect.y(), text_width, rect.height())
    vertical = Qt.AlignmentFlag.AlignVCenter
    if text_width:
        painter.drawText(left, vertical | Qt.AlignmentFlag.AlignRight, scale_end(-scale))
        plus = f"+{scale_end(scale)}" if scale else "0"
        painter.drawText(right, vertical | Qt.AlignmentFlag.AlignLeft, plus)
    bar = QRectF(
        left.right() + 6, rect.center().y() - _HEIGHT / 2, right.x() - left.right() - 12, _HEIGHT
    )
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    colors = (theme.negative, theme.zero, theme.positive) if scale else (theme.zero,) * 3
    for at, color in zip((0.0, 0.5, 1.0), colors, strict=True):
        gradient.setColorAt(at, QColor(color))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar, 3, 3)
