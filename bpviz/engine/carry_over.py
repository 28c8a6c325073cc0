"""Values that live on when a network changes."""

from __future__ import annotations

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import Layout


def carry_over(old: Layout, new: Layout, vector: Array, fresh: Array) -> Array:
    """Return `fresh`, a vector over `new`, with the values of `vector` where parameters live on.

    Blocks are matched by layer and source id, units by their ids. A bias that changes between one
    per unit and one for the layer is carried as a copy or as the mean. A connection that was
    missing had no value to carry; one that is missing now is 0.
    """
    result = fresh.copy()
    for block in new.blocks:
        before = old.block(block.layer, block.source)
        if before is None:
            continue
        source, target = before.view(vector), block.view(result)
        kinds = {layout.spec.layer(block.layer).bias for layout in (old, new)}
        if block.is_bias and "shared" in kinds:
            target[...] = source.mean()
            continue
        axes = [block.layer] if block.is_bias else [block.layer, block.source]
        pairs = [_common(old.spec.layer(a).ids, new.spec.layer(a).ids) for a in axes]
        target[np.ix_(*(p[1] for p in pairs))] = source[np.ix_(*(p[0] for p in pairs))]
    for parameter in old.spec.missing:
        if new.spec.has(parameter):
            at = new.index_of(parameter)
            result[at] = fresh[at]
    result[~new.present()] = 0.0
    return result


def _common(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Positions, in the old and in the new order, of the ids that both have."""
    at = {unit: k for k, unit in enumerate(old)}
    both = [(at[unit], k) for k, unit in enumerate(new) if unit in at]
    return [a for a, _ in both], [b for _, b in both]
