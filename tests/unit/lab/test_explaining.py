"""Answers for the window: explanation, forecast and profile, or one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.spec import ParameterId
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.evaluation import Ask
from bpviz.lab.explaining import explained

W5 = ParameterId("o", 0, "h", 0)


@pytest.fixture
def snapshot(bench):
    return bench(gallery_experiment("worked-2-2-2")).settle_at_start()


def test_a_sample(snapshot):
    answer = explained(snapshot, Ask(W5), 0)
    assert answer.refusal == ""
    assert answer.explanation.derivation.label == "w5"
    assert answer.explanation.derivation.of == "training sample 1 of 1"
    assert answer.forecast == pytest.approx((0.298371109, 0.291027774), abs=5e-10)
    assert answer.profile is None


def test_a_batch_needs_no_row(bench):
    snapshot = bench(gallery_experiment("xor-2-3-1")).settle_at_start()
    answer = explained(snapshot, Ask(W5, of="batch", forecast=False), None)
    assert answer.explanation.derivation.of == "batch 1 of epoch 1 (4 samples)"
    assert answer.forecast is None


def test_the_profile_is_around_the_value_and_past_zero(snapshot):
    profile = explained(snapshot, Ask(W5, profile=True), 0).profile
    assert (profile.values[0], profile.values[-1]) == pytest.approx((-1.6, 2.4))
    far = snapshot.theta.copy()
    far[snapshot.layout.index_of(W5)] = -8.0
    profile = explained(replace(snapshot, theta=far), Ask(W5, profile=True), 0).profile
    assert (profile.values[0], profile.values[-1]) == pytest.approx((-20.0, 4.0))


def test_what_cannot_be_explained_is_said_in_one_sentence(snapshot):
    broken = np.full_like(snapshot.theta, np.nan)
    missing = replace(snapshot.spec, missing=frozenset({W5}))
    without = replace(snapshot, experiment=replace(snapshot.experiment, network=missing))
    for answer, sentence in (
        (explained(snapshot, Ask(W5), None), "Typed inputs have no target, so there is no error "),
        (explained(snapshot, Ask(W5), 7), "There is no sample 7; the data has number 0."),
        (explained(snapshot, Ask(ParameterId("o", 5)), 0), "That weight or bias is no longer part"),
        (explained(replace(snapshot, theta=broken), Ask(W5), 0), "There is nothing to explain "),
        (explained(without, Ask(W5), 0), "w5 is a missing connection: it has no weight"),
    ):
        assert answer.explanation is None
        assert answer.refusal.startswith(sentence)
        assert answer.refusal.endswith(".")
        assert (answer.forecast, answer.profile) == (None, None)
