"""What holds for every source of data that makes its samples or comes with bpviz."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.datasets.preprocessing import prepare
from bpviz.engine.spec import stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig

OWN = [kind for kind in DATASETS if DATASETS[kind].group == "own"]
KINDS = [kind for kind in DATASETS if kind not in OWN]
# Sources that are the same whatever the seed.
TABLES = ["iris", "wine", "cancer", "penguins", "diabetes", "digits"]
FIXED = [*TABLES, "logic", "parity", "encoder", "symmetry", "family-tree"]
# Inputs may be missing there.
WITH_GAPS = ["penguins"]

HEADS = {
    "regression": ("identity", "half_squared"),
    "binary": ("sigmoid", "binary_cross_entropy"),
    "classes": ("softmax", "categorical_cross_entropy"),
    "labels": ("sigmoid", "binary_cross_entropy"),
}


def head(data: Dataset) -> tuple[str, str]:
    if not data.is_classification:
        return HEADS["labels" if data.labels else "regression"]
    return HEADS["binary" if data.outputs == 1 else "classes"]


def same(one: Dataset, other: Dataset) -> bool:
    return np.array_equal(one.inputs, other.inputs, equal_nan=True) and np.array_equal(
        one.targets, other.targets
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_alone_decides_the_samples(kind: str) -> None:
    source: DataSource = DATASETS[kind]()
    once, again, other = source.load(3), DATASETS[kind]().load(3), source.load(4)
    assert same(once, again)
    assert same(once, other) == (kind in FIXED)


@pytest.mark.parametrize("kind", KINDS)
def test_its_arrays_fit_each_other(kind: str) -> None:
    data = DATASETS[kind]().load(7)
    assert data.inputs.dtype == np.float64
    assert data.inputs.shape == (len(data.targets), len(data.input_names))
    assert len(set(data.input_names)) == len(data.input_names)
    assert np.isnan(data.inputs).any() == (kind in WITH_GAPS)
    if data.is_classification:
        assert data.targets.ndim == len(data.target_names) == 1
        assert set(data.targets.tolist()) == set(range(len(data.class_names)))
        assert np.issubdtype(data.targets.dtype, np.integer)
    else:
        assert data.targets.shape == (len(data), len(data.target_names))
        assert np.isfinite(data.targets).all()
        assert not data.labels or set(np.unique(data.targets)) == {0.0, 1.0}
    if data.image_shape:
        assert np.prod(data.image_shape) == data.inputs.shape[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_learns_from_it_as_suggested(kind: str) -> None:
    source = DATASETS[kind]()
    data = source.load(7)
    output, loss = head(data)
    spec = stack(data.inputs.shape[1], 4, data.outputs, hidden="tanh", output=output)
    prepared = prepare(DataConfig(source=source, **source.suggested), 7, spec.output)
    assert not prepared.reports or kind in WITH_GAPS
    trainer = Trainer(spec, TrainingConfig(loss=loss, learning_rate=0.01), prepared.training, 7)
    before = trainer.evaluate().train_loss
    trainer.run(1)
    assert trainer.evaluate().train_loss < before


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_is(kind: str) -> None:
    cls = DATASETS[kind]
    first = (cls.__doc__ or "").split("\n\n")[0]
    assert first
    assert len(first) < 100
    assert cls.label
    assert len(cls.caption) < len(cls.label)
    assert not cls().slow
