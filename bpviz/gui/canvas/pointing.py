"""What the pointer rests on in the network: its card, its port, its missing connections."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from bpviz.engine.spec import ParameterId
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas.display import NetworkDisplay
from bpviz.gui.canvas.gestures import Gesture
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.hover_card import HoverCard, card_for
from bpviz.gui.canvas.picture import NetworkPicture
from bpviz.gui.canvas.popover import ParameterPopover
from bpviz.gui.canvas.ports import port_hit, port_of
from bpviz.gui.session import Session

# Live numbers on the hover card change this often at most (seconds), to stay legible.
_CARD_INTERVAL = 0.12
_MISSING_REACH = 5.0
# What the card stays clear of, beside a port.
_BESIDE_PORT = 2


class PointedNetwork(NetworkDisplay):
    """Shows what the mouse or the keyboard points at. `gesture` is what a press has begun."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.gesture: Gesture | None = None
        self.mouse = QPoint()
        self._card_time = 0.0
        self.card = HoverCard(session, self)
        self.popover = ParameterPopover(session, self)
        self._pointed: ParameterId | UnitRef | None = None
        self._looked_into: tuple[int, int] | None = None
        session.look_changed.connect(self.card.update)

    def follow_snapshot(self) -> None:
        super().follow_snapshot()
        snapshot = self.session.snapshot
        if snapshot is None:
            return
        picture = self.picture
        if self.popover.isVisible() and picture is not None:
            self.popover.follow(snapshot, picture.naming)
        now = time.monotonic()
        quiet = snapshot.running and now - self._card_time < _CARD_INTERVAL
        if self.card.isVisible() and not quiet:
            self._card_time = now
            self.show_card()

    def picture_changed(self, old: NetworkPicture | None) -> None:
        super().picture_changed(old)
        self._looked_into = None
        if self.gesture is not None and self.gesture.begun:
            return
        if self.underMouse():
            self.point_at(QPointF(self.mouse))
        else:
            self.card.show_text(None, self.mouse)
            self.tell_pointed()

    def moved(self) -> None:
        self.card.show_text(None, self.mouse)
        self.popover.dismiss()

    def hit(self, at: QPointF) -> Hit | None:
        """What lies under a point of the widget."""
        return self._hit(at) if self.current_picture() else None

    def _hit(self, at: QPointF) -> Hit | None:
        picture, view = self.picture, self.viewport_now
        if picture is None:
            return None
        there = view.to_picture(at)
        port = port_hit(picture.scene, picture.headers, self.hover, there, view.zoom)
        if port is not None:
            return port
        hit = picture.hit(at, view)
        if hit is None or hit.kind == "edge":
            reach = _MISSING_REACH / view.zoom
            return picture.missing.hit(there, reach, self.missing_shown()) or hit
        return hit

    def missing_shown(self) -> tuple[int, ...]:
        """All when asked for, else those of the unit that is pointed at."""
        shown = super().missing_shown()
        at = self._looked_into
        if at is None and self.cursor_at is not None and self.hasFocus():
            at = (self.cursor_at.layer, self.cursor_at.unit)
        if shown or self.picture is None or at is None or min(at) < 0:
            return shown
        return self.picture.missing.of_unit(*at)

    def point_at(self, at: QPointF) -> None:
        """Take in where the pointer is: cursor, card, and what is told to the other views."""
        hit = self._hit(at)
        if hit != self.hover:
            self.hover = hit
            if hit is None or hit.kind != "missing":
                # The lines stay while one of them is pointed at.
                on_unit = hit is not None and hit.kind in ("unit", "port")
                self._looked_into = (hit.layer, hit.unit) if hit and on_unit else None
            self.setCursor(_cursor(hit))
            self.update()
        self.tell_pointed()
        self.show_card()

    def tell_pointed(self) -> None:
        """Tell the other views what is pointed at, when it is another thing than before."""
        pointed = self.pointed()
        if pointed != self._pointed:
            self._pointed = pointed
            self.session.pointed.emit(pointed)

    def pointed(self) -> ParameterId | UnitRef | None:
        """The parameter or unit under the mouse, else under the keyboard's cursor."""
        hit = self.hover or (self.cursor_at if self.hasFocus() else None)
        if hit is None or self.picture is None:
            return None
        if hit.index >= 0:
            return self.picture.scene.theta.id_of(hit.index)
        if hit.kind not in ("unit", "port") or hit.unit < 0:
            return None
        layer = self.picture.spec.layers[hit.layer]
        return UnitRef(layer.id, layer.ids[hit.unit])

    def show_card(self) -> None:
        """Show the card of what is pointed at."""
        snapshot, picture = self.session.snapshot, self.picture
        if self.hover is None or snapshot is None or picture is None or self.popover.isVisible():
            self.card.show_text(None, self.mouse)
            return
        evaluation = self.session.evaluation
        if evaluation is not None and not evaluation.belongs_to(snapshot):
            evaluation = None
        text = card_for(self.hover, picture.naming, snapshot, evaluation)
        self.card.show_text(text, self._beside_port(picture))

    def _beside_port(self, picture: NetworkPicture) -> QPoint:
        """Where the card is asked to be: it must not lie over a port that a person reaches for."""
        port = port_of(picture.scene, picture.headers, self.hover)
        if port is None or self.hover is None or self.hover.kind == "port":
            return self.mouse
        right = round(self.viewport_now.to_screen(port).x()) + _BESIDE_PORT
        return QPoint(max(self.mouse.x(), right), self.mouse.y())

    def leaveEvent(self, event: QEvent) -> None:
        if self.hover is not None:
            self.hover = None
            self.update()
        self._looked_into = None
        self.tell_pointed()
        self.card.show_text(None, self.mouse)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.tell_pointed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.tell_pointed()


def _cursor(hit: Hit | None) -> Qt.CursorShape:
    if hit is None:
        return Qt.CursorShape.ArrowCursor
    if hit.kind == "port":
        return Qt.CursorShape.CrossCursor
    if hit.kind == "picture" or (hit.control is not None and hit.control.kind == "title"):
        return Qt.CursorShape.OpenHandCursor
    return Qt.CursorShape.PointingHandCursor
