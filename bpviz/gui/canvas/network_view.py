"""The widget that shows the network: what to draw when, the mouse, the keyboard, the wheel."""

from __future__ import annotations

import time
from typing import Any, cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from bpviz.gui.canvas import keyboard
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.hover_card import HoverCard, card_for, gradient_words
from bpviz.gui.canvas.layer_headers import Control, sized
from bpviz.gui.canvas.matrix import MatrixDialog
from bpviz.gui.canvas.menus import activation_menu, apply_to_layer, layer_menu
from bpviz.gui.canvas.picture import NetworkPicture, Shown, Viewport
from bpviz.gui.canvas.pictures import belongs
from bpviz.gui.canvas.popover import ParameterPopover
from bpviz.gui.canvas.scale import ColorScale
from bpviz.gui.session import Session
from bpviz.gui.theme import CAPTION, TEXT
from bpviz.lab.edits import AddLayer, AddUnit, RemoveUnit

_ZOOMS = (0.25, 12.0)
# Live numbers on the hover card change this often at most (seconds), to stay legible.
_CARD_INTERVAL = 0.12


class NetworkView(QWidget):
    """Draws the session's snapshot and answers to mouse and keyboard."""

    scale_changed = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 200)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Network")
        self.picture: NetworkPicture | None = None
        self.hover: Hit | None = None
        self.cursor_at: Hit | None = None
        self._viewport: Viewport | None = None
        self._scales: dict[tuple[str, int], ColorScale] = {}
        self._scale = 0.0
        self._scaled: tuple[Any, str] | None = None
        self._press: QPointF | None = None
        self._panning = False
        self._mouse = QPoint()
        self._card_time = 0.0
        self.card = HoverCard(session, self)
        self.popover = ParameterPopover(session, self)
        session.snapshot_changed.connect(self._follow_snapshot)
        session.evaluation_changed.connect(self.update)
        session.look_changed.connect(self._follow_look)
        session.motion_changed.connect(self.update)
        session.selected.connect(lambda _parameter: self.update())
        self._follow_snapshot()

    # What is drawn

    @property
    def base_zoom(self) -> float:
        """How much larger than usual texts are, as for a projector."""
        pixels = self.font().pixelSize()
        return pixels / TEXT if pixels > TEXT else 1.0

    @property
    def viewport_now(self) -> Viewport:
        if self._viewport is not None:
            return self._viewport
        picture = self.current_picture()
        return picture.fitting(self.base_zoom) if picture else Viewport()

    def current_picture(self) -> NetworkPicture | None:
        """The geometry of the present snapshot, made anew only when that has to change."""
        snapshot = self.session.snapshot
        if snapshot is None:
            self.picture = None
            return None
        look, picture = self.session.look, self.picture
        if (
            picture is None
            or picture.size != self._area()
            or picture.theme is not look.theme
            or (picture.numbers is not None) != look.numbers
            or not (picture.spec is snapshot.spec or picture.spec == snapshot.spec)
        ):
            old = picture
            self.picture = NetworkPicture(
                snapshot, self._area(), self.base_zoom, look.theme, self.font(), look.numbers
            )
            if old is not None and old.spec.layers != snapshot.spec.layers:
                self.cursor_at = None
            self.hover = None
            if self.underMouse():
                self._point_at(QPointF(self._mouse))
        return self.picture

    def _area(self) -> QSize:
        return QSize(max(self.width(), 60), max(self.height(), 60))

    def shown(self) -> Shown | None:
        """What is drawn now."""
        session = self.session
        if session.snapshot is None:
            return None
        return Shown(
            session.snapshot,
            session.evaluation,
            session.look.quantity,
            self._scale,
            session.selection,
            self.hover,
            self.cursor_at if self.hasFocus() else None,
            session.motion,
            session.look.shown_unit,
        )

    def _follow_snapshot(self) -> None:
        self._follow_scale()
        snapshot = self.session.snapshot
        if snapshot is not None:
            if self.popover.isVisible():
                self.popover.follow(snapshot)
            now = time.monotonic()
            if self.card.isVisible() and (
                not snapshot.running or now - self._card_time > _CARD_INTERVAL
            ):
                self._card_time = now
                self._show_card()
        self.update()

    def _follow_scale(self) -> None:
        snapshot, quantity = self.session.snapshot, self.session.look.quantity
        if snapshot is None or self._scaled == (snapshot, quantity):
            return
        self._scaled = (snapshot, quantity)
        key = (quantity, snapshot.run)
        if key not in self._scales:
            self._scales = {k: v for k, v in self._scales.items() if k[1] == snapshot.run}
            self._scales[key] = ColorScale()
        scale = self._scales[key].follow(snapshot.quantity(quantity))
        if scale != self._scale:
            self._scale = scale
            self.scale_changed.emit(scale)

    def _follow_look(self) -> None:
        self._follow_scale()
        self.card.update()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        picture, shown = self.current_picture(), self.shown()
        if picture is None or shown is None:
            self._paint_nothing(painter)
        else:
            picture.paint(painter, shown, self.viewport_now, self.devicePixelRatioF())
            self.paint_caption(painter, QRectF(self.rect()))
        painter.end()

    def _paint_nothing(self, painter: QPainter) -> None:
        theme = self.session.theme
        painter.fillRect(self.rect(), QColor(theme.card))
        painter.setPen(QColor(theme.secondary))
        painter.setFont(self.font())
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignCenter, "The network appears here in a moment."
        )

    def paint_caption(self, painter: QPainter, rect: QRectF) -> None:
        """Say in the lower left what the colours are, where that is not plain."""
        text = self.caption()
        if not text:
            return
        theme = self.session.theme
        font = sized(self.font(), round(CAPTION * self.base_zoom))
        measure = QFontMetricsF(font)
        text = measure.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 12)
        plate = QRectF(
            rect.x(),
            rect.bottom() - measure.height() - 2,
            measure.horizontalAdvance(text) + 8,
            measure.height() + 2,
        )
        painter.fillRect(plate, QColor(theme.card))
        painter.setFont(font)
        painter.setPen(QColor(theme.secondary))
        painter.drawText(plate, Qt.AlignmentFlag.AlignVCenter, text)

    def caption(self) -> str:
        """The words in the lower left corner, or nothing."""
        snapshot, quantity = self.session.snapshot, self.session.look.quantity
        if snapshot is None:
            return ""
        optimizer = snapshot.experiment.training.optimizer
        if quantity == "velocity" and not optimizer.velocity:
            return f"{optimizer.label} keeps no velocity"
        if quantity == "gradient":
            return f"∂E/∂w of {gradient_words(snapshot)}"
        if quantity == "update" and not snapshot.update.any():
            return "no update yet: train, or step once"
        too_many = self.picture is not None and self.picture.numbers is not None
        if too_many and not cast(Any, self.picture).numbers.fits:
            return "too many weights to print; point at one to read it"
        return ""

    # Zooming and panning

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom; the point of the picture at `about` stays where it is."""
        about = QPointF(self.rect().center()) if about is None else about
        view = self.viewport_now
        zoom = min(_ZOOMS[1], max(_ZOOMS[0], view.zoom * factor))
        ratio = zoom / view.zoom
        self._viewport = Viewport(
            zoom,
            about.x() - (about.x() - view.dx) * ratio,
            about.y() - (about.y() - view.dy) * ratio,
        )
        self.card.show_text(None, self._mouse)
        self.popover.dismiss()
        self.update()

    def fit(self) -> None:
        """Show all of the network again."""
        self._viewport = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y()
        if delta:
            self.zoom_by(1.0015**delta, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.NativeGesture:
            gesture = cast(QNativeGestureEvent, event)
            if gesture.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + gesture.value(), gesture.position())
                return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._viewport = None
        self.popover.dismiss()
        self.card.show_text(None, self._mouse)

    # The mouse

    def hit(self, at: QPointF) -> Hit | None:
        """What lies under a point of the widget."""
        picture = self.current_picture()
        return picture.hit(at, self.viewport_now) if picture else None

    def _point_at(self, at: QPointF) -> None:
        hit = self.picture.hit(at, self.viewport_now) if self.picture else None
        if hit != self.hover:
            self.hover = hit
            clickable = hit is not None and hit.kind != "picture"
            if clickable and hit is not None and hit.control is not None:
                clickable = hit.control.kind != "title"
            shape = Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()
        self._show_card()

    def _show_card(self) -> None:
        snapshot, picture = self.session.snapshot, self.picture
        if self.hover is None or snapshot is None or picture is None or self.popover.isVisible():
            self.card.show_text(None, self._mouse)
            return
        evaluation = self.session.evaluation
        if not belongs(evaluation, snapshot):
            evaluation = None
        text = card_for(self.hover, picture.naming, snapshot, evaluation)
        self.card.show_text(text, self._mouse)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().toPoint()
        if self._press is not None:
            moved = event.position() - self._press
            if self._panning or moved.manhattanLength() > 5:
                self._panning = True
                view = self.viewport_now
                self._viewport = Viewport(view.zoom, view.dx + moved.x(), view.dy + moved.y())
                self._press = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.card.show_text(None, self._mouse)
                self.update()
            return
        self.current_picture()
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.popover.dismiss()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        hit = self.hit(event.position())
        left = event.button() == Qt.MouseButton.LeftButton
        on_ground = hit is None or hit.kind == "picture"
        if not left or on_ground:
            self._press, self._panning = event.position(), False
        if left and on_ground:
            self.cursor_at = None
            self.session.select(None)
        elif left and hit is not None:
            self.activate(hit, event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._press = None
        if self._panning:
            self._panning = False
            self.unsetCursor()
        self._point_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.hit(event.position()) is None:
            self.fit()
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.hover is not None:
            self.hover = None
            self.update()
        self.card.show_text(None, self._mouse)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        hit = self.hit(QPointF(event.pos()))
        if self._panning or hit is None or hit.layer < 0:
            return
        self._popup(self.layer_menu(hit.layer), event.globalPos())

    # What a click does

    def activate(self, hit: Hit, at: QPoint) -> None:
        """Do what a click on this means; `at` is where, on the widget."""
        if hit.control is not None:
            self._activate_control(hit.control, at)
        elif hit.kind == "note":
            self._open_note(hit.block)
        elif hit.kind in ("edge", "bias") or hit.index >= 0:
            self.cursor_at = hit
            self.edit_parameter(hit.index, at)
        elif hit.kind == "unit":
            self.cursor_at = hit
            self._choose_unit(hit)
        self.update()

    def edit_parameter(self, index: int, at: QPoint) -> None:
        """Select a parameter and open the editor on it."""
        snapshot, picture = self.session.snapshot, self.current_picture()
        if snapshot is None or picture is None:
            return
        parameter = snapshot.layout.id_of(index)
        self.session.select(parameter)
        self.card.show_text(None, at)
        self.popover.open_on(parameter, picture.naming, snapshot, at)

    def _choose_unit(self, hit: Hit) -> None:
        """Enlarge a unit's map in the output view, or show the output again; select its bias."""
        chosen = (hit.layer, hit.unit)
        same = self.session.look.shown_unit == chosen
        self.session.show(shown_unit=None if same else chosen)
        picture = self.picture
        biases = picture.scene.biases if picture else []
        bias = next((b for b in biases if (b.layer, b.unit) == chosen), None)
        if bias is not None and picture is not None:
            self.session.select(picture.scene.theta.id_of(bias.index))

    def _activate_control(self, control: Control, at: QPoint) -> None:
        picture = self.picture
        if picture is None:
            return
        layer = picture.spec.layers[control.layer]
        if control.kind == "minus":
            apply_to_layer(self.session, layer.id, RemoveUnit(layer.id))
        elif control.kind == "plus":
            apply_to_layer(self.session, layer.id, AddUnit(layer.id))
        elif control.kind == "insert":
            apply_to_layer(self.session, layer.id, AddLayer(layer.id))
        elif control.kind == "activation":
            self._popup(activation_menu(self.session, layer, self), self.mapToGlobal(at))
        elif control.kind == "title":
            self._popup(self.layer_menu(control.layer), self.mapToGlobal(at))

    def layer_menu(self, layer: int) -> QMenu:
        """The menu of a layer, given by its position."""
        assert self.picture is not None
        return layer_menu(self.session, self.picture.spec.layers[layer], self.show_matrix, self)

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card.show_text(None, self._mouse)
        menu.popup(at)

    def _open_note(self, number: int) -> None:
        if self.picture is not None:
            block = self.picture.scene.blocks[number].block
            self.show_matrix(block.layer, block.source)

    def show_matrix(self, layer: str, source: str) -> None:
        """Open the weights between two layers as an image."""
        MatrixDialog(self.session, layer, source, self).show()

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        directions: dict[Qt.Key, keyboard.Direction] = {
            Qt.Key.Key_Left: "left",
            Qt.Key.Key_Right: "right",
            Qt.Key.Key_Up: "up",
            Qt.Key.Key_Down: "down",
        }
        if key in directions:
            self._move_cursor(directions[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.25)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / 1.25)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete_unit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cursor_at is not None:
            self.activate(self.cursor_at, self._place_of(self.cursor_at))
        elif key == Qt.Key.Key_Menu and self.cursor_at is not None and self.cursor_at.layer >= 0:
            menu = self.layer_menu(self.cursor_at.layer)
            self._popup(menu, self.mapToGlobal(self._place_of(self.cursor_at)))
        elif key == Qt.Key.Key_Escape and (self.cursor_at or self.session.selection):
            self._set_cursor(None)
            self.session.select(None)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the parameters of the present unit before it leaves the canvas."""
        picture = self.picture
        if self.hasFocus() and picture is not None and self.cursor_at is not None:
            there = keyboard.next_parameter(picture.scene, self.cursor_at, 1 if forward else -1)
            if there is not None:
                self._set_cursor(there)
                return True
        return super().focusNextPrevChild(forward)

    def _move_cursor(self, direction: keyboard.Direction) -> None:
        picture = self.current_picture()
        if picture is None:
            return
        if self.cursor_at is None or self.cursor_at.kind not in ("unit", "bias", "edge"):
            self._set_cursor(keyboard.first_unit(picture.scene))
        else:
            self._set_cursor(keyboard.moved(picture.scene, self.cursor_at, direction))

    def _set_cursor(self, hit: Hit | None) -> None:
        """Put the keyboard's cursor on something; its card is shown as if it were pointed at."""
        self.cursor_at = hit
        snapshot, picture = self.session.snapshot, self.picture
        if hit is None or snapshot is None or picture is None:
            self.card.show_text(None, self._mouse)
        else:
            evaluation = self.session.evaluation
            if not belongs(evaluation, snapshot):
                evaluation = None
            text = card_for(hit, picture.naming, snapshot, evaluation)
            self.card.show_text(text, self._place_of(hit))
            if text is not None:
                values = ", ".join(f"{name} {value}" for name, value in text.values)
                self.setAccessibleDescription(f"{text.title}: {values}")
            if hit.index >= 0:
                self.session.select(snapshot.layout.id_of(hit.index))
        self.update()

    def _place_of(self, hit: Hit) -> QPoint:
        """Where something lies on the widget."""
        picture = self.picture
        at = QPointF(self.rect().center())
        if picture is not None:
            scene = picture.scene
            item = scene.unit_item(hit.layer, hit.unit)
            if hit.edge >= 0:
                at = self.viewport_now.to_screen(scene.point_on(hit.edge, 0.5))
            elif item is not None:
                at = self.viewport_now.to_screen(item.rect.center())
        return at.toPoint()

    def _delete_unit(self) -> None:
        hit = self.hover if self.hover is not None and self.hover.kind == "unit" else self.cursor_at
        if hit is None or hit.kind != "unit" or self.picture is None:
            return
        layer = self.picture.spec.layers[hit.layer]
        apply_to_layer(self.session, layer.id, RemoveUnit(layer.id, layer.ids[hit.unit]))
