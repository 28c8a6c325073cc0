"""What dropping small weights does."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.network import Network
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.experiments.experiment import Experiment
from bpviz.lab.pruning import magnitudes, pruned, threshold_for


@pytest.fixture(params=["float64", "float32"])
def trained(bench, request):
    made = bench(Experiment(network=stack(2, 5, 3, 1, dtype=request.param)))
    made.lab.train_epochs(5)
    made.settle()
    return made


def test_the_error_after_is_that_of_the_network_without_them(trained):
    snapshot = trained.settle_at_start()
    threshold = threshold_for(magnitudes(snapshot), 0.4)
    found = pruned(snapshot, threshold)
    assert found.before.train_loss == pytest.approx(snapshot.metrics.train_loss)
    assert found.before.test_accuracy == snapshot.metrics.test_accuracy
    theta = np.array(snapshot.theta)
    weights = snapshot.layout.is_weight()
    theta[weights & (np.abs(theta) < threshold)] = 0.0
    part = snapshot.data.training.train
    out = Network(snapshot.spec, theta).predict(part.inputs)
    right = ((out[:, 0] > snapshot.data.training.threshold) == (part.targets[:, 0] > 0.5)).mean()
    assert found.after.train_accuracy == pytest.approx(right)

    trained.lab.apply(found.edit)
    after = trained.settle_at_start()
    assert after.metrics.train_loss == pytest.approx(found.after.train_loss)
    assert after.metrics.test_loss == pytest.approx(found.after.test_loss)
    assert after.spec.missing == found.parameters
    trained.lab.undo()
    assert trained.settle_at_start().theta.tobytes() == snapshot.theta.tobytes()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99, 1.0])
def test_a_share_of_the_connections(trained, share: float):
    snapshot = trained.settle_at_start()
    found = pruned(snapshot, threshold_for(magnitudes(snapshot), share))
    assert len(found.parameters) == round(share * 28)
    assert found.connections == 28
    assert found.share == pytest.approx(share, abs=1 / 28)
    assert not any(parameter.is_bias for parameter in found.parameters)
    kept = magnitudes(snapshot)[len(found.parameters) :]
    assert len(kept) == 0 or kept[0] >= found.threshold


@pytest.mark.parametrize(
    ("sizes", "share", "below"),
    [
        ([0.1, 0.2, 0.3, 0.4], 0.0, 0),
        ([0.1, 0.2, 0.3, 0.4], 0.1, 0),
        ([0.1, 0.2, 0.3, 0.4], 0.3, 1),
        ([0.1, 0.2, 0.3, 0.4], 0.5, 2),
        ([0.1, 0.2, 0.3, 0.4], 1.0, 4),
        # Equal ones go together or not at all.
        ([0.1, 0.2, 0.2, 0.2], 0.5, 1),
        ([0.0, 0.0, 0.0, 1.0], 0.75, 3),
        ([], 0.5, 0),
        ([0.7], 1.0, 1),
    ],
)
def test_the_threshold_for_a_share_of_magnitudes(sizes, share: float, below: int):
    threshold = threshold_for(np.array(sizes), share)
    assert sum(size < threshold for size in sizes) == below


def test_what_cuts_the_network_apart_is_said(trained):
    snapshot = trained.settle_at_start()
    everything = pruned(snapshot, 1e9)
    assert everything.share == 1
    assert "every sample alike" in everything.note
    trained.lab.apply(everything.edit)
    assert pruned(trained.settle_at_start(), 1.0).connections == 0
    theta = np.array(snapshot.theta)
    block = snapshot.layout.block("h2", "h1")
    block.view(theta)[...] = 0.01
    theta[snapshot.layout.is_weight() & (np.abs(theta) < 0.01)] = 0.02
    theta.flags.writeable = False
    assert pruned(replace(snapshot, theta=theta), 0.015).note.startswith("Nothing feeds h2 any")
    assert pruned(snapshot, 0.0).note == ""


def test_nothing_to_drop_changes_nothing(trained):
    found = pruned(trained.settle_at_start(), 0.0)
    assert found.after == found.before
    with pytest.raises(SettingError, match="choose at least one"):
        trained.lab.apply(found.edit)


@pytest.mark.parametrize("threshold", [-1.0, math.nan])
def test_other_thresholds_are_refused(trained, threshold: float):
    with pytest.raises(SettingError, match="at least 0"):
        pruned(trained.settle_at_start(), threshold)
