"""The point sets: their shapes, labels and ranges are those TensorFlow Playground's users know."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.synthetic import Circle, Gauss, MultiGaussian, Plane, PointSet, Spiral, Xor
from bpviz.engine.settings import SettingError

TWO_CLASSES: list[PointSet] = [Circle(), Xor(), Gauss(), Spiral()]
REGRESSION: list[PointSet] = [Plane(), MultiGaussian()]


def by_name(source: PointSet) -> str:
    return source.kind


@pytest.mark.parametrize("source", TWO_CLASSES, ids=by_name)
def test_two_classes_of_500_points(source: PointSet) -> None:
    data = source.load(seed=1)
    assert data.inputs.shape == (500, 2)
    assert data.targets.shape == (500,)
    assert len(data.class_names) == 2
    assert data.outputs == 1
    assert 200 <= np.count_nonzero(data.targets == 1) <= 300


@pytest.mark.parametrize("source", REGRESSION, ids=by_name)
def test_1200_values_between_minus_one_and_one(source: PointSet) -> None:
    data = source.load(seed=1)
    assert data.inputs.shape == (1200, 2)
    assert data.targets.shape == (1200, 1)
    assert not data.is_classification
    assert np.abs(data.inputs).max() <= 6
    assert np.abs(data.inputs).max() > 5.9
    assert 0.9 < np.abs(data.targets).max() <= 1.2


@pytest.mark.parametrize("source", TWO_CLASSES + REGRESSION, ids=by_name)
def test_the_seed_fixes_the_points(source: PointSet) -> None:
    noisy = replace(source, noise=0.2)
    once, again, other = noisy.load(3), noisy.load(3), noisy.load(4)
    assert np.array_equal(once.inputs, again.inputs)
    assert np.array_equal(once.targets, again.targets)
    assert not np.array_equal(once.inputs, other.inputs)


@pytest.mark.parametrize("source", TWO_CLASSES + REGRESSION, ids=by_name)
def test_an_odd_number_of_points_is_what_one_gets(source: PointSet) -> None:
    assert len(replace(source, samples=7).load(0)) == 7


@pytest.mark.parametrize("source", [Circle(), Xor(), Plane(), MultiGaussian()], ids=by_name)
def test_noise_changes_targets_and_leaves_points_in_place(source: PointSet) -> None:
    clean, noisy = source.load(5), replace(source, noise=0.3).load(5)
    assert np.array_equal(clean.inputs, noisy.inputs)
    assert not np.array_equal(clean.targets, noisy.targets)


@pytest.mark.parametrize("source", [Gauss(), Spiral()], ids=by_name)
def test_noise_moves_points_and_leaves_targets(source: PointSet) -> None:
    clean, noisy = source.load(5), replace(source, noise=0.3).load(5)
    assert np.array_equal(clean.targets, noisy.targets)
    assert not np.array_equal(clean.inputs, noisy.inputs)


def test_circle_is_a_disc_in_a_ring() -> None:
    data = Circle(samples=1000).load(2)
    radius = np.hypot(*data.inputs.T)
    assert radius[data.targets == 1].max() < 2.5
    assert radius[data.targets == 0].min() >= 3.5
    assert radius.max() <= 5.0


def test_xor_keeps_clear_of_the_axes() -> None:
    data = Xor(samples=1000).load(2)
    assert np.abs(data.inputs).min() >= 0.3
    assert 5.0 < np.abs(data.inputs).max() <= 5.3
    assert np.array_equal(data.targets == 1, data.inputs.prod(axis=1) >= 0)


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_gauss_widens_with_noise(noise: float, variance: float) -> None:
    data = Gauss(samples=20_000, noise=noise).load(2)
    upper = data.inputs[data.targets == 1]
    assert upper.mean(axis=0) == pytest.approx([2, 2], abs=0.06)
    assert upper.var(axis=0) == pytest.approx([variance, variance], rel=0.05)


def test_spiral_makes_one_and_three_quarter_turns() -> None:
    data = Spiral(samples=400).load(2)
    radius = np.hypot(*data.inputs.T)
    for number, start in ((1, 0.0), (0, np.pi)):
        arm = data.inputs[data.targets == number]
        along = radius[data.targets == number] / 5.0
        angle = 2 * np.pi * 1.75 * along + start
        expected = 5 * along[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
        assert arm == pytest.approx(expected, abs=1e-12)


def test_plane_is_a_tenth_of_the_sum() -> None:
    data = Plane().load(2)
    assert data.targets[:, 0] == pytest.approx(data.inputs.sum(axis=1) / 10)


def test_hills_alternate_in_sign_and_end_two_away() -> None:
    data = MultiGaussian(samples=5000).load(2)
    values = data.targets[:, 0]

    def near(x: float, y: float, within: float) -> np.ndarray:
        return values[np.hypot(*(data.inputs - (x, y)).T) < within]

    assert near(-4, 2.5, 0.4).min() > 0.8
    assert near(0, 2.5, 0.4).max() < -0.8
    assert near(4, -2.5, 0.4).max() < -0.8
    assert np.array_equal(np.unique(near(5.9, 5.9, 1.0)), [0.0])


def test_noise_beyond_a_half_is_refused() -> None:
    with pytest.raises(SettingError, match=r"noise must be at most 0\.5, got 0\.6"):
        DATASETS.make({"kind": "circle", "noise": 0.6})
