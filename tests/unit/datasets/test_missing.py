"""Gaps in the inputs: left out or filled in, from the training part alone, and reported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.datasets.bundled import Penguins
from bpviz.datasets.config import DataConfig, MissingRule
from bpviz.datasets.dataset import DATASETS, Column, Dataset, DataSource
from bpviz.datasets.missing import filling, places, without_missing
from bpviz.datasets.preprocessing import prepare
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec

NAN = np.nan
OUTPUT = LayerSpec(id="o", units=3, activation="softmax", sources=("h",))
FILL: list[MissingRule] = ["mean", "most frequent"]


def birds() -> Dataset:
    """Mass, two inputs for the island, length; gaps in rows 1, 2 and 4, counted from 0."""
    inputs = np.array(
        [
            [1.0, 1, 0, 5.0],
            [NAN, 1, 0, 5.0],
            [3.0, NAN, NAN, 6.0],
            [8.0, 0, 1, 9.0],
            [NAN, 1, 0, NAN],
            [8.0, 0, 1, 5.0],
        ]
    )
    columns = (Column("mass"), Column("island", ("Dream", "Biscoe")), Column("length"))
    names = tuple(name for column in columns for name in column.input_names)
    return Dataset(
        inputs, np.arange(6) % 2, names, ("sex",), ("f", "m"), columns=columns, weights=np.arange(6)
    )


def test_places_of_columns() -> None:
    found = [(column.name, place.start, place.stop) for column, place in places(birds())]
    assert found == [("mass", 0, 1), ("island", 1, 3), ("length", 3, 4)]


def test_dropping_leaves_the_whole_rows_and_names_the_others() -> None:
    data, reports = without_missing(birds(), "drop")
    assert data.inputs.tolist() == [[1, 1, 0, 5], [8, 0, 1, 9], [8, 0, 1, 5]]
    assert data.targets.tolist() == [0, 1, 1]
    assert data.weights is not None
    assert data.weights.tolist() == [0, 3, 5]
    assert reports == ("3 samples with missing values left out: number 2, 3, 5.",)


def test_the_mean_of_very_large_values_is_one_of_them() -> None:
    inputs = np.array([[1.5e308, 0.1], [1.5e308, 0.2], [NAN, NAN]])
    data = Dataset(inputs, np.zeros((3, 1)), ("a", "b"), ("y",))
    fill = filling(data, np.arange(3), "mean")
    assert fill.tolist() == [1.5e308, np.mean([0.1, 0.2])]


def test_many_rows_are_not_all_named() -> None:
    _, reports = without_missing(Penguins().load(0), "drop")
    assert reports == ("11 samples with missing values left out: number 4, 9, 10, 11, 12, ….",)


@pytest.mark.parametrize(
    ("rule", "numbers"), [("mean", "mean"), ("most frequent", "most frequent value")]
)
def test_filling_says_what_stands_in_for_how_many(rule: MissingRule, numbers: str) -> None:
    data, reports = without_missing(birds(), rule)
    assert len(data) == 6
    (report,) = reports
    assert report == (
        f"Missing values are filled in by the {numbers}: mass (2), length (1); "
        "by the most frequent category: island (1)."
    )


@pytest.mark.parametrize("rule", ["drop", *FILL])
def test_whole_data_is_left_alone(rule: MissingRule) -> None:
    whole = DATASETS.make("iris").load(0)
    data, reports = without_missing(whole, rule)
    assert data is whole
    assert reports == ()


def test_what_stands_in_comes_from_the_rows_it_is_told() -> None:
    assert filling(birds(), np.arange(6), "mean").tolist() == [5.0, 1, 0, 6.0]
    # 8 is the mass of two birds, 5 the length of three.
    assert filling(birds(), np.arange(6), "most frequent").tolist() == [8.0, 1, 0, 5.0]
    assert filling(birds(), np.array([2, 3, 5]), "mean").tolist() == [19 / 3, 0, 1, 20 / 3]
    assert np.isnan(filling(birds(), np.arange(6), "drop")).all()


@pytest.mark.parametrize("rule", FILL)
def test_a_column_without_any_value_is_refused(rule: MissingRule) -> None:
    with pytest.raises(SettingError) as error:
        filling(birds(), np.array([1, 4]), rule)
    assert str(error.value) == (
        "data.missing: column mass has no value in the training part, so its gaps cannot be filled "
        "in; leave the column out"
    )


def test_dropping_every_sample_is_refused() -> None:
    with pytest.raises(
        SettingError, match=r"data\.missing: every sample has a missing value; fill"
    ):
        without_missing(birds().rows(np.array([1, 2, 4])), "drop")


@pytest.mark.parametrize("rule", FILL)
def test_no_value_of_the_test_part_leaks_into_what_is_filled_in(rule: MissingRule) -> None:
    config = DataConfig(source=Penguins(), test_fraction=0.5, missing=rule, scaling="standardise")
    prepared = prepare(config, 7, OUTPUT)
    raw = Penguins().load(7).inputs
    train = raw[prepared.train_rows]
    for place in range(3, 7):
        known = train[~np.isnan(train[:, place]), place]
        distinct, counts = np.unique(known, return_counts=True)
        expected = known.mean() if rule == "mean" else distinct[counts.argmax()]
        assert prepared.encoding.fill[place] == pytest.approx(expected)
    gaps = np.isnan(raw)
    fill = np.broadcast_to(prepared.encoding.fill, raw.shape)
    assert np.array_equal(prepared.dataset.inputs[gaps], fill[gaps])
    assert np.array_equal(prepared.dataset.inputs[~gaps], raw[~gaps])
    # Scaling is fitted after filling in, on the same rows.
    assert prepared.training.train.inputs.mean(axis=0) == pytest.approx(np.zeros(9), abs=1e-12)
    assert np.array_equal(prepared.encoding.apply(train), prepared.training.train.inputs)
    assert prepared.gaps == np.count_nonzero(gaps)


def test_reports_count_samples_as_their_source_does() -> None:
    config = DataConfig(source=Penguins(), minority=0.3, missing="drop")
    (report,) = prepare(config, 7, OUTPUT).reports
    assert report.startswith("11 samples with missing values left out: number 4, 9, 10, 11, 12")


def test_reports_of_the_source_come_first() -> None:
    class Read(DataSource):
        def load(self, seed: int) -> Dataset:
            return replace(birds(), reports=("Column 7 was empty.",))

    config = DataConfig(test_fraction=0.0)
    object.__setattr__(config, "source", Read())
    reports = prepare(config, 7, LayerSpec(id="o", units=1, sources=("h",))).reports
    assert reports[0] == "Column 7 was empty."
    assert len(reports) == 2
