"""The network under mouse and keyboard: cards, editors, menus, the keyboard's cursor."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QMenu

from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.gui.canvas import keyboard
from bpviz.gui.canvas.gestures import Gesture, LayerDrag, Pan, shift_of
from bpviz.gui.canvas.graph_menus import remove_connection, targets_menu
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.hover_card import card_for
from bpviz.gui.canvas.layer_headers import Control
from bpviz.gui.canvas.matrix import MatrixDialog
from bpviz.gui.canvas.menus import activation_menu, apply_to_layer, layer_menu
from bpviz.gui.canvas.picture import NetworkPicture
from bpviz.gui.canvas.pointing import PointedNetwork
from bpviz.gui.canvas.wiring import Wire
from bpviz.lab.edits import AddLayer, AddUnit, RemoveUnit
from bpviz.lab.graph_edits import MoveLayer

_DIRECTIONS: dict[Qt.Key, keyboard.Direction] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
# Pixels that a layer moves with Shift and an arrow.
_STEP = 8.0
_STEPS = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_STEP),
    Qt.Key.Key_Down: (0.0, _STEP),
}
_CURSOR_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Menu, Qt.Key.Key_C)


class NetworkView(PointedNetwork):
    """Answers to the mouse and the keyboard on the drawn network."""

    def picture_changed(self, old: NetworkPicture | None) -> None:
        snapshot = self.session.snapshot
        if old is not None and snapshot is not None and old.spec.shape != snapshot.spec.shape:
            # What was under way speaks of units that may be gone.
            self._give_up()
        super().picture_changed(old)

    def moved(self) -> None:
        self._give_up()
        super().moved()

    def paint_over(self, painter: QPainter) -> None:
        if self.gesture is not None and self.gesture.begun:
            self.gesture.paint(painter)

    # The mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse = event.position().toPoint()
        if event.buttons() == Qt.MouseButton.NoButton:
            # A menu may have swallowed the release.
            self._give_up()
        gesture = self.gesture
        if gesture is None:
            self.current_picture()
            self.point_at(event.position())
            return
        gesture.move(event.position(), event.modifiers())
        if gesture.begun:
            self.setCursor(gesture.cursor)
            self.card.show_text(None, self.mouse)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.popover.dismiss()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._give_up()
        at, hit = event.position(), self.hit(event.position())
        on_ground = hit is None or hit.kind == "picture"
        if event.button() != Qt.MouseButton.LeftButton:
            self.gesture = Pan(self, at)
            return
        if on_ground:
            self.cursor_at = None
            self.session.select(None)
        self.gesture = self._gesture_at(hit, at)
        if hit is not None and self.gesture is None:
            self.activate(hit, at.toPoint())

    def _gesture_at(self, hit: Hit | None, at: QPointF) -> Gesture | None:
        """What a press here begins; None where a press is all that there is."""
        if hit is None:
            return Pan(self, at)
        place = at.toPoint()
        if hit.kind == "port":
            return Wire(self, hit, at, lambda: self._open_targets(hit, place))
        if hit.kind == "picture":
            return LayerDrag(self, self._layer_at(hit.layer).id, at)
        if hit.control is not None and hit.control.kind == "title":
            layer = self._layer_at(hit.layer).id
            return LayerDrag(self, layer, at, lambda: self.activate(hit, place))
        return None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.release()
            self.unsetCursor()
            self.update()
        self.hover = None
        self.point_at(event.position())

    def _give_up(self) -> None:
        """End what a press has begun, and leave everything as it was."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel()
            self.unsetCursor()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.hit(event.position()) is None:
            self.fit()
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        hit = self.hit(QPointF(event.pos()))
        panning = self.gesture is not None and self.gesture.begun
        if panning or hit is None or hit.layer < 0:
            return
        self._give_up()
        self._popup(self.layer_menu(hit.layer, hit.unit), event.globalPos())

    # What a click does

    def activate(self, hit: Hit, at: QPoint) -> None:
        """Do what a click on this means; `at` is where, on the widget."""
        if hit.kind == "port":
            self._open_targets(hit, at)
        elif hit.kind == "missing":
            self.edit_parameter(hit.index, at)
        elif hit.control is not None:
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
        there = parameter not in snapshot.spec.missing
        self.session.select(parameter if there else None)
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

    def _layer_at(self, position: int) -> LayerSpec:
        assert self.picture is not None
        return self.picture.spec.layers[position]

    def layer_menu(self, layer: int, unit: int = -1) -> QMenu:
        """The menu of a layer, and of a unit of it, given by their positions."""
        spec = self._layer_at(layer)
        unit_id = spec.ids[unit] if unit >= 0 else None
        return layer_menu(self.session, spec, self.show_matrix, self, unit_id)

    def _open_targets(self, hit: Hit, at: QPoint) -> None:
        """The layers that a layer can be connected to."""
        self._popup(
            targets_menu(self.session, self._layer_at(hit.layer), self), self.mapToGlobal(at)
        )

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card.show_text(None, self.mouse)
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
        if self._lets_gesture_know(event, Qt.KeyboardModifier.AltModifier):
            return
        if key == Qt.Key.Key_Escape and self.gesture is not None:
            self._give_up()
        elif key in _DIRECTIONS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move_layer(*_STEPS[key])
        elif key in _DIRECTIONS:
            self._move_cursor(_DIRECTIONS[key])
        elif key == Qt.Key.Key_Equal:
            # Plus without Shift; plus itself is the menu's.
            self.zoom_by(1.25)
        elif key == Qt.Key.Key_W and self._asked_about() is not None:
            self._explain()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete()
        elif not self._use_cursor(key):
            super().keyPressEvent(event)
            return
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._lets_gesture_know(event, Qt.KeyboardModifier.NoModifier):
            super().keyReleaseEvent(event)

    def _lets_gesture_know(self, event: QKeyEvent, modifier: Qt.KeyboardModifier) -> bool:
        """Alt changes what a drag means, wherever the pointer rests.

        Whether the event itself tells of the key as pressed differs between systems.
        """
        if event.key() != Qt.Key.Key_Alt or self.gesture is None or not self.gesture.begun:
            return False
        self.gesture.move(QPointF(self.mouse), modifier)
        event.accept()
        return True

    def _use_cursor(self, key: Qt.Key) -> bool:
        """Keys for what the cursor is on; whether this is one."""
        cursor = self.cursor_at
        if key == Qt.Key.Key_Escape and (cursor or self.session.selection):
            self._set_cursor(None)
            self.session.select(None)
            return True
        if cursor is None or key not in _CURSOR_KEYS:
            return False
        at = self._place_of(cursor)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activate(cursor, at)
        elif cursor.layer >= 0 and key == Qt.Key.Key_C:
            self._open_targets(cursor, at)
        elif cursor.layer >= 0:
            self._popup(self.layer_menu(cursor.layer, cursor.unit), self.mapToGlobal(at))
        return True

    def _move_layer(self, right: float, down: float) -> None:
        """Move the layer of the cursor's unit by so many pixels."""
        picture, cursor = self.picture, self.cursor_at
        if picture is None or cursor is None or cursor.layer < 0:
            return
        layer, layout = self._layer_at(cursor.layer).id, picture.scene.layout
        before = shift_of(self, layer)
        by = (right / layout.width, down / layout.height)
        edit = MoveLayer(layer, before[0] + by[0], before[1] + by[1])
        self.session.apply(edit, f"move {layer} by keys")

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
            self.card.show_text(None, self.mouse)
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
        self.tell_pointed()
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

    def _delete(self) -> None:
        """Take away the unit or the connection that is pointed at, or the selected connection."""
        hover, picture = self.hover, self.picture
        hit = hover if hover is not None and (hover.unit >= 0 or hover.edge >= 0) else None
        hit = hit or self.cursor_at
        if picture is None:
            return
        if hit is not None and hit.kind in ("unit", "port"):
            layer = self._layer_at(hit.layer)
            apply_to_layer(self.session, layer.id, RemoveUnit(layer.id, layer.ids[hit.unit]))
            return
        parameter = self.session.selection
        if hit is not None and hit.index >= 0:
            parameter = picture.scene.theta.id_of(hit.index)
        if parameter is not None and remove_connection(self.session, parameter):
            self.cursor_at = None
