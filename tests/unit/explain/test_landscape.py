"""The error over a plane: against direct evaluation, and against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.engine.initializers import Explicit
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId, stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.error_function import ErrorFunction
from bpviz.explain.landscape import (
    LEVELS,
    POINTS,
    Plane,
    axis_values,
    map_samples,
    plane_of_weights,
    random_plane,
    refine,
)


@pytest.fixture(scope="module")
def trainer():
    made = gallery_experiment("playground").trainer()
    made.run(3)
    return made


def two_ids(spec, first=0, second=20):
    layout = layout_of(spec)
    return layout.id_of(first), layout.id_of(second)


def test_along_two_weights_the_coordinates_are_their_values(trainer):
    theta = trainer.state.theta
    plane = plane_of_weights(trainer.spec, theta, *two_ids(trainer.spec))
    assert plane.centre == (theta[0], theta[20])
    assert np.array_equal(plane.at(*plane.centre), theta)
    moved = plane.at(0.25, -3.0)
    assert (moved[0], moved[20]) == (0.25, -3.0)
    others = np.setdiff1d(np.arange(len(theta)), [0, 20])
    assert np.array_equal(moved[others], theta[others])
    assert plane.project(moved) == (0.25, -3.0)


def test_every_grid_holds_the_error_at_its_points(trainer):
    spec, training, data, theta = trainer.spec, trainer.training, trainer.data, trainer.state.theta
    plane = plane_of_weights(spec, theta, *two_ids(spec))
    error = ErrorFunction(spec, training, data.train)
    calls = []

    def counted(theta):
        calls.append(1)
        return error(theta)

    grids = list(refine(counted, plane, 2.0))
    assert [grid.shape for grid in grids] == [(size, size) for size in LEVELS]
    assert len(calls) == POINTS
    assert np.array_equal(grids[0], grids[-1][::8, ::8])
    assert np.array_equal(grids[1], grids[-1][::4, ::4])
    other = gallery_experiment("playground").trainer()
    columns, rows = (axis_values(centre, 2.0, 65) for centre in plane.centre)
    for row, column in ((0, 0), (3, 60), (32, 32), (64, 17)):
        other.state.theta[:] = theta
        other.state.theta[0], other.state.theta[20] = columns[column], rows[row]
        assert grids[-1][row, column] == pytest.approx(other.evaluate().train_loss, rel=1e-13)
    assert grids[-1][32, 32] == pytest.approx(error(theta), rel=1e-13)


def test_it_stops_when_it_is_told(trainer):
    plane = plane_of_weights(trainer.spec, trainer.state.theta, *two_ids(trainer.spec))
    told = []

    def keep_going(done, total):
        told.append((done, total))
        return done < 100

    grids = list(refine(lambda theta: 1.0, plane, 1.0, keep_going))
    assert [len(grid) for grid in grids] == [9]
    assert told[-1] == (100, POINTS)


def test_random_directions_are_as_long_as_the_weights_of_each_unit(trainer):
    spec, theta = trainer.spec, trainer.state.theta
    plane = random_plane(spec, theta, seed=7)
    layout = layout_of(spec)
    for block in layout.blocks:
        for direction in (plane.first, plane.second):
            if block.is_bias:
                assert not block.view(direction).any()
            else:
                sizes = np.linalg.norm(block.view(direction), axis=1)
                assert sizes == pytest.approx(np.linalg.norm(block.view(theta), axis=1))
    again, other = random_plane(spec, theta, 7), random_plane(spec, theta, 7, drawing=1)
    assert np.array_equal(again.first, plane.first)
    assert not np.allclose(other.first, plane.first)
    assert not np.allclose(plane.second, plane.first)


def test_a_point_off_the_plane_is_projected_at_right_angles(trainer):
    plane = random_plane(trainer.spec, trainer.state.theta, seed=3)
    a, b = plane.project(plane.at(0.3, -0.8))
    assert (a, b) == pytest.approx((0.3, -0.8))
    away = np.random.default_rng(0).standard_normal(len(plane.base))
    foot = plane.at(*plane.project(away))
    assert np.dot(away - foot, plane.first) == pytest.approx(0, abs=1e-12)
    assert np.dot(away - foot, plane.second) == pytest.approx(0, abs=1e-12)


def test_skip_connections_count_to_the_unit_they_lead_to():
    """A unit's weights from all its sources are scaled together."""
    layers = list(stack(2, 3, 1).layers)
    layers[2] = type(layers[2])("o", 1, "sigmoid", sources=("h", "i"))
    spec = type(stack(2, 3, 1))(layers=tuple(layers))
    theta = np.random.default_rng(1).normal(size=layout_of(spec).size)
    plane = random_plane(spec, theta, 1)
    layout = layout_of(spec)
    parts = [layout.block("o", source).view(plane.first)[0] for source in ("h", "i")]
    own = [layout.block("o", source).view(theta)[0] for source in ("h", "i")]
    assert np.linalg.norm(np.concatenate(parts)) == pytest.approx(
        np.linalg.norm(np.concatenate(own))
    )


