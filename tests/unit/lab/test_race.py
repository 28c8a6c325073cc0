"""The race of three searches: the same each time, won by backpropagation, ended when told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.initializers import Explicit
from bpviz.engine.spec import stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.race import Race


@pytest.fixture
def start(bench):
    def make(name="playground", **training):
        experiment = gallery_experiment(name)
        changed = replace(experiment, training=replace(experiment.training, **training))
        return bench(changed).settle_at_start()

    return make


def race_of(snapshot, yield_to=lambda: None, **limits):
    data = snapshot.data.training
    return Race(snapshot.experiment, data, snapshot.theta, yield_to, **limits)


def raced(snapshot, **limits):
    race = race_of(snapshot, **limits)
    race.run()
    return race


def lanes(race):
    return {lane.search.key: lane for lane in race.lanes}


def test_backpropagation_wins(start):
    race = raced(start(learning_rate=0.3), most_passes=2_000)
    found = lanes(race)
    assert race.finished
    assert race.share == 1
    assert found["backprop"].error < 0.5 * found["random"].error
    assert found["backprop"].error < 0.1 * found["differences"].error
    assert not any(lane.diverged for lane in race.lanes)


def test_all_start_alike_and_use_what_they_may(start):
    snapshot = start()
    race = raced(snapshot, most_passes=500)
    for lane in race.lanes:
        curve = lane.curve()
        assert tuple(curve[0, [0, 2]]) == pytest.approx((1, snapshot.metrics.train_loss))
        assert 497 <= lane.passes <= 500
        assert (np.diff(curve[:, 0]) > 0).all()
        assert (np.diff(curve[:, 1]) >= 0).all()
        assert curve[-1, 2] < curve[0, 2]


def test_a_seed_gives_the_same_race(start):
    snapshot = start()
    one, other = (raced(snapshot, most_passes=800) for _ in range(2))
    for a, b in zip(one.lanes, other.lanes, strict=True):
        assert np.array_equal(a.curve()[:, [0, 2]], b.curve()[:, [0, 2]])
    third = raced(
        replace(snapshot, experiment=replace(snapshot.experiment, seed=8)), most_passes=800
    )
    assert lanes(third)["random"].error != lanes(one)["random"].error
    assert lanes(third)["backprop"].error == lanes(one)["backprop"].error


def test_the_three_take_turns(start):
    seen = []

    def look():
        seen.append(tuple(lane.passes for lane in race.lanes))

    race = race_of(start(), look, most_passes=600)
    race.run()
    halfway = next(row for row in seen if row[2] >= 300)
    assert min(halfway) >= 150


def test_cancelled_it_ends_at_once(start):
    race = race_of(start(), lambda: race.cancel() if race.lanes[0].passes >= 40 else None)
    race.run()
    assert not race.finished
    assert 40 <= race.lanes[0].passes < 60
    assert 0 <= race.share < 0.01


def test_time_ends_it_too(start):
    race = raced(start(), most_seconds=0.0)
    assert race.finished
    assert all(len(lane.points) == 1 for lane in race.lanes)


def test_one_that_runs_away_is_out(bench):
    experiment = gallery_experiment("update-modes")
    wild = replace(experiment, training=replace(experiment.training, learning_rate=1e9))
    race = raced(bench(wild).settle_at_start(), most_passes=3_000)
    found = lanes(race)
    assert found["backprop"].diverged
    assert not found["random"].diverged
    assert race.finished


def test_a_large_network_is_raced_on_fewer_samples(start):
    snapshot = start()
    large = replace(snapshot.experiment, network=stack(2, 300, 100, 1))
    race = Race(large, snapshot.data.training, most_passes=1)
    race.run()
    small = raced(snapshot, most_passes=1)
    assert race.samples < small.samples == 250
    assert race.costs.differences == race.costs.parameters + 1 == 31_102


def test_left_alone_it_takes_the_experiments_own_data_and_weights(start):
    snapshot = start()
    alone = Race(snapshot.experiment, most_passes=50)
    alone.run()
    assert alone.lanes[2].points[-1][2] == raced(snapshot, most_passes=50).lanes[2].points[-1][2]


def test_an_experiment_without_data_is_refused_in_a_sentence():
    experiment = gallery_experiment("playground")
    empty = replace(experiment, data=replace(experiment.data, test_fraction=0.0))
    odd = replace(empty, network=stack(2, 3, 1, initializer=Explicit((1.0,), ())))
    race = Race(odd)
    race.run()
    assert "weights for this network" in race.refused
    assert not race.finished


def test_curves_stand_between_two_points(start):
    race = raced(start(), most_passes=300)
    x, curves = race.curves("passes", 301)
    assert list(x[[0, -1]]) == [0, max(lane.passes for lane in race.lanes)]
    for lane, curve in zip(race.lanes, curves, strict=True):
        table = lane.curve()
        assert np.isnan(curve[0])
        for k in (5, 60, 200):
            expected = table[table[:, 0] <= x[k]][-1, 2]
            assert curve[k] == expected
    seconds, timed = race.curves("seconds", 50)
    assert seconds[-1] == max(lane.points[-1][1] for lane in race.lanes)
    assert any(np.isfinite(curve).any() for curve in timed)
    assert Race(race.experiment).curves("passes", 3)[1][0] == pytest.approx(
        [np.nan] * 3, nan_ok=True
    )
