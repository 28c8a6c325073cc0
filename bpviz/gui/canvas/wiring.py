"""Drawing a connection with the mouse: a rubber line from a port to a unit or a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from bpviz.engine.spec import NetworkSpec, ParameterId
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas.gestures import Gesture
from bpviz.gui.canvas.graph_menus import refusal
from bpviz.gui.canvas.hits import Hit, picture_rect
from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.names import layer_names
from bpviz.gui.canvas.picture import NetworkPicture
from bpviz.gui.canvas.ports import RADIUS, port_of
from bpviz.gui.colors import blend
from bpviz.gui.theme import SECONDARY, TEXT, Theme
from bpviz.lab.graph_edits import Connect, ConnectUnits, GraphEdit
from bpviz.lab.layer_places import LABEL

if TYPE_CHECKING:
    from bpviz.gui.canvas.display import NetworkDisplay

_AROUND = 9.0
_ABOVE = 10.0
# A label beside the pointer is broken into lines of this width.
_LABEL_WIDTH = 250.0


@dataclass(frozen=True)
class End:
    """An end of a connection: a layer, and which unit of it where it is one."""

    layer: str
    unit: UnitRef | None = None


def connecting(spec: NetworkSpec, source: End, target: End, single: bool) -> GraphEdit:
    """The edit for a line from one end to the other.

    It connects the layers, or with `single` the two units alone; so it does, too, where the layers
    are connected and only this connection is missing.
    """
    if source.unit is not None and target.unit is not None:
        one = ParameterId(*target.unit, *source.unit)
        if single or one in spec.missing:
            return ConnectUnits(source.unit, target.unit)
    return Connect(source.layer, target.layer)


def end_of(picture: NetworkPicture, layer: int, unit: int = -1) -> End:
    """The end at a layer, and unit, given by their positions."""
    spec = picture.spec.layers[layer]
    return End(spec.id, UnitRef(spec.id, spec.ids[unit]) if unit >= 0 else None)


def layer_rect(picture: NetworkPicture, layer: int) -> QRectF:
    """The ground of a layer's units, or of its picture."""
    place = picture.scene.layout.layers[layer]
    if place.picture:
        rect = picture_rect(place)
    else:
        half = place.size / 2
        low = place.ys[-1] + half + (LABEL - _AROUND if place.labelled else 0.0)
        rect = QRectF(place.x - half, place.top, place.size, low - place.top)
    return rect.adjusted(-_AROUND, -_ABOVE, _AROUND, _AROUND)


