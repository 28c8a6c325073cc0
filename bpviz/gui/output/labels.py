"""What several labels say of a sample, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpviz.datasets.dataset import Dataset

NO_LABEL = "none"
# Of more inputs than this, each 0 or 1, those that are 1 are told.
_FEW = 6


def labels_text(names: Sequence[str], yes: np.ndarray[Any, Any]) -> str:
    """The names of the labels that are a yes, shape (labels,): "Colin, Charlotte"."""
    return names_text([name for name, on in zip(names, yes, strict=True) if on])


def names_text(names: Sequence[str], most: int | None = None) -> str:
    """The names of labels, at most so many of them: "Colin, Charlotte, … and 9 more"."""
    left = 0 if most is None else len(names) - most
    if left <= 0:
        return ", ".join(names) or NO_LABEL
    if not most:
        return f"{left} labels"
    return f"{', '.join(names[:most])}, … and {left} more"


def names_that_are_on(dataset: Dataset, row: int) -> tuple[str, ...]:
    """Of a sample whose many inputs are all 0 or 1 the names of those that are 1; else ()."""
    values = dataset.inputs[row]
    if dataset.columns or len(values) <= _FEW or not np.isin(values, (0.0, 1.0)).all():
        return ()
    return tuple(name for name, value in zip(dataset.input_names, values, strict=True) if value)
