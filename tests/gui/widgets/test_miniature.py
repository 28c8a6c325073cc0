"""Small drawings of data: what they show, and where."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from bpviz.datasets.dataset import DATASETS, Dataset
from bpviz.gui.theme import DARK, LIGHT, Theme
from bpviz.gui.widgets.miniature import draw_miniature

SIDE = 80


def drawn(dataset: Dataset, theme: Theme = LIGHT) -> QImage:
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.field))
    painter = QPainter(image)
    draw_miniature(painter, QRectF(0, 0, SIDE, SIDE), dataset, theme)
    painter.end()
    return image


def color_at(image: QImage, across: float, down: float) -> str:
    return image.pixelColor(int(across * SIDE), int(down * SIDE)).name()


def is_blank(image: QImage) -> bool:
    return len({image.pixel(x, y) for x in range(SIDE) for y in range(SIDE)}) == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_one_hots_are_a_diagonal(qapp, theme):
    image = drawn(DATASETS.make("encoder").load(0), theme)
    for k in range(8):
        middle = (k + 0.5) / 8
        assert color_at(image, middle, middle) == QColor(theme.positive).name()
        assert color_at(image, middle, (k + 3) % 8 / 8 + 1 / 16) == QColor(theme.zero).name()


def test_patterns_have_the_colours_of_their_class(qapp):
    image = drawn(DATASETS.make({"kind": "parity", "bits": 3}).load(0))
    even, odd = QColor(LIGHT.negative).name(), QColor(LIGHT.positive).name()
    columns = [0.5 + (k - 1) / 8 for k in range(3)]
    assert color_at(image, columns[2], 1.5 / 8) == odd  # 001
    assert [color_at(image, x, 3.5 / 8) for x in columns] == [
        QColor(LIGHT.zero).name(),
        even,
        even,
    ]  # 011


def test_pictures_keep_their_proportions(qapp):
    wide = np.ones((4, 6 * 2))
    image = drawn(Dataset(wide, np.arange(4), tuple("abcdefghijkl"), ("y",), tuple("abcd"), (2, 6)))
    field = QColor(LIGHT.field).name()
    # Four of them, each three times as wide as high.
    for across in (0.25, 0.75):
        for down in (0.25, 0.75):
            assert color_at(image, across, down) != field
            assert color_at(image, across, down - 0.15) == field


def test_different_classes_are_pictured(qapp):
    """Four of class a come first, and then one of class b, which is white."""
    pictures = np.vstack([np.ones((4, 9)), np.zeros((1, 9))])
    names = tuple("abcdefghi")
    data = Dataset(pictures, np.array([0, 0, 0, 0, 1]), names, ("y",), ("a", "b"), (3, 3))
    image = drawn(data)
    assert color_at(image, 0.25, 0.25) == QColor(LIGHT.text).name()
    assert color_at(image, 0.75, 0.25) == QColor(LIGHT.card).name()


def test_rows_with_gaps_elsewhere_are_drawn_and_with_gaps_there_are_not(qapp):
    inputs = np.array([[0.0, 0.0, np.nan], [1.0, 1.0, np.nan], [0.5, np.nan, np.nan]])
    data = Dataset(inputs, np.array([0, 1, 0]), tuple("abc"), ("y",), ("no", "yes"))
    image = drawn(data)
    assert color_at(image, 0.04, 0.96) == QColor(LIGHT.negative).name()
    assert color_at(image, 0.96, 0.04) == QColor(LIGHT.positive).name()


def test_nothing_known_is_an_empty_drawing(qapp):
    nothing = Dataset(np.full((3, 2), np.nan), np.zeros((3, 1)), ("a", "b"), ("y",))
    assert is_blank(drawn(nothing))
    assert is_blank(drawn(nothing.rows(np.arange(0))))


def test_of_many_inputs_neighbours_share_a_square(qapp):
    """A person of 24 and a relation of 12: in each of the eight rows two squares are filled."""
    image = drawn(DATASETS.make("family-tree").load(0))
    middles = [(k + 0.5) / 8 for k in range(8)]
    filled = [
        [color_at(image, across, down) == QColor(LIGHT.positive).name() for across in middles]
        for down in middles
    ]
    assert [sum(row) for row in filled] == [2] * 8
    assert filled[0][0]
    assert filled[7][4]