class Wire(Gesture):
    """A connection being drawn. Where it could end is lit up; why not elsewhere is said."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self,
        canvas: NetworkDisplay,
        port: Hit,
        at: QPointF,
        click: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(canvas, at, click)
        assert canvas.picture is not None
        self._port = port
        self._picture = canvas.picture
        self._network = canvas.session.experiment.network
        self.source = end_of(self._picture, port.layer, port.unit)
        self.target: End | None = None
        self.edit: GraphEdit | None = None
        self.reason = ""
        self._target_at = (-1, -1)
        self._at = at
        self._refusals: dict[GraphEdit, str] = {}
        self._possible: list[int] = []

    def begin(self) -> None:
        """Ask of each layer whether it can be fed."""
        self._possible = [
            k
            for k, layer in enumerate(self._picture.spec.layers)
            if not self._why_not(Connect(self.source.layer, layer.id))
        ]

    def drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._at = at
        self._target_at = self._under(self.canvas.viewport_now.to_picture(at))
        layer, unit = self._target_at
        self.target = end_of(self._picture, layer, unit) if layer >= 0 else None
        self.edit, self.reason = None, ""
        if self.target is None or self.target == self.source:
            return
        single = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        self.edit = connecting(self._network, self.source, self.target, single)
        self.reason = self._why_not(self.edit)

    def _why_not(self, edit: GraphEdit) -> str:
        """Why an edit cannot be done; asked once of each."""
        if edit not in self._refusals:
            self._refusals[edit] = refusal(edit, self._network)
        return self._refusals[edit]

    def drop(self) -> None:
        if self.edit is not None:
            # One that is refused is said in the status line.
            self.canvas.session.apply(self.edit)

    def _under(self, at: QPointF) -> tuple[int, int]:
        """The layer, and unit (-1: none), at a point of the picture."""
        for item in self._picture.scene.units:
            if item.rect.contains(at):
                return item.layer, item.unit
        for layer in range(len(self._picture.spec.layers)):
            if layer == self._port.layer:
                # The line begins on this ground.
                continue
            header = self._picture.headers.text_rect(layer)
            if layer_rect(self._picture, layer).contains(at) or header.contains(at):
                return layer, -1
        return -1, -1

    # What is drawn

    def words(self) -> str:
        """What letting go would do here, or why it does nothing."""
        if self.edit is None or self.target is None:
            return ""
        if self.reason:
            return self.reason
        names = layer_names(self._picture.spec)
        if isinstance(self.edit, Connect):
            words = f"Connect {names[self.source.layer]} to {names[self.target.layer]}"
            units = self.source.unit is not None and self.target.unit is not None
            return f"{words}\nwith Alt only these two units" if units else words
        assert self.source.unit is not None
        assert self.target.unit is not None
        naming = self._picture.naming
        return f"Connect only {naming.unit(*self.source.unit)} to {naming.unit(*self.target.unit)}"

    def paint(self, painter: QPainter) -> None:
        theme, view = self.canvas.session.theme, self.canvas.viewport_now
        painter.save()
        view.apply(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer in self._possible:
            self._paint_possible(painter, theme, layer)
        self._paint_line(painter, theme, view.to_picture(self._at))
        painter.restore()
        words = self.words()
        if words:
            self._paint_words(painter, theme, words)

    def _paint_possible(self, painter: QPainter, theme: Theme, layer: int) -> None:
        chosen = self._target_at[0] == layer and not self.reason
        painter.setPen(QPen(QColor(theme.accent), 2.0 if chosen else 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(layer_rect(self._picture, layer), 10, 10)

    def _paint_line(self, painter: QPainter, theme: Theme, end: QPointF) -> None:
        start = port_of(self._picture.scene, self._picture.headers, self._port)
        if start is None:
            return
        item = self._picture.scene.unit_item(*self._target_at)
        if item is not None and self.edit is not None:
            end = QPointF(item.rect.left(), item.rect.center().y())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = theme.warning if self.reason else theme.accent
            painter.setPen(QPen(QColor(ring), 2.0))
            painter.drawRoundedRect(item.rect.adjusted(-3, -3, 3, 3), 7, 7)
        reach = max(24.0, 0.5 * abs(end.x() - start.x()))
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
        color = QColor(theme.secondary if self.reason else theme.accent)
        pen = QPen(color, 2.2, Qt.PenStyle.DashLine if self.reason else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for dot in (start, end):
            painter.drawEllipse(dot, RADIUS - 1, RADIUS - 1)

    def _paint_words(self, painter: QPainter, theme: Theme, words: str) -> None:
        pixels = self.canvas.font().pixelSize()
        scale = max(1.0, pixels / TEXT)
        font = sized(self.canvas.font(), round(SECONDARY * scale))
        flags = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
        room = QRectF(0, 0, _LABEL_WIDTH * scale, 400)
        text = QFontMetricsF(font).boundingRect(room, flags, words)
        plate = QRectF(0, 0, text.width() + 18, text.height() + 12)
        area = QRectF(self.canvas.rect()).adjusted(4, 4, -4, -4)
        plate.moveTopLeft(self._at + QPointF(16, 18))
        if plate.right() > area.right():
            plate.moveRight(self._at.x() - 14)
        if plate.bottom() > area.bottom():
            plate.moveBottom(self._at.y() - 12)
        plate.moveLeft(max(area.left(), plate.left()))
        edge = theme.warning if self.reason else theme.border
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(blend(theme.card, edge, 0.7), 1))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(plate, 6, 6)
        painter.setPen(QColor(theme.warning if self.reason else theme.text))
        painter.setFont(font)
        painter.drawText(plate.adjusted(9, 6, -8, -5), flags, words)
