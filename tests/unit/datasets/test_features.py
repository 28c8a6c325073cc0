"""Input features and the encoding from inputs in their own units to a network's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.encoding import Encoding, Scaling, plain_encoding
from bpviz.datasets.features import FEATURES, feature_names, feature_over_plane
from bpviz.datasets.preprocessing import prepare
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec

OUTPUT = LayerSpec(id="o", units=1, activation="sigmoid", sources=("h",))


def test_a_feature_over_the_plane_runs_right_and_up() -> None:
    low, high = np.array([0.0, -2.0]), np.array([4.0, 2.0])
    product = feature_over_plane("x1_x2", low, high, 3)
    np.testing.assert_allclose(product, [[0, 0.5, 1], [0, 0, 0], [0, -0.5, -1]], atol=1e-15)
    nothing = feature_over_plane("x1", np.zeros(2), np.zeros(2), 2)
    np.testing.assert_array_equal(nothing, np.zeros((2, 2)))


def test_the_seven_features_by_hand() -> None:
    x1, x2 = np.array([2.0, -3.0]), np.array([0.5, 4.0])
    expected = {
        "x1": [2.0, -3.0],
        "x2": [0.5, 4.0],
        "x1_squared": [4.0, 9.0],
        "x2_squared": [0.25, 16.0],
        "x1_x2": [1.0, -12.0],
        "sin_x1": [math.sin(2.0), math.sin(-3.0)],
        "sin_x2": [math.sin(0.5), math.sin(4.0)],
    }
    assert {kind: f.compute(x1, x2).tolist() for kind, f in FEATURES.items()} == expected


def test_features_are_called_by_the_names_of_the_inputs() -> None:
    assert feature_names(tuple(FEATURES), ("a", "b")) == (
        "a", "b", "a²", "b²", "a·b", "sin a", "sin b",
    )  # fmt: skip
    assert feature_names((), ("a", "b", "c")) == ("a", "b", "c")


def test_features_are_made_and_then_scaled() -> None:
    config = DataConfig(features=("x1_squared", "x1_x2"), scaling="standardise")
    prepared = prepare(config, 7, OUTPUT)
    x1, x2 = prepared.dataset.inputs[prepared.train_rows].T
    made = np.column_stack([x1 * x1, x1 * x2])
    train = prepared.training.train.inputs
    assert train == pytest.approx((made - made.mean(axis=0)) / made.std(axis=0))
    assert prepared.feature_names == ("x1²", "x1·x2")
    # Bounds are those of the inputs, which is what maps are drawn over.
    assert prepared.low.shape == (2,)


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        (("x3",), "must be some of x1, x2, x1_squared"),
        (("x1", "x1"), "must not name a feature twice"),
    ],
)
def test_unknown_and_double_features_are_refused(features: tuple, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        DataConfig(features=features)


def test_features_need_two_inputs() -> None:
    config = DataConfig(source=DATASETS.make("iris"), features=("x1",))
    with pytest.raises(SettingError) as error:
        prepare(config, 7, OUTPUT)
    assert str(error.value) == (
        "data.features: input features are made of two inputs, but this data has 4"
    )


def test_an_encoding_fills_makes_and_scales_in_this_order() -> None:
    encoding = Encoding(
        np.array([2.0, 10.0]),
        ("x1", "x1_squared"),
        Scaling(np.array([1.0, 4.0]), np.array([2.0, 5.0])),
    )
    coded = encoding.apply(np.array([[np.nan, 7.0], [3.0, np.nan]]))
    assert coded.tolist() == [[0.5, 0.0], [1.0, 1.0]]
    assert encoding.names(("a", "b")) == ("a", "a²")


def test_a_plain_encoding_changes_nothing() -> None:
    values = np.random.default_rng(0).normal(size=(5, 3))
    assert np.array_equal(plain_encoding(3).apply(values), values)


def test_scaling_is_undone() -> None:
    scaling = Scaling(np.array([1.0, -5.0]), np.array([0.1, 30.0]))
    values = np.random.default_rng(0).normal(size=(5, 2))
    assert scaling.undo(scaling.apply(values)) == pytest.approx(values)
