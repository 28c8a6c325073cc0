"""The error along one weight: what is drawn where, and what a drag asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.forecast import LineProfile, line_profile
from bpviz.gui.explain.profile_view import ProfileView
from bpviz.gui.theme import DARK


@pytest.fixture(scope="module")
def profile():
    trainer = gallery_experiment("playground").trainer()
    theta = trainer.state.theta
    return line_profile(
        trainer.spec, trainer.training, trainer.data, theta, 0, theta[0] - 2, theta[0] + 2
    )


@pytest.fixture
def view(qtbot, profile):
    made = ProfileView()
    qtbot.addWidget(made)
    made.resize(320, 180)
    made.show_profile(profile, (profile.value - 0.5, profile.at(profile.value - 0.5)), "w₁")
    made.show()
    made.asked = []
    made.ends = []
    made.dragged.connect(made.asked.append)
    made.released.connect(lambda: made.ends.append(True))
    return made


def pixel(view):
    return view.to_pixels(*view.point).toPoint()


def test_pixels_and_values_agree(view, profile):
    area = view.area()
    assert view.to_pixels(float(profile.values[0]), 0.0).x() == pytest.approx(area.left())
    assert view.to_pixels(float(profile.values[-1]), 0.0).x() == pytest.approx(area.right())
    for error in profile.errors:
        assert area.top() <= view.to_pixels(0.0, float(error)).y() <= area.bottom()
    assert view.value_at(view.to_pixels(0.3, 0.0).x()) == pytest.approx(0.3)


def test_a_drag_asks_for_values_and_ends(qtbot, view, profile):
    start = pixel(view)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, start + QPoint(40, 25))
    per_pixel = 4.0 / view.area().width()
    assert view.asked[-1] == pytest.approx(profile.value + 40 * per_pixel, abs=per_pixel)
    assert view.point == (view.asked[-1], profile.at(view.asked[-1]))
    assert view.readout()[0].startswith("w₁ ")
    moved = replace(profile, value=view.asked[-1], values=profile.values + 0.3)
    before = view.value_at(100)
    view.show_profile(moved)
    assert view.value_at(100) == before  # the axis stays under the mouse
    qtbot.mouseMove(view, start + QPoint(9_000, 0))
    assert view.asked[-1] == profile.values[-1]
    assert not view.ends
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start)
    assert view.ends == [True]
    view.show_profile(moved)
    assert view.value_at(100) == pytest.approx(before + 0.3)


def test_a_press_elsewhere_drags_nothing(qtbot, view):
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=pixel(view) + QPoint(60, 0))
    qtbot.mouseMove(view, pixel(view))
    assert view.asked == []


def test_arrow_keys_change_the_weight(qtbot, view, profile):
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.asked == [pytest.approx(profile.value + 0.04)]
    assert view.ends == [True]
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.asked[-1] == pytest.approx(profile.value - 0.04)


def test_the_crosshair_reads_the_curve(qtbot, view, profile):
    at = QPoint(round(view.area().center().x()) + 30, round(view.area().center().y()))
    qtbot.mouseMove(view, at)
    value = view.value_at(at.x())
    assert view.readout() == [
        f"w₁ {value:.4f}".replace("-", "−"),
        f"error {profile.at(value):.4f}",
        f"tangent {profile.tangent(value):.4f}",
    ]
    view.leaveEvent(None)
    assert view.readout() == []


def test_it_draws_whatever_comes(view, profile):
    view.set_theme(DARK)
    holes = profile.errors.copy()
    holes[10:20] = np.inf
    flat = LineProfile(profile.values, np.full(61, 0.5), 0.0, 0.5, 0.0, 1, 1)
    lost = LineProfile(profile.values, np.full(61, np.nan), 0.0, np.nan, np.nan, 1, 1)
    for shown in (replace(profile, errors=holes), flat, lost, None):
        view.show_profile(shown)
        assert not view.grab().isNull()
    assert view.point is None
    view.resize(20, 20)
    assert not view.grab().isNull()
