"""From a table of samples to the numbers a trainer gets: mended, split, scaled, coded, weighted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpviz.datasets.config import DataConfig, InputScaling
from bpviz.datasets.dataset import Array, Dataset
from bpviz.datasets.encoding import (
    Encoding,
    PreparedData,
    Scaling,
    made_features,
    may_have_gaps,
    near_one,
    no_scaling,
)
from bpviz.datasets.missing import filling, without_missing
from bpviz.engine.data import Samples, Task, TrainingData
from bpviz.engine.randomness import rng
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec

Rows = np.ndarray[Any, np.dtype[np.intp]]

_MARGIN = 0.05
# Samples of more bytes than this are held once only, where that is possible.
_LARGE = 64_000_000
# Of more values than this, the scaling is fitted to at most so many columns after the other.
_AT_ONCE, _COLUMNS = 4_000_000, 32


def prepare(config: DataConfig, seed: int, output_layer: LayerSpec) -> PreparedData:
    """Load the samples, mend and split them, scale the inputs and code the targets.

    Raises SettingError when the source cannot give its samples, or the settings do not suit them.
    """
    return prepared(config.source.load(seed), config, seed, output_layer)


def prepared(
    dataset: Dataset, config: DataConfig, seed: int, output_layer: LayerSpec
) -> PreparedData:
    """`prepare` for samples that are at hand, whatever the config's source."""
    if config.features and dataset.inputs.shape[1] != 2:
        raise SettingError(
            f"input features are made of two inputs, but this data has {dataset.inputs.shape[1]}",
            "data.features",
        )
    gaps = 0
    if may_have_gaps(dataset.inputs):
        gaps = int(np.count_nonzero(np.isnan(dataset.inputs)))
    # Before any sample is left out by chance, so that reports count samples as their source does.
    dataset, reports = without_missing(dataset, config.missing)
    dataset = _imbalanced(dataset, config.minority, seed)
    train_rows, test_rows = split(dataset, config, seed)
    if dataset.any_order and dataset.inputs.nbytes + dataset.targets.nbytes > _LARGE:
        # Both parts are then runs of the samples themselves, and no copies of them.
        dataset = dataset.rows(np.concatenate([train_rows, test_rows]))
        train_rows, test_rows = np.split(np.arange(len(dataset)), [len(train_rows)])
    dataset = _mislabelled(dataset, train_rows, config.label_noise, seed)
    encoding, filled = _encoding(dataset, train_rows, config)
    missing = np.isnan(dataset.inputs) if gaps else None
    if filled is not dataset.inputs:
        dataset = replace(dataset, inputs=filled)
    inputs = encoding.apply(filled)
    targets, task, threshold = code_targets(dataset, output_layer, config.target_margin)
    target_scaling = no_scaling(targets.shape[1])
    if config.scale_targets and task == "regression":
        target_scaling = fit_scaling("standardise", targets[train_rows])
        targets = target_scaling.apply(targets)
    weights = _weights(dataset, train_rows, config)
    samples = Samples(inputs, targets, weights)
    train, test = _part(samples, train_rows), _part(samples, test_rows)
    training = TrainingData(train, test, task, threshold)
    low, high = input_bounds(filled)
    # Every picture that is drawn asks for these, on a thread that must not wait.
    if dataset.image_shape is not None:
        _ = dataset.value_range
    if dataset.target_shape is not None:
        _ = dataset.target_range
    return PreparedData(
        dataset,
        training,
        encoding,
        target_scaling,
        train_rows,
        test_rows,
        low,
        high,
        (*dataset.reports, *reports),
        gaps,
        missing if missing is not None and missing.any() else None,
    )


def _part(samples: Samples, rows: Rows) -> Samples:
    """Some of the samples; where they follow one another, the very same memory."""
    run = len(rows) > 0 and np.array_equal(rows, np.arange(rows[0], rows[0] + len(rows)))
    return samples.rows(slice(int(rows[0]), int(rows[0]) + len(rows)) if run else rows)


