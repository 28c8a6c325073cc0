"""A map of the error as a person asks for it: what it shows, when it is out of date, its path."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.spec import ParameterId, stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.error_function import ErrorFunction
from bpviz.explain.landscape import POINTS, random_plane
from bpviz.lab.landscape_task import LandscapeTask, RandomDirections, TwoWeights, steepest
from bpviz.lab.walked_path import WalkedPath


@pytest.fixture
def snapshot(bench):
    return bench(gallery_experiment("playground")).settle_at_start()


def two_weights(snapshot, first=0, second=20):
    return TwoWeights(snapshot.layout.id_of(first), snapshot.layout.id_of(second))


def test_the_map_shows_the_error_of_the_snapshot(snapshot):
    levels = []
    task = LandscapeTask(snapshot, two_weights(snapshot), yield_to=lambda: levels.append(seen()))

    def seen():
        return len(task.latest.errors) if task.latest else 0

    task.run()
    found = task.latest
    assert sorted(set(levels)) == [0, 9, 17, 33]
    assert found.errors.shape == (65, 65)
    assert (task.done, task.complete) == (POINTS, True)
    assert found.names == ("w1", snapshot.layout.label(20))
    assert (found.samples, found.all_samples) == (250, 250)
    assert found.columns[[0, 32, 64]] == pytest.approx(snapshot.theta[0] + np.array([-2, 0, 2]))
    assert found.rows[32] == pytest.approx(snapshot.theta[20])
    assert found.errors[32, 32] == pytest.approx(snapshot.metrics.train_loss, rel=1e-13)
    assert found.error_at(*found.plane.centre) == pytest.approx(snapshot.metrics.train_loss)
    low, high = found.finite_range
    assert low <= found.errors[5, 60] <= high


def test_between_the_points_the_error_is_read_off_straight_lines(snapshot):
    task = LandscapeTask(snapshot, RandomDirections())
    task.run()
    found = task.latest
    assert found.names == ("first direction", "second direction")
    assert found.columns[[0, -1]] == pytest.approx([-1, 1])
    assert found.error_at(-1, -1) == found.errors[0, 0]
    assert found.error_at(1, 1) == pytest.approx(found.errors[-1, -1], rel=1e-14)
    half = found.columns[1] / 2 + found.columns[0] / 2
    assert found.error_at(half, -1) == pytest.approx((found.errors[0, 0] + found.errors[0, 1]) / 2)
    assert math.isnan(found.error_at(1.01, 0))
    function = ErrorFunction(
        snapshot.spec, snapshot.experiment.training, snapshot.data.training.train
    )
    assert found.error_at(0.3, -0.4) == pytest.approx(function(found.plane.at(0.3, -0.4)), rel=0.01)


def test_cancelled_it_keeps_the_finest_finished_map(snapshot):
    task = LandscapeTask(
        snapshot, RandomDirections(), yield_to=lambda: task.cancel() if task.done == 200 else None
    )
    task.run()
    assert task.latest.errors.shape == (9, 9)
    assert (task.done, task.complete) == (200, False)
    assert task.seconds_left > 0


def test_what_cannot_be_mapped_is_said_in_a_sentence(snapshot):
    gone = TwoWeights(ParameterId("gone", 0), snapshot.layout.id_of(1))
    task = LandscapeTask(snapshot, gone)
    task.run()
    assert "no longer part" in task.error
    assert task.latest is None
    assert not task.complete


def test_what_has_changed_since(snapshot):
    task = LandscapeTask(snapshot, two_weights(snapshot), reach=0.5)
    task.latest = None
    task.cancel()
    task.run()
    whole = LandscapeTask(snapshot, two_weights(snapshot), reach=0.5)
    whole.run()
    found, experiment = whole.latest, snapshot.experiment
    moved, slid = snapshot.theta.copy(), snapshot.theta.copy()
    moved[7] += 1e-9
    slid[[0, 20]] += 0.3
    training = replace(experiment.training, l1=0.1)
    layers = replace(experiment, network=stack(2, 3, 1))
    assert found.change_since(snapshot) == ""
    assert found.change_since(replace(snapshot, theta=slid)) == ""
    assert found.change_since(replace(snapshot, theta=moved)) == "weights"
    changed = replace(experiment, training=training)
    assert found.change_since(replace(snapshot, experiment=changed)) == "error"
    assert found.change_since(replace(snapshot, experiment=layers)) == "network"
    data = replace(snapshot.data, training=snapshot.data.training.astype("float64"))
    assert found.change_since(replace(snapshot, data=data)) == "data"


def test_the_steepest_weights_are_proposed(snapshot):
    gradient = np.zeros_like(snapshot.theta)
    gradient[[4, 9]] = 1.0, -3.0
    steep = replace(snapshot, gradient=gradient)
    ids = [snapshot.layout.id_of(k) for k in (4, 9)]
    assert steepest(steep) == ids[1]
    assert steepest(steep, beside=ids[1]) == ids[0]
    assert steepest(steep, beside=ParameterId("gone", 0)) == ids[1]


def test_the_path_is_where_the_weights_went(bench):
    made = bench(gallery_experiment("playground"))
    first = made.settle_at_start()
    path = WalkedPath()
    path.follow(first)
    vectors = [first.theta]
    for _ in range(5):
        made.lab.step("epoch")
        snapshot = made.settle()
        vectors.append(snapshot.theta)
        path.follow(snapshot)
    assert len(path.points()) == 0
    plane = random_plane(snapshot.spec, snapshot.theta, 1)
    path.lay(plane)
    assert path.points() == pytest.approx(np.array([plane.project(theta) for theta in vectors]))
    made.lab.step("epoch")
    path.follow(made.settle())
    assert len(path.points()) == 7
    assert not np.allclose(path.points()[-1], path.points()[-2])


def test_the_path_begins_anew_with_the_run_and_after_an_undo(snapshot):
    path = WalkedPath()
    for epoch in range(4):
        path.follow(replace(snapshot, epoch=epoch))
    path.lay(random_plane(snapshot.spec, snapshot.theta, 1))
    assert len(path.points()) == 4
    path.follow(replace(snapshot, epoch=1))
    assert len(path.points()) == 1
    path.follow(replace(snapshot, run=2, epoch=2))
    assert len(path.points()) == 1


def test_a_long_path_is_thinned_but_keeps_both_ends(snapshot):
    path = WalkedPath()
    path.lay(random_plane(snapshot.spec, snapshot.theta, 1))
    for epoch in range(9_001):
        theta = snapshot.theta + epoch * 1e-3 * path.plane.first
        path.follow(replace(snapshot, epoch=epoch, theta=theta))
    points = path.points()[:, 0]
    assert 200 <= len(points) <= 401
    assert points[[0, -1]] == pytest.approx([0, 9])
    assert (np.diff(points) > 0).all()


def test_infinite_weights_leave_no_trace(snapshot):
    path = WalkedPath()
    path.lay(random_plane(snapshot.spec, snapshot.theta, 1))
    path.follow(replace(snapshot, theta=snapshot.theta * np.nan))
    assert len(path.points()) == 0


def test_a_network_too_large_to_be_projected_leaves_no_path(snapshot, monkeypatch):
    path = WalkedPath()
    path.lay(random_plane(snapshot.spec, snapshot.theta, 1))
    monkeypatch.setattr("bpviz.lab.walked_path._MOST_PARAMETERS", len(snapshot.theta) - 1)
    path.follow(snapshot)
    assert len(path.points()) == 0
    monkeypatch.setattr("bpviz.lab.walked_path._MOST_PARAMETERS", len(snapshot.theta))
    path.follow(snapshot)
    assert len(path.points()) == 1


def test_very_large_networks_are_refused_in_a_sentence(bench, monkeypatch):
    monkeypatch.setattr("bpviz.lab.landscape_task._MOST_PARAMETERS", 5)
    snapshot = bench(gallery_experiment("xor-2-3-1")).settle_at_start()
    first = steepest(snapshot)
    task = LandscapeTask(snapshot, TwoWeights(first, steepest(snapshot, beside=first)))
    task.run()
    assert task.error == ("the error is mapped for up to 5 weights and biases; this network has 13")
