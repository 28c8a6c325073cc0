"""Answers for the window: explanation, forecast and profile, or one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.optimizers import Adam, Momentum
from bpviz.engine.spec import ParameterId
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.stages import Step
from bpviz.lab import moments, publishing
from bpviz.lab.evaluation import Ask, Request
from bpviz.lab.explaining import explained, staged

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


def test_a_part_of_a_batch_says_so(bench, monkeypatch):
    monkeypatch.setattr(moments, "_WORK", 0.0)
    monkeypatch.setattr(moments, "_FEWEST", 3)
    snapshot = bench(gallery_experiment("xor-2-3-1")).settle_at_start()
    explanation = explained(snapshot, Ask(W5, of="batch"), None).explanation
    part = "3 of the 4 samples of batch 1 of epoch 1, evenly chosen"
    assert explanation.derivation.of == part
    assert explanation.why.endswith(
        f"This is worked out from {part}; the real step is that of all of them."
    )


def test_while_a_large_network_trains_its_next_step_is_not_known(bench, monkeypatch):
    monkeypatch.setattr(publishing, "_ALL_MOMENTS", 5)
    entry = gallery_experiment("xor-2-3-1")
    entry = replace(entry, training=replace(entry.training, optimizer=Adam()))
    made = bench(entry)
    made.settle_at_start()
    made.lab.train()
    made.lab.runner.work()
    running = made.lab.runner.mailbox.take()
    assert running.running
    assert set(running.moments) == {"first"}
    np.testing.assert_array_equal(running.velocity, running.moments["first"])
    assert "when training rests" in explained(running, Ask(W5), 0).refusal
    for step in (Step(5), Step(6)):
        assert "when training rests" in staged(running, Request(step=step)).words
    assert staged(running, Request(step=Step(4))).lines
    made.lab.pause()
    at_rest = made.settle()
    assert set(at_rest.moments) == {"first", "second"}
    assert at_rest.moments["second"].any()
    assert explained(at_rest, Ask(W5), 0).explanation is not None


def test_small_networks_and_simple_optimisers_are_explained_while_they_train(bench, monkeypatch):
    for optimizer, limit in ((Adam(), 100), (Momentum(), 5)):
        monkeypatch.setattr(publishing, "_ALL_MOMENTS", limit)
        entry = gallery_experiment("xor-2-3-1")
        made = bench(replace(entry, training=replace(entry.training, optimizer=optimizer)))
        made.settle_at_start()
        made.lab.train()
        made.lab.runner.work()
        assert explained(made.lab.runner.mailbox.take(), Ask(W5), 0).refusal == ""
