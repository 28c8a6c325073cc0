"""The keyboard's way through a network: units by arrows, their parameters by Tab."""

from __future__ import annotations

from typing import Literal

import numpy as np

from bpviz.gui.canvas.hits import Hit, edge_hit
from bpviz.gui.canvas.scene import Scene

Direction = Literal["left", "right", "up", "down"]


def first_unit(scene: Scene) -> Hit | None:
    """Where the keyboard begins: the first unit that computes something."""
    items = [u for u in scene.units if not scene.spec.layers[u.layer].is_input]
    return Hit("unit", items[0].layer, items[0].unit) if items else None


def moved(scene: Scene, at: Hit, direction: Direction) -> Hit:
    """The unit next to the present one; at the border it stays."""
    here = _unit_of(scene, at)
    item = scene.unit_item(here.layer, here.unit)
    if item is None:
        return first_unit(scene) or at
    if direction in ("up", "down"):
        column = sorted(
            (u for u in scene.units if u.rect.center().x() == item.rect.center().x()),
            key=lambda u: u.rect.y(),
        )
        k = column.index(item) + (1 if direction == "down" else -1)
        chosen = column[min(max(k, 0), len(column) - 1)]
    else:
        sign = 1 if direction == "right" else -1
        x, y = item.rect.center().x(), item.rect.center().y()
        beyond = [u for u in scene.units if sign * (u.rect.center().x() - x) > 1]
        if not beyond:
            return here
        nearest = min(sign * (u.rect.center().x() - x) for u in beyond)
        column = [u for u in beyond if sign * (u.rect.center().x() - x) == nearest]
        chosen = min(column, key=lambda u: abs(u.rect.center().y() - y))
    return Hit("unit", chosen.layer, chosen.unit)


def next_parameter(scene: Scene, at: Hit, step: int) -> Hit | None:
    """The unit, its bias and its incoming weights in turn; None past either end."""
    here = _unit_of(scene, at)
    stops = [here, *_parameters(scene, here)]
    k = next((i for i, s in enumerate(stops) if (s.kind, s.index) == (at.kind, at.index)), 0)
    return stops[k + step] if 0 <= k + step < len(stops) else None


def _unit_of(scene: Scene, at: Hit) -> Hit:
    """The unit that an item belongs to."""
    if at.kind == "edge":
        parameter = scene.theta.id_of(at.index)
        layers = scene.spec.layers
        k = next(i for i, layer in enumerate(layers) if layer.id == parameter.layer)
        return Hit("unit", k, layers[k].places[parameter.unit])
    return Hit("unit", at.layer, at.unit)


def _parameters(scene: Scene, unit: Hit) -> list[Hit]:
    stops = [
        Hit("bias", b.layer, b.unit, b.index)
        for b in scene.biases
        if (b.layer, b.unit) == (unit.layer, unit.unit)
    ]
    name = scene.spec.layers[unit.layer].id
    bias = scene.bias_of(unit.layer, unit.unit)
    stops += [
        edge_hit(scene, edge)
        for edge in (scene.edges_of(bias) if bias is not None else ())
        if scene.bias_target(edge) == (unit.layer, unit.unit)
    ]
    for item in scene.blocks:
        if item.block.layer != name or item.block.is_bias:
            continue
        edges = np.arange(item.edges.start, item.edges.stop)
        row, column = np.divmod(scene.index[edges] - item.block.start, item.block.shape[1])
        own = np.flatnonzero(row == unit.unit)
        stops += [edge_hit(scene, int(edges[k])) for k in own[np.argsort(column[own])]]
    return stops
