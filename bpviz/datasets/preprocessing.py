"""From a table of samples to the numbers a trainer gets: split, scaled, coded."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Array, Dataset, PreparedData, Scaling
from bpviz.engine.data import Samples, Task, TrainingData
from bpviz.engine.randomness import rng
from bpviz.engine.spec import LayerSpec

Rows = np.ndarray[Any, np.dtype[np.intp]]

_MARGIN = 0.05


def prepare(config: DataConfig, seed: int, output_layer: LayerSpec) -> PreparedData:
    """Load the samples, split them, scale the inputs and code the targets for an output layer.

    Raises SettingError when the source cannot give its samples.
    """
    dataset = config.source.load(seed)
    train_rows, test_rows = split(dataset, config, seed)
    scaling = fit_scaling(config.scaling, dataset.inputs[train_rows])
    inputs = scaling.apply(dataset.inputs)
    targets, task, threshold = code_targets(dataset, output_layer)
    training = TrainingData(
        Samples(inputs[train_rows], targets[train_rows]),
        Samples(inputs[test_rows], targets[test_rows]),
        task,
        threshold,
    )
    low, high = input_bounds(dataset.inputs)
    return PreparedData(dataset, training, scaling, train_rows, test_rows, low, high)


def split(dataset: Dataset, config: DataConfig, seed: int) -> tuple[Rows, Rows]:
    """Row numbers of the training and of the test part, in random order.

    Without a test part the training rows keep their order. At least one sample is for training.
    """
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


def fit_scaling(how: str, inputs: Array) -> Scaling:
    """The scaling that these inputs, the training part alone, ask for."""
    columns = inputs.shape[1]
    if how == "none":
        return Scaling(np.zeros(columns), np.ones(columns))
    constant = inputs.min(axis=0) == inputs.max(axis=0)
    return Scaling(inputs.mean(axis=0), np.where(constant, 1.0, inputs.std(axis=0)))


def code_targets(dataset: Dataset, output_layer: LayerSpec) -> tuple[Array, Task, float]:
    """Targets, shape (samples, outputs), what kind of task they make, and the yes/no threshold.

    Classes become the output activation's values for "no" and "yes": in one column when two
    classes meet one output unit, else in a column per class. Values stay as they are.
    """
    low, high = output_layer.activation.targets
    threshold = 0.5 * (low + high)
    if not dataset.is_classification:
        return np.asarray(dataset.targets, dtype=np.float64), "regression", threshold
    if output_layer.units == 1 and len(dataset.class_names) == 2:
        yes = dataset.targets[:, np.newaxis] == 1
        return np.where(yes, high, low), "binary", threshold
    yes = dataset.targets[:, np.newaxis] == np.arange(len(dataset.class_names))
    return np.where(yes, high, low), "classes", threshold


def input_bounds(inputs: Array) -> tuple[Array, Array]:
    """Lowest and highest value of each input with a little margin, never an empty range."""
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    margin = np.where(high > low, _MARGIN * (high - low), 0.5)
    return low - margin, high + margin
