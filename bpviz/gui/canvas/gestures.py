"""What a press of the mouse begins, until its release: a click, moving the view, moving a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from bpviz.engine.settings import SettingError
from bpviz.lab.graph_edits import MoveLayer

if TYPE_CHECKING:
    from bpviz.gui.canvas.display import NetworkDisplay

# What moves less than this is a click.
_START = 5
# A layer that comes so near to where it would stand by itself goes there.
_SNAP = 8.0


class Gesture:
    """One press of the left button. What goes far enough is a drag, anything else a click."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(
        self, canvas: NetworkDisplay, at: QPointF, click: Callable[[], object] = lambda: None
    ) -> None:
        self.canvas = canvas
        self.start = at
        self.begun = False
        self._click = click

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer is here now."""
        if not self.begun and (at - self.start).manhattanLength() <= _START:
            return
        if not self.begun:
            self.begun = True
            self.begin()
        self.drag(at, modifiers)
        self.canvas.update()

    def release(self) -> None:
        """The button was let go."""
        if self.begun:
            self.drop()
        else:
            self._click()

    def begin(self) -> None:
        """It has turned out to be a drag."""

    def drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Follow the pointer."""

    def drop(self) -> None:
        """Carry out what was dragged."""

    def cancel(self) -> None:
        """Leave everything as it was."""

    def paint(self, painter: QPainter) -> None:
        """Draw what is under way, in the canvas's own coordinates."""


class Pan(Gesture):
    """Moves the view."""

    def begin(self) -> None:
        self._last = self.start

    def drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        moved, self._last = at - self._last, at
        self.canvas.pan_by(moved)


class LayerDrag(Gesture):
    """Moves a layer. Only the picture follows the pointer; the edit comes with the release."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(
        self,
        canvas: NetworkDisplay,
        layer_id: str,
        at: QPointF,
        click: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(canvas, at, click)
        self._layer = layer_id

    def begin(self) -> None:
        self._before = shift_of(self.canvas, self._layer)
        self.canvas.hover = None

    def drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        picture = self.canvas.picture
        if picture is None:
            return
        layout, zoom = picture.scene.layout, self.canvas.viewport_now.zoom
        right = self._before[0] * layout.width + (at.x() - self.start.x()) / zoom
        down = self._before[1] * layout.height + (at.y() - self.start.y()) / zoom
        right, down = (0.0 if abs(by) < _SNAP / zoom else by for by in (right, down))
        move = MoveLayer(self._layer, right / layout.width, down / layout.height)
        try:
            self.canvas.arrange(move.apply(self.canvas.session.experiment).moved)
        except SettingError:
            # The layer was taken away meanwhile; the picture follows in a moment.
            self.canvas.arrange(None)

    def drop(self) -> None:
        if any(layer.id == self._layer for layer in self.canvas.session.experiment.network.layers):
            keep_shift(self.canvas, self._layer, self._before)
        else:
            self.cancel()

    def cancel(self) -> None:
        self.canvas.arrange(None)


def shift_of(canvas: NetworkDisplay, layer_id: str) -> tuple[float, float]:
    """How far a layer is drawn from its automatic place, as shares of width and height."""
    picture = canvas.current_picture()
    return picture.scene.layout.shift(layer_id) if picture else (0.0, 0.0)


def keep_shift(
    canvas: NetworkDisplay, layer_id: str, before: tuple[float, float], merge: str = ""
) -> None:
    """Keep a layer where the present arrangement shows it, if that is not where it was before."""
    after = shift_of(canvas, layer_id)
    canvas.arrange(None)
    if after != before:
        canvas.session.apply(MoveLayer(layer_id, *after), merge)
