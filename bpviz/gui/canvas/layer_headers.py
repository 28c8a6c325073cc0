"""Headers of the layers: name, units and activation, and buttons for fewer and more units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.gui.canvas.names import layer_names
from bpviz.gui.colors import blend
from bpviz.gui.theme import CAPTION, SECONDARY, TEXT, Theme
from bpviz.lab.graph_layout import GraphLayout

# Qt cuts text at its rectangle unless told not to.
_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip

Kind = Literal["title", "activation", "minus", "plus", "insert"]


@dataclass(frozen=True, eq=False)
class Control:
    """Something in a header that can be clicked; `layer` is a position in the network's list."""

    kind: Kind
    layer: int
    rect: QRectF


def sized(font: QFont, pixels: int, bold: bool = False) -> QFont:
    """The same font at another size."""
    made = QFont(font)
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made


class LayerHeaders:
    """Texts and controls above the columns, in as many words as there is room for."""

    def __init__(self, layout: GraphLayout, font: QFont, controls: bool = True) -> None:
        self.layout = layout
        self.spec: NetworkSpec = layout.spec
        self._title_font = sized(font, TEXT, bold=True)
        self._info_font = sized(font, SECONDARY)
        room = max(layout.pitch - 6, 30.0)
        measure = QFontMetricsF(self._title_font)
        self._titles = list(layer_names(self.spec).values())
        if any(measure.horizontalAdvance(title) > room for title in self._titles):
            self._titles = [layer.id for layer in self.spec.layers]
        self._infos = self._fitting_infos(room - 10)
        self._two_lines = any(len(info) > 1 for info in self._infos)
        if self._two_lines:
            self._info_font = sized(font, CAPTION)
        self.controls = self._place_controls() if controls else []

    def _fitting_infos(self, room: float) -> list[list[str]]:
        measure = QFontMetricsF(self._info_font)
        for write in (_full, _short, _split):
            infos = [write(layer) for layer in self.spec.layers]
            if all(measure.horizontalAdvance(line) <= room for info in infos for line in info):
                return infos
        return [_split(layer) for layer in self.spec.layers]

    def title_rect(self, layer: int) -> QRectF:
        place = self.layout.layers[layer]
        half = max(self.layout.pitch / 2 - 3, 20.0)
        return QRectF(place.x - half, place.header_y + 4, 2 * half, 18)

    def title_right(self, layer: int) -> QPointF:
        """Where the words of a title end."""
        rect = self.title_rect(layer)
        width = QFontMetricsF(self._title_font).horizontalAdvance(self._titles[layer])
        return rect.center() + QPointF(min(width, rect.width()) / 2, 0)

    def info_rect(self, layer: int, line: int = 0) -> QRectF:
        rect = self.title_rect(layer)
        height = 13.0 if self._two_lines else 17.0
        return QRectF(rect.x(), rect.bottom() + 1 + line * height, rect.width(), height)

    def text_rect(self, layer: int) -> QRectF:
        """The ground under the texts of a header."""
        last = self.info_rect(layer, len(self._infos[layer]) - 1)
        widths = [QFontMetricsF(self._title_font).horizontalAdvance(self._titles[layer])]
        measure = QFontMetricsF(self._info_font)
        widths += [measure.horizontalAdvance(line) for line in self._infos[layer]]
        around = self.title_rect(layer).united(last)
        spare = max(0.0, (around.width() - max(widths)) / 2 - 3)
        return around.adjusted(spare, 0, -spare, 0)

    def _place_controls(self) -> list[Control]:
        controls = []
        measure = QFontMetricsF(self._info_font)
        for k, layer in enumerate(self.spec.layers):
            controls.append(Control("title", k, self.title_rect(k)))
            if layer.is_input:
                continue
            rect = self.info_rect(k, len(self._infos[k]) - 1)
            half = measure.horizontalAdvance(self._infos[k][-1]) / 2 + 5
            centre = rect.center()
            around = QRectF(centre.x() - half, rect.y(), 2 * half, rect.height())
            controls.append(Control("activation", k, around))
            if layer is not self.spec.output:
                controls += self._buttons(k)
        return controls

    def _buttons(self, layer: int) -> list[Control]:
        place = self.layout.layers[layer]
        apart = min(24.0, self.layout.pitch * 0.24)
        y = place.header_y + 51
        kinds: tuple[tuple[Kind, float], ...] = (("minus", -apart), ("plus", apart))
        return [Control(kind, layer, QRectF(place.x + dx - 9, y, 18, 18)) for kind, dx in kinds]

    def insert_places(self) -> list[Control]:
        """Where a layer can be put in: behind each layer, at the height of its buttons."""
        if self.layout.pitch < 60:
            return []
        half = 0.5 * self.layout.pitch
        return [
            Control("insert", p.index, QRectF(p.x + half - 10, p.header_y + 50, 20, 20))
            for p in self.layout.layers[:-1]
        ]

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Draw the texts and the buttons at rest."""
        for k, place in enumerate(self.layout.layers):
            if place.header_y > 0:
                # Edges of the group above pass here.
                painter.fillRect(self.text_rect(k), QColor(theme.card))
            painter.setFont(self._title_font)
            painter.setPen(QColor(theme.text))
            title = QFontMetricsF(self._title_font).elidedText(
                self._titles[k], Qt.TextElideMode.ElideRight, self.title_rect(k).width()
            )
            painter.drawText(self.title_rect(k), Qt.AlignmentFlag.AlignCenter, title)
            painter.setFont(self._info_font)
            painter.setPen(QColor(theme.secondary))
            for line, text in enumerate(self._infos[k]):
                painter.drawText(self.info_rect(k, line), _CENTRED, text)
        for control in self.controls:
            if control.kind in ("minus", "plus"):
                paint_button(painter, theme, control, hovered=False)

    def paint_hovered(self, painter: QPainter, theme: Theme, control: Control) -> None:
        """Draw one control as it looks under the pointer or with the keyboard's focus."""
        if control.kind in ("minus", "plus", "insert"):
            paint_button(painter, theme, control, hovered=True)
            return
        if control.kind == "activation":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(blend(theme.card, theme.accent, 0.16))
            painter.drawRoundedRect(control.rect, 4, 4)
            painter.setPen(QColor(theme.accent))
            painter.setFont(self._info_font)
            text = self._infos[control.layer][-1]
            painter.drawText(control.rect, _CENTRED, text)


