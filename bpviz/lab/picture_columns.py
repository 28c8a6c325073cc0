"""What is told of pictures instead of a column for each pixel: their ink, their main directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bpviz.datasets.dataset import Array, Dataset
from bpviz.explain.error_function import even_rows

# Directions are looked for in so many pictures, and in so many pixels of each.
_MOST_PICTURES, _MOST_PIXELS = 500, 1024


class Directions:
    """The directions in which pictures differ most: principal components (Pearson 1901).

    Found, when first asked for, in at most 500 pictures, evenly chosen.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._inputs = dataset.inputs
        self._step = max(1, -(-dataset.inputs.shape[1] // _MOST_PIXELS))

    @cached_property
    def _found(self) -> tuple[Array, Array]:
        """The mean picture and two directions of length 1, shape (pixels, 2)."""
        count = len(self._inputs)
        rows = even_rows(count, min(_MOST_PICTURES, count))
        chosen = np.asarray(self._inputs[rows][:, :: self._step], dtype=np.float64)
        mean = chosen.mean(axis=0)
        axes = np.linalg.svd(chosen - mean, full_matrices=False)[2][:2]
        if len(axes) < 2:
            axes = np.vstack([axes, np.zeros((2 - len(axes), chosen.shape[1]))])
        # A direction and its opposite are alike: the pixel that says most counts up.
        largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, np.newaxis], axis=1)
        return mean, (axes * np.where(largest < 0, -1.0, 1.0)).T

    def along(self, k: int, rows: Any) -> Array:
        """How far pictures lie along direction k from the mean picture."""
        mean, axes = self._found
        direction = axes[:, k]
        # In the pictures' own precision: a product of both would copy them all.
        lengths = self._inputs[rows][:, :: self._step] @ direction.astype(self._inputs.dtype)
        return np.asarray(lengths - mean @ direction)


@dataclass(frozen=True)
class MadeOfPictures:
    """One number told of each picture."""

    name: str
    meaning: str
    values: Callable[[Dataset, Directions, Any], Array]
    listed: bool = False


MADE_OF_PICTURES = (
    MadeOfPictures(
        "direction 1",
        "How far the picture lies along the direction in which pictures differ most",
        lambda _dataset, directions, rows: directions.along(0, rows),
    ),
    MadeOfPictures(
        "direction 2",
        "How far the picture lies along the direction in which they differ most after that",
        lambda _dataset, directions, rows: directions.along(1, rows),
    ),
    MadeOfPictures(
        "ink",
        "The mean of all pixels",
        lambda dataset, _directions, rows: np.asarray(dataset.inputs[rows].mean(axis=1)),
        listed=True,
    ),
)
