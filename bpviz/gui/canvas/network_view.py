"""The network under mouse and keyboard: the keyboard's cursor, and its keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent

from bpviz.engine.spec import ParameterId
from bpviz.gui.canvas import keyboard
from bpviz.gui.canvas.clicking import ClickedNetwork
from bpviz.gui.canvas.gestures import keep_shift, shift_of
from bpviz.gui.canvas.graph_menus import remove_connection
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.hover_card import card_for
from bpviz.gui.canvas.menus import apply_to_layer
from bpviz.lab.edits import RemoveUnit
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


class NetworkView(ClickedNetwork):
    """Answers to the mouse and the keyboard on the drawn network."""

    def event(self, event: QEvent) -> bool:
        # Else the menu bar takes the keyboard when Alt is let go in a drag.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Alt
            and self.gesture is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._lets_gesture_know(event, Qt.KeyboardModifier.AltModifier):
            return
        if key == Qt.Key.Key_Escape and self.gesture is not None:
            self.give_up()
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
            self.open_targets(cursor, at)
        elif cursor.layer >= 0:
            self.open_layer_menu(cursor.layer, cursor.unit, self.mapToGlobal(at))
        return True

    def _move_layer(self, right: float, down: float) -> None:
        """Move the layer of the cursor's unit by so many pixels."""
        picture, cursor = self.picture, self.cursor_at
        if picture is None or cursor is None or cursor.layer < 0:
            return
        layer, layout = self.layer_at(cursor.layer).id, picture.scene.layout
        before = shift_of(self, layer)
        by = (right / layout.width, down / layout.height)
        edit = MoveLayer(layer, before[0] + by[0], before[1] + by[1])
        self.arrange(edit.apply(self.session.experiment).moved)
        keep_shift(self, layer, before, f"move {layer} by keys")

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
            layer = self.layer_at(hit.layer)
            apply_to_layer(self.session, layer.id, RemoveUnit(layer.id, layer.ids[hit.unit]))
            return
        parameter = self.session.selection
        if hit is not None and hit.index >= 0:
            parameter = picture.scene.theta.id_of(hit.index)
        if parameter is not None and remove_connection(self.session, parameter):
            self.cursor_at = None