def _imbalanced(dataset: Dataset, kept: float, seed: int) -> Dataset:
    """The dataset with a share of its last class's samples left out, at least one being kept."""
    if kept == 1.0 or not dataset.is_classification:
        return dataset
    members = np.flatnonzero(dataset.targets == len(dataset.class_names) - 1)
    count = max(1, round(kept * len(members)))
    gone = rng(seed, "imbalance").permutation(members)[count:]
    return dataset.rows(np.setdiff1d(np.arange(len(dataset)), gone))


def _mislabelled(dataset: Dataset, rows: Rows, share: float, seed: int) -> Dataset:
    """The dataset with a share of the samples in these rows given another class."""
    classes = len(dataset.class_names)
    if not share or classes < 2:
        return dataset
    random = rng(seed, "label noise")
    chosen = random.permutation(rows)[: round(share * len(rows))]
    targets = dataset.targets.copy()
    targets[chosen] = (targets[chosen] + random.integers(1, classes, len(chosen))) % classes
    return replace(dataset, targets=targets)


def _encoding(dataset: Dataset, train_rows: Rows, config: DataConfig) -> tuple[Encoding, Array]:
    """How inputs are coded, fitted on the training part, and all inputs with nothing missing."""
    fill = filling(dataset, train_rows, config.missing)
    unscaled = Encoding(fill, (), no_scaling(len(fill)))
    filled = unscaled.filled(dataset.inputs)
    if config.scaling == "none":
        width = made_features(config.features, filled[:1]).shape[1]
        return Encoding(fill, config.features, no_scaling(width)), filled
    features = made_features(config.features, filled[train_rows])
    return Encoding(fill, config.features, fit_scaling(config.scaling, features)), filled


def _weights(dataset: Dataset, train_rows: Rows, config: DataConfig) -> Array | None:
    """What each sample's error counts: its own weight times its class's; None when all are 1.

    The samples' own weights say how they compare, in any unit: they are scaled to mean 1 over the
    training part. Raises SettingError when no training sample would count.
    """
    weights = _own_weights(dataset, train_rows)
    classes = len(dataset.class_names)
    if config.class_weights and dataset.is_classification:
        if len(config.class_weights) != classes:
            raise SettingError(
                f"there must be one weight for each of {classes} classes, "
                f"got {len(config.class_weights)}",
                "data.class_weights",
            )
        weights = weights * np.array(config.class_weights)[dataset.targets]
        if not weights[train_rows].any():
            raise SettingError(
                "with these every training sample counts 0; give a class of them a weight above 0",
                "data.class_weights",
            )
    if config.balance and dataset.is_classification:
        sizes = np.bincount(dataset.targets[train_rows], minlength=classes)
        present = np.count_nonzero(sizes)
        weights = weights * (len(train_rows) / (present * np.maximum(sizes, 1)))[dataset.targets]
    return None if (weights == 1.0).all() else weights


def _own_weights(dataset: Dataset, train_rows: Rows) -> Array:
    """The weights that the samples came with, of mean 1 over the training part; else all 1."""
    if dataset.weights is None:
        return np.ones(len(dataset))
    mean = float(dataset.weights[train_rows].mean())
    if not mean > 0:
        raise SettingError(
            "every training sample has the weight 0; choose another column of weights, "
            "another split or another seed",
            "data",
        )
    return np.asarray(dataset.weights / mean)


def split(dataset: Dataset, config: DataConfig, seed: int) -> tuple[Rows, Rows]:
    """Row numbers of the training and of the test part, in random order.

    Without a test part the training rows keep their order. At least one sample is for training.
    A test part of the samples' own comes before any other.
    """
    if dataset.test_part is not None and not dataset.test_part.all():
        return np.flatnonzero(~dataset.test_part), np.flatnonzero(dataset.test_part)
    count = len(dataset)
    wanted = min(int(count * config.test_fraction + 0.5), count - 1)
    if wanted <= 0:
        return np.arange(count), np.arange(0)
    order = rng(seed, "split").permutation(count)
    if config.stratify and dataset.is_classification:
        is_test = _stratified(dataset.targets[order], len(dataset.class_names), wanted)
    else:
        is_test = np.arange(count) < wanted
    return order[~is_test], order[is_test]


