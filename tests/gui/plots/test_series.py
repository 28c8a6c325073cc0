import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bpviz.gui.plots.series import Smoother, finite_range, logarithm, smooth, thin

VALUES = st.floats(-1e6, 1e6) | st.just(math.nan)


def running_mean(values: list[float], weight: float) -> list[float]:
    """The formula, value by value."""
    result, mean = [], None
    for value in values:
        if math.isfinite(value):
            mean = value if mean is None else weight * mean + (1 - weight) * value
            result.append(mean)
        else:
            result.append(value)
    return result


@given(st.lists(VALUES, max_size=300), st.floats(0.01, 0.99))
def test_smoothing_is_the_running_mean(values: list[float], weight: float) -> None:
    smoothed = smooth(np.array(values, dtype=float), weight)
    assert smoothed == pytest.approx(running_mean(values, weight), rel=1e-9, abs=1e-6, nan_ok=True)


def test_weight_zero_changes_nothing() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert smooth(values, 0.0) is values


@given(st.lists(VALUES, min_size=1, max_size=60), st.integers(1, 59), st.floats(0.1, 0.99))
def test_smoothing_carried_on_is_the_same(values: list[float], cut: int, weight: float) -> None:
    log, column = object(), np.array(values)
    smoother = Smoother()
    smoother(log, column[:cut], weight)
    carried_on = smoother(log, column, weight)
    assert carried_on == pytest.approx(smooth(column, weight), rel=1e-9, abs=1e-6, nan_ok=True)


def test_smoothing_starts_anew_with_another_log_or_weight() -> None:
    column, smoother = np.arange(20.0), Smoother()
    smoother("first", column, 0.9)
    other = column[::-1].copy()
    assert np.array_equal(smoother("second", other, 0.9), smooth(other, 0.9))
    assert np.array_equal(smoother("second", other, 0.5), smooth(other, 0.5))
    assert np.array_equal(smoother("second", other[:7], 0.5), smooth(other[:7], 0.5))


@given(arrays(float, st.integers(1, 2000), elements=VALUES), st.integers(1, 300))
def test_thinning_keeps_extremes_and_ends(y: np.ndarray, buckets: int) -> None:
    x = np.arange(len(y), dtype=float)
    thin_x, thin_y = thin(x, y, buckets)
    assert len(thin_x) == len(thin_y) <= max(len(y), 2 * buckets)
    assert len(thin_x) <= max(2 * buckets, 0) or len(y) <= 2 * buckets
    assert (thin_x[0], thin_x[-1]) == (x[0], x[-1])
    assert np.all(np.diff(thin_x) >= 0)
    assert finite_range(thin_y) == finite_range(y)


def test_thinning_keeps_a_spike_near_its_place() -> None:
    y = np.zeros(100_000)
    y[61_803] = 7.0
    x = np.arange(100_000.0)
    thin_x, thin_y = thin(x, y, 300)
    assert abs(thin_x[np.argmax(thin_y)] - 61_803) <= 100_000 / 300


def test_thinned_curve_runs_the_right_way() -> None:
    y = np.linspace(1.0, 0.0, 10_000)
    assert np.all(np.diff(thin(np.arange(10_000.0), y, 50)[1]) <= 0)


def test_logarithm_of_what_has_none_is_nan() -> None:
    logs = logarithm(np.array([100.0, 0.0, -1.0, math.nan]))
    assert logs == pytest.approx([2.0, math.nan, math.nan, math.nan], nan_ok=True)


def test_range_of_nothing_is_none() -> None:
    assert finite_range(np.array([math.nan, math.inf]), np.empty(0)) is None
