"""Values to predict are shown in their own units, however the network's targets are scaled."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.datasets.own import OwnSamples
from bpviz.gui.output.curves import curve_plane, scatter_plane
from bpviz.gui.output.decision_map import decision_plane
from bpviz.gui.output.samples import Showing, own_units, target_range
from bpviz.gui.panels.input_values import output_texts
from bpviz.gui.theme import LIGHT
from bpviz.lab.edits import Change
from tests.gui.without_threads import Bench

PRICES = np.array([100.0, 300.0, 700.0, 900.0]) * 100


def bench_of(inputs):
    rows = tuple((*map(float, range(k, k + inputs)), price) for k, price in enumerate(PRICES))
    bench = Bench()
    names = ("a", "b")[:inputs]
    bench.session.apply(Change("data.source", OwnSamples(names, ("price",), (), rows)))
    bench.session.apply(Change("data.scale_targets", True))
    bench.pump()
    return bench


@pytest.mark.parametrize("inputs", [1, 2])
def test_true_and_predicted_values(inputs):
    evaluation = bench_of(inputs).session.evaluation
    data = evaluation.snapshot.data
    assert abs(data.training.train.targets).max() < 2
    plane = scatter_plane(evaluation, LIGHT, Showing(0))
    np.testing.assert_allclose(plane.dots.places[:, 0], PRICES)
    wanted = evaluation.train_out[:, 0] * PRICES.std() + PRICES.mean()
    np.testing.assert_allclose(plane.dots.places[:, 1], wanted)
    assert target_range(data) == pytest.approx((PRICES.min(), PRICES.max()))


def test_the_curve_and_its_samples():
    evaluation = bench_of(1).session.evaluation
    plane = curve_plane(evaluation, LIGHT, Showing(0))
    np.testing.assert_allclose(plane.dots.places[:, 1], PRICES)
    line = plane.lines[0][0][:, 1]
    np.testing.assert_allclose(line, evaluation.maps[-1][0] * PRICES.std() + PRICES.mean())


def test_the_map_is_read_in_own_units():
    evaluation = bench_of(2).session.evaluation
    plane = decision_plane(evaluation, LIGHT, Showing(0))
    middle = evaluation.maps[-1].shape[1] // 2
    said = plane.read(
        np.mean([evaluation.map_low[0], evaluation.map_high[0]]),
        np.mean([evaluation.map_low[1], evaluation.map_high[1]]),
    )
    value = evaluation.maps[-1][0, middle, middle] * PRICES.std() + PRICES.mean()
    assert float(said.split()[-1]) == pytest.approx(value, rel=0.05)


def test_the_answer_to_typed_inputs():
    evaluation = bench_of(2).session.evaluation
    data, probe = evaluation.snapshot.data, evaluation.probe
    rows = dict(
        output_texts(evaluation.snapshot.spec, ("price",), data, probe.outs[-1], probe.target)
    )
    assert rows["Target price"] == "10000"
    wanted = probe.outs[-1][0] * PRICES.std() + PRICES.mean()
    assert float(rows["Output price"]) == pytest.approx(wanted, rel=1e-3)


def test_classes_stay_as_they_are():
    evaluation = Bench().session.evaluation
    out = evaluation.train_out
    assert own_units(evaluation.snapshot.data, out) is out
