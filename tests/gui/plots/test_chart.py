"""The axes of a chart: marks that say what they are, in the size of the window's text."""

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from bpviz.gui.plots.chart import Chart
from bpviz.gui.plots.curve import Curve
from bpviz.gui.theme import LIGHT


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    chart = Chart("epoch")
    qtbot.addWidget(chart)
    chart.resize(330, 220)
    chart.set_theme(LIGHT)
    chart.show()
    qtbot.waitUntil(lambda: chart.getViewBox().width() > 100)
    return chart


@pytest.mark.parametrize("last", [20, 47, 93, 97, 98, 100, 996, 10_000])
def test_every_grid_line_over_the_epochs_has_its_label(chart: Chart, last: int) -> None:
    chart.show_curves(np.array([0.0, last]), [Curve("loss", np.array([1.0, 2.0]), LIGHT.text)])
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    _, lines, labels = chart._axes["bottom"].generateDrawSpecs(painter)
    painter.end()
    assert len(lines) == len(labels) > 1
    if last in (20, 100):
        assert labels[-1][2] == str(last)


def test_marks_grow_with_the_windows_text_at_once(chart: Chart) -> None:
    axis = chart._axes["bottom"]
    before = axis.style["tickFont"].pixelSize()
    font = chart.font()
    font.setPixelSize(26)
    chart.setFont(font)
    assert axis.style["tickFont"].pixelSize() > before
