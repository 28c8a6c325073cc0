"""The tab Results on several labels a sample."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.gui.results.content import Plot
from tests.gui.results.looking import offered, texts
from tests.label_data import GATES, NAMES, gates, teach_gates


@pytest.fixture(autouse=True)
def _three_gates(monkeypatch):
    teach_gates(monkeypatch)


def test_scores_are_by_label(opened):
    page = opened(gates(), 400)
    rows = texts(page)
    assert [row[0] for row in rows] == [*NAMES, "mean", "mean by samples"]
    assert [row[4] for row in rows[:3]] == ["1", "3", "2"]
    assert [row[1:4] for row in rows[:3]] == [["1.000"] * 3] * 3
    assert page.note.text() == "100 % of 4 right"
    assert "residuals" not in offered(page)


def test_a_curve_is_of_the_chosen_label(opened):
    page = opened(gates(), 400)
    content = page.show_view_now("roc")
    assert isinstance(content, Plot)
    assert "“and”" in content.words
    page._positive = 2
    assert "“xor”" in page.show_view_now("roc").words
    assert page.bench.session.evaluation.assessment.training.positives == 2
    for key in ("precision-recall", "calibration", "sensitivity"):
        page.show_view_now(key)


def test_the_hardest_samples_tell_their_labels(opened):
    page = opened(gates(bits=7), 20)
    page.show_view_now("hardest")
    found = page.bench.session.evaluation.assessment.training.hardest
    outs = page.bench.session.evaluation.train_out
    rows = page.bench.session.snapshot.data.train_rows
    for row, at in zip(texts(page), found.rows, strict=True):
        true = [name for name, yes in zip(NAMES, GATES[at], strict=True) if yes]
        assert row[2] == (", ".join(true) or "none")
        given = outs[int(np.flatnonzero(rows == at)[0])] > 0.5
        assert row[3] == (", ".join(np.array(NAMES)[given]) or "none")
        on = [name for name, bit in zip("ab", divmod(int(at), 2), strict=True) if bit]
        if on:
            assert row[4] == ", ".join(on)
