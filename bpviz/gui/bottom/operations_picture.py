"""The operation graph drawn: cards left to right, the way back in violet."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.explain.operation_graph import OperationGraph
from bpviz.gui.bottom.operations_cards import CardPainter, Fonts
from bpviz.gui.bottom.operations_edges import edge_path
from bpviz.gui.bottom.operations_layout import Arrangement, arrange
from bpviz.gui.bottom.operations_texts import CardText, card_text, tooltip
from bpviz.gui.colors import blend
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import CAPTION, LIGHT, SECONDARY, Theme

_ZOOMS = (0.4, 2.0)
_ARROW = 5.0


class OperationsPicture(QWidget):
    """The graph at some zoom. `pointed` tells the id of the card under the mouse, -1 for none."""

    pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph: OperationGraph | None = None
        self.steps = 0
        self.zoom = 1.0
        self.arrangement: Arrangement | None = None
        self._theme = LIGHT
        self._texts: dict[int, CardText] = {}
        self._known: frozenset[int] = frozenset()
        self._cards: CardPainter | None = None
        self._hovered = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Operation graph")

    # What is shown

    @property
    def present(self) -> int:
        """The id of the operation that the walk is at, -1 before it begins."""
        if self.graph is None or not self.steps:
            return -1
        return self.graph.backwards[self.steps - 1]

    def show_graph(self, graph: OperationGraph | None, steps: int) -> None:
        """Draw a graph after so many steps backwards."""
        self.graph, self.steps = graph, steps
        self._texts = {}
        if graph is not None:
            self._known = graph.known(steps)
            cards = self._painter()
            everything = [card_text(graph, x, known=True) for x in graph.operations]
            sizes = {k: cards.size(text) for k, text in enumerate(everything)}
            self.arrangement = arrange(graph, sizes)
            self._texts = {
                x.id: everything[x.id] if x.id in self._known else card_text(graph, x, known=False)
                for x in graph.operations
            }
        else:
            self.arrangement = None
        self.updateGeometry()
        self.resize(self.sizeHint())
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._cards = theme, None
        self.show_graph(self.graph, self.steps)

    def set_zoom(self, zoom: float) -> None:
        self.zoom = min(_ZOOMS[1], max(_ZOOMS[0], zoom))
        self.updateGeometry()
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        if self.arrangement is None:
            return QSize(1, 1)
        return QSize(
            round(self.arrangement.width * self.zoom), round(self.arrangement.height * self.zoom)
        )

    def _painter(self) -> CardPainter:
        if self._cards is None:
            fonts = Fonts(
                scaled_font(self, SECONDARY, bold=True),
                scaled_font(self, SECONDARY),
                scaled_font(self, CAPTION),
            )
            self._cards = CardPainter(fonts)
        return self._cards

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._cards = None
            self.show_graph(self.graph, self.steps)

    # Places

    def box(self, operation: int) -> QRectF:
        """Where a card is, in pixels."""
        assert self.arrangement is not None
        x, y, width, height = self.arrangement.boxes[operation]
        zoom = self.zoom
        return QRectF(x * zoom, y * zoom, width * zoom, height * zoom)

    def card_at(self, point: QPointF) -> int:
        if self.arrangement is None:
            return -1
        boxes = self.arrangement.boxes
        return next((k for k in boxes if self.box(k).contains(point)), -1)

    # The mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.ignore()
        self._hover(self.card_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever comes back points anew."""
        super().hideEvent(event)
        self._hovered = -1

    def _hover(self, operation: int) -> None:
        if operation != self._hovered:
            self._hovered = operation
            self.pointed.emit(operation)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.card_at(QPointF(event.pos()))
            if at >= 0 and self.graph is not None:
                text = tooltip(self.graph, self.graph.operations[at], at in self._known)
                QToolTip.showText(event.globalPos(), text, self, self.box(at).toRect())
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        graph, arrangement = self.graph, self.arrangement
        if graph is None or arrangement is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.zoom, self.zoom)
        shown = QRectF(event.rect())
        shown = QRectF(shown.topLeft() / self.zoom, shown.size() / self.zoom)
        self._paint_edges(painter, shown)
        cards = self._painter()
        for k, place in arrangement.boxes.items():
            box = QRectF(*place)
            if box.intersects(shown):
                cards.paint(painter, box, self._texts[k], self._theme, self._frame(k))
        painter.end()

    def _frame(self, operation: int) -> QPen:
        theme = self._theme
        if operation == self.present:
            return QPen(QColor(theme.accent), 2)
        if operation in self._known:
            return QPen(blend(theme.border, theme.violet, 0.45), 1)
        return QPen(QColor(theme.border), 1)

    def _edges(self) -> Iterator[tuple[int, int]]:
        assert self.graph is not None
        for operation in self.graph.operations:
            for source in dict.fromkeys(operation.inputs):
                yield source, operation.id

    def _paint_edges(self, painter: QPainter, shown: QRectF) -> None:
        """Values run along grey lines; where the error was walked back they are violet."""
        assert self.graph is not None
        assert self.arrangement is not None
        theme, graph = self._theme, self.graph
        walked = set(graph.backwards[: self.steps])
        plain = QPen(blend(theme.card, theme.secondary, 0.55), 1.2)
        gone = QPen(blend(theme.card, theme.violet, 0.6), 1.6)
        now = QPen(QColor(theme.violet), 2.4)
        for group in (plain, gone, now):
            for source, consumer in self._edges():
                back = consumer in walked and not graph.operations[source].is_constant
                pen = plain if not back else now if consumer == self.present else gone
                if pen is not group:
                    continue
                path = edge_path(self.arrangement, source, consumer)
                if path.boundingRect().adjusted(-6, -6, 6, 6).intersects(shown):
                    self._paint_edge(painter, path, pen, back)

    def _paint_edge(self, painter: QPainter, path: QPainterPath, pen: QPen, back: bool) -> None:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        tip, near = (0.0, 0.02) if back else (1.0, 0.98)
        end, before = path.pointAtPercent(tip), path.pointAtPercent(near)
        along = end - before
        length = max(1e-6, (along.x() ** 2 + along.y() ** 2) ** 0.5)
        along = along * (_ARROW / length)
        side = QPointF(-along.y(), along.x()) * 0.6
        base = end - along
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        painter.drawPolygon(QPolygonF([end, base + side, base - side]))
