"""Snapshots of large networks: what is copied, in which room, and how much of it."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.optimizers import Adam
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab import publishing, rooms
from bpviz.lab.edits import Reset, SetParameters
from bpviz.lab.graph_edits import RemoveConnections
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


def test_at_rest_what_is_not_shown_comes_when_it_is_asked_for(large):
    next_snapshot(large)
    large.lab.pause()
    at_rest = large.settle()
    trainer = large.lab.runner._training.trainer
    assert [name for name in QUANTITIES if at_rest.has(name)] == ["weight"]
    assert not at_rest.remembers
    large.lab.want(frozenset(QUANTITIES))
    more = next_snapshot(large)
    assert all(more.has(name) for name in QUANTITIES)
    assert more.remembers
    assert np.array_equal(more.gradient, trainer.gradient)
    assert np.array_equal(more.moments["second"], trainer.state.moments["second"])
    # What is there once is not copied anew when less is wanted.
    large.lab.want(frozenset({"weight"}))
    large.lab.runner.work()
    assert large.lab.runner.mailbox.is_empty


def test_a_paused_runner_wakes_when_more_is_wanted(large):
    runner = large.lab.runner
    large.lab.pause()
    large.settle()
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        wait_for(runner, lambda snapshot: not snapshot.has("gradient"))
        large.lab.want(frozenset({"weight", "gradient"}))
        wait_for(runner, lambda snapshot: snapshot.has("gradient"))
    finally:
        large.lab.close()
        thread.join()


def wait_for(runner, wanted) -> None:
    timer = threading.Timer(30.0, runner.mailbox.wake)
    timer.start()
    try:
        while (snapshot := runner.mailbox.wait()) is not None and not wanted(snapshot):
            pass
    finally:
        timer.cancel()
        timer.join()
    assert snapshot is not None


def test_of_what_has_not_changed_there_is_one_copy(large):
    large.lab.want(frozenset(QUANTITIES))
    next_snapshot(large)
    running = next_snapshot(large)
    large.lab.pause()
    at_rest = large.settle()
    assert at_rest.theta is running.theta
    large.lab.step("sample")
    stepped = large.settle()
    assert stepped.cursor is not None
    for name in ("weight", "gradient", "update"):
        assert stepped.quantity(name) is at_rest.quantity(name)
    large.lab.step("batch")
    further = large.settle()
    for name in ("weight", "gradient", "update"):
        assert not np.shares_memory(further.quantity(name), at_rest.quantity(name))
        assert not np.array_equal(further.quantity(name), at_rest.quantity(name))


def test_what_training_changes_is_never_shared_with_it(large):
    large.lab.want(frozenset(QUANTITIES))
    next_snapshot(large)
    large.lab.pause()
    at_rest = large.settle()
    trainer = large.lab.runner._training.trainer
    changed = (trainer.state.theta, trainer.gradient, trainer.update)
    for mine, its in zip((at_rest.theta, at_rest.gradient, at_rest.update), changed, strict=True):
        assert not np.shares_memory(mine, its)
    before = {name: at_rest.quantity(name).copy() for name in QUANTITIES}
    large.lab.train()
    for _ in range(5):
        next_snapshot(large)
    for name in QUANTITIES:
        assert np.array_equal(at_rest.quantity(name), before[name])


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
    monkeypatch.setattr(publishing, "_LONGEST_WAIT", math.inf)
    publisher = large.lab.runner._publisher
    shown = [next_snapshot(large) for _ in range(publishing._FEWEST_HELD)]
    assert not publisher.is_welcome
    shown.pop()
    assert publisher.is_welcome
    shown.append(next_snapshot(large))
    assert not publisher.is_welcome
    monkeypatch.setattr(publishing, "_LONGEST_WAIT", -1.0)
    assert publisher.is_welcome


def test_what_is_wanted_meanwhile_counts_from_the_next_snapshot_on(large, monkeypatch):
    answers = iter([frozenset(QUANTITIES)])
    wanted = property(lambda self: next(answers, frozenset({"weight"})))
    runner = large.lab.runner
    with monkeypatch.context() as patched:
        patched.setattr(publishing.Publisher, "wanted", wanted, raising=False)
        runner._publish()
    snapshot = runner.mailbox.take()
    assert all(snapshot.has(name) for name in QUANTITIES)
    assert set(snapshot._reductions) == set(QUANTITIES)


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
    start = large.lab.runner._training.trainer.state.initial_theta
    assert np.shares_memory(one.initial_theta, start)
    assert not one.initial_theta.flags.writeable
    large.lab.pause()
    large.lab.apply(Reset())
    again = large.settle()
    assert again.initial_theta is one.initial_theta


def test_an_edit_of_initial_weights_leaves_those_that_are_shown_alone(bench):
    made = bench(gallery_experiment("xor-2-3-1"))
    shown = made.settle_at_start()
    before = shown.initial_theta.copy()
    parameter = shown.layout.id_of(0)
    made.lab.apply(SetParameters({parameter: 7.0}))
    edited = made.settle()
    assert edited.initial_theta[0] == 7.0
    made.lab.undo()
    undone = made.settle()
    assert np.array_equal(shown.initial_theta, before)
    assert edited.initial_theta[0] == 7.0
    assert np.array_equal(undone.initial_theta, before)
    made.lab.apply(RemoveConnections(frozenset({parameter})))
    without = made.settle()
    assert without.initial_theta[0] == 0.0
    assert np.array_equal(undone.initial_theta, before)


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
