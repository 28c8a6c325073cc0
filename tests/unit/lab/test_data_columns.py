"""Samples as a table of columns: words instead of codes, order, bins, what is told of a choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Column, Dataset
from bpviz.datasets.preprocessing import prepared
from bpviz.engine.spec import LayerSpec
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.data_bins import bins_of
from bpviz.lab.data_columns import DataColumns

NAN = float("nan")
# Number, category (a, b, c), number: some of each are missing.
INPUTS = np.array(
    [
        [1.5, 1, 0, 0, 10],
        [2.5, 0, 1, 0, 20],
        [NAN, 0, 0, 1, 20],
        [3.5, NAN, NAN, NAN, 40],
        [1.5, 0, 1, 0, 50],
        [0.5, 0, 1, 0, 60],
    ]
)
DATASET = Dataset(
    INPUTS,
    np.array([0, 1, 2, 1, 0, 2]),
    ("size", "kind = a", "kind = b", "kind = c", "price"),
    ("class",),
    ("low", "middle", "high"),
    columns=(Column("size"), Column("kind", ("a", "b", "c")), Column("price")),
)


def made(dataset: Dataset = DATASET, units: int = 3, **changes: object) -> DataColumns:
    config = replace(DataConfig(), test_fraction=0.3, missing="mean", **changes)
    data = prepared(dataset, config, 1, LayerSpec("o", units))
    return DataColumns(data)


def column(table: DataColumns, name: str) -> int:
    found = table.named(name)
    assert found is not None
    return found


def test_categories_are_words_and_the_part_is_told():
    table = made()
    assert table.names == ("#", "split", "class", "size", "kind", "price")
    kinds = [table.text(column(table, "kind"), row) for row in (0, 1, 2, 4)]
    assert kinds == ["a", "b", "c", "b"]
    assert [table.text(column(table, "class"), row) for row in range(3)] == [
        "low",
        "middle",
        "high",
    ]
    tested = {row for row in range(6) if table.text(column(table, "split"), row) == "test"}
    assert tested == set(table.data.test_rows.tolist())
    assert table.text(0, 4) == "5"


def test_what_was_missing_is_marked_and_shown_as_it_was_filled_in():
    table = made()
    size, kind, price = (table.columns[column(table, n)] for n in ("size", "kind", "price"))
    assert size.filled.tolist() == [False, False, True, False, False, False]
    assert kind.filled.tolist() == [False, False, False, True, False, False]
    assert price.filled is None
    assert size.read(np.array([2]))[0] == table.data.encoding.fill[0]


def test_decimals_are_those_of_the_data_not_of_what_was_filled_in():
    table = made()
    assert table.decimals(column(table, "size")) == 1
    assert table.decimals(column(table, "price")) == 0
    assert table.text(column(table, "size"), 0) == "1.5"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.1, -0.25], "0.10"),
        ([1234567, 2], "1234567"),
        ([np.pi, -1], "3.142"),
        ([1e-9, 2e-9], "1e−09"),
        ([3e12, 1], "3e+12"),
        ([0.0, 0.0], "0"),
    ],
)
def test_numbers_are_as_long_as_they_need(values, text):
    inputs = np.array(values, dtype=float)[:, np.newaxis]
    dataset = Dataset(inputs, np.zeros((2, 1)), ("x",), ("y",))
    table = made(dataset, 1)
    assert table.text(column(table, "x"), 0) == text


def test_it_sorts_as_python_does_and_keeps_the_order_of_equals():
    table = made()
    k = column(table, "price")
    values = INPUTS[:, 4].tolist()
    assert table.order(k).tolist() == sorted(range(6), key=lambda row: values[row])
    falling = sorted(range(6), key=lambda row: -values[row])
    assert table.order(k, descending=True).tolist() == falling


def test_a_bar_for_each_word_and_class():
    table = made()
    bins = bins_of(table, column(table, "kind"))
    filled = int(table.columns[column(table, "kind")].read(np.array([3]))[0])
    kinds = [0, 1, 2, filled, 1, 1]
    expected = np.zeros((3, 3), dtype=int)
    for kind, number in zip(kinds, DATASET.targets.tolist(), strict=True):
        expected[number, kind] += 1
    assert bins.counts.tolist() == expected.tolist()
    assert bins.rows(2, 1).tolist() == [row for row in range(6) if kinds[row] in (1, 2)]


@pytest.mark.parametrize("name", ["petal length", "sepal width"])
def test_bins_hold_every_sample_once_between_round_edges(name):
    experiment = gallery_experiment("iris")
    data = prepared(experiment.data.source.load(7), experiment.data, 7, experiment.network.output)
    table = DataColumns(data)
    k = column(table, name)
    bins, values = bins_of(table, k), table.columns[k].values()
    assert bins.counts.sum() == len(values)
    for row, value in enumerate(values.tolist()):
        low, high = bins.edges[bins.bin_of[row]], bins.edges[bins.bin_of[row] + 1]
        # 0.6 lies in 0.6 to 0.8, whatever three times 0.2 is in binary.
        assert low - 1e-9 <= value < high - 1e-9
    step = round(float(bins.edges[1] - bins.edges[0]), 9)
    assert step in (0.05, 0.1, 0.2, 0.5)


def test_bins_of_what_is_selected_are_a_part_of_all():
    table = made()
    bins = bins_of(table, column(table, "price"))
    groups, _ = table.groups()
    marked = np.array([True, False, True, False, False, True])
    counted = bins.counted(groups, marked)
    assert counted.sum() == 3
    assert (counted <= bins.counts).all()
    assert (counted + bins.counted(groups, ~marked) == bins.counts).all()


@pytest.mark.parametrize(
    "values",
    [[3.0], [5.0, 5.0], [-1e9, 1e9], [0.1, 0.1000001, 0.2], [-1.5e308, 1.5e308],
     [-1.79e308, 1.79e308, 0], [1.79e308] * 2, [0, 5e-324], [0, 1e-308], [1, 1 + 4e-16],
     [1e16, 1e16 + 2]],
)  # fmt: skip
def test_bins_of_strange_columns(values):
    dataset = Dataset(np.array(values)[:, np.newaxis], np.zeros((len(values), 1)), ("x",), ("y",))
    table = made(dataset, 1)
    bins = bins_of(table, column(table, "x"))
    assert bins.counts.sum() == len(values)
    assert (np.diff(bins.edges) > 0).all()


def test_words_and_repeated_whole_numbers_are_spread_around_their_place():
    table = made()
    k = column(table, "kind")
    away = table.place(k, False) - table.columns[k].values()
    assert (np.abs(away) < 0.33).all()
    assert len(set(away.tolist())) == len(away)
    assert table.place(column(table, "size"), True).tolist()[0] == 1.5
    assert (table.place(k, False) == table.place(k, False)).all()


def test_a_summary_counts_the_parts():
    table = made()
    marked = np.zeros(6, dtype=bool)
    assert table.summary(marked) == "6 samples, none selected"
    marked[[0, 1, *table.data.test_rows.tolist()]] = True
    tested = len(table.data.test_rows)
    chosen = int(marked.sum())
    assert table.summary(marked) == (
        f"{chosen} of 6 samples selected: {chosen - tested} training, {tested} test"
    )
    marked[:] = [True, True, False, False, False, False]
    assert dict(table.means(marked, 5)) == {"size": "2", "price": "15"}
    assert table.means(np.zeros(6, dtype=bool), 5) == ()


def test_weights_are_what_each_error_counts():
    table = made(class_weights=(1.0, 2.0, 3.0))
    k = column(table, "weight")
    expected = [(1.0, 2.0, 3.0)[number] for number in DATASET.targets]
    assert table.columns[k].values().tolist() == expected
    assert made().named("weight") is None


def test_labels_are_yes_and_no_and_several_values_a_column_each():
    targets = np.array([[1.0, 0.0], [0.0, 1.0]])
    dataset = Dataset(np.eye(2), targets, ("a", "b"), ("p", "q"), labels=True)
    table = made(dataset, 2)
    assert [table.text(column(table, "p"), row) for row in (0, 1)] == ["yes", "no"]
    assert [table.text(column(table, "q"), row) for row in (0, 1)] == ["no", "yes"]
    values = made(replace(dataset, labels=False, targets=targets * 2.5), 2)
    assert [values.text(column(values, "p"), row) for row in (0, 1)] == ["2.5", "0.0"]
    assert values.groups()[1] == 1


def test_pictures_are_told_by_their_ink_and_main_directions():
    random = np.random.default_rng(4)
    inputs = random.random((60, 16)) * np.linspace(0.1, 2.0, 16)
    dataset = Dataset(
        inputs,
        np.zeros(60, dtype=int),
        tuple(f"pixel {k}" for k in range(16)),
        ("digit",),
        ("0", "1", "2"),
        image_shape=(4, 4),
    )
    table = made(dataset)
    shown = [table.columns[k].name for k in table.listed]
    assert shown == ["#", "split", "digit", "ink"]
    assert table.columns[column(table, "ink")].values() == pytest.approx(inputs.mean(axis=1))
    lengths = {len(table.text(column(table, "ink"), row)) for row in range(60)}
    assert len(lengths) == 1
    # The variance along the first direction is the largest eigenvalue of the covariance.
    scores = [table.columns[column(table, f"direction {k}")].values() for k in (1, 2)]
    eigenvalues = np.linalg.eigvalsh(np.cov(inputs.T))
    assert np.var(scores[0], ddof=1) == pytest.approx(eigenvalues[-1])
    assert np.var(scores[1], ddof=1) == pytest.approx(eigenvalues[-2])
    assert np.cov(*scores)[0, 1] == pytest.approx(0, abs=1e-9)
    one = table.columns[column(table, "direction 1")].read(np.array([7]))
    assert one[0] == pytest.approx(scores[0][7])


def test_large_pictures_have_no_column_for_each_pixel():
    inputs = np.random.default_rng(1).random((3, 400))
    names = tuple(f"pixel {k}" for k in range(400))
    dataset = Dataset(inputs, np.zeros((3, 1)), names, ("y",), image_shape=(20, 20))
    table = made(dataset, 1)
    assert table.names == ("#", "split", "y", "direction 1", "direction 2", "ink")
