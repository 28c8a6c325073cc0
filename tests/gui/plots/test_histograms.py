from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import stack
from bpviz.gui.colors import blend
from bpviz.gui.plots.histograms import HistogramView, ridges_of
from bpviz.gui.theme import LIGHT


def snapshot(theta: np.ndarray, *units: int) -> SimpleNamespace:
    return SimpleNamespace(layout=layout_of(stack(*units)), theta=theta)


def test_weights_are_counted_layer_by_layer_without_biases() -> None:
    layout = layout_of(stack(2, 3, 1))
    theta = np.where(layout.is_weight(), 0.5, 99.0)
    ridges = ridges_of(snapshot(theta, 2, 3, 1), {"h": "Hidden"})  # type: ignore[arg-type]
    assert [(r.name, r.count, r.counts.sum()) for r in ridges.rows] == [
        ("Hidden", 6, 6),
        ("o", 3, 3),
    ]
    assert 0.5 <= ridges.reach < 1.0


def test_not_finite_weights_are_left_out() -> None:
    theta = np.full(layout_of(stack(2, 3, 1)).size, np.nan)
    theta[0] = 1.0
    ridges = ridges_of(snapshot(theta, 2, 3, 1), {})  # type: ignore[arg-type]
    assert sum(r.counts.sum() for r in ridges.rows) == 1


@pytest.mark.parametrize(("value", "token"), [(-0.7, "negative"), (0.7, "positive")])
def test_bars_have_the_colour_of_their_sign(qtbot: QtBot, value: float, token: str) -> None:
    view = HistogramView()
    qtbot.addWidget(view)
    view.resize(300, 200)
    theta = np.full(layout_of(stack(2, 3, 1)).size, value)
    view.show_ridges(ridges_of(snapshot(theta, 2, 3, 1), {}), LIGHT)  # type: ignore[arg-type]
    view.show()
    image = view.grab().toImage()
    colors = {image.pixel(x, y) for x in range(300) for y in range(200)}
    other = "positive" if token == "negative" else "negative"
    assert blend(LIGHT.card, getattr(LIGHT, token), 0.85).rgb() in colors
    assert blend(LIGHT.card, getattr(LIGHT, other), 0.85).rgb() not in colors