def paint_button(painter: QPainter, theme: Theme, control: Control, hovered: bool) -> None:
    """A small button with a minus or a plus on it."""
    rect = control.rect.adjusted(0.5, 0.5, -0.5, -0.5)
    round_one = control.kind == "insert"
    edge = theme.accent if hovered else theme.border
    painter.setPen(QPen(QColor(edge), 1.0))
    background = theme.accent if round_one and hovered else theme.field
    painter.setBrush(QColor(background))
    radius = rect.width() / 2 if round_one else 4
    painter.drawRoundedRect(rect, radius, radius)
    ink = theme.on_accent if round_one and hovered else theme.accent if hovered else theme.text
    painter.setPen(QPen(QColor(ink), 1.5))
    centre = rect.center()
    painter.drawLine(centre + QPointF(-3.5, 0), centre + QPointF(3.5, 0))
    if control.kind != "minus":
        painter.drawLine(centre + QPointF(0, -3.5), centre + QPointF(0, 3.5))


def _units(layer: LayerSpec) -> str:
    return "1 unit" if layer.units == 1 else f"{layer.units:,} units"


def _full(layer: LayerSpec) -> list[str]:
    return [_joined(_units(layer), *_function(layer), *_dropout(layer))]


def _short(layer: LayerSpec) -> list[str]:
    if layer.is_input:
        return _full(layer)
    return [_joined(f"{layer.units:,}", *_function(layer), *_dropout(layer))]


def _split(layer: LayerSpec) -> list[str]:
    return [_joined(f"{layer.units:,}", *_dropout(layer)), *_function(layer)]


def _function(layer: LayerSpec) -> list[str]:
    return [] if layer.is_input else [layer.activation.label]


def _dropout(layer: LayerSpec) -> list[str]:
    return [f"drop {100 * layer.dropout:g} %"] if layer.dropout else []


def _joined(*parts: str) -> str:
    return " · ".join(parts)
