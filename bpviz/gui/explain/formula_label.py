"""One formula by itself, typeset; it gives way in size where it is too long."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.explain.typesetter import Typeset, Typesetter
from bpviz.gui.theme import Theme

_SIZE = 18
_LEAST_HEIGHT = 40


class FormulaLabel(QWidget):
    """Shows LaTeX from the left edge; its own text until it is typeset."""

    def __init__(self, typesetter: Typesetter, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._theme = theme
        self.latex = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        typesetter.ready.connect(self._arrived)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_formula(self, latex: str) -> None:
        """Show another formula; "" hides the label."""
        self.latex = latex
        self.setVisible(bool(latex))
        self.setAccessibleName(f"Formula: {latex}")
        self._arrived()

    def sizeHint(self) -> QSize:
        term = self._term()
        height = term.ascent + term.descent if term is not None else 0.0
        return QSize(120, max(_LEAST_HEIGHT, math.ceil(height) + 8))

    def _arrived(self) -> None:
        self.updateGeometry()
        self.update()

    def _term(self) -> Typeset | None:
        if not self.latex:
            return None
        return self._typesetter.ask(self.latex, _SIZE, self._theme.text, self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent) -> None:
        term = self._term()
        if term is None:
            return
        scale = min(1.0, self.width() / term.width)
        height = (term.ascent + term.descent) * scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(0.0, round((self.height() - height) / 2), term.width * scale, height)
        painter.drawPixmap(place, term.pixmap, QRectF(term.pixmap.rect()))
        painter.end()
