"""The network under the mouse: what a press begins, what a click does, menus."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QMenu

from bpviz.engine.spec import LayerSpec
from bpviz.gui.canvas.gestures import Gesture, LayerDrag, Pan
from bpviz.gui.canvas.graph_menus import targets_menu
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.layer_headers import Control
from bpviz.gui.canvas.matrix import MatrixDialog
from bpviz.gui.canvas.menus import activation_menu, apply_to_layer, layer_menu
from bpviz.gui.canvas.picture import NetworkPicture
from bpviz.gui.canvas.pointing import PointedNetwork
from bpviz.gui.canvas.wiring import Wire
from bpviz.lab.edits import AddLayer, AddUnit, RemoveUnit


class ClickedNetwork(PointedNetwork):
    """Answers to the mouse on the drawn network: gestures, editors, menus."""

    def picture_changed(self, old: NetworkPicture | None) -> None:
        snapshot = self.session.snapshot
        if old is not None and snapshot is not None and old.spec.shape != snapshot.spec.shape:
            # What was under way speaks of units that may be gone.
            self.give_up()
        super().picture_changed(old)

    def moved(self) -> None:
        self.give_up()
        super().moved()

    def paint_over(self, painter: QPainter) -> None:
        if self.gesture is not None and self.gesture.begun:
            self.gesture.paint(painter)

    # The mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse = event.position().toPoint()
        if event.buttons() == Qt.MouseButton.NoButton:
            # A menu may have swallowed the release.
            self.give_up()
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
        self.give_up()
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
            return Wire(self, hit, at, lambda: self.open_targets(hit, place))
        if hit.kind == "picture":
            return LayerDrag(self, self.layer_at(hit.layer).id, at)
        if hit.control is not None and hit.control.kind == "title":
            layer = self.layer_at(hit.layer).id
            return LayerDrag(self, layer, at, lambda: self.activate(hit, place))
        return None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            if gesture.begun:
                # Alt may have been let go where the canvas did not hear of it.
                gesture.move(event.position(), event.modifiers())
            gesture.release()
            self.unsetCursor()
            self.update()
        self.hover = None
        self.point_at(event.position())

    def give_up(self) -> None:
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
        self.give_up()
        self.open_layer_menu(hit.layer, hit.unit, event.globalPos())

    # What a click does

    def activate(self, hit: Hit, at: QPoint) -> None:
        """Do what a click on this means; `at` is where, on the widget."""
        if hit.kind == "port":
            self.open_targets(hit, at)
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
        layer = self.present_layer(control.layer)
        if layer is None:
            return
        if control.kind == "minus":
            apply_to_layer(self.session, layer.id, RemoveUnit(layer.id))
        elif control.kind == "plus":
            apply_to_layer(self.session, layer.id, AddUnit(layer.id))
        elif control.kind == "insert":
            apply_to_layer(self.session, layer.id, AddLayer(layer.id))
        elif control.kind == "activation":
            self.open_menu(activation_menu(self.session, layer, self), self.mapToGlobal(at))
        elif control.kind == "title":
            self.open_layer_menu(control.layer, -1, self.mapToGlobal(at))

    def layer_at(self, position: int) -> LayerSpec:
        """The layer at a position of the picture's network."""
        assert self.picture is not None
        return self.picture.spec.layers[position]

    def present_layer(self, position: int) -> LayerSpec | None:
        """The same as it is now; None when an edit took it away since it was drawn."""
        drawn = self.layer_at(position)
        layers = self.session.experiment.network.layers
        return next((layer for layer in layers if layer.id == drawn.id), None)

    def open_layer_menu(self, position: int, unit: int, at: QPoint) -> None:
        """The menu of a layer, and of a unit of it (or -1), given by their positions."""
        layer = self.present_layer(position)
        if layer is not None:
            unit_id = self.layer_at(position).ids[unit] if unit >= 0 else None
            self.open_menu(layer_menu(self.session, layer, self.show_matrix, self, unit_id), at)

    def open_targets(self, hit: Hit, at: QPoint) -> None:
        """The layers that a layer can be connected to."""
        layer = self.present_layer(hit.layer)
        if layer is not None:
            self.open_menu(targets_menu(self.session, layer, self), self.mapToGlobal(at))

    def open_menu(self, menu: QMenu, at: QPoint) -> None:
        """Show a menu at a point of the screen; it is gone when it closes."""
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
