"""The drawn activation: where its point lies, what it says, and what is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from bpviz.engine.activations import ACTIVATIONS
from bpviz.explain.activation_curve import activation_curve
from bpviz.gui.explain.activation_view import ActivationView
from bpviz.gui.theme import DARK, LIGHT

NETS = np.array([0.3775, -1.2, 2.5])


@pytest.fixture
def view(qtbot):
    made = ActivationView()
    qtbot.addWidget(made)
    made.resize(260, 150)
    made.show()
    return made


def colors_near(view, point, reach=2):
    image = view.grab().toImage()
    x, y = round(point.x()), round(point.y())
    around = range(-reach, reach + 1)
    return {image.pixelColor(x + dx, y + dy).name() for dx in around for dy in around}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("kind", list(ACTIVATIONS))
def test_the_point_lies_on_the_curve_in_violet_and_on_the_slope_in_accent(view, kind, theme):
    view.set_theme(theme)
    curve = activation_curve(ACTIVATIONS[kind](), NETS, 0)
    view.show_curve(curve, "h₁", kind)
    at = view.to_pixels(curve.net, curve.out)
    assert view.area().contains(at)
    assert QColor(theme.violet).name() in colors_near(view, at)
    if abs(curve.out - curve.slope) > 0.2:
        slope = view.to_pixels(curve.net, curve.slope)
        assert QColor(theme.accent).name() in colors_near(view, slope)


def test_it_says_the_present_values(view):
    view.show_curve(activation_curve(ACTIVATIONS["sigmoid"](), NETS, 0), "h₁", "sigmoid")
    assert view.readout() == ["net 0.3775", "out 0.5933", "f′ 0.2413"]
    assert "out 0.5933" in view.accessibleDescription()
    assert view.toolTip().startswith("sigmoid")
    assert "depends on all outputs" not in view.toolTip()


def test_of_softmax_it_says_that_it_depends_on_all_outputs(view):
    view.show_curve(activation_curve(ACTIVATIONS["softmax"](), NETS, 2), "o₃", "softmax")
    assert "depends on all outputs" in view.toolTip()


def test_nothing_and_nan_are_painted_without_complaint(view):
    view.show_curve(None)
    assert view.readout() == []
    view.grab()
    view.show_curve(activation_curve(ACTIVATIONS["relu"](), np.array([np.nan]), 0), "h₁", "ReLU")
    view.grab()
    assert view.readout()[0] == "net –"


def test_the_axis_stays_while_the_point_moves_a_little(view):
    places = set()
    for net in (0.2, 0.4, -1.0):
        view.show_curve(activation_curve(ACTIVATIONS["tanh"](), np.array([net]), 0), "h₁", "tanh")
        places.add((view.to_pixels(1.0, 0.5).x(), view.to_pixels(1.0, 0.5).y()))
    assert len(places) == 1
