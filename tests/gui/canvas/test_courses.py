"""The courses of edges as points."""

from __future__ import annotations

import numpy as np

from bpviz.gui.canvas.courses import bernstein, bezier, even


def test_points_lie_on_the_cubic() -> None:
    control = np.array([[[0.0, 0.0], [1.0, 0.0], [2.0, 3.0], [4.0, 3.0]]])
    points = bezier(control, bernstein(9))[0]
    assert points.shape == (9, 2)
    a, b, c, d = control[0]
    # The middle, by De Casteljau's construction.
    left, middle, right = (a + b) / 2, (b + c) / 2, (c + d) / 2
    assert np.allclose(points[4], ((left + middle) / 2 + (middle + right) / 2) / 2)
    assert np.allclose(points[[0, -1]], [a, d])


def test_courses_of_different_lengths_get_the_same_number_of_points() -> None:
    short = np.array([[[0.0, 0.0], [2.0, 2.0], [4.0, 0.0]]])
    long = np.arange(10.0).reshape(1, 5, 2)
    made = even([short, long, np.empty((0, 9, 2))])
    assert made.shape == (2, 5, 2)
    expected = [np.interp(np.linspace(0, 2, 5), range(3), short[0, :, k]) for k in (0, 1)]
    assert np.allclose(made[0].T, expected)
    assert np.array_equal(made[1], long[0])
    assert even([]).shape == (0, 2, 2)
