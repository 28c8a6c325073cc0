"""Moons, blobs, spirals, boards and rings: where their points stand and what they are called."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from bpviz.datasets.dataset import DATASETS, Dataset
from bpviz.datasets.synthetic import Blobs, Checkerboard, Moons, Rings, TwoSpirals
from bpviz.engine.settings import SettingError

MORE = [Moons(), Blobs(), TwoSpirals(), Checkerboard(), Rings()]


def rows(data: Dataset) -> list[tuple[float, ...]]:
    """Points with their classes, in an order of their own."""
    table = np.column_stack([data.inputs.round(9) + 0.0, data.targets])
    return sorted(map(tuple, table.tolist()))


@pytest.mark.parametrize("samples", [100, 101])
def test_moons_are_those_of_scikit_learn(samples: int) -> None:
    ours = Moons(samples=samples, noise=0.0).load(1)
    points, classes = make_moons(samples, shuffle=False)
    assert rows(ours) == rows(replace(ours, inputs=points, targets=classes))
    assert ours.class_names == ("upper", "lower")


def test_noise_is_the_deviation_of_the_moons() -> None:
    clean, noisy = Moons(samples=5000, noise=0.0).load(1), Moons(samples=5000, noise=0.2).load(1)
    assert (noisy.inputs - clean.inputs).std(axis=0) == pytest.approx([0.2, 0.2], rel=0.05)


def test_blobs_are_scikit_learns_around_the_same_centres() -> None:
    centres = 4 * np.array([(0, 1), (1, 0), (0, -1), (-1, 0)], dtype=float)
    ours = Blobs(samples=8000, spread=0.5).load(1)
    theirs, classes = make_blobs(8000, centers=centres, cluster_std=0.5, random_state=0)
    for k in range(4):
        mine, other = ours.inputs[ours.targets == k], theirs[classes == k]
        assert len(mine) == len(other)
        assert mine.mean(axis=0) == pytest.approx(other.mean(axis=0), abs=0.05)
        assert mine.std(axis=0) == pytest.approx(other.std(axis=0), rel=0.06)


@pytest.mark.parametrize("classes", [2, 5, 8])
def test_blobs_without_spread_are_their_centres(classes: int) -> None:
    data = Blobs(samples=41, classes=classes, spread=0.0).load(1)
    assert len(np.unique(data.inputs.round(9), axis=0)) == len(data.class_names) == classes
    assert np.hypot(*data.inputs.T) == pytest.approx(np.full(41, 4.0))
    sizes = np.bincount(data.targets)
    assert sizes.max() - sizes.min() <= 1


def test_spread_moves_points_evenly_outwards() -> None:
    centres, near, far = (Blobs(spread=spread).load(1).inputs for spread in (0.0, 1.0, 2.0))
    assert far - centres == pytest.approx(2 * (near - centres), abs=1e-12)


def published_spirals() -> list[tuple[float, float, float]]:
    """The program of the benchmark's description, in its own order, point by point."""
    points = []
    for i in range(97):
        angle = i * np.pi / 16.0
        radius = 6.5 * (104 - i) / 104.0
        x, y = radius * np.sin(angle), radius * np.cos(angle)
        points += [(x, y, 1.0), (-x, -y, 0.0)]
    return points


def test_two_spirals_are_the_published_194_points() -> None:
    data = TwoSpirals().load(1)
    assert len(data) == 194
    assert np.bincount(data.targets).tolist() == [97, 97]
    table = np.array(published_spirals())
    assert rows(data) == rows(replace(data, inputs=table[:, :2], targets=table[:, 2]))


def test_denser_spirals_hold_the_published_points() -> None:
    dense = TwoSpirals(density=4).load(1)
    assert len(dense) == 2 * (4 * 96 + 1)
    assert set(rows(TwoSpirals().load(1))) < set(rows(dense))


def test_noise_scatters_spirals_by_no_more_than_itself() -> None:
    moved = TwoSpirals(noise=0.25).load(1).inputs - TwoSpirals().load(1).inputs
    assert 0.2 < np.abs(moved).max() <= 0.25


@pytest.mark.parametrize("cells", [2, 3, 8])
def test_squares_of_the_board_take_turns(cells: int) -> None:
    data = Checkerboard(samples=3000, cells=cells).load(1)
    column, row = np.floor((data.inputs + 5) * cells / 10).astype(int).T
    assert np.array_equal(data.targets, (column + row) % 2)
    assert len({*zip(column.tolist(), row.tolist(), strict=True)}) == cells**2


def test_noise_mislabels_near_the_squares_edges_only() -> None:
    clean, noisy = Checkerboard(samples=4000).load(1), Checkerboard(samples=4000, noise=0.1).load(1)
    assert np.array_equal(clean.inputs, noisy.inputs)
    wrong = clean.inputs[clean.targets != noisy.targets]
    assert len(wrong) > 100
    to_edge = np.abs((wrong + 5) / 2.5 - np.round((wrong + 5) / 2.5)).min(axis=1)
    assert to_edge.max() <= 0.1 + 1e-12


@pytest.mark.parametrize("rings", [2, 3, 5])
def test_rings_lie_inside_one_another(rings: int) -> None:
    data = Rings(rings=rings, colouring="one class each").load(1)
    assert data.class_names == tuple(f"ring {k + 1}" for k in range(rings))
    radius = np.hypot(*data.inputs.T)
    ends = [
        (radius[data.targets == k].min(), radius[data.targets == k].max()) for k in range(rings)
    ]
    assert ends == sorted(ends)
    assert all(inner[1] < outer[0] for inner, outer in itertools.pairwise(ends))
    assert radius.max() <= 5.0


def test_alternating_rings_are_two_classes() -> None:
    own, alternate = Rings(rings=4, colouring="one class each").load(1), Rings(rings=4).load(1)
    assert np.array_equal(own.inputs, alternate.inputs)
    assert np.array_equal(alternate.targets, (own.targets + 1) % 2)
    assert alternate.class_names == ("even rings", "odd rings")


def test_noise_leaves_the_angles_of_rings() -> None:
    clean, noisy = Rings().load(1), Rings(noise=0.1).load(1)
    angle = [np.arctan2(*data.inputs.T) for data in (clean, noisy)]
    assert angle[0] == pytest.approx(angle[1])
    assert not np.array_equal(clean.inputs, noisy.inputs)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"kind": "blobs", "classes": 9}, "classes must be at most 8, got 9"),
        ({"kind": "blobs", "classes": 1}, "classes must be at least 2, got 1"),
        ({"kind": "rings", "rings": 1}, "rings must be at least 2, got 1"),
        ({"kind": "parity", "bits": 11}, "bits must be at most 10, got 11"),
        ({"kind": "rings", "colouring": "both"}, "must be one of alternate, one class each"),
    ],
)
def test_settings_out_of_range_are_refused(table: dict, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        DATASETS.make(table)
    assert sentence in str(error.value)
