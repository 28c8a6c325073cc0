"""The network under mouse and keyboard: cards, editors, menus, the keyboard's cursor."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from bpviz.engine.spec import ParameterId
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas import keyboard
from bpviz.gui.canvas.display import NetworkDisplay
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.hover_card import HoverCard, card_for
from bpviz.gui.canvas.layer_headers import Control
from bpviz.gui.canvas.matrix import MatrixDialog
from bpviz.gui.canvas.menus import activation_menu, apply_to_layer, layer_menu
from bpviz.gui.canvas.picture import NetworkPicture, Viewport
from bpviz.gui.canvas.popover import ParameterPopover
from bpviz.gui.session import Session
from bpviz.lab.edits import AddLayer, AddUnit, RemoveUnit

# Live numbers on the hover card change this often at most (seconds), to stay legible.
_CARD_INTERVAL = 0.12


class NetworkView(NetworkDisplay):
    """Answers to the mouse and the keyboard on the drawn network."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._press: QPointF | None = None
        self._panning = False
        self._mouse = QPoint()
        self._card_time = 0.0
        self.card = HoverCard(session, self)
        self.popover = ParameterPopover(session, self)
        self._pointed: ParameterId | UnitRef | None = None
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
            self._show_card()

    def picture_changed(self, old: NetworkPicture | None) -> None:
        super().picture_changed(old)
        if self.underMouse():
            self._point_at(QPointF(self._mouse))
        else:
            self.card.show_text(None, self._mouse)
            self._tell_pointed()

    def moved(self) -> None:
        self.card.show_text(None, self._mouse)
        self.popover.dismiss()

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
        self._tell_pointed()
        self._show_card()

    def _tell_pointed(self) -> None:
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
        if hit.kind != "unit":
            return None
        layer = self.picture.spec.layers[hit.layer]
        return UnitRef(layer.id, layer.ids[hit.unit])

    def _show_card(self) -> None:
        snapshot, picture = self.session.snapshot, self.picture
        if self.hover is None or snapshot is None or picture is None or self.popover.isVisible():
            self.card.show_text(None, self._mouse)
            return
        evaluation = self.session.evaluation
        if evaluation is not None and not evaluation.belongs_to(snapshot):
            evaluation = None
        text = card_for(self.hover, picture.naming, snapshot, evaluation)
        self.card.show_text(text, self._mouse)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().toPoint()
        if event.buttons() == Qt.MouseButton.NoButton:
            # A menu may have swallowed the release.
            self._press, self._panning = None, False
        if self._press is not None:
            moved = event.position() - self._press
            if self._panning or moved.manhattanLength() > 5:
                self._panning = True
                view = self.viewport_now
                self.viewport = Viewport(view.zoom, view.dx + moved.x(), view.dy + moved.y())
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
        self._tell_pointed()
        self.card.show_text(None, self._mouse)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell_pointed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell_pointed()

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
        scene = self.picture.scene if self.picture else None
        bias = scene.bias_of(*chosen) if scene else None
        if bias is not None and scene is not None:
            self.session.select(scene.theta.id_of(bias))

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
        elif key == Qt.Key.Key_Equal:
            # Plus without Shift; plus itself is the menu's.
            self.zoom_by(1.25)
        elif key == Qt.Key.Key_W and self._asked_about() is not None:
            self._explain()
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

    def _asked_about(self) -> ParameterId | None:
        """The parameter under the keyboard's cursor, else the selected one."""
        cursor, picture = self.cursor_at, self.picture
        if cursor is not None and cursor.index >= 0 and picture is not None:
            return picture.scene.theta.id_of(cursor.index)
        return self.session.selection

    def _explain(self) -> None:
        parameter = self._asked_about()
        if parameter is not None:
            self.session.explain(parameter)

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
            if evaluation is not None and not evaluation.belongs_to(snapshot):
                evaluation = None
            text = card_for(hit, picture.naming, snapshot, evaluation)
            self.card.show_text(text, self._place_of(hit))
            if text is not None:
                values = ", ".join(f"{name} {value}" for name, value in text.values)
                remarks = " ".join(text.remarks)
                self.setAccessibleDescription(f"{text.title}: {values}. {remarks}".rstrip(". "))
            if hit.index >= 0:
                self.session.select(snapshot.layout.id_of(hit.index))
        self._tell_pointed()
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
