"""Snapshots of large networks: what is copied, in which room, and how much of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.optimizers import Adam
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab import publishing, rooms
from bpviz.lab.edits import Reset
from bpviz.lab.reductions import reduced
from bpviz.lab.snapshot import QUANTITIES, Snapshot


@pytest.fixture
def large(bench, monkeypatch: pytest.MonkeyPatch):
    """A training that counts as very large, whose views show the weights alone."""
    monkeypatch.setattr(rooms, "LARGE", 8)
    monkeypatch.setattr(publishing, "_ALL_MOMENTS", 5)
    monkeypatch.setattr(publishing, "_ALL_QUANTITIES", 5)
    monkeypatch.setattr(publishing, "_SHARE", 1e9)
    entry = gallery_experiment("xor-2-3-1")
    made = bench(replace(entry, training=replace(entry.training, optimizer=Adam())))
    made.settle_at_start()
    made.lab.train()
    return made


def next_snapshot(made) -> Snapshot:
    made.lab.runner.work()
    snapshot = made.lab.runner.mailbox.take()
    assert snapshot is not None
    return snapshot


def test_while_it_trains_only_what_is_shown_is_copied(large):
    trainer = large.lab.runner._training.trainer
    running = next_snapshot(large)
    assert running.has("weight")
    for name in ("gradient", "update", "velocity"):
        assert not running.has(name)
        values = running.quantity(name)
        assert np.isnan(values).all()
        assert values.shape == running.theta.shape
        assert values.base.nbytes == values.itemsize
    large.lab.want(frozenset(QUANTITIES))
    running = next_snapshot(large)
    assert all(running.has(name) for name in QUANTITIES)
    assert np.array_equal(running.gradient, trainer.gradient)
    assert np.array_equal(running.update, trainer.update)
    assert np.array_equal(running.velocity, trainer.state.moments["first"])


def test_at_rest_all_is_there(large):
    next_snapshot(large)
    large.lab.pause()
    at_rest = large.settle()
    assert all(at_rest.has(name) for name in QUANTITIES)
    assert at_rest.remembers


def test_room_that_nobody_holds_is_used_again(large):
    first = next_snapshot(large)
    held, value = first.theta[:2], first.theta[:2].copy()
    room = id(first.theta.base)
    before = large.lab.runner.room
    del first
    second = next_snapshot(large)
    assert id(second.theta.base) != room
    assert np.array_equal(held, value)
    known = [id(each) for each in large.lab.runner._publisher._rooms._rooms]
    del held
    third = next_snapshot(large)
    assert id(third.theta.base) in known
    del second
    for _ in range(20):
        third = next_snapshot(large)
    assert large.lab.runner.room <= before + third.theta.nbytes


def test_when_too_much_is_held_nothing_more_is_made_until_it_must(large, monkeypatch):
    monkeypatch.setattr(publishing, "_MOST_BYTES", 0)
    publisher = large.lab.runner._publisher
    shown = [next_snapshot(large) for _ in range(publishing._FEWEST_HELD)]
    assert not publisher.is_welcome
    monkeypatch.setattr(publishing, "_LONGEST_WAIT", -1.0)
    assert publisher.is_welcome
    monkeypatch.undo()
    shown.pop()
    assert len(shown) == publishing._FEWEST_HELD - 1


def test_a_snapshot_that_nobody_took_gives_its_room_to_the_next(large):
    next_snapshot(large)
    runner = large.lab.runner
    sizes = set()
    for _ in range(5):
        runner._publish()
        sizes.add(runner.room)
    assert len(sizes) <= 2


def test_initial_weights_are_shared_until_an_edit_changes_them(large):
    one, other = next_snapshot(large), next_snapshot(large)
    assert one.initial_theta is other.initial_theta
    large.lab.pause()
    large.lab.apply(Reset())
    again = large.settle()
    assert again.initial_theta is one.initial_theta


def test_the_reach_and_the_pictures_of_weights():
    entry = gallery_experiment("shapes")
    spec = entry.network
    layout = entry.trainer().layout
    values = np.random.default_rng(1).normal(size=layout.size)
    found = reduced(values, layout, (16, 16))
    block = layout.block(spec.computed[0].id, spec.inputs[0].id)
    weights = block.view(values)
    assert found.largest == np.abs(values).max()
    assert np.array_equal(found.pictures["h"], weights.reshape(-1, 16, 16))
    assert found.strengths["h"] == pytest.approx(np.sqrt((weights**2).mean(axis=1)))
    assert not reduced(values, layout, None).pictures
    values[3] = np.nan
    assert np.isnan(reduced(values, layout, None).largest)


def test_large_pictures_become_means(monkeypatch):
    monkeypatch.setattr("bpviz.lab.reductions._MOST_PIXELS", 5)
    layout = gallery_experiment("shapes").trainer().layout
    values = np.random.default_rng(1).normal(size=layout.size)
    found = reduced(values, layout, (16, 16)).pictures["h"]
    weights = layout.block("h", "x").view(values).reshape(-1, 16, 16)
    assert found.shape == (48, 4, 4)
    means = weights.reshape(48, 4, 4, 4, 4).mean(axis=(2, 4))
    assert found == pytest.approx(means)
