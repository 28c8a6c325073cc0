"""The plane that maps, curves and plots are drawn on."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bpviz.gui.output.plane import Plane, PlaneView


@pytest.mark.parametrize("span", [0.38, 1.0, 2.2, 5.1, 10.2, 47.0])
def test_an_axis_has_three_ticks_at_least(qtbot: QtBot, span: float) -> None:
    view = PlaneView()
    qtbot.addWidget(view)
    for low in (-span / 2, 0.01 * span, 0.49 * span):
        plane = Plane((0.0, 1.0), (low, low + span), "x", "y")
        for height in (60, 120, 160, 300):
            ticks = view._y_ticks(plane, height)
            assert 3 <= len(ticks) <= max(7, height / 28 + 1)
