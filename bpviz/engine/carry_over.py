"""Values that live on when a network changes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import Layout
from bpviz.engine.spec import LayerSpec

# Which unit of the network before, as (layer id, unit id), lives on as which one of the new
# network: {new: old}. A unit that is not named comes from the one of the same ids.
Origins = Mapping[tuple[str, int], tuple[str, int]]


def carry_over(
    old: Layout, new: Layout, vector: Array, fresh: Array, origins: Origins | None = None
) -> Array:
    """Return `fresh`, a vector over `new`, with the values of `vector` where parameters live on.

    Units are matched by their ids, or as `origins` says. A bias that changes between one per unit
    and one for the layer is carried as a copy or as the mean. A connection that was missing had
    no value to carry; one that is missing now is 0.
    """
    known, result = origins or {}, fresh.copy()
    absent = ~old.present()
    for block in new.blocks:
        target, layer = block.view(result), new.spec.layer(block.layer)
        if block.is_bias:
            _carry_biases(old, vector, target, layer, known)
            continue
        columns = _places_before(old, new.spec.layer(block.source), known)
        for layer_id, (rows_before, rows) in _places_before(old, layer, known).items():
            for source_id, (before, now) in columns.items():
                weights = old.block(layer_id, source_id)
                if weights is not None:
                    here, there = np.ix_(rows, now), np.ix_(rows_before, before)
                    gone = weights.view(absent)[there]
                    target[here] = np.where(gone, target[here], weights.view(vector)[there])
    result[~new.present()] = 0.0
    return result


def _carry_biases(
    old: Layout, vector: Array, target: Array, layer: LayerSpec, origins: Origins
) -> None:
    """Fill in the biases of a layer, shape (units,) or (1,), as far as its units had some."""
    units = [origins.get((layer.id, unit), (layer.id, unit)) for unit in layer.ids]
    before = {owner: old.block(owner) for owner, _ in units}
    values = {owner: block.view(vector) for owner, block in before.items() if block is not None}
    if layer.bias == "shared":
        if values:
            target[...] = np.concatenate(list(values.values())).mean()
        return
    for place, (owner, unit) in enumerate(units):
        if owner in values:
            had = old.spec.layer(owner)
            at = 0 if had.bias == "shared" else had.places.get(unit)
            if at is not None:
                target[place] = values[owner][at]


def _places_before(
    old: Layout, layer: LayerSpec, origins: Origins
) -> dict[str, tuple[list[int], list[int]]]:
    """Per layer of the old network the places there and here of the units that live on."""
    layers = {x.id: x for x in old.spec.layers}
    found: dict[str, tuple[list[int], list[int]]] = {}
    for place, unit in enumerate(layer.ids):
        layer_id, unit_before = origins.get((layer.id, unit), (layer.id, unit))
        if layer_id in layers and unit_before in layers[layer_id].places:
            before, now = found.setdefault(layer_id, ([], []))
            before.append(layers[layer_id].places[unit_before])
            now.append(place)
    return found
