"""One formula by itself, typeset; it gives way in size where it is too long."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.explain.typesetter import Typeset, Typesetter

_SIZE = 18
_LEAST_HEIGHT = 40


class FormulaLabel(QWidget):
    """Shows LaTeX from the left edge, in the colour of text; nothing until it is typeset."""

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self.latex = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        typesetter.ready.connect(self._arrived)

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
        ink = self.palette().text().color().name()
        return self._typesetter.ask(self.latex, _SIZE, ink, self.devicePixelRatioF())

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
