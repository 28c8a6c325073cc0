"""Formulas and sentences on the screen: coloured, live, every term open to mouse and keys."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.engine.spec import ParameterId
from bpviz.explain.terms import Line, Term, UnitRef
from bpviz.gui.colors import blend
from bpviz.gui.explain.formula_keys import Place, Ring, is_way, reveal, stops_of
from bpviz.gui.explain.formula_layout import Page, Typography, role_color, set_page
from bpviz.gui.explain.formula_pointing import areas_of, means_something, subject, tip
from bpviz.gui.explain.formula_rows import Piece
from bpviz.gui.explain.typesetter import Typesetter
from bpviz.gui.theme import HALF_GAP, TEXT, Theme

# How much of its colour a term's background has.
_HOVERED = 0.10
_LIT = 0.18
_NARROWEST = 160
_TIP = "Click a factor to see where it comes from; point at one to find it in the network"

Speaks = ParameterId | UnitRef


class FormulaView(QWidget):
    """Shows lines of a derivation; cheap to call again when only the numbers have changed.

    `term_hovered` has the Term that the mouse or the keyboard points at, or None: only terms that
    speak of something on the canvas or can be opened count. `term_clicked` has a Term with a
    factor; whether that opens, `term.factor.expansion` tells.
    """

    term_hovered = Signal(object)
    term_clicked = Signal(object)

    def __init__(self, typesetter: Typesetter, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._quiet: frozenset[int] = frozenset()
        self._type: Typography | None = None
        self._page: Page | None = None
        self._page_width = -1
        self._heights: dict[int, int] = {}
        self._lit: frozenset[Speaks] = frozenset()
        self._mouse: QPointF | None = None
        self._pressed: Place | None = None
        self._ring = Ring()
        self._room = math.inf
        self._pointed: Term | None = None
        typesetter.ready.connect(self._set_anew)
        self.setContentsMargins(HALF_GAP, HALF_GAP, HALF_GAP, HALF_GAP)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(_TIP)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._describe()

    # What is shown

    def show_lines(self, lines: Sequence[Line], quiet: Collection[int] = ()) -> None:
        """Show other lines, or the same with other numbers.

        The lines whose numbers are in `quiet` are set smaller and in grey, but for strong terms.
        """
        self._lines = tuple(lines)
        self._quiet = frozenset(quiet)
        self._ring.keep(stops_of(self._lines))
        self._set_anew()
        self._describe()

    def highlight(self, speaks_of: Speaks | Iterable[Speaks] | None) -> None:
        """Light up the terms that speak of a unit or a parameter, or of any of several."""
        if speaks_of is None:
            lit: frozenset[Speaks] = frozenset()
        elif isinstance(speaks_of, (ParameterId, UnitRef)):
            lit = frozenset((speaks_of,))
        else:
            lit = frozenset(speaks_of)
        if lit != self._lit:
            self._lit = lit
            self.update()

    def set_theme(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._theme = theme
            self._restyle()

    def set_room(self, height: float) -> None:
        """So much is seen without scrolling; the first formula gives way to that."""
        if height != self._room:
            self._room = height
            self._set_anew()

    def text(self) -> str:
        """All lines as plain text."""
        return "\n".join(line.text() for line in self._lines)

    # Setting

    def _typography(self) -> Typography:
        if self._type is None:
            self.ensurePolished()
            scale = self.fontInfo().pixelSize() / TEXT
            ratio = self.devicePixelRatioF()
            self._type = Typography(self._typesetter, self._theme, self.font(), scale, ratio)
        return self._type

    def _set(self, width: int) -> Page:
        margins = self.contentsMargins()
        inner = max(1.0, width - margins.left() - margins.right())
        room = self._room - margins.top() - margins.bottom()
        return set_page(self._lines, inner, self._typography(), self._quiet, room)

    def page(self) -> Page:
        """The pieces as they stand now, in the coordinates of the contents."""
        if self._page is None or self._page_width != self.width():
            self._page_width = self.width()
            self._page = self._set(self._page_width)
        return self._page

    def _set_anew(self) -> None:
        """Lines, terms or sizes have changed."""
        before = self._heights.get(self.width())
        self._heights.clear()
        self._page = None
        if self.heightForWidth(self.width()) != before:
            self.updateGeometry()
        self._point()
        self.update()

    def _restyle(self) -> None:
        self._type = None
        self._set_anew()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._restyle()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._restyle()
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event)
            return True
        return super().event(event)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            if len(self._heights) > 8:
                self._heights.clear()
            page = self.page() if width == self.width() else self._set(width)
            margins = self.contentsMargins()
            self._heights[width] = round(page.height + 0.5) + margins.top() + margins.bottom()
        return self._heights[width]

    def sizeHint(self) -> QSize:
        width = max(_NARROWEST, self.width())
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, 0)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        margins = self.contentsMargins()
        painter.translate(margins.left(), margins.top())
        shown = QRectF(event.rect().translated(-margins.left(), -margins.top()))
        pieces = [piece for piece in self.page().pieces if piece.rect.intersects(shown)]
        self._paint_behind(painter, pieces)
        type_ = self._typography()
        pen, font = "", 0
        for piece in pieces:
            if piece.picture is not None:
                top = piece.baseline - piece.ascent
                painter.drawPixmap(QPointF(piece.x, top), piece.picture.pixmap)
            elif piece.kind == "number":
                type_.glyphs.draw(
                    painter,
                    piece.x,
                    piece.baseline,
                    piece.text,
                    piece.size,
                    piece.color,
                    piece.term.strong,
                    type_.ratio,
                )
            else:
                if font != piece.size:
                    font = piece.size
                    painter.setFont(type_.fonts[font])
                if pen != piece.color:
                    pen = piece.color
                    painter.setPen(QColor(pen))
                painter.drawText(QPointF(piece.x, piece.baseline), piece.text)
        painter.end()

    def _paint_behind(self, painter: QPainter, pieces: list[Piece]) -> None:
        """The backgrounds of what is pointed at and lit, and the ring of the keyboard."""
        hovered = self._place_at(self._mouse)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for rect, piece in areas_of(pieces):
            lit = self._is_lit(piece.term)
            at = (piece.line, piece.index)
            focused = at == self._ring.place and self._ring.shown and self.hasFocus()
            if not (lit or focused or at == hovered):
                continue
            color = role_color(self._theme, piece.term.role)
            painter.setPen(Qt.PenStyle.NoPen)
            if lit or at == hovered:
                strength = (_LIT if lit else 0.0) + (_HOVERED if at == hovered else 0.0)
                painter.setBrush(blend(self._theme.card, color, strength))
            else:
                painter.setBrush(Qt.BrushStyle.NoBrush)
            if focused:
                painter.setPen(QPen(QColor(self._theme.accent), 1.5))
            painter.drawRoundedRect(rect, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self._theme.text))

    def _is_lit(self, term: Term) -> bool:
        if not self._lit:
            return False
        return not self._lit.isdisjoint(term.units) or not self._lit.isdisjoint(term.parameters)

    # The mouse

    def _place_at(self, position: QPointF | None) -> Place | None:
        """The term at a position, if pointing at it means something."""
        if position is None:
            return None
        margins = self.contentsMargins()
        point = position - QPointF(margins.left(), margins.top())
        for rect, piece in areas_of(self.page().pieces):
            if rect.contains(point) and means_something(piece.term):
                return (piece.line, piece.index)
        return None

    def _term(self, place: Place | None) -> Term | None:
        if place is None or place[0] >= len(self._lines):
            return None
        terms = self._lines[place[0]].terms
        return terms[place[1]] if place[1] < len(terms) else None

    def _point(self) -> None:
        """Tell what is pointed at, when that is something else than before."""
        place = self._place_at(self._mouse)
        term = self._term(place)
        openable = term is not None and term.factor is not None
        shape = Qt.CursorShape.PointingHandCursor if openable else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        if place is None and self._ring.shown and self.hasFocus():
            term = self._term(self._ring.place)
        told, self._pointed = self._pointed, term
        if subject(told) != subject(term):
            self.term_hovered.emit(term)

    def _moved(self, position: QPointF | None) -> None:
        before = self._place_at(self._mouse)
        self._mouse = position
        if self._place_at(position) != before:
            self.update()
        self._point()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._moved(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._moved(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._place_at(event.position())
            self._ring.shown = False
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        place, self._pressed = self._pressed, None
        if place is not None and place == self._place_at(event.position()):
            self._open(place)

    def _open(self, place: Place) -> None:
        term = self._term(place)
        if term is not None and term.factor is not None:
            self._ring.place = place
            self.term_clicked.emit(term)

    def _show_tip(self, event: QHelpEvent) -> None:
        place = self._place_at(QPointF(event.pos()))
        term = self._term(place)
        text = tip(term) if term is not None else self.toolTip()
        if not text:
            QToolTip.hideText()
            event.ignore()
            return
        area = self.rect() if place is None else self._rect_of(place)
        QToolTip.showText(event.globalPos(), text, self, area)

    # The keyboard

    def _go(self, step: int) -> bool:
        """Move the ring; False when there is nothing more in that direction."""
        place = self._ring.after(stops_of(self._lines), step)
        if place is not None:
            self._focus(place)
        return place is not None

    def _focus(self, place: Place) -> None:
        self._ring = Ring(place, shown=True)
        reveal(self, self._rect_of(place))
        self._point()
        self._describe()
        self.update()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from term to term, and on to the next widget after the last."""
        if self.hasFocus() and self._go(1 if forward else -1):
            return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        stops = stops_of(self._lines)
        backwards = event.reason() == Qt.FocusReason.BacktabFocusReason
        if stops and (backwards or event.reason() == Qt.FocusReason.TabFocusReason):
            self._focus(stops[-1 if backwards else 0])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.shown = False
        self._point()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, stops = event.key(), stops_of(self._lines)
        if is_way(key, stops):
            place = self._ring.led_to(key, stops)
            if place is not None:
                self._focus(place)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._ring.place in stops:
            self._open(self._ring.place)
        else:
            super().keyPressEvent(event)

    def _rect_of(self, place: Place) -> QRect:
        margins = self.contentsMargins()
        for rect, piece in areas_of(self.page().pieces):
            if (piece.line, piece.index) == place:
                return rect.translated(margins.left(), margins.top()).toAlignedRect()
        return QRect()

    def _describe(self) -> None:
        self.setAccessibleName(self.text() or "Formula")
        term = self._term(self._ring.place) if self._ring.shown else None
        self.setAccessibleDescription(
            tip(term)
            if term is not None
            else "The arrow keys go from term to term, Enter opens one"
        )
