"""Imbalance, label noise, weights of classes, and scaling of inputs and targets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.class_weight import compute_class_weight

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.preprocessing import fit_scaling, prepare
from bpviz.datasets.synthetic import Blobs, Circle, Friedman1, Plane
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec


def prepared(units: int = 1, activation: str = "sigmoid", **settings: object) -> PreparedData:
    output = LayerSpec(id="o", units=units, activation=activation, sources=("h",))
    return prepare(DataConfig(**settings), 7, output)  # type: ignore[arg-type]


def weights(data: PreparedData) -> np.ndarray:
    found = data.training.train.weights
    assert found is not None
    return found


@pytest.mark.parametrize("kept", [0.5, 0.1, 0.0001])
def test_imbalance_keeps_a_share_of_the_last_class(kept: float) -> None:
    whole = Circle().load(7)
    data = prepared(source=Circle(), minority=kept, test_fraction=0.0).dataset
    before, after = np.bincount(whole.targets), np.bincount(data.targets)
    assert after.tolist() == [before[0], max(1, round(kept * before[1]))]
    points = {tuple(row) for row in whole.inputs.tolist()}
    assert {tuple(row) for row in data.inputs.tolist()} <= points


def test_imbalance_means_nothing_to_values() -> None:
    data = prepared(source=Plane(), minority=0.1, activation="identity")
    assert len(data.dataset) == 1200


def test_label_noise_changes_a_share_of_the_training_part_only() -> None:
    settings = {"source": Blobs(classes=3), "units": 3, "activation": "softmax"}
    clean, noisy = prepared(**settings), prepared(**settings, label_noise=0.2)
    assert np.array_equal(clean.train_rows, noisy.train_rows)
    wrong = clean.dataset.targets != noisy.dataset.targets
    assert np.count_nonzero(wrong[noisy.train_rows]) == round(0.2 * len(noisy.train_rows))
    assert not wrong[noisy.test_rows].any()
    assert set(noisy.dataset.targets) == {0, 1, 2}
    # What is learned is what the dataset shows.
    learned = noisy.training.train.targets.argmax(axis=1)
    assert np.array_equal(learned, noisy.dataset.targets[noisy.train_rows])


def test_more_label_noise_mislabels_the_same_samples_and_others() -> None:
    clean = prepared().dataset.targets
    less, more = (prepared(label_noise=noise).dataset.targets != clean for noise in (0.1, 0.3))
    assert more[less].all()
    assert np.count_nonzero(more) == 3 * np.count_nonzero(less) == 75


def test_bundled_labels_stay_as_they_are() -> None:
    iris = DATASETS.make("iris")
    before = iris.load(7).targets.copy()
    prepared(source=iris, units=3, activation="softmax", label_noise=0.5)
    assert np.array_equal(iris.load(7).targets, before)


def test_balance_is_scikit_learns() -> None:
    data = prepared(
        source=Blobs(classes=3), units=3, activation="softmax", minority=0.2, balance=True
    )
    classes = data.dataset.targets[data.train_rows]
    theirs = compute_class_weight("balanced", classes=np.arange(3), y=classes)
    assert weights(data) == pytest.approx(theirs[classes])
    assert weights(data).sum() == pytest.approx(len(classes))
    # Every class counts the same.
    sums = np.bincount(classes, weights=weights(data))
    assert sums == pytest.approx(np.full(3, sums[0]))


def test_class_weights_multiply_with_balance_and_the_samples_own() -> None:
    class Weighted(DataSource):
        def load(self, seed: int) -> Dataset:
            own = np.array([1.0, 2.0, 1.0, 1.0])
            return Dataset(
                np.eye(4)[:, :2],
                np.array([0, 1, 1, 1]),
                ("a", "b"),
                ("c",),
                ("n", "y"),
                weights=own,
            )

    def found(**settings: object) -> list[float]:
        config = DataConfig(test_fraction=0.0, **settings)  # type: ignore[arg-type]
        object.__setattr__(config, "source", Weighted())
        output = LayerSpec(id="o", units=1, sources=("h",))
        return weights(prepare(config, 7, output)).tolist()

    # The samples' own have the mean 1; those of classes stay as they are given.
    assert found() == [0.8, 1.6, 0.8, 0.8]
    assert found(class_weights=(3.0, 0.5)) == pytest.approx([2.4, 0.8, 0.4, 0.4])
    assert found(class_weights=(3.0, 0.5), balance=True) == pytest.approx(
        [2.4 * 2, 1.6 / 3, 0.8 / 3, 0.8 / 3]
    )


def weighted_plane(own: list[float], **settings: object) -> PreparedData:
    dataset = replace(Plane().load(7), weights=np.resize(own, len(Plane().load(7))))

    class Weighted(DataSource):
        def load(self, seed: int) -> Dataset:
            return dataset

    config = DataConfig(**settings)  # type: ignore[arg-type]
    object.__setattr__(config, "source", Weighted())
    return prepare(config, 7, LayerSpec(id="o", activation="identity", sources=("h",)))


def test_the_unit_of_the_samples_own_weights_does_not_matter() -> None:
    small, large = (weighted_plane([k, 3 * k, 0.0], test_fraction=0.4) for k in (1.0, 900.0))
    assert weights(large) == pytest.approx(weights(small), rel=1e-12)
    assert weights(large).mean() == pytest.approx(1)
    test = large.training.test.weights
    assert test is not None
    assert sorted(set(np.round(test / test.max(), 9))) == pytest.approx([0, 1 / 3, 1])
    assert weighted_plane([7.0]).training.train.weights is None


def test_samples_must_count() -> None:
    for given in ((0.0, 0.0), (0.0, 0.0, 0.0)):
        sides = len(given)
        source = Blobs(classes=sides)
        with pytest.raises(SettingError, match=r"^data\.class_weights: with these every training"):
            prepared(source=source, units=sides, activation="softmax", class_weights=given)
    with pytest.raises(SettingError, match=r"^data: every training sample has the weight 0"):
        weighted_plane([0.0])


def test_no_weights_are_no_weights() -> None:
    assert prepared().training.train.weights is None
    assert prepared(class_weights=(1.0, 1.0)).training.train.weights is None
    assert prepared(source=Plane(), balance=True, activation="identity").training.train.weights is (
        None
    )


@pytest.mark.parametrize("given", [(1.0,), (1.0, 2.0, 3.0)])
def test_there_must_be_a_weight_for_every_class(given: tuple[float, ...]) -> None:
    with pytest.raises(SettingError) as error:
        prepared(class_weights=given)
    assert str(error.value) == (
        f"data.class_weights: there must be one weight for each of 2 classes, got {len(given)}"
    )


def test_min_max_is_scikit_learns_on_the_training_part() -> None:
    iris = DATASETS.make("iris")
    data = prepared(source=iris, scaling="min-max", units=3, activation="softmax")
    scaler = MinMaxScaler().fit(data.dataset.inputs[data.train_rows])
    train, test = data.training.train.inputs, data.training.test.inputs
    assert train == pytest.approx(scaler.transform(data.dataset.inputs[data.train_rows]))
    assert test == pytest.approx(scaler.transform(data.dataset.inputs[data.test_rows]))
    assert train.min(axis=0).tolist() == [0] * 4
    assert train.max(axis=0) == pytest.approx(np.ones(4))


def test_a_constant_column_becomes_nought_by_min_max() -> None:
    values = np.array([[4.0, 1.0], [4.0, 3.0]])
    assert fit_scaling("min-max", values).apply(values).tolist() == [[0, 0], [0, 1]]


def test_scaled_targets_come_back() -> None:
    friedman = Friedman1(samples=200)
    data = prepared(source=friedman, scale_targets=True, activation="identity", test_fraction=0.3)
    train = data.training.train.targets
    assert train.mean() == pytest.approx(0, abs=1e-12)
    assert train.std() == pytest.approx(1)
    raw = data.dataset.targets
    assert data.target_scaling.undo(train) == pytest.approx(raw[data.train_rows])
    assert data.target_scaling.undo(data.training.test.targets) == pytest.approx(
        raw[data.test_rows]
    )
    assert data.target_scaling.offset == pytest.approx(raw[data.train_rows].mean(axis=0))


def test_classes_are_not_scaled() -> None:
    data = prepared(scale_targets=True)
    assert set(data.training.train.targets[:, 0]) == {0.0, 1.0}
    assert replace(data.target_scaling).scale.tolist() == [1.0]
