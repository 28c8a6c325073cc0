"""The operation graph in a frame: it scrolls, zooms and follows the walk."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from bpviz.explain.operation_graph import OperationGraph
from bpviz.gui.bottom.operations_picture import OperationsPicture

# Smaller than this nobody can read the cards; then one scrolls.
_LEGIBLE = 0.75


class OperationsView(QScrollArea):
    """The picture in a frame that scrolls; the wheel zooms, a drag moves it.

    `clicked` tells the id of the card that was clicked.
    """

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = OperationsPicture()
        self.setWidget(self.picture)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerWidget(QWidget())
        self.viewport().setAutoFillBackground(False)
        self.picture.setAutoFillBackground(False)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Operation graph")
        self.setToolTip("Click a card to walk back to it; the wheel zooms, a drag moves the graph")
        self._fitting = True
        self._pressed: QPointF | None = None
        self._held = QPointF()

    def fit(self) -> None:
        """As large as the height allows, but legible."""
        self._fitting = True
        places = self.picture.arrangement
        if places is None:
            return
        height = self.viewport().height()
        self.picture.set_zoom(max(_LEGIBLE, min(1.0, height / places.height)))

    def refit(self) -> None:
        """Fit again, unless somebody zoomed."""
        if self._fitting:
            self.fit()

    def show_graph(self, graph: OperationGraph | None, steps: int) -> None:
        """Draw a graph after so many steps; the zoom stays what it is, or fitting."""
        self.picture.show_graph(graph, steps)
        self.refit()

    def show_present(self) -> None:
        """Scroll to where the walk is, with what comes next on its left."""
        at = self.picture.present
        if at < 0:
            return
        box = self.picture.box(at)
        center = box.center().toPoint()
        self.ensureVisible(center.x(), center.y(), self.viewport().width() // 3, int(box.height()))

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom; what is under `about` (a point of the viewport) stays there."""
        about = QPointF(self.viewport().rect().center()) if about is None else about
        before = self.picture.zoom
        under = about - QPointF(self.picture.pos())
        self._fitting = False
        self.picture.set_zoom(before * factor)
        moved = under * (self.picture.zoom / before) - about
        self.horizontalScrollBar().setValue(round(moved.x()))
        self.verticalScrollBar().setValue(round(moved.y()))

    # Keys and the mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down scroll; the page has another use for the rest."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not delta.y():
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - (delta.x() or delta.y()))
        else:
            self.zoom_by(1.0015 ** delta.y(), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._held = event.globalPosition()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        moved = self._held - event.globalPosition()
        self._held = event.globalPosition()
        for bar, by in (
            (self.horizontalScrollBar(), moved.x()),
            (self.verticalScrollBar(), moved.y()),
        ):
            bar.setValue(bar.value() + round(by))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if (event.globalPosition() - pressed).manhattanLength() < QApplication.startDragDistance():
            at = self.picture.card_at(self.picture.mapFromGlobal(event.globalPosition()))
            if at >= 0:
                self.clicked.emit(at)
