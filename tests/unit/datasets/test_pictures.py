"""Shapes: what is drawn, how much of it, and how large ones are kept within the memory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpviz.datasets import pictures
from bpviz.datasets.pictures import Drawing, PictureSize, Shapes
from bpviz.engine.settings import SettingError


def lens(one: float, other: float, apart: float) -> float:
    """The area that two circles of these radii share: two segments on one chord."""
    chord = (apart**2 + one**2 - other**2) / (2 * apart)
    area = 0.0
    for radius, height in ((one, chord), (other, apart - chord)):
        area += radius**2 * math.acos(height / radius) - height * math.sqrt(radius**2 - height**2)
    return area


# How large each shape is, by geometry, in units of the circle around it.
AREAS = {
    "disc": math.pi * 0.78**2,
    "square": 1.4**2,
    "triangle": 3 * math.sqrt(3) / 4,
    "cross": 2 * 1.84 * 0.6 - 0.6**2,
    "ring": math.pi * (0.94**2 - 0.46**2),
    "bar": 4 * 0.94 * 0.3,
    "frame": 1.4**2 - 0.68**2,
    "half disc": math.pi * 0.88**2 / 2,
    "crescent": math.pi * 0.94**2 - lens(0.94, 0.74, 0.42),
    "two discs": 2 * math.pi * 0.42**2,
}


@pytest.mark.parametrize(
    ("size", "shape"), [("12×12", (12, 12)), ("24×16", (16, 24)), ("60×40", (40, 60))]
)
def test_pictures_have_their_width_and_height(size: PictureSize, shape: tuple[int, int]) -> None:
    data = Shapes(size=size, samples=30).load(1)
    assert data.image_shape == shape
    assert data.inputs.shape == (30, math.prod(shape))
    assert data.inputs.min() >= 0
    assert data.inputs.max() <= 1
    assert data.input_names[shape[1]] == "row 2 column 1"


@pytest.mark.parametrize("shapes", [2, 10])
def test_there_are_as_many_of_each_shape(shapes: int) -> None:
    data = Shapes(samples=60, shapes=shapes).load(1)
    assert len(data.class_names) == shapes
    assert set(np.bincount(data.targets)) == {60 // shapes}


def test_the_area_of_every_shape_is_that_of_geometry() -> None:
    data = Shapes(size="60×40", samples=20, shapes=10, noise=0.0, variety=0.0).load(1)
    radius = 0.36 * 40
    assert set(data.class_names) == set(AREAS)
    for picture, number in zip(data.inputs, data.targets, strict=True):
        area = AREAS[data.class_names[number]]
        assert picture.sum() == pytest.approx(area * radius**2, rel=0.03)


def test_shapes_turn_and_stay_in_the_picture() -> None:
    data = Shapes(size="32×32", samples=200, shapes=6, noise=0.0, variety=1.0).load(1)
    stack = data.inputs.reshape(-1, 32, 32)
    middle = np.arange(32) + 0.5
    for axis in (1, 2):
        weight = stack.sum(axis=axis)
        centres = weight @ middle / weight.sum(axis=1)
        assert centres.min() < 11
        assert centres.max() > 21
    for number, name in enumerate(data.class_names):
        sums = data.inputs[data.targets == number].sum(axis=1)
        radii = np.sqrt(sums / AREAS[name])
        assert 0.36 * 32 * 0.7 * 0.95 < radii.min() < radii.max() < 0.36 * 32 * 1.3 * 1.05


def test_without_variety_and_noise_a_class_is_one_picture() -> None:
    data = Shapes(samples=40, noise=0.0, variety=0.0).load(1)
    assert len(np.unique(data.inputs, axis=0)) == 4


def test_edges_are_smooth() -> None:
    data = Shapes(samples=40, noise=0.0).load(1)
    between = (data.inputs > 0.02) & (data.inputs < 0.98)
    assert between.any(axis=1).all()


def test_noise_changes_grey_values_and_leaves_shapes_in_place() -> None:
    clean, noisy = Shapes(noise=0.0).load(1), Shapes(noise=0.1).load(1)
    assert np.array_equal(clean.targets, noisy.targets)
    inside = (clean.inputs == 1.0) | (clean.inputs == 0.0)
    moved = np.abs(noisy.inputs - clean.inputs)[inside]
    # Half of the moves lead out of 0 to 1 and are cut off there.
    assert (moved == 0).mean() == pytest.approx(0.5, abs=0.02)
    assert moved[moved > 0].std() == pytest.approx(0.1 * math.sqrt(1 - 2 / math.pi), rel=0.05)


def test_more_than_fit_are_not_made_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_MOST_BYTES", 8 * 2560)
    data = Shapes(samples=99, noise=0.31).load(1)
    assert len(data) == 10
    assert data.reports == (
        "10 of 99 pictures were made: more of 16×16 pixels would not fit into memory.",
    )


def test_large_sets_are_slow() -> None:
    assert not Shapes().slow
    assert Shapes(size="600×400", samples=60).slow


def test_a_keyboards_x_is_understood_and_another_size_refused() -> None:
    assert Shapes(size="16x16") == Shapes(size="16×16")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="size must be one of 12×12, 16×16"):
        Shapes(size="17×17")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="size must be one of"):
        Shapes(size=16)  # type: ignore[arg-type]


def test_shapes_that_are_added_leave_the_others_as_they_are() -> None:
    few, many = (Shapes(samples=n, shapes=n, noise=0.0, variety=0.0).load(1) for n in (6, 10))
    assert few.class_names == many.class_names[:6]
    for number in range(6):
        one, other = (data.inputs[data.targets == number][0] for data in (few, many))
        assert np.array_equal(one, other)


def test_large_pictures_are_made_in_half_the_room_with_the_same_shapes() -> None:
    large = Shapes(size="600×400", samples=10, shapes=10, noise=0.0, variety=1.0).load(3)
    small = Shapes(size="60×40", samples=10, shapes=10, noise=0.0, variety=1.0).load(3)
    assert large.inputs.dtype == np.float32
    assert small.inputs.dtype == np.float64
    means = large.inputs.reshape(10, 40, 10, 60, 10).mean(axis=(2, 4)).reshape(10, -1)
    assert np.abs(means - small.inputs).max() < 0.5
    assert np.abs(means - small.inputs).mean() < 0.005


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_noise_does_not_depend_on_how_it_is_cut(
    noise: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Shapes(samples=40, noise=noise).make(1)
    monkeypatch.setattr(pictures, "_CHUNK", 300)
    assert Shapes(samples=40, noise=noise).make(1).inputs.tobytes() == whole.inputs.tobytes()


def test_drawing_goes_from_code_to_the_picture_of_shapes() -> None:
    drawing = Drawing(samples=30, shapes=6, variety=0.4).load(5)
    shapes = Shapes(samples=30, shapes=6, variety=0.4, noise=0.0).load(5)
    assert drawing.task == "regression"
    assert drawing.target_shape == shapes.image_shape
    assert np.array_equal(drawing.targets, shapes.inputs)
    assert np.array_equal(drawing.inputs[:, :6].argmax(axis=1), shapes.targets)
    assert np.array_equal(drawing.inputs[:, :6].sum(axis=1), np.ones(30))
    assert drawing.input_names == (*shapes.class_names, "across", "down", "size", "turn")
    assert np.abs(drawing.inputs[:, 6:]).max() <= 1


def test_a_code_says_where_and_how_large_the_shape_is() -> None:
    data = Drawing(samples=200, size="32×32", shapes=2, variety=1.0).load(1)
    stack = data.targets.reshape(-1, 32, 32)
    amount = stack.sum(axis=(1, 2))
    right = stack.sum(axis=1) @ np.arange(32) / amount
    down = stack.sum(axis=2) @ np.arange(32) / amount
    for name, found in (("across", right), ("down", -down), ("size", np.sqrt(amount))):
        code = data.inputs[:, data.input_names.index(name)]
        assert abs(np.corrcoef(code, found)[0, 1]) > 0.8
