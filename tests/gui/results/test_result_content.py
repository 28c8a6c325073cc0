"""What the views of results consist of."""

from __future__ import annotations

import pytest

from bpviz.gui.results.content import (
    Cell,
    Lines,
    cut,
    figure_text,
    share_text,
)


def test_a_score_has_as_many_digits_as_it_needs():
    assert share_text(0.5) == "0.500"
    assert share_text(-1.6054) == "−1.605"
    assert share_text(-1234.5) == "−1234"
    assert share_text(-1e9) == "−10⁹"
    assert share_text(float("nan")) == "–"
    assert figure_text(float("nan")) == "not defined"


def test_long_lists_are_made_where_they_are_looked_at():
    made = []
    lines = Lines(200, lambda k: made.append(k) or (Cell(str(k)),))
    assert len(lines) == 200
    assert lines[7][0].text == lines[7][0].text == "7"
    assert made == [7]
    with pytest.raises(IndexError):
        lines[200]
    assert [line[0].text for line in lines[197:]] == ["197", "198", "199"]


def test_a_long_name_keeps_both_ends():
    assert cut("petal length", 12) == "petal length"
    assert cut("measurement number 17", 12) == "measur…er 17"
    assert {len(cut("x" * 40, most)) for most in (11, 12)} == {11, 12}
