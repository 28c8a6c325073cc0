"""Splitting, scaling and coding: what a trainer gets out of a table."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.datasets import preprocessing
from bpviz.datasets.bundled import Iris
from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.encoding import no_scaling
from bpviz.datasets.logic import LogicGate
from bpviz.datasets.own import OwnSamples
from bpviz.datasets.pictures import Drawing, Shapes
from bpviz.datasets.preprocessing import code_targets, fit_scaling, input_bounds, prepare, split
from bpviz.datasets.synthetic import Circle, Plane
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec


def output(units: int = 1, activation: str = "sigmoid") -> LayerSpec:
    return LayerSpec(id="o", units=units, activation=activation, sources=("h",))


def table(classes: list[int], names: tuple[str, ...]) -> Dataset:
    inputs = np.arange(2.0 * len(classes)).reshape(-1, 2)
    return Dataset(inputs, np.array(classes), ("a", "b"), ("c",), names)


def test_without_a_test_part_rows_keep_their_order() -> None:
    prepared = prepare(DataConfig(test_fraction=0.0), 7, output())
    assert np.array_equal(prepared.train_rows, np.arange(500))
    assert len(prepared.test_rows) == 0
    assert prepared.training.test.inputs.shape == (0, 2)
    assert np.array_equal(prepared.training.train.inputs, prepared.dataset.inputs)


@pytest.mark.parametrize("stratify", [True, False])
def test_the_parts_share_nothing_and_miss_nothing(stratify: bool) -> None:
    prepared = prepare(DataConfig(test_fraction=0.3, stratify=stratify), 7, output())
    assert len(prepared.test_rows) == 150
    both = np.concatenate([prepared.train_rows, prepared.test_rows])
    assert np.array_equal(np.sort(both), np.arange(500))
    k = 17
    assert np.array_equal(
        prepared.training.train.inputs[k], prepared.dataset.inputs[prepared.train_rows[k]]
    )


def test_every_class_is_split_in_proportion() -> None:
    data = table([0] * 60 + [1] * 30 + [2] * 10, ("a", "b", "c"))
    train, test = split(data, DataConfig(test_fraction=0.25), 3)
    assert np.bincount(data.targets[test]).tolist() in ([15, 8, 2], [15, 7, 3])
    assert len(train) == 75


def test_without_stratifying_chance_decides() -> None:
    data = table([0] * 50 + [1] * 50, ("a", "b"))
    config = DataConfig(test_fraction=0.5, stratify=False)
    shares = {int(data.targets[split(data, config, seed)[1]].sum()) for seed in range(10)}
    assert len(shares) > 1


def test_the_seed_decides_the_split() -> None:
    data = table([0, 1] * 20, ("a", "b"))
    config = DataConfig(test_fraction=0.5)
    assert np.array_equal(split(data, config, 1)[1], split(data, config, 1)[1])
    assert not np.array_equal(split(data, config, 1)[1], split(data, config, 2)[1])


def test_one_sample_is_always_left_for_training() -> None:
    data = table([0], ("a", "b"))
    train, test = split(data, DataConfig(test_fraction=0.9), 0)
    assert (len(train), len(test)) == (1, 0)


def test_standardising_is_fitted_on_the_training_part_alone() -> None:
    config = DataConfig(test_fraction=0.5, scaling="standardise")
    prepared = prepare(config, 7, output())
    train = prepared.training.train.inputs
    assert train.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert train.std(axis=0) == pytest.approx([1, 1])
    test = prepared.training.test.inputs
    assert np.abs(test.mean(axis=0)).max() > 1e-6
    raw = prepared.dataset.inputs[prepared.test_rows]
    learned_from = prepared.dataset.inputs[prepared.train_rows]
    expected = (raw - learned_from.mean(axis=0)) / learned_from.std(axis=0)
    assert test == pytest.approx(expected)


def test_a_constant_column_is_only_centred() -> None:
    scaling = fit_scaling("standardise", np.array([[0.1, 1.0], [0.1, 3.0], [0.1, 5.0]]))
    assert scaling.scale[0] == 1.0
    assert scaling.apply(np.array([[0.1, 3.0]])) == pytest.approx(np.zeros((1, 2)))


def test_no_scaling_changes_no_bit() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3))
    assert np.array_equal(fit_scaling("none", values).apply(values), values)


@pytest.mark.parametrize(
    ("activation", "low", "high", "threshold"),
    [("sigmoid", 0, 1, 0.5), ("tanh", -1, 1, 0), ("identity", 0, 1, 0.5)],
)
def test_two_classes_for_one_output(
    activation: str, low: float, high: float, threshold: float
) -> None:
    coded = code_targets(table([0, 1, 1], ("no", "yes")), output(1, activation))
    assert coded[0].tolist() == [[low], [high], [high]]
    assert coded[1:] == ("binary", threshold)


@pytest.mark.parametrize(("activation", "low"), [("softmax", 0), ("tanh", -1)])
def test_one_output_per_class(activation: str, low: float) -> None:
    targets, task, _ = code_targets(table([2, 0], ("a", "b", "c")), output(3, activation))
    assert targets.tolist() == [[low, low, 1], [1, low, low]]
    assert task == "classes"


def test_two_classes_for_two_outputs() -> None:
    targets, task, _ = code_targets(table([1, 0], ("a", "b")), output(2, "softmax"))
    assert targets.tolist() == [[0, 1], [1, 0]]
    assert task == "classes"


def test_values_stay_as_they_are() -> None:
    prepared = prepare(DataConfig(source=Plane(), test_fraction=0.0), 7, output(1, "identity"))
    assert prepared.training.task == "regression"
    assert np.array_equal(prepared.training.train.targets, prepared.dataset.targets)


def test_bounds_have_a_margin_and_are_never_empty() -> None:
    low, high = input_bounds(np.array([[0.0, 3.0], [10.0, 3.0]]))
    assert low.tolist() == [-0.5, 2.5]
    assert high.tolist() == [10.5, 3.5]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("test_fraction", 1.0, "test_fraction: test split must be below 1, got 1"),
        ("scaling", "log", "scaling must be one of none, standardise, min-max; got 'log'"),
        ("source", "circles", "source: data source must be one of circle, xor"),
    ],
)
def test_wrong_settings_are_refused(field: str, value: Any, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        replace(DataConfig(), **{field: value})
    assert sentence in str(error.value)


def test_every_gate_has_its_truth_table() -> None:
    expected = {"and": 1, "or": 7, "xor": 6, "nand": 14, "nor": 8, "xnor": 9}
    for gate, number in expected.items():
        data = LogicGate(gate=gate).load(0)  # type: ignore[arg-type]
        assert data.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert int("".join(map(str, data.targets)), 2) == number


def test_settings_can_be_keys() -> None:
    # Layouts are cached by network, and experiments compared and kept in undo steps.
    assert hash(DataConfig(source=OwnSamples())) == hash(DataConfig(source=OwnSamples()))
    assert DataConfig(source=Circle(noise=0.1)) != DataConfig()


def test_very_large_and_very_small_numbers_are_standardised() -> None:
    plain = np.random.default_rng(3).normal(2.0, 3.0, (40, 2))
    scaling = fit_scaling("standardise", plain * (1e300, 1e-300))
    np.testing.assert_allclose(scaling.offset, plain.mean(axis=0) * (1e300, 1e-300))
    np.testing.assert_allclose(scaling.scale, plain.std(axis=0) * (1e300, 1e-300))
    exact = fit_scaling("standardise", plain)
    assert exact.offset.tobytes() == plain.mean(axis=0).tobytes()
    assert exact.scale.tobytes() == plain.std(axis=0).tobytes()


@pytest.mark.parametrize("how", ["none", "standardise", "min-max"])
def test_large_data_stay_float32_and_are_scaled_alike(
    how: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(1).uniform(0, 1, (50, 70)).astype(np.float32)
    whole = fit_scaling(how, values.astype(np.float64))
    monkeypatch.setattr("bpviz.datasets.preprocessing._AT_ONCE", 100)
    blockwise = fit_scaling(how, values)
    np.testing.assert_array_equal(blockwise.offset, whole.offset)
    np.testing.assert_array_equal(blockwise.scale, whole.scale)
    scaled = blockwise.apply(values)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, whole.apply(values.astype(np.float64)), atol=1e-6)
    assert (scaled is values) == (how == "none")


def test_many_float32_are_summed_with_care() -> None:
    values = np.random.default_rng(1).uniform(0.8, 1.0, (1_500_000, 3)).astype(np.float32)
    exact = values.astype(np.float64)
    scaling = fit_scaling("standardise", values)
    np.testing.assert_allclose(scaling.offset, exact.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(scaling.scale, exact.std(axis=0), rtol=1e-9)


def test_bounds_are_a_range_that_is_a_number() -> None:
    inputs = np.array([[-1.5e308, 1e308, -1.79e308, 3.0], [1.5e308, 1.1e308, -1.5e308, 3.0]])
    low, high = input_bounds(inputs)
    assert np.isfinite(high - low).all()
    assert (high > low).all()


def test_whole_numbers_that_are_not_scaled_become_floating_point() -> None:
    assert no_scaling(2).apply(np.array([[1, 2]])).dtype == np.float64


def test_a_test_part_of_the_datas_own_comes_first() -> None:
    data = Dataset(
        np.arange(12.0).reshape(6, 2),
        np.arange(6.0)[:, np.newaxis],
        ("x1", "x2"),
        ("y",),
        test_part=np.array([True, False, False, True, False, False]),
    )
    train, test = split(data, DataConfig(test_fraction=0.5), 1)
    assert (train.tolist(), test.tolist()) == ([1, 2, 4, 5], [0, 3])
    few = data.rows(np.array([3, 4]))
    assert [rows.tolist() for rows in split(few, DataConfig(), 1)] == [[1], [0]]
    only_tests = data.rows(np.array([0, 3]))
    assert len(split(only_tests, DataConfig(test_fraction=0.5), 1)[0]) == 1


@pytest.mark.parametrize("source", [Shapes(samples=40), Drawing(samples=40)])
def test_large_samples_made_by_chance_are_held_once(
    source: DataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = DataConfig(source=source, test_fraction=0.3)
    whole = prepare(config, 1, output(4))
    monkeypatch.setattr(preprocessing, "_LARGE", 1000)
    once = prepare(config, 1, output(4))
    for part, rows in (("train", once.train_rows), ("test", once.test_rows)):
        one, other = getattr(once.training, part), getattr(whole.training, part)
        assert np.array_equal(one.inputs, other.inputs)
        assert np.array_equal(one.targets, other.targets)
        assert np.array_equal(once.dataset.inputs[rows], one.inputs)
        assert np.shares_memory(one.inputs, once.dataset.inputs)
        if once.dataset.target_shape:
            assert np.shares_memory(one.targets, once.dataset.targets)


@pytest.mark.parametrize(
    ("source", "known"),
    [(Shapes(samples=40), "value_range"), (Drawing(samples=40), "target_range")],
)
def test_ranges_that_pictures_are_drawn_by_are_found_with_the_data(
    source: DataSource, known: str
) -> None:
    dataset = prepare(DataConfig(source=source), 1, output(4)).dataset
    values = dataset.inputs if known == "value_range" else dataset.targets
    assert vars(dataset)[known] == (values.min(), values.max())


def test_samples_with_numbers_of_their_own_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preprocessing, "_LARGE", 0)
    data = prepare(DataConfig(source=Iris()), 1, output(3))
    assert np.array_equal(data.dataset.inputs, Iris().load(1).inputs)
