"""What can be seen of a large vector: its reach, and weights from a picture as small pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import Layout
from bpviz.engine.spec import LayerSpec, NetworkSpec

# Pixels of a small picture a side, at most: more cannot be told apart on a unit.
_MOST_PIXELS = 60


@dataclass(frozen=True, eq=False)
class Reduction:
    """One vector of θ's size, as far as the canvas shows it as a whole.

    `largest` is its largest absolute value, NaN when a value is NaN. `pictures` are the weights of
    each layer that a picture feeds, by the layer's id, shape (units, rows, columns), of large
    pictures means over several pixels; `strengths` the root mean square of each of its units'.
    """

    largest: float
    pictures: Mapping[str, Array]
    strengths: Mapping[str, Array]


def reduced(values: Array, layout: Layout, shape: tuple[int, int] | None) -> Reduction:
    """Reduce a vector; `shape` is (height, width) of pictures as inputs."""
    pictures, strengths = {}, {}
    if shape is not None:
        for layer in layout.spec.computed:
            block = layout.block(layer.id, _picture_of(layout.spec, layer, shape) or layer.id)
            if block is not None:
                weights = block.view(values)
                pictures[layer.id] = _shrunk(weights.reshape(-1, *shape))
                strengths[layer.id] = _strengths(weights)
    return Reduction(_largest(values), pictures, strengths)


def _picture_of(spec: NetworkSpec, layer: LayerSpec, shape: tuple[int, int]) -> str:
    """The first source of a layer that is a whole picture, or ""."""
    sources = (spec.layer(source) for source in layer.sources)
    found = (s.id for s in sources if s.is_input and s.units == shape[0] * shape[1])
    return next(found, "")


def _largest(values: Array) -> float:
    if not values.size:
        return 0.0
    with np.errstate(invalid="ignore"):
        return float(np.maximum(values.max(), -values.min()))


def _shrunk(pictures: Array) -> Array:
    """Means over as many pixels as leave at most so many a side."""
    _, height, width = pictures.shape
    down, across = (-(-length // _MOST_PIXELS) for length in (height, width))
    if down == across == 1:
        return pictures.copy()
    rows, columns = np.arange(0, height, down), np.arange(0, width, across)
    with np.errstate(all="ignore"):
        # Band after band: numpy's reduceat takes five times as long along this axis.
        bands = np.stack([pictures[:, row : row + down].mean(axis=1) for row in rows], axis=1)
        counts = np.diff(columns, append=width).astype(bands.dtype)
        return np.asarray(np.add.reduceat(bands, columns, axis=2) / counts)


def _strengths(weights: Array) -> Array:
    with np.errstate(all="ignore"):
        squares = np.einsum("ij,ij->i", weights, weights)
        return np.asarray(np.sqrt(squares / max(1, weights.shape[1])))
