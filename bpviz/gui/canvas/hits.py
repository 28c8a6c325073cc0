"""What lies at a point of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QMarginsF, QPointF, QRectF

from bpviz.gui.canvas.layer_headers import Control, LayerHeaders
from bpviz.gui.canvas.scene import Scene
from bpviz.lab.layer_places import LayerPlace

_EDGE_REACH = 6.0
_BIAS_MARGIN = 3.0
_NO_MARGINS = QMarginsF()


@dataclass(frozen=True)
class Hit:
    """Something on the canvas.

    `index` is the position in θ of an edge, a bias, or of the weight under the pointer on a unit
    that shows its weights (-1: none). `layer` and `unit` are positions. `block` is the number of
    the block whose note was hit. A bias that is drawn as an edge is a bias with an `edge`; "one"
    is the unit that is always 1, of the layer in whose column it stands. A "port" is the dot at a
    unit, or at a picture or a title (`control`), that a connection is drawn from; "missing" is a
    connection that is not there, which `index` would be the weight of.
    """

    kind: Literal["edge", "bias", "unit", "one", "picture", "note", "control", "port", "missing"]
    layer: int = -1
    unit: int = -1
    index: int = -1
    edge: int = -1
    block: int = -1
    control: Control | None = None


def hit_at(
    scene: Scene,
    headers: LayerHeaders,
    weight_layers: dict[int, str],
    note_rects: dict[int, QRectF],
    at: QPointF,
    zoom: float,
) -> Hit | None:
    """The topmost thing at a point of the picture, in the picture's own coordinates.

    `zoom` is how many pixels on the screen one unit of the picture takes.
    """
    return (
        _control_at(headers.controls, at)
        or _note_at(note_rects, at)
        or _bias_at(scene, at, _BIAS_MARGIN / zoom)
        or _unit_at(scene, weight_layers, at)
        # Between stacked groups edges run under it.
        or _control_at(headers.insert_places(), at)
        or _edge_at(scene, at, _EDGE_REACH / zoom)
        or _control_at(headers.insert_places(), at, QMarginsF(18, 26, 18, 8))
    )


def _control_at(
    controls: list[Control], at: QPointF, margins: QMarginsF = _NO_MARGINS
) -> Hit | None:
    for control in controls:
        if control.rect.marginsAdded(margins).contains(at):
            return Hit("control", layer=control.layer, control=control)
    return None


def _note_at(note_rects: dict[int, QRectF], at: QPointF) -> Hit | None:
    return next((Hit("note", block=k) for k, rect in note_rects.items() if rect.contains(at)), None)


def _bias_at(scene: Scene, at: QPointF, margin: float) -> Hit | None:
    margins = QMarginsF(margin, margin, margin, margin)
    for bias in scene.biases:
        if bias.rect.marginsAdded(margins).contains(at):
            return Hit("bias", bias.layer, bias.unit, bias.index)
    return None


def _unit_at(scene: Scene, weight_layers: dict[int, str], at: QPointF) -> Hit | None:
    for item in scene.units:
        if item.rect.contains(at):
            index = -1
            if item.layer in weight_layers:
                index = _weight_under(scene, item.layer, item.unit, item.rect, at, weight_layers)
            return Hit("unit", item.layer, item.unit, index)
    for place in scene.layout.layers:
        if place.picture and picture_rect(place).contains(at):
            return Hit("picture", place.index)
    for one in scene.ones:
        if one.rect.contains(at):
            return Hit("one", one.layer)
    return None


def _edge_at(scene: Scene, at: QPointF, reach: float) -> Hit | None:
    edges = scene.edges_near(at.x(), at.y(), reach)
    return edge_hit(scene, int(edges[0])) if len(edges) else None


def picture_rect(place: LayerPlace) -> QRectF:
    """Where a layer that is drawn as one picture lies."""
    width, height = place.picture or (0.0, 0.0)
    return QRectF(place.x - width / 2, place.centre_y - height / 2, width, height)


def edge_hit(scene: Scene, edge: int) -> Hit:
    """The hit that means this edge."""
    target = scene.bias_target(edge)
    if target is not None:
        return Hit("bias", *target, index=int(scene.index[edge]), edge=edge)
    return Hit("edge", index=int(scene.index[edge]), edge=edge)


def parameter_hit(scene: Scene, index: int) -> Hit | None:
    """Where the parameter at a position of θ is shown, or None when it is not."""
    edge = scene.edge_of(index)
    if edge is not None:
        return edge_hit(scene, edge)
    for bias in scene.biases:
        if bias.index == index:
            return Hit("bias", bias.layer, bias.unit, bias.index)
    return None


def _weight_under(
    scene: Scene, layer: int, unit: int, rect: QRectF, at: QPointF, weight_layers: dict[int, str]
) -> int:
    source = scene.layout.place(weight_layers[layer]).index
    rows, columns = scene.picture_shapes[source]
    row = min(rows - 1, int((at.y() - rect.y()) / rect.height() * rows))
    column = min(columns - 1, int((at.x() - rect.x()) / rect.width() * columns))
    block = scene.theta.block(scene.spec.layers[layer].id, weight_layers[layer])
    assert block is not None
    return block.start + unit * block.shape[1] + row * columns + column
