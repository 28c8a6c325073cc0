"""Columns of zeros and ones as the names that they say yes to."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.explain.error_function import even_rows

# More numbers than this would hold up the window; so many rows are looked at before.
_MOST, _FIRST_LOOK = 30_000, 30
_NONE = "none"


def one_hot_groups(inputs: Array) -> tuple[slice, ...]:
    """The runs of columns in each of which every row has a single 1 among zeros.

    () unless all columns, shape (rows, columns), belong to such runs of two columns or more.
    """
    rows, columns = inputs.shape
    if not rows or inputs.size > _MOST:
        return ()
    few = inputs[even_rows(rows, min(_FIRST_LOOK, rows))]
    if not all(np.isin(some, (0.0, 1.0)).all() for some in (few, inputs)):
        return ()
    ones = np.cumsum(inputs, axis=1)
    full = np.flatnonzero((ones == ones[0]).all(axis=0) & (ones[0] > 0))
    # Columns without a 1 belong to what comes before them.
    counts = ones[0, full]
    ends = [int(full[counts == count].max()) + 1 for count in np.unique(counts)]
    if not ends or ends[-1] < columns or counts.max() > len(ends):
        return ()
    groups = tuple(slice(a, b) for a, b in itertools.pairwise((0, *ends)))
    return groups if all(group.stop - group.start > 1 for group in groups) else ()


def yes_words(
    yes: np.ndarray[Any, np.dtype[np.bool_]], names: Sequence[str]
) -> tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.intp]]] | None:
    """The names that rows, shape (rows, names), say yes to: the lists there are, and each row's.

    A list is one text, "Colin, Charlotte". None where there is too much to look through.
    """
    if yes.size > _MOST:
        return None
    # In the order of the names: those that say yes to the first come first.
    packed = [row.tobytes() for row in np.packbits(~yes, axis=1)]
    example = dict(zip(packed, yes, strict=True))
    lists = sorted(example)
    words = tuple(
        ", ".join(names[k] for k in np.flatnonzero(example[each]).tolist()) or _NONE
        for each in lists
    )
    numbers = {each: k for k, each in enumerate(lists)}
    return words, np.array([numbers[each] for each in packed], dtype=np.intp)
