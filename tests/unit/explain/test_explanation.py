"""Everything about one parameter is of one moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.explain.explanation import explain
from bpviz.explain.moment import Moment
from tests.unit.explain.moments import explained, gallery_moment, unit


def test_the_parts_are_of_one_moment():
    moment = gallery_moment("iris", slice(3, 4), epochs=2)
    explanation = explained(moment, "w21")
    assert explanation.moment is moment
    assert explanation.derivation.gradient == explanation.numerical.analytic
    assert explanation.derivation.gradient == explanation.update.gradient
    assert explanation.derivation.value == explanation.update.before
    assert explanation.derivation.place == "h1 → y1"
    assert explanation.numerical.sentence() in explanation.why


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_moment_is_the_engines(reduction):
    trainer_moment = gallery_moment("xor-2-3-1", slice(None), 2, reduction=reduction)
    scale = 0.25 if reduction == "mean" else 1.0
    assert trainer_moment.scale == scale
    assert trainer_moment.error == pytest.approx(trainer_moment.errors.sum() * scale)
    # A sample's own deltas are whole, whatever the reduction.
    single = gallery_moment("xor-2-3-1", slice(2, 3), 2, reduction=reduction)
    o1 = unit(single, "o1")
    assert single.delta(o1, 0) == pytest.approx(trainer_moment.delta(o1, 2), rel=1e-14)
    assert single.net(o1, 0) == pytest.approx(trainer_moment.net(o1, 2), rel=1e-14)
    assert (single.is_batch, trainer_moment.is_batch) == (False, True)


def test_penalty_and_other_weights():
    moment = gallery_moment("worked-2-2-2", l1=0.1, l2=0.2)
    weights = moment.theta[moment.layout.is_weight()]
    expected = 0.1 * np.abs(weights).sum() + 0.1 * (weights**2).sum()
    assert moment.penalty == pytest.approx(expected)
    there = moment.at(np.zeros_like(moment.theta))
    assert there.penalty == 0
    assert there.samples is moment.samples
    assert there.out(unit(there, "o1"), 0) == 0.5


def test_a_frozen_weight_is_explained():
    moment = gallery_moment("worked-2-2-2")
    frozen = replace(moment.spec, frozen=frozenset({moment.layout.id_of(0)}))
    explanation = explained(replace(moment, spec=frozen), "w1")
    assert explanation.derivation.gradient == pytest.approx(0.000438568, abs=5e-10)
    assert explanation.update.change == 0


def test_refusals_pass_through():
    with pytest.raises(SettingError, match="no longer part of the network"):
        explain(gallery_moment("worked-2-2-2"), ParameterId("h", 0, "o", 0))
    assert isinstance(gallery_moment("worked-2-2-2"), Moment)
