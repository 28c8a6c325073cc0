"""Which two inputs a map begins with."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import f_classif

from bpviz.datasets.dataset import DATASETS, Column, Dataset
from bpviz.datasets.telling import telling_inputs
from bpviz.experiments.gallery import gallery_experiment


def test_iris_is_best_seen_by_its_petals_as_the_f_statistic_says():
    dataset = gallery_experiment("iris").data.source.load(0)
    f, _ = f_classif(dataset.inputs, dataset.targets)
    assert telling_inputs(dataset) == tuple(sorted(np.argsort(-f)[:2])) == (2, 3)


def test_for_values_the_correlated_inputs_are_chosen():
    random = np.random.default_rng(0)
    inputs = random.normal(size=(200, 5))
    inputs[:, 0] = 4.0
    targets = (3 * inputs[:, 4] - inputs[:, 1])[:, np.newaxis]
    names = tuple("abcde")
    assert telling_inputs(Dataset(inputs, targets, names, ("y",))) == (1, 4)


@pytest.mark.parametrize("name", ["digits", "playground", "worked-2-2-2"])
def test_pictures_and_planes_begin_with_the_first_two(name):
    assert telling_inputs(gallery_experiment(name).data.source.load(0)) == (0, 1)


def test_missing_inputs_count_as_the_mean_and_warn_nobody():
    random = np.random.default_rng(0)
    inputs = random.normal(size=(200, 4))
    targets = (inputs[:, 1] + inputs[:, 3] > 0).astype(int)
    inputs[::7, 1] = np.nan
    inputs[:, 2] = np.nan
    data = Dataset(inputs, targets, tuple("abcd"), ("y",), ("no", "yes"))
    assert telling_inputs(data) == (1, 3)
    # The bill's length and the flipper's, not the gaps' columns, tell penguins apart.
    penguins = DATASETS.make("penguins").load(0)
    chosen = [penguins.input_names[k] for k in telling_inputs(penguins)]
    assert chosen == ["bill length", "flipper length"]


def test_numbers_go_before_categories():
    random = np.random.default_rng(1)
    red = random.integers(0, 2, 100)
    inputs = np.column_stack([random.normal(size=100), 1 - red, red, random.normal(size=100)])
    columns = (Column("a"), Column("colour", ("blue", "red")), Column("b"))
    names = tuple(name for column in columns for name in column.input_names)
    data = Dataset(inputs, red, names, ("y",), ("no", "yes"), columns=columns)
    assert telling_inputs(data) == (0, 3)
    one_number = Dataset(inputs[:, :3], red, names[:3], ("y",), ("no", "yes"), columns=columns[:2])
    assert telling_inputs(one_number) == (1, 2)
