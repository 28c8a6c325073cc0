import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.gui.plots.ticks import (
    linear_ticks,
    log_tick_text,
    log_ticks,
    nice_step,
    tick_text,
    value_text,
)


def test_marks_of_the_loss_in_the_design() -> None:
    import math

    ticks = log_ticks(math.log10(0.014), math.log10(0.3), 7)
    assert [log_tick_text(t) for t in ticks] == ["0.02", "0.05", "0.1", "0.2"]
    assert [tick_text(t, 50) for t in linear_ticks(-4, 214, 5)] == ["0", "50", "100", "150", "200"]


def test_a_range_beyond_all_numbers_has_no_marks() -> None:
    assert linear_ticks(-1.5e308, 1.5e308, 5) == []
    assert linear_ticks(0.0, 5e-324, 5) == [0.0]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 12))
def test_linear_marks_lie_inside_and_are_few(low: float, span: float, count: int) -> None:
    high = low + span
    ticks = linear_ticks(low, high, count)
    slack = 1e-5 * nice_step(high - low, count)
    assert len(ticks) <= count + 1
    assert all(low - slack <= t <= high + slack for t in ticks)


@given(st.floats(-12, 5), st.floats(0.05, 15), st.integers(2, 9))
def test_log_marks_lie_inside_and_are_few(low: float, span: float, count: int) -> None:
    ticks = log_ticks(low, low + span, count)
    assert len(ticks) <= count + 1
    assert all(low - 1e-6 <= t <= low + span + 1e-6 for t in ticks)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0271, "0.0271"),
        (-1.5, "−1.500"),
        (0.0, "0"),
        (2e-6, "2·10⁻⁶"),
        (float("nan"), "–"),
        (1234.5, "1234"),
    ],
)
def test_value_reads_well(value: float, text: str) -> None:
    assert value_text(value) == text


def test_an_axis_writes_all_its_numbers_in_one_form() -> None:
    ticks = linear_ticks(0, 1.6e6, 4)
    texts = [tick_text(t, 5e5, max(ticks)) for t in ticks]
    assert texts == ["0", "5·10⁵", "10⁶", "1.5·10⁶"]
