"""The plane that maps, curves and plots are drawn on."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from bpviz.gui.output import plane_axes
from bpviz.gui.output.plane import Dots, Plane
from bpviz.gui.output.plane_view import PlaneView
from bpviz.gui.plots.ticks import linear_ticks
from bpviz.gui.theme import LIGHT


@pytest.mark.parametrize("span", [0.38, 1.0, 2.2, 5.1, 10.2, 47.0])
def test_an_axis_has_three_ticks_at_least(qtbot: QtBot, span: float) -> None:
    view = PlaneView()
    qtbot.addWidget(view)
    for low in (-span / 2, 0.01 * span, 0.49 * span):
        plane = Plane((0.0, 1.0), (low, low + span), "x", "y")
        for height in (60, 120, 160, 300):
            ticks = view._y_ticks(plane, height)
            assert 3 <= len(ticks) <= max(7, height / 28 + 1)


def test_the_numbers_along_the_axes_are_worked_out_once(qtbot: QtBot, monkeypatch) -> None:
    counted = []

    def counting(low: float, high: float, count: int) -> list[float]:
        counted.append(count)
        return linear_ticks(low, high, count)

    monkeypatch.setattr(plane_axes, "linear_ticks", counting)
    view = PlaneView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    for _ in range(5):
        view.show_plane(Plane((0.0, 4.321), (0.0, 4.321), "x", "y"), LIGHT)
        view.grab()
    assert len(counted) <= 3


def test_an_image_may_lie_in_a_part_of_the_plane(qtbot: QtBot) -> None:
    view = PlaneView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    plane = Plane((0.0, 4.0), (0.0, 4.0), "x", "y", image, image_range=(2.0, 4.0, 0.0, 1.0))
    view.show_plane(plane, LIGHT)
    shown = view.grab().toImage()
    for x, y, inside in ((3.0, 0.5, True), (2.2, 0.9, True), (1.8, 0.5, False), (3.0, 1.2, False)):
        at = QPointF(*view.to_pixels(np.array([[x, y]]))[0]).toPoint()
        assert (shown.pixelColor(at) == QColor("#ff0000")) == inside


@pytest.mark.parametrize("ratio", [1, 2])
def test_very_many_dots_are_drawn_as_pixels(qtbot: QtBot, ratio: int) -> None:
    """Without smooth edges no other colours are seen than those of dots, rims and halos."""
    view = PlaneView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    places = np.random.default_rng(1).uniform(0, 1, (4000, 2))
    numbers, hollow = np.arange(4000) % 2, np.arange(4000) % 5 == 0
    places[0] = 1.5, 1.5
    colors = QColor("#ff0000"), QColor("#0000ff")
    rows, marked = np.arange(4000), np.arange(4000) == 0
    dots = Dots(places, rows, numbers, colors, hollow, marked)
    view.show_plane(Plane((-0.5, 2.0), (-0.5, 2.0), "x", "y", dots=dots), LIGHT)
    view.devicePixelRatioF = lambda: float(ratio)  # type: ignore[method-assign]
    image = view._dots_layer(dots).toImage()
    assert (image.width(), image.height()) == (300 * ratio, 300 * ratio)
    seen = set(np.unique(np.frombuffer(image.constBits(), dtype=np.uint32)).tolist())
    shown = (*colors, QColor(LIGHT.accent), view._rim(False), view._rim(True))
    assert seen == {0, *(color.rgba() for color in shown)}
    x, y = view.to_pixels(places[:1])[0] * ratio
    assert image.pixelColor(round(x), round(y)) == colors[0]
    assert image.pixelColor(round(x + 5 * ratio), round(y)) == QColor(LIGHT.accent)
