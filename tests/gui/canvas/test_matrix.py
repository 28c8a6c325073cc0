"""Blocks of weights as matrices: what is looked at is drawn, and no more."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from bpviz.gui.canvas.matrix import MatrixView
from bpviz.gui.colors import signed_image, signed_table
from bpviz.gui.theme import LIGHT


def shown(qtbot: QtBot, values: np.ndarray, size: tuple[int, int]) -> MatrixView:
    view = MatrixView()
    qtbot.addWidget(view)
    view.set_values(values, 1.0, LIGHT)
    view.resize(*size)
    return view


@pytest.mark.parametrize("shape", [(7, 12), (40, 3), (30, 50)])
@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_it_looks_like_the_whole_matrix_drawn_at_once(
    qtbot: QtBot, shape: tuple[int, int], zoom: float
) -> None:
    values = np.random.default_rng(1).uniform(-1, 1, shape)
    values[2, 1] = np.nan
    view = shown(qtbot, values, (400, 300))
    view.zoom_by(zoom, QPointF(130, 80))
    expected = QImage(400, 300, QImage.Format.Format_RGB32)
    expected.fill(LIGHT.card)
    painter = QPainter(expected)
    whole = signed_image(np.nan_to_num(values), signed_table(LIGHT))
    area = view.cell_rect(0, 0).united(view.cell_rect(shape[0] - 1, shape[1] - 1))
    painter.drawImage(area, whole)
    painter.end()
    image = view.grab().toImage()
    for row in range(shape[0]):
        for column in range(shape[1]):
            at = view.cell_rect(row, column).center().toPoint()
            if view.rect().contains(at):
                assert image.pixelColor(at) == expected.pixelColor(at)


def test_of_a_huge_matrix_as_many_cells_are_looked_at_as_there_are_pixels(qtbot: QtBot) -> None:
    values = np.zeros((3000, 4000), np.float32)
    values[:, 2000:] = 0.9
    view = shown(qtbot, values, (400, 300))
    image = view.grab().toImage()
    assert view._image.width() * view._image.height() <= 400 * 300
    left, right = image.pixelColor(100, 150), image.pixelColor(300, 150)
    assert right.blue() > right.red() + 30
    assert abs(left.blue() - left.red()) < 20
    # The same once more takes nothing.
    known = view._image.cacheKey()
    view.grab()
    assert view._image.cacheKey() == known


def test_a_very_long_matrix_fills_its_room(qtbot: QtBot) -> None:
    view = shown(qtbot, np.ones((16, 60_000), np.float32), (400, 300))
    first, last = view.cell_rect(0, 0), view.cell_rect(15, 59_999)
    assert last.right() - first.left() == pytest.approx(400, abs=1)
    assert last.bottom() - first.top() > 200