def test_frozen_weights_stay():
    spec = stack(2, 3, 1)
    frozen = layout_of(spec).id_of(2)
    spec = stack(2, 3, 1, frozen=frozenset({frozen}))
    theta = np.arange(1.0, layout_of(spec).size + 1)
    plane = random_plane(spec, theta, 1)
    assert plane.first[2] == plane.second[2] == 0
    assert plane.first[3] != 0


def test_pytorch_finds_the_same_errors():
    torch = pytest.importorskip("torch")
    trainer = gallery_experiment("playground").trainer()
    spec, theta, data = trainer.spec, trainer.state.theta, trainer.data.train
    plane = random_plane(spec, theta, seed=11)
    grid = next(refine(ErrorFunction(spec, trainer.training, data), plane, 1.0))
    layout = layout_of(spec)
    x, t = torch.tensor(data.inputs), torch.tensor(data.targets)
    for row, column in ((0, 0), (2, 7), (8, 8), (4, 4)):
        moved = plane.at(*(np.linspace(-1, 1, 9)[k] for k in (column, row)))
        out = x
        for layer in spec.computed:
            weights = torch.tensor(layout.block(layer.id, layer.sources[0]).view(moved))
            bias = torch.tensor(layout.block(layer.id).view(moved))
            net = out @ weights.T + bias
            out = torch.tanh(net)
        expected = torch.nn.functional.binary_cross_entropy_with_logits(net, t)
        assert grid[row, column] == pytest.approx(float(expected), rel=1e-12)


def test_what_cannot_be_mapped_is_said():
    spec = stack(2, 3, 1)
    first, second = two_ids(spec, 0, 1)
    theta = np.ones(layout_of(spec).size)
    with pytest.raises(SettingError, match="two different"):
        plane_of_weights(spec, theta, first, first)
    with pytest.raises(SettingError, match="no longer part"):
        plane_of_weights(spec, theta, first, ParameterId("gone", 0))
    missing = stack(2, 3, 1, missing=frozenset({second}))
    with pytest.raises(SettingError, match="w2 is a missing connection"):
        plane_of_weights(missing, theta, first, second)
    with pytest.raises(SettingError, match="not all zero"):
        random_plane(spec, np.zeros_like(theta), 1)
    with pytest.raises(SettingError, match="finite"):
        random_plane(spec, theta * np.nan, 1)
    lonely = stack(1, 1, initializer=Explicit())
    with pytest.raises(SettingError, match="too few weights"):
        random_plane(lonely, np.ones(2), 1)


def test_large_networks_are_mapped_over_fewer_samples():
    assert map_samples(stack(2, 3, 1), 10_000) == 500
    assert map_samples(stack(2, 1_000, 1_000, 1), 10_000) == 16


def test_the_nearest_point_of_a_slanted_plane(monkeypatch):
    rng = np.random.default_rng(5)
    base, first, second, theta = rng.normal(size=(4, 40))
    plane = Plane(base, first, second + 0.9 * first)
    expected = np.linalg.lstsq(np.stack([plane.first, plane.second], 1), theta - base)[0]
    assert plane.project(theta) == pytest.approx(tuple(expected), rel=1e-12)
    dots, dot = [], np.dot
    monkeypatch.setattr(np, "dot", lambda a, b: dots.append(1) or dot(a, b))
    assert plane.project(theta.astype(np.float32)) == pytest.approx(tuple(expected), abs=1e-6)
    assert len(dots) == 2