def _stratified(classes: Rows, count: int, wanted: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark `wanted` samples, from each class its share; largest remainders get the odd ones."""
    sizes = np.bincount(classes, minlength=count)
    shares = sizes * wanted / len(classes)
    quotas = np.floor(shares).astype(np.intp)
    odd = np.argsort(quotas - shares, kind="stable")[: wanted - quotas.sum()]
    quotas[odd] += 1
    marked = np.zeros(len(classes), dtype=bool)
    for number, quota in enumerate(quotas):
        marked[np.flatnonzero(classes == number)[:quota]] = True
    return marked


def fit_scaling(how: InputScaling, values: Array) -> Scaling:
    """The scaling that these values, the training part alone, ask for, column by column.

    standardise: mean 0 and deviation 1; min-max: from 0 to 1. A constant column becomes 0.
    """
    if how == "none":
        return no_scaling(values.shape[1])
    if values.size > _AT_ONCE and values.shape[1] > 1:
        columns = min(_COLUMNS, max(1, _AT_ONCE // len(values)))
        blocks = [
            fit_scaling(how, values[:, k : k + columns]) for k in range(0, values.shape[1], columns)
        ]
        offset, scale = (np.concatenate(parts) for parts in zip(*map(_parts, blocks), strict=True))
        return Scaling(offset, scale)
    # Sums of very many float32 lose what single values have.
    values = np.asarray(values, dtype=np.float64)
    low, high = values.min(axis=0), values.max(axis=0)
    constant = low == high
    if how == "min-max":
        return Scaling(low, np.where(constant, 1.0, high - low))
    small, exponents = near_one(values)
    deviation = np.ldexp(small.std(axis=0), exponents)
    constant |= deviation == 0.0
    return Scaling(np.ldexp(small.mean(axis=0), exponents), np.where(constant, 1.0, deviation))


def _parts(scaling: Scaling) -> tuple[Array, Array]:
    return scaling.offset, scaling.scale


def code_targets(
    dataset: Dataset, output_layer: LayerSpec, margin: float = 0.0
) -> tuple[Array, Task, float]:
    """Targets, shape (samples, outputs), what kind of task they make, and the yes/no threshold.

    Classes become the output activation's values for "no" and "yes": in one column when two
    classes meet one output unit, else in a column per class; labels become them column by column.
    A `margin` takes that share of the range off both ends. Values stay as they are.
    """
    least, most = output_layer.activation.targets
    low, high = least + margin * (most - least), most - margin * (most - least)
    threshold = 0.5 * (low + high)
    if dataset.task == "labels":
        return np.where(dataset.targets > 0.5, high, low), "labels", threshold
    if dataset.task == "regression":
        values = dataset.targets
        single = values.dtype == np.float32
        return values if single else np.asarray(values, np.float64), "regression", threshold
    if dataset.task == "binary" and output_layer.units == 1:
        yes = dataset.targets[:, np.newaxis] == 1
        return np.where(yes, high, low), "binary", threshold
    yes = dataset.targets[:, np.newaxis] == np.arange(len(dataset.class_names))
    return np.where(yes, high, low), "classes", threshold


def input_bounds(inputs: Array) -> tuple[Array, Array]:
    """Lowest and highest value of each input with a little margin.

    Never an empty range, and never one that is larger than any number.
    """
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    most = np.finfo(inputs.dtype).max
    with np.errstate(over="ignore"):
        margin = np.where(high > low, _MARGIN * (high - low), 0.5)
        low, high = np.maximum(low - margin, -most), np.minimum(high + margin, most)
        bound = np.where(np.isinf(high - low), most / 4, most)
    return np.maximum(low, -bound), np.minimum(high, bound)
