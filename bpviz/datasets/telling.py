"""Which inputs say most about the target: where a map of two inputs is best begun."""

from __future__ import annotations

import numpy as np

from bpviz.datasets.dataset import Array, Dataset
from bpviz.datasets.encoding import near_one


def telling_inputs(dataset: Dataset) -> tuple[int, int]:
    """The two inputs that explain most of the target, in the order of the columns.

    For classes an input's share is η² = variance between the classes' means / variance; for
    values it is the largest squared correlation with one of them. An input that is missing (NaN)
    counts as its column's mean. A category's inputs, 0 or 1, are passed over where there are two
    numbers. Pictures, also those to be predicted, and data of one or two inputs begin with (0, 1).
    """
    columns = dataset.inputs.shape[1]
    pictures = dataset.image_shape or dataset.target_shape
    if columns < 3 or pictures is not None or len(dataset) < 3:
        return (0, 1)
    shares = _shares(dataset)
    numbers = [
        not column.categories for column in dataset.table_columns for _ in column.input_names
    ]
    if sum(numbers) >= 2:
        shares[~np.array(numbers)] = -1.0
    best = np.sort(np.argsort(-shares, kind="stable")[:2])
    return (int(best[0]), int(best[1]))


def _shares(dataset: Dataset) -> Array:
    inputs, _ = near_one(dataset.inputs)
    known = ~np.isnan(inputs)
    means = inputs.sum(axis=0, where=known) / np.maximum(known.sum(axis=0), 1)
    inputs = np.where(known, inputs - means, 0.0)
    total = (inputs**2).sum(axis=0)
    if dataset.is_classification:
        explained = np.zeros_like(total)
        for number in range(len(dataset.class_names)):
            members = inputs[dataset.targets == number]
            if len(members):
                explained += len(members) * members.mean(axis=0) ** 2
    else:
        targets, _ = near_one(dataset.targets)
        targets = targets - targets.mean(axis=0)
        sizes = (targets**2).sum(axis=0)
        products = (inputs.T @ targets) ** 2
        explained = np.divide(products, sizes, out=np.zeros_like(products), where=sizes > 0).max(
            axis=1
        )
    return np.divide(explained, total, out=np.zeros_like(total), where=total > 0)
