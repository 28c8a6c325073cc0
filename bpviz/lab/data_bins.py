"""How the values of a column are spread: bins, and how many samples are in each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.lab.data_columns import MOST_VALUES, DataColumns, Mask, Rows

# At most, and if there are very few samples, so many bars.
_MOST_BINS, _FEWEST_BINS = 32, 6
_NEAR = 1e-6
# Bins that are narrower than so many steps from one number to the next become one.
_STEPS = 4
# Edges stay within what can still be added to.
_SMALLEST, _LARGEST = float(np.finfo(np.float64).tiny), 1.7e308


@dataclass(frozen=True, eq=False)
class Bins:
    """How the values of a column are spread.

    `edges`, shape (bins + 1,), bound the bins; of a column of words bin k is word k. `bin_of`,
    shape (samples,), is each sample's bin, `counts`, shape (groups, bins), how many there are.
    """

    column: int
    edges: Array
    bin_of: Rows
    counts: Rows

    def counted(self, groups: Rows, marked: Mask) -> Rows:
        """`counts` of marked samples alone."""
        return _counts(self.bin_of[marked], groups[marked], self.counts.shape)

    def rows(self, first: int, last: int) -> Rows:
        """Samples in these bins, both ends included."""
        low, high = sorted((first, last))
        return np.flatnonzero((self.bin_of >= low) & (self.bin_of <= high))


def bins_of(table: DataColumns, k: int) -> Bins:
    """A bar for each word, for each of few whole numbers, else for each round step."""
    column = table.columns[k]
    values = column.values()
    if column.words:
        edges = np.arange(len(column.words) + 1) - 0.5
    else:
        edges = _edges(np.asarray(values, dtype=np.float64))
    # A value on an edge, but for rounding, lies above it.
    near = edges - _NEAR * (edges[1] / 2 - edges[0] / 2)
    bin_of = np.clip(np.searchsorted(near, values, side="right") - 1, 0, len(edges) - 2)
    groups, count = table.groups()
    return Bins(k, edges, bin_of, _counts(bin_of, groups, (count, len(edges) - 1)))


def _counts(bin_of: Rows, groups: Rows, shape: tuple[int, ...]) -> Rows:
    flat = np.bincount(groups * shape[1] + bin_of, minlength=shape[0] * shape[1])
    return flat.reshape(shape)


def _edges(values: Array) -> Array:
    low, high = float(values.min()), float(values.max())
    most = min(_MOST_BINS, max(_FEWEST_BINS, math.ceil(2 * math.sqrt(len(values)))))
    # high - low may be larger than any number.
    least = high / most - low / most
    if least <= max(_STEPS * math.ulp(max(abs(low), abs(high))), _SMALLEST):
        half = 0.5 * max(1.0, abs(low))
        return np.clip([low - half, low + half], -_LARGEST, _LARGEST)
    if high - low < MOST_VALUES and (values == np.rint(values)).all():
        return np.arange(low - 0.5, high + 1.0)
    step = _round_step(least)
    first, last = math.floor(low / step + _NEAR), math.floor(high / step + _NEAR) + 1
    return np.array([min(max(k * step, -_LARGEST), _LARGEST) for k in range(first, last + 1)])


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, as little above `least` as may be."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(f * power for f in (1.0, 2.0, 5.0, 10.0) if f * power >= least * (1 - _NEAR))
