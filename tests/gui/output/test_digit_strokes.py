import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.datasets.dataset import Dataset
from bpviz.gui.output.digit_strokes import handwriting, sample_of

ONE = [[(0.5, 0.1), (0.5, 0.9)]]
SMALL_ONE = [[(0.8, 0.7), (0.8, 0.9)]]
SLASH = [[(0.3, 0.2), (0.6, 0.8)]]


@pytest.mark.parametrize("strokes", [ONE, SLASH, [[(0.2, 0.2), (0.8, 0.2), (0.4, 0.9)]]])
def test_drawing_is_as_dark_and_as_tall_as_the_samples(
    qtbot: QtBot, digit_data: Dataset, strokes: list[list[tuple[float, float]]]
) -> None:
    picture = sample_of(strokes, digit_data).reshape(8, 8)
    assert picture.mean() == pytest.approx(digit_data.inputs.mean(), rel=0.05)
    assert picture[0].max() > 4
    assert picture[-1].max() > 4
    assert 0.0 <= picture.min() <= picture.max() <= 16.0


def test_place_and_size_do_not_matter(qtbot: QtBot, digit_data: Dataset) -> None:
    assert np.allclose(sample_of(ONE, digit_data), sample_of(SMALL_ONE, digit_data), atol=0.1)


def test_stroke_down_the_middle_is_inked_there(qtbot: QtBot, digit_data: Dataset) -> None:
    columns = sample_of(ONE, digit_data).reshape(8, 8).sum(axis=0)
    assert abs((columns * (np.arange(8) + 0.5)).sum() / columns.sum() - 4.0) < 0.5


@pytest.mark.parametrize("strokes", [[], [[]], [[(0.4, 0.4)]], [[(0.4, 0.4)] * 3]])
def test_little_or_nothing_drawn_is_no_trouble(
    qtbot: QtBot, digit_data: Dataset, strokes: list[list[tuple[float, float]]]
) -> None:
    sample = sample_of(strokes, digit_data)
    assert sample.shape == (64,)
    assert np.isfinite(sample).all()
    assert (sample.max() > 0) == any(strokes)


def test_handwriting_of_the_bundled_digits(digit_data: Dataset) -> None:
    style = handwriting(digit_data)
    assert (style.top, style.bottom) == (0.0, 8.0)
    assert style.center == pytest.approx(4.1, abs=0.1)
    assert style.ink == pytest.approx(digit_data.inputs.mean() / 16)
